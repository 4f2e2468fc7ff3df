"""Dialogues as data: each file of ``dialogues`` is a conversation, with what must be true after each turn.

A turn is ``say: …``, ``choose: value`` or ``choose: [values]``, and may expect: ``status``, ``asking`` (the field asked, null for none),
``owner``, ``error`` (the code of a refused answer), ``item`` (the item understood), ``intent``, ``second`` (the second intent), ``case`` (the case's status),
``says`` / ``never`` (texts that must / must not be said), ``filled`` (field → masked value in the case), ``value`` (of the pending question),
``cited: true``, ``tap`` (messages that a button of a card sends).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack

FOLDER = Path(__file__).with_name("dialogues")
KEYS = {"say", "choose", "status", "asking", "owner", "error", "item", "intent", "second", "case", "says", "never", "filled", "value",
        "cited", "tap"}  # fmt: skip
DIALOGUES = [
    pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue(dialogue: dict[str, Any], server: Stack) -> None:
    citizen = Citizen(server.base_url, **dialogue.get("opening", {}))
    for number, step in enumerate(dialogue["turns"], 1):
        assert not set(step) - KEYS, f"turn {number}: unknown expectation {set(step) - KEYS}"
        if "say" in step:
            citizen.say(str(step["say"]))
        else:
            values = step["choose"] if isinstance(step["choose"], list) else [step["choose"]]
            citizen.choose(*values)
        problems = [problem for problem in _check(citizen, step) if problem]
        assert not problems, f"turn {number} ({step.get('say', step.get('choose'))}): {problems}; said: {citizen.texts()[:600]}"


def _check(citizen: Citizen, step: dict[str, Any]) -> list[str | None]:
    turn = citizen.turn
    ask, case, said = turn["ask"], turn["case"], citizen.texts()
    held = {
        "status": turn["status"], "asking": citizen.asking, "owner": turn["owner"], "intent": turn["understanding"]["intent"],
        "second": turn["understanding"]["second_intent"],
        "item": (turn["understanding"]["guide"] or {}).get("name"), "case": case["status"] if case else None,
        "error": ask["error"]["code"] if ask and ask["error"] else None, "value": ask["value"] if ask else None,
    }  # fmt: skip
    found = [f"{key} is {held[key]!r}, not {step[key]!r}" if held[key] != step[key] else None for key in held if key in step]
    found += [None if text in said else f"does not say {text}" for text in _list(step.get("says"))]
    found += [f"says {text}" if text in said else None for text in _list(step.get("never"))]
    buttons = [action["message"] for reply in turn["replies"] for action in reply.get("actions") or []]
    found += [None if message in buttons else f"has no button for {message}" for message in _list(step.get("tap"))]
    if step.get("cited"):
        found.append(None if any(reply.get("citations") for reply in turn["replies"]) else "cites nothing")
    if "filled" in step:
        fields = {f["field"]: f["value"] for f in citizen.get(f"/cases/{citizen.case_no}").json()["fields"]}
        found += [None if fields.get(k) == v else f"{k} is {fields.get(k)!r}, not {v!r}" for k, v in step["filled"].items()]
    return found


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]
