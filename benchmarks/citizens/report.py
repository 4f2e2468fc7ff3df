"""All citizens of a folder against one service, and what they found (``bandao eval dialogues``)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.citizens import coverage
from benchmarks.citizens.facts import Facts
from benchmarks.citizens.manners import Manners, Plain, Seeded
from benchmarks.citizens.road import Journey, walk

AT_ONCE = 2
SUMS = (
    "n", "passed", "complete_packages", "first_time_right", "prefill_rate", "turns_per_case", "questions_per_case",
    "seconds_per_case", "did",
)  # fmt: skip
"""The figures of all citizens together, in the order they are printed."""


def manners_of(seed: int, facts: Facts) -> Manners:
    """Seed 0 answers plainly; any other throws its own dice."""
    return Seeded(seed, facts) if seed else Plain()


def journeys(base_url: str, citizens: Sequence[Facts], seed: int, at_once: int, each: Callable[[Journey], None]) -> list[Journey]:
    """Walk all of them, so many ``at_once``; ``each`` is told of every one that has arrived."""

    def one(facts: Facts) -> Journey:
        journey = walk(base_url, facts, manners_of(seed, facts))
        each(journey)
        return journey

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, citizens))


def report(base_url: str, walked: Sequence[Journey]) -> dict[str, Any]:
    """Figures of all of them, each citizen's own line, and the coverage of every guide in service."""
    with httpx.Client(base_url=f"{base_url}/api/v1", timeout=60) as http:
        codes = [item["code"] for item in http.get("/guides").json()["items"]]
        guides = {code: http.get(f"/guides/{code}").json() for code in codes}
    covered = {
        code: coverage.of_guide(guide, [journey for journey in walked if journey.facts.guide == code])
        for code, guide in guides.items()
        if not guide.get("outline")
    }
    passed = [journey for journey in walked if journey.ok]
    ended = [journey for journey in passed if journey.facts.stops is None]
    filled = sum(journey.filled for journey in ended)
    return {
        "ok": len(passed) == len(walked), "n": len(walked), "passed": len(passed), "complete_packages": len(ended),
        "first_time_right": _share(sum(journey.first_time_right for journey in walked), len(walked)),
        "prefill_rate": _share(sum(journey.prefilled for journey in ended), filled),
        "turns_per_case": _mean(journey.turns for journey in ended),
        "questions_per_case": _mean(len(journey.asked) for journey in ended),
        "seconds_per_case": _mean(journey.seconds for journey in ended),
        "did": {name: sum(journey.did.get(name, 0) for journey in walked) for name in sorted(_names(walked))},
        "coverage": {"all": coverage.total(covered), "guides": covered},
        "citizens": [line(journey) for journey in walked],
    }  # fmt: skip


def line(journey: Journey) -> dict[str, Any]:
    """One citizen, for the report."""
    return {
        "guide": journey.facts.guide, "name": journey.facts.name, "ok": journey.ok, "why": journey.why, "turns": journey.turns,
        "seconds": round(journey.seconds, 2), "asked": journey.asked, "materials": journey.materials,
        "documents": journey.documents, "prefilled": journey.prefilled, "filled": journey.filled, "did": journey.did,
    }  # fmt: skip


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """The figures for people: what each guide has shown and what no citizen has yet, who failed and why, and the sums."""
    for code, guide in figures["coverage"]["guides"].items():
        shares = "  ".join(f"{kind} {held['seen']}/{held['of']}" for kind, held in guide.items())
        yield f"{code:>32}  {shares}"
        for kind, held in guide.items():
            if held["open"]:
                yield f"{'':>32}  - {kind}: {', '.join(held['open'])}"
    for citizen in figures["citizens"]:
        if not citizen["ok"]:
            yield f"✗ {citizen['guide']}: {citizen['name']}  {citizen['why']}"
    for kind, held in figures["coverage"]["all"].items():
        yield f"{kind:>20}  {held['seen']}/{held['of']}"
    for name in SUMS:
        yield f"{name:>20}  {figures[name]}"


def arrival(journey: Journey) -> str:
    """One citizen who has arrived, or has not and why."""
    because = f"  {journey.why}" if journey.why else ""
    return f"{'✓' if journey.ok else '✗'} {journey.facts.title}  {journey.turns} turns, {journey.seconds:.1f} s{because}"


def _names(walked: Iterable[Journey]) -> set[str]:
    return {name for journey in walked for name in journey.did}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return round(statistics.fmean(held), 2) if held else 0.0
