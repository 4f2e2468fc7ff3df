"""From the first sentence to the office's answer, for every guide and situation: simulated citizens with facts as data."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.casework.fields.dates import parse_date
from assistant.casework.fields.result import Accepted
from benchmarks.stack import Stack
from tests.e2e.citizen import Citizen
from tests.e2e.interview import answer

CASES = Path(__file__).with_name("cases")
FEW_TURNS = 60
_RELATIVE = re.compile(r"[今昨前明后]天|[昨今明]日|[上这本下]个?[月周]|[去今明]年")
YES_NO = {"yes": "是", "no": "否"}
CITIZENS = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for path in sorted(CASES.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize(("code", "facts"), CITIZENS)
def test_a_citizen_gets_it_right_the_first_time(code: str, facts: dict[str, Any], server: Stack) -> None:
    citizen = Citizen(server.base_url)
    turn = citizen.say(facts["opening"])
    if citizen.asking == "guide":  # what she said fits two items: she taps the one she means
        turn = citizen.choose(code)
    if citizen.asking == "start":
        turn = citizen.choose("yes")
    asked: list[str] = []
    for _ in range(FEW_TURNS):
        if citizen.asking is None or citizen.asking == "submit":
            break
        asked.append(citizen.asking)
        turn = answer(citizen, facts)
        assert turn["status"] != "rejected_answer", f"{asked[-1]}: {citizen.texts()}"
    assert turn["status"] == "ready", f"stopped at {citizen.asking} ({turn['status']}): {citizen.texts()}"
    assert len(asked) == len(set(asked)), f"asked twice: {asked}"
    _package_holds_everything(citizen, facts)
    assert citizen.say("提交")["status"] == "submitted"
    assert turn["case"]["guide"]["code"] == code


def _package_holds_everything(citizen: Citizen, facts: dict[str, Any]) -> None:
    guide = citizen.get(f"/guides/{citizen.turn['case']['guide']['code']}").json()
    with citizen.package() as package:
        manifest = json.loads(package.read("manifest.json"))
        held = {entry["field"]: entry for entry in manifest["fields"]}
        printed = {f["key"]: YES_NO | {o["value"]: o["label"] for o in f.get("options", [])} for f in guide["fields"]}
        dates = {f["key"] for f in guide["fields"] if f["type"] == "date"}
        for field, value in facts["expect"].items():
            values = value if isinstance(value, list) else [_counted_from_today(facts["say"][field], value) if field in dates else value]
            for one in values:  # options as their labels, dates and numbers as the forms have them
                # Words are typeset for the form: Chinese marks among Chinese words, whichever the citizen typed.
                expected = unicodedata.normalize("NFKC", _as_printed(printed[field].get(one, str(one))))
                assert expected in unicodedata.normalize("NFKC", held[field]["value"]), field
            assert held[field]["source"]["kind"] in ("said", "tapped")
        names = set(package.namelist()) - {"manifest.json"}
        assert {entry["path"] for entry in manifest["files"]} == names
        for entry in manifest["files"]:
            assert hashlib.sha256(package.read(entry["path"])).hexdigest() == entry["sha256"]
        forms = [name for name in sorted(names) if name.endswith(".pdf") and name[0].isdigit()]
        assert len(forms) == len(facts["documents"]), forms


def _counted_from_today(words: str, expected: str) -> str:
    """The day that words like 前天 mean now; the cases say what they mean on the day the other tests are of."""
    read = parse_date(words, date.today())
    return str(read.value) if isinstance(read, Accepted) and _RELATIVE.search(words) else expected


def _as_printed(value: str) -> str:
    """2026-11-06 as 2026年11月6日; everything else as it is."""
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)
    return f"{day[1]}年{int(day[2])}月{int(day[3])}日" if day else value
