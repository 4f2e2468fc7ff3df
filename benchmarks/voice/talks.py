"""One sentence said to a kiosk in the state it belongs to, and what came of it."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from assistant.casework.fields import dates
from benchmarks.cases import CITIZENS
from benchmarks.citizens.answers import answer, give
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts, load
from benchmarks.voice.machine import Came, Machine
from benchmarks.voice.sentences import Said
from benchmarks.voice.sound import LEVELS, MANNERS, NOISES, Manner, Take, take
from benchmarks.voice.telling import Telling

ROUNDS = 3
"""So often she says a value or puts it right; then she uses her hands."""
_MOST_TURNS = 60
_MOST_SAID = 24
"""Groups of a number and all: nobody goes on for longer."""
_BEGINS_S = 6.0
_QUESTIONS = ("{name}要什么材料", "{name}要多少钱", "{name}要多久", "{name}在哪里办")
_SIGNS = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")


@dataclass
class Outcome:
    """What came of one sentence in one noise. ``heard`` is the recogniser's text, ``understood`` what went to the conversation.

    ``first`` is whether a value read back was right at the first time, ``rounds`` how often something was said for it,
    ``wrong`` whether another value than hers was taken.
    """

    said: Said
    level: str
    right: bool = False
    first: bool | None = None
    rounds: int = 1
    wrong: bool = False
    heard: str = ""
    understood: str = ""
    story: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def _citizens() -> dict[str, list[Facts]]:
    found: defaultdict[str, list[Facts]] = defaultdict(list)
    for facts in load(CITIZENS):
        found[facts.guide].append(facts)
    return dict(found)


def brought(base_url: str, said: Said) -> Citizen:
    """A citizen in the state in which the sentence is said: nothing asked, the item's first question, or the value's own.

    Raises:
        LookupError: no simulated citizen is ever asked that.
    """
    if said.kind in ("opening", "question", "wish"):
        return Citizen(base_url, channel="kiosk")
    if said.kind == "yesno":
        for question in _QUESTIONS:
            citizen = Citizen(base_url, channel="kiosk")
            citizen.say(question.format(name=_name_of(base_url, said.guide)))
            if citizen.asking == "start":
                return citizen
        raise LookupError(f"{said.guide}: nobody is asked whether to begin")
    for facts in _citizens().get(said.guide, []):
        if said.field in facts.say and (walked := _walked(base_url, facts, said.field)) is not None:
            return walked
    raise LookupError(f"{said.guide}: nobody is asked {said.field}")


def _walked(base_url: str, facts: Facts, wanted: str) -> Citizen | None:
    citizen = Citizen(base_url, channel="kiosk")
    citizen.say(facts.opening)
    if citizen.asking == "guide":
        citizen.choose(facts.guide)
    if citizen.asking == "start":
        citizen.choose("yes")
    for _ in range(_MOST_TURNS):
        if citizen.asking == wanted:
            return citizen
        if citizen.asking in (None, "review", "submit"):
            return None
        answer(citizen, facts)
    return None


@lru_cache(maxsize=256)
def _name_of(base_url: str, guide: str) -> str:
    items = Citizen(base_url).get("/guides").json()["items"]
    return str(next(item["name"] for item in items if item["code"] == guide))


def manner_of(said: Said) -> Manner:
    """Each sentence is said in one manner, the four in turn."""
    return MANNERS[said.number % len(MANNERS)]


def sound_of(said: Said, text: str, level: str, crowd: Sequence[str], slower: float = 1.0, nth: int = 0) -> Take:
    """``text`` in the manner and the noise of this sentence; ``nth`` is how much was said before it: no noise comes twice."""
    manner = manner_of(said)
    seed = said.number * 10 + list(LEVELS).index(level) + 1000 * nth
    kind = NOISES[(said.number + list(LEVELS).index(level)) % len(NOISES)]
    given = Manner(manner.speed * slower, manner.pitch, manner.gain)
    return take(text, given, over=LEVELS[level], kind=kind, seed=seed, crowd=crowd)


async def talk(base_url: str, said: Said, level: str, crowd: Sequence[str]) -> Outcome:
    """Say it and see."""
    outcome = Outcome(said, level)
    citizen = await asyncio.to_thread(brought, base_url, said)
    before = dict(citizen.turn)
    async with Machine(citizen) as machine:
        turn = await _said_until_taken(machine, outcome, crowd)
    outcome.heard = "".join(came.body["text"] for came in machine.frames if came.kind == "heard" and came.body["final"])
    outcome.story += [_told(came) for came in machine.frames if came.kind in ("heard", "say", "turn", "problem")]
    if turn is not None:
        outcome.right = await asyncio.to_thread(_as_meant, base_url, citizen, said, before, turn) and not outcome.wrong
        outcome.wrong |= said.kind == "value" and not outcome.right and _moved(said, turn)
        messages = [data for _, kind, data in await asyncio.to_thread(citizen.events) if kind == "message"]
        outcome.understood = str(next((data["text"] for data in reversed(messages) if data.get("from") == "citizen"), ""))
    return outcome


def typed(base_url: str, said: Said) -> bool:
    """Whether the same sentence is taken as meant where it is typed, without its sound."""
    citizen = brought(base_url, said)
    before = dict(citizen.turn)
    return _as_meant(base_url, citizen, said, before, citizen.say(said.said))


async def _said_until_taken(machine: Machine, outcome: Outcome, crowd: Sequence[str]) -> dict[str, Any] | None:
    """The turn of the conversation it led to, values confirmed or put right before; None where there was none."""
    said, text, slower = outcome.said, outcome.said.said, 1.0
    telling = Telling(said.truth, yao="幺" in said.said) if said.digits else None
    for nth in range(_MOST_SAID):
        after = len(machine.frames)
        await machine.say(sound_of(said, text, outcome.level, crowd, slower, nth))
        came = await machine.until(_answers, after)
        if came is None:
            return None
        if came.kind == "turn":
            turn: dict[str, Any] = came.body["turn"]
            # Asked again with an error: what she said was no value, and she says it once more.
            if outcome.said.kind != "value" or _moved(said, turn) or outcome.rounds >= ROUNDS:
                return turn
            outcome.rounds += 1
            slower = 0.9
            read = await _heard_out(machine, after, came)
            text = (telling and telling.answer(read)) or said.said
            continue
        if said.kind != "value":
            text = said.said  # not understood: once more, as people do
            outcome.rounds += 1
            if outcome.rounds > 2:
                return None
            continue
        read = await _heard_out(machine, after, came)
        if telling is not None and (words := telling.answer(read)) is not None:
            outcome.first = bool(outcome.first)
            outcome.rounds += text == said.said
            text, slower = words, 0.88 if "慢一点" in read else 0.95
            continue
        right = _in(said, read)
        if outcome.first is None:
            outcome.first = right
        if right and "?" in read.replace("？", "?"):
            text, slower = "对", 1.0
            continue
        if outcome.rounds >= ROUNDS:
            return None
        outcome.rounds += 1
        text, slower = f"不对，{_value_said(said)}", 0.9
    return None


async def _heard_out(machine: Machine, after: int, came: Came) -> str:
    """All that is said to her until it listens again; people do not answer the first half of a question."""
    begun = machine.frames.index(came)
    if came.kind == "turn":
        await machine.until(_speaks, begun, _BEGINS_S)
    await machine.until(lambda later: later.kind == "state" and later.body["state"] == "listening", begun, _BEGINS_S)
    return "".join(one.body["text"] for one in machine.frames[after:] if _speaks(one))


def _answers(came: Came) -> bool:
    return came.kind == "turn" or _speaks(came)


def _speaks(came: Came) -> bool:
    return came.kind == "say" and came.body.get("kind") != "ack"


def _value_said(said: Said) -> str:
    return re.sub(r"^(?:我的|身份证号码?是|身份证是|电话是|手机是)+", "", said.said)


def _in(said: Said, text: str) -> bool:
    """Whether what is read back is her value."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said.truth):
        return dates.said(date.fromisoformat(said.truth)) in text
    bare = _SIGNS.sub("", text.replace(",", ""))
    found = re.search(rf"(?<![0-9A-Z]){re.escape(_SIGNS.sub('', said.truth))}(?![0-9A-Z])", bare)
    return found is not None


