"""``bandao bench voice``: the whole product with the models that are installed, and kiosks before it."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.cases import CITIZENS
from benchmarks.citizens.facts import load as citizens
from benchmarks.stack import Stack
from benchmarks.voice import accuracy, latency, mouth, road
from benchmarks.voice.sentences import HALVES, Said, load, of_citizens, some
from benchmarks.voice.sound import LEVELS

PARTS = ("accuracy", "latency", "mouth", "road")
AT_ONCE = 3
"""Kiosks side by side where it is not time that is measured."""
_QUICK_EVERY, _QUICK_LEVELS, _QUICK_LATENCY, _QUICK_MOUTH_S = 7, ("clean", "10 dB"), 6, 120.0
_MANY = 24
"""Exchanges that are timed, by one kiosk and by several."""


def measure(
    parts: Iterable[str], kiosks: int, progress: Callable[[str], None], *, quick: bool = False,
    halves: Iterable[str] = HALVES, levels: Iterable[str] = tuple(LEVELS), story: Path | None = None,
    pictures: Path | None = None,
) -> dict[str, Any]:
    """The figures of some parts, ``kiosks`` at once where several are timed; ``missed`` are the targets not met.

    Args:
        quick: a few sentences of each kind: whether it runs, not how well.
        story: a file that gets what was heard in place of what, of the half that may be listened to.
        pictures: a folder that gets a picture of the page at every question of the road.

    Raises:
        EngineError: no voice is installed to speak with.
    """
    wanted = list(parts)
    found: dict[str, Any] = {"load": [round(os.getloadavg()[0], 1)], "quick": quick}
    late: list[str] = []
    began = time.monotonic()
    said = [one for half in halves for one in _of(half, quick)]
    if "accuracy" in wanted or "latency" in wanted:
        with tempfile.TemporaryDirectory(prefix="bandao-voice-") as folder, Stack(Path(folder)) as stack:
            progress("ready")
            if "latency" in wanted:
                openings = [one for one in said if one.kind == "opening"]
                openings = openings[:_QUICK_LATENCY] if quick else (openings * 2)[:_MANY]
                asyncio.run(latency.measure(stack.base_url, openings[:1], 1, lambda _: None))  # the models are loaded now
                for name, count in (("alone", 1), (f"{kiosks} at once", kiosks)):
                    times = latency.figures(asyncio.run(latency.measure(stack.base_url, openings, count, progress)))
                    found[name] = times
                    late += latency.missed(name, times)
            if "accuracy" in wanted:
                asked = [level for level in levels if not quick or level in _QUICK_LEVELS]
                outcomes = asyncio.run(accuracy.hear_all(stack.base_url, said, asked, AT_ONCE, progress))
                found["accuracy"] = accuracy.figures(stack.base_url, outcomes)
                late += accuracy.missed(found["accuracy"])
                if story is not None:
                    story.write_text(_lines(accuracy.story(outcomes)), encoding="utf-8")
    if "road" in wanted:
        with tempfile.TemporaryDirectory(prefix="bandao-voice-") as folder, Stack(Path(folder)) as stack:
            try:
                found["road"] = road.measure(stack.base_url, pictures)
                late += [f"road: {key} is {value}" for key, value in found["road"]["wrong"].items()]
            except road.Lost as lost:
                late.append(f"road: {lost}")
    if "mouth" in wanted:
        found["mouth"] = mouth.measure(_QUICK_MOUTH_S if quick else mouth.HOUR_S, progress)
        late += mouth.missed(found["mouth"])
    found["load"].append(round(os.getloadavg()[0], 1))
    return {**found, "seconds": round(time.monotonic() - began), "missed": late}


def _of(half: str, quick: bool) -> list[Said]:
    said = [*load(half), *(of_citizens(citizens(CITIZENS)) if half == "held" else ())]
    return some(said, _QUICK_EVERY) if quick else said


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join("\n".join(f"{name}: {value}" for name, value in row.items()) + "\n\n" for row in rows)
