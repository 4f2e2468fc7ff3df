"""What is heard, by noise: every sentence said to a kiosk of the running server, some kiosks side by side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from assistant.engine.components.patterns.numerals import DIGITS
from benchmarks.citizens.citizen import Unserved
from benchmarks.voice.sentences import Said
from benchmarks.voice.sound import LEVELS
from benchmarks.voice.talks import Outcome, talk, typed

ITEM, DIGITS_RIGHT = 0.9, 0.97
"""Targets, in quiet and in a hall's ordinary noise (20 dB); what more noise does is told."""
HELD_TO = ("clean", "20 dB")
_NO_WORD = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
_SAME = str.maketrans({**{sign: str(value) for sign, value in DIGITS.items()}, "幺": "1", "叉": "X", "〇": "0"})


async def hear_all(
    base_url: str, sentences: Sequence[Said], levels: Sequence[str], at_once: int, progress: Callable[[str], None]
) -> list[Outcome]:
    """Every sentence at every level, so many kiosks at once. One that breaks is an outcome that is not right, with its story."""
    crowd = [said.said for said in sentences if said.half == "tuned"] or [said.said for said in sentences]
    waiting = [(said, level) for level in levels for said in sentences]
    whole, outcomes = len(waiting), list[Outcome]()

    async def kiosk() -> None:
        while waiting:
            said, level = waiting.pop(0)
            try:
                outcomes.append(await talk(base_url, said, level, crowd))
            except (OSError, LookupError, Unserved, AssertionError, httpx.HTTPError) as error:
                outcomes.append(Outcome(said, level, story=[f"{type(error).__name__}: {error}"]))
            if len(outcomes) % 25 == 0:
                progress(f"heard {len(outcomes)} of {whole}")

    await asyncio.gather(*(kiosk() for _ in range(at_once)))
    return outcomes


def figures(base_url: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """By half and level, beside the same sentences typed."""
    found: dict[str, Any] = {}
    for half in dict.fromkeys(outcome.said.half for outcome in outcomes):
        of_half = [outcome for outcome in outcomes if outcome.said.half == half]
        sentences = list(dict.fromkeys(outcome.said for outcome in of_half))
        typed_right = {said: typed(base_url, said) for said in sentences}
        found[half] = {"typed": _rates([(said, right) for said, right in typed_right.items()])}
        for level in [level for level in LEVELS if any(outcome.level == level for outcome in of_half)]:
            found[half][level] = _of_level([outcome for outcome in of_half if outcome.level == level])
    return found


def missed(found: dict[str, Any]) -> list[str]:
    """The targets missed on the half nobody listened to, each with its figure."""
    late = []
    for level in HELD_TO:
        rates = found.get("held", {}).get(level, {})
        if rates.get("opening", 1.0) < ITEM:
            late.append(f"item found, {level}: {rates['opening']} < {ITEM}")
        if rates.get("digits_confirmed", 1.0) < DIGITS_RIGHT:
            late.append(f"digits confirmed, {level}: {rates['digits_confirmed']} < {DIGITS_RIGHT}")
        if rates.get("wrong_taken"):
            late.append(f"values taken that were not hers, {level}: {rates['wrong_taken']}")
    return late


def story(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """Every sentence that did not do what was meant, and what was heard; of the half that may be listened to."""
    return [
        {
            "level": one.level, "kind": one.said.kind, "said": one.said.said, "meant": one.said.truth, "heard": one.heard,
            "story": one.story,
        }
        for one in outcomes
        if one.said.half == "tuned" and (not one.right or one.first is False)
    ]


def _of_level(outcomes: list[Outcome]) -> dict[str, Any]:
    digits = [outcome for outcome in outcomes if outcome.said.digits]
    plain = [outcome for outcome in outcomes if outcome.said.kind != "value"]
    wrong = sum(_distance(_bare(one.said.said), _bare(one.heard)) for one in plain)
    left = sum(_distance(_bare(one.said.said), _bare(one.understood or one.heard)) for one in plain)
    signs = max(1, sum(len(_bare(one.said.said)) for one in plain))
    return {
        "sentences": len(outcomes),
        "character_error": round(wrong / signs, 3), "after_repair": round(left / signs, 3),
        **_rates([(one.said, one.right) for one in outcomes]),
        "digits_first": _share([bool(one.first) or (one.right and one.rounds == 1) for one in digits]),
        "digits_confirmed": _share([one.right for one in digits]),
        "rounds": round(sum(one.rounds for one in digits) / max(1, len(digits)), 2),
        "wrong_taken": sum(one.wrong for one in outcomes),
    }  # fmt: skip


def _rates(rows: list[tuple[Said, bool]]) -> dict[str, float]:
    kinds = dict.fromkeys(said.kind for said, _ in rows)
    return {kind: _share([right for said, right in rows if said.kind == kind]) for kind in kinds}


def _share(rights: list[bool]) -> float:
    return round(sum(rights) / max(1, len(rights)), 3)


def _bare(text: str) -> str:
    return _NO_WORD.sub("", text).upper().translate(_SAME)


def _distance(one: str, other: str) -> int:
    """Signs to put in, take out or change."""
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (sign != against))
    return row[-1]