def _moved(said: Said, turn: dict[str, Any]) -> bool:
    ask = turn.get("ask") or {}
    return turn["status"] != "rejected_answer" and ask.get("field") != said.field


def _as_meant(base_url: str, citizen: Citizen, said: Said, before: dict[str, Any], turn: dict[str, Any]) -> bool:
    """Whether the turn did what she meant."""
    citizen.turn = turn
    match said.kind:
        case "opening":
            return _item(turn) == said.truth
        case "question":
            guide, intent = said.truth.split()
            return _item(turn) == guide and turn["understanding"]["intent"] == intent
        case "yesno":
            begun = bool(turn.get("case")) == (said.truth == "yes")
            return begun and turn["status"] != "rejected_answer" and citizen.asking != "start"
        case "wish":
            return bool(turn["status"] == said.truth)
        case "answer" | "value":
            return _moved(said, turn) and _shown(citizen, said.field) == _shown_of_truth(base_url, said)


def _item(turn: dict[str, Any]) -> str:
    """The item the turn took up: its case's, or the one it understood; where she is asked which, the first offered is none."""
    case, guide = turn.get("case"), (turn.get("understanding") or {}).get("guide")
    return str(case["guide"]["code"] if case else guide["code"] if guide else "")


def _shown(citizen: Citizen, field: str) -> str | None:
    held = citizen.get(f"/cases/{citizen.case_no}").json()["fields"]
    return next((str(entry["value"]) for entry in held if entry["field"] == field), None)


@lru_cache(maxsize=512)
def _shown_of_truth(base_url: str, said: Said) -> str | None:
    """How the case shows her value where it is plainly typed, or tapped."""
    citizen = brought(base_url, said)
    give(citizen, [said.truth] if said.kind == "answer" else said.truth)
    return _shown(citizen, said.field)


def _told(came: Came) -> str:
    if came.kind == "turn":
        turn = came.body["turn"]
        return f"turn {turn['status']} asks {(turn.get('ask') or {}).get('field')}"
    return f"{came.kind} {came.body.get('text', '')}"
