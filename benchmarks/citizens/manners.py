"""How people answer: they ask in between, go back, put their foot in it and say so, stop and go on elsewhere.

``Plain`` only answers. ``Seeded`` throws a die before each answer, the same for the same seed and citizen, and looks at what the
service promises: a digression is answered and the pending question repeated unchanged, a correction changes one answer, the
last answered question returns with its value, a paused case goes on on another channel where it stood.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from benchmarks.citizens.answers import MATERIAL, give
from benchmarks.citizens.citizen import Citizen

if TYPE_CHECKING:
    from benchmarks.citizens.facts import Facts
    from benchmarks.citizens.road import Road

FEES = ("这个要收费吗", "办这个要多少钱", "要交钱吗")
WHYS = ("为什么要这个", "问这个干什么")
LATERS = ("等下再说", "这个等会儿再说")
BACKS = ("上一步", "回到上一步")
WRONG = {"phone": "13700137000", "person_name": "孙七"}
"""Field type → an answer that is well-formed and not hers."""
ANSWERED = ("answered", "unanswerable_unverified")
"""Statuses of a question answered: what the guide knows, and what it says with a doubt (没有核实)."""
PLAIN_TYPES = frozenset({"person_name", "company_name", "id_number", "uscc", "phone"})
"""Types of which two may be said in one sentence."""
_CODE = re.compile(r"恢复码\D{0,8}?([0-9A-Z]{6})")


class Manners(Protocol):
    """What a citizen does besides answering. ``twice`` counts the questions she herself caused to be put again."""

    twice: int

    def before(self, road: Road) -> None:
        """Before she answers what is being asked."""

    def answer(self, road: Road) -> dict[str, Any] | None:
        """Answer in her own way, or None: as her facts say."""

    def after(self, road: Road, asked: dict[str, Any]) -> None:
        """After ``asked`` was answered."""


class Plain:
    """Answers, and nothing else."""

    twice = 0

    def before(self, road: Road) -> None:
        """Nothing."""

    def answer(self, road: Road) -> dict[str, Any] | None:
        """As her facts say."""
        return None

    def after(self, road: Road, asked: dict[str, Any]) -> None:
        """Nothing."""


class Seeded:
    """Behaves as a die has it. ``rates`` is what is done before how many of a hundred answers."""

    rates: ClassVar[dict[str, int]] = {"fee": 6, "why": 6, "back": 5, "pause": 3, "later": 4}

    def __init__(self, seed: int, facts: Facts) -> None:
        self.twice = 0
        self._die = random.Random(f"{seed}:{facts.title}")
        self._types: dict[str, str] = {}
        self._columns: dict[str, list[str]] = {}
        self._to_correct: tuple[str, str] | None = None

    def before(self, road: Road) -> None:
        """Ask something else, go back, pause, or put the question off."""
        asking = str(road.citizen.asking)
        if not self._types:
            guide = road.citizen.get(f"/guides/{road.facts.guide}").json()
            self._types = {field["key"]: field["type"] for field in guide["fields"]}
            self._columns = {
                field["key"]: [column["key"] for column in field.get("columns", []) if column["type"] == "id_number"]
                for field in guide["fields"]
            }
        thrown = self._die.randrange(100)
        for name, share in self.rates.items():
            if 0 <= thrown < share:
                acts: dict[str, Callable[[Road, str], None]] = {
                    "fee": self._fee, "why": self._why, "back": self._back, "pause": self._pause, "later": self._later,
                }  # fmt: skip
                acts[name](road, asking)
            thrown -= share

    def answer(self, road: Road) -> dict[str, Any] | None:
        """Say two things at once, or something wrong first."""
        thrown = self._die.randrange(100)
        asked = road.citizen.turn["ask"]
        field, facts = str(asked["field"]), road.facts
        if field in facts.skip or field not in facts.say or asked["value"] is not None:
            return None
        if thrown < 8:
            return self._correct(road, asked)
        if thrown < 20:
            return self._two(road, asked)
        return None

    def after(self, road: Road, asked: dict[str, Any]) -> None:
        """Correct what was wrong, now that the next question is put."""
        if self._to_correct is None:
            return
        field, label = self._to_correct
        self._to_correct = None
        pending = road.citizen.turn["ask"]
        right = str(road.facts.expect[field])
        road.says(f"不对，{label}是{right}", "besides")
        if road.facts.consent == "no":  # else the right name or number may find her in a register, and spare the question
            _same(road, pending, f"correcting {field}")

    def _correct(self, road: Road, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Something wrong, and the right thing at once (修改…) or after the next question (不对，…是…)."""
        field, facts = str(asked["field"]), road.facts
        words, kind = facts.say[field], self._types.get(field, "")
        if kind in ("choice", "yes_no") and len(asked["options"] or []) > 1:
            others = [option["value"] for option in asked["options"] if option["value"] != facts.expect.get(field)]
            wrong: str | list[Any] = [self._die.choice(others)]
        elif kind in WRONG and facts.expect.get(field) not in (None, WRONG[kind]):
            wrong = WRONG[kind]
        else:
            return None
        _did(road, "correction")
        turn = road.step("besides", lambda: give(road.citizen, wrong))
        if turn["status"] == "rejected_answer" and kind not in WRONG and road.citizen.asking == field:
            return road.step("answer", lambda: give(road.citizen, words))  # nobody may have that, and she is told at once
        road.must(turn["status"] != "rejected_answer", f"{wrong} was refused for {field}")
        if kind in WRONG and turn["ask"] and self._die.random() < 0.5:
            self._to_correct = (field, str(asked["label"]))
            return turn
        road.says(f"修改{asked['label']}", "besides")
        road.must(road.citizen.asking == field, f"修改{asked['label']} did not lead to {field}")
        return road.step("answer", lambda: give(road.citizen, words))

    def _two(self, road: Road, asked: dict[str, Any]) -> dict[str, Any] | None:
        """This answer and the next question's in one sentence; what is not taken is simply asked."""
        facts, missing = road.facts, road.citizen.turn["case"]["missing"]
        both = [entry for entry in missing if self._types.get(entry["field"]) in PLAIN_TYPES and entry["field"] in facts.expect]
        if len(both) < 2 or [entry["field"] for entry in both[:2]] != [entry["field"] for entry in missing[:2]]:
            return None
        if both[0]["field"] != asked["field"]:
            return None
        _did(road, "several")
        turn = road.says("，".join(f"{entry['label']}是{facts.expect[entry['field']]}" for entry in both[:2]))
        if turn["case"] and both[1]["field"] not in {entry["field"] for entry in turn["case"]["missing"]}:
            _did(road, "several_taken")
        return turn

    def _fee(self, road: Road, asking: str) -> None:
        self._digress(road, self._die.choice(FEES))

    def _why(self, road: Road, asking: str) -> None:
        self._digress(road, self._die.choice(WHYS))

    def _digress(self, road: Road, question: str) -> None:
        _did(road, "digression")
        pending = road.citizen.turn["ask"]
        turn = road.says(question, "besides")
        road.must(turn["status"] in ANSWERED, f"{question} was not answered")
        _same(road, pending, question)

    def _back(self, road: Road, asking: str) -> None:
        if asking.startswith(MATERIAL) or asking not in self._types or not self._answered(road) - {asking}:
            return
        _did(road, "back")
        turn = road.says(self._die.choice(BACKS), "besides")
        ask = turn["ask"]
        known = ask and (ask["value"] is not None or ask["field"] in road.facts.skip)
        road.must(known and ask["field"] != asking, "上一步 did not return the last question with its answer")
        self.twice += 2

    def _answered(self, road: Road) -> set[str]:
        """The questions put before this one and answered; one put off is not."""
        missing = {entry["field"] for entry in road.citizen.turn["case"]["missing"]}
        return (set(road.journey.asked[:-1]) & set(self._types)) - missing

    def _pause(self, road: Road, asking: str) -> None:
        tail = self._identity_tail(road)
        _did(road, "pause")
        turn = road.says("暂停", "besides")
        code = _CODE.search(road.citizen.texts())
        road.must(turn["status"] == "paused" and code, "暂停 gave no resume code")
        assert code is not None
        case_no = turn["case"]["case_no"]
        other = Citizen(road.base_url, channel=self._die.choice(["miniprogram", "kiosk", "wechat"]))
        answer = other.http.post(f"/api/v1/cases/{case_no}/resume", json={"proof": tail + code[1]}, headers=other.headers)
        road.must(answer.status_code == 200, f"not resumed: {answer.status_code} {answer.text[:200]}")
        other.turn = answer.json()
        road.citizen = other
        road.must(other.asking == asking, f"resumed elsewhere, asked {other.asking}, not {asking}")

    def _later(self, road: Road, asking: str) -> None:
        if asking not in self._types or asking in road.journey.asked[:-1]:
            return
        _did(road, "later")
        turn = road.says(self._die.choice(LATERS), "besides")
        road.must(turn["status"] != "rejected_answer", f"{asking} could not be put off")
        self.twice += 1

    def _identity_tail(self, road: Road) -> str:
        """The last four characters of the first identity number in the case, in the guide's order; empty without one."""
        held = {entry["field"]: entry["value"] for entry in road.citizen.get(f"/cases/{road.citizen.case_no}").json()["fields"]}
        for key, kind in self._types.items():
            rows = road.facts.expect.get(key)
            if kind == "id_number" and held.get(key) and key not in road.facts.skip:
                return str(held[key])[-4:].upper()
            if kind == "table" and held.get(key) and isinstance(rows, list):
                numbers = [row[column] for row in rows for column in self._columns[key] if row.get(column)]
                if numbers:
                    return str(numbers[0])[-4:].upper()
        return ""


def _same(road: Road, pending: dict[str, Any] | None, what: str) -> None:
    now = road.citizen.turn["ask"]
    fields = [ask and ask["field"] for ask in (pending, now)]
    road.must(now == pending, f"{what}: asked {fields[0]} before it and {fields[1]} after it, or worded anew")


def _did(road: Road, what: str) -> None:
    road.journey.did[what] = road.journey.did.get(what, 0) + 1
