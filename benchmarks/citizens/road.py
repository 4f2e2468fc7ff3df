"""One citizen's whole road: from her first sentence to the submission, or to being told that the item is not for her."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.citizens import papers
from benchmarks.citizens.answers import MATERIAL, answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts
from benchmarks.citizens.manners import Manners, Plain

MOST_TURNS = 200
PATIENCE = 5
"""So often in a row the same question is put before she gives up."""
OVER = (None, "submit")


@dataclass
class Journey:
    """What became of one citizen. ``why`` is empty where everything was as it should be.

    ``asked`` are the fields asked in order, ``chosen`` field → what the case holds for it, ``materials`` code → status,
    ``refused`` the fields where an answer was not taken, ``did`` how often she did something besides answering.
    ``seconds`` is from the first sentence to the confirmed package, ``parts`` the same by kind of turn.
    """

    facts: Facts
    why: str = ""
    turns: int = 0
    seconds: float = 0.0
    asked: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    materials: dict[str, str] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    filled: int = 0
    prefilled: int = 0
    did: dict[str, int] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether she got what she came for."""
        return not self.why

    @property
    def first_time_right(self) -> bool:
        """Whether she got it without one answer being refused."""
        return self.ok and not self.refused


class Stopped(AssertionError):
    """The road ended before its end; says where and what was said last."""


class Road:
    """A citizen under way. Pauses and other channels give her another ``citizen``, her case stays."""

    def __init__(self, base_url: str, facts: Facts, journey: Journey, citizen: Citizen | None = None) -> None:
        self.base_url, self.facts, self.journey = base_url, facts, journey
        self.citizen = citizen or Citizen(base_url)

    def step(self, kind: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """One turn, counted and timed under its kind."""
        began = time.perf_counter()
        turn = act()
        self.journey.turns += 1
        self.journey.parts[kind] = self.journey.parts.get(kind, 0.0) + time.perf_counter() - began
        return turn

    def says(self, text: str, kind: str = "answer") -> dict[str, Any]:
        """One turn of words."""
        return self.step(kind, lambda: self.citizen.say(text))

    def must(self, true: object, what: str) -> None:
        """Go on only where it holds.

        Raises:
            Stopped: it does not.
        """
        if not true:
            turn = self.citizen.turn
            said = self.citizen.texts() if turn else ""
            raise Stopped(f"{what}; asking {self.citizen.asking} ({turn.get('status')}): {said[:600]}")


def walk(
    base_url: str, facts: Facts, manners: Manners | None = None, *, submit: bool = True, look: bool = True, package: bool = True,
    citizen: Citizen | None = None,
) -> Journey:  # fmt: skip
    """Take one citizen along her road. Whatever goes wrong is in the journey's ``why``; nothing is raised.

    ``look`` reads the package as she would; without it only its making is taken (``bandao bench case``). Without ``package``
    the road ends where all is answered and she is shown everything. ``citizen`` is one who came by a door of her own.
    """
    journey = Journey(facts)
    began = time.perf_counter()
    try:
        road = Road(base_url, facts, journey, citizen)
        _go(road, manners or Plain(), OVER if package else (*OVER, "review"))
        journey.seconds = time.perf_counter() - began
        _note(road)
        if facts.stops is None and look and package:
            journey.documents = papers.look(road.citizen, facts)
        if facts.stops is None and submit and package:
            if road.citizen.turn["owner"] == "queue":  # the guide wants a person's judgement, and nobody is there
                road.says("取消排队", "submit")
            turn = road.says("提交", "submit")
            road.must(turn["status"] == "submitted", "was not submitted")
    except (AssertionError, httpx.HTTPError, KeyError, ValueError) as error:
        journey.why = f"{type(error).__name__}: {error}"
        journey.seconds = journey.seconds or time.perf_counter() - began
    return journey


def _go(road: Road, manners: Manners, over: tuple[str | None, ...]) -> None:
    facts, journey = road.facts, road.journey
    turn = road.says(facts.opening, "opening")
    if road.citizen.asking == "guide":  # what she said fits two items: she taps the one she means
        turn = road.step("opening", lambda: road.citizen.choose(facts.guide))
    if road.citizen.asking == "start":
        turn = road.step("opening", lambda: road.citizen.choose("yes"))
    road.must(turn["case"], "no case was begun")
    begun = turn["case"]["guide"]["code"]
    road.must(begun == facts.guide, f"the case is for {begun}")
    again = 0
    while road.citizen.asking not in over and not _told(road):
        road.must(journey.turns < MOST_TURNS, f"still asked after {MOST_TURNS} turns")
        asking = str(road.citizen.asking)
        again += asking in journey.asked and not road.citizen.turn["ask"].get("columns")  # of a table: are there more rows?
        journey.asked.append(asking)
        road.must(journey.asked[-PATIENCE:].count(asking) < PATIENCE, f"{asking} is asked again and again")
        manners.before(road)
        if road.citizen.asking != asking:  # she came back another way, or put it off
            continue
        answered = road.citizen.turn["ask"]
        kind = "review" if asking == "review" else "material" if asking.startswith(MATERIAL) else "answer"
        turn = road.step(kind, lambda: manners.answer(road) or answer(road.citizen, facts))
        if _told(road):
            break
        if turn["status"] == "rejected_answer":
            journey.refused.append(asking)
            raise Stopped(f"{asking} was refused: {road.citizen.texts()[:600]}")
        if kind == "review":
            road.must(turn["status"] == "ready" or facts.stops, "confirming made no package")
        manners.after(road, answered)
    if facts.stops is not None:
        road.must(_told(road), f"was not told {facts.stops!r}")
        return
    turn = road.citizen.turn
    if "review" in over:
        road.must(road.citizen.asking == "review", "stopped before the review")
    else:
        road.must(turn["status"] == "ready" and turn["case"]["package"], "stopped before the package")
    road.must(again <= manners.twice, f"asked twice: {sorted({f for f in journey.asked if journey.asked.count(f) > 1})}")


def _told(road: Road) -> bool:
    stops = road.facts.stops
    return stops is not None and stops in road.citizen.texts()


def _note(road: Road) -> None:
    """Keep what the case holds now, for the coverage."""
    journey, case = road.journey, road.citizen.turn["case"]
    held = road.citizen.get(f"/cases/{case['case_no']}").json()
    journey.chosen = {entry["field"]: str(entry["value"]) for entry in held["fields"]}
    journey.materials = {material["code"]: material["status"] for material in case["materials"]}
    journey.filled, journey.prefilled = case["filled"], case["prefilled"]
