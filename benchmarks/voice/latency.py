"""How soon the kiosk answers and how soon it is silent, by one kiosk alone and by several at once."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.citizens.citizen import Citizen
from benchmarks.voice.machine import Came, Machine
from benchmarks.voice.sentences import Said
from benchmarks.voice.sound import MANNERS, take

ANSWER_S, SILENCE_S = 2.2, 0.3
_INTERRUPTION = "等一下，我想问别的"
_INTO_IT_S = 0.7
"""She lets it say that much before she interrupts."""


@dataclass
class Times:
    """Seconds: from the end of her speech to the first sound of the acknowledgement and of the answer; from her first sample of
    an interruption to the order to be silent. ``unanswered`` and ``not_silent`` count what never came."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    silenced: list[float] = field(default_factory=list)
    unanswered: int = 0
    not_silent: int = 0
    sentences: list[Came] = field(default_factory=list)


async def measure(base_url: str, sentences: Sequence[Said], kiosks: int, progress: Callable[[str], None]) -> Times:
    """Each sentence opens a conversation at one of the kiosks, is answered, and the answer is interrupted."""
    times = Times()
    waiting = list(sentences)

    async def kiosk() -> None:
        while waiting:
            said = waiting.pop(0)
            await _one(base_url, said, times)
            progress(f"{kiosks} at once: {len(times.answered) + times.unanswered} of {len(sentences)}")

    await asyncio.gather(*(kiosk() for _ in range(kiosks)))
    return times


async def _one(base_url: str, said: Said, times: Times) -> None:
    citizen = await asyncio.to_thread(Citizen, base_url, channel="kiosk")
    sound = await asyncio.to_thread(take, said.said, MANNERS[said.number % 2])
    interruption = await asyncio.to_thread(take, _INTERRUPTION)
    async with Machine(citizen, instant=False) as machine:
        await asyncio.sleep(0.3)
        after = len(machine.frames)
        _, ended = await machine.say(sound)
        answer = await machine.until(lambda came: came.kind == "say" and came.body.get("kind") != "ack", after)
        spoken = [came for came in machine.frames[after:] if came.kind == "say"]
        times.sentences += spoken
        if answer is None:
            times.unanswered += 1
            return
        times.answered.append(answer.at - ended)
        if spoken[0] is not answer:
            times.acknowledged.append(spoken[0].at - ended)
        await asyncio.sleep(_INTO_IT_S)
        after = len(machine.frames)
        began, _ = await machine.say(interruption)
        silence = await machine.until(lambda came: came.kind == "silence", after, 3.0)
        if silence is None:
            # A short answer may have been over by itself: then there was nothing to silence.
            if any(came.at + came.body["ms"] / 1000 > began + SILENCE_S for came in spoken[-1:]):
                times.not_silent += 1
        else:
            times.silenced.append(silence.at - began)


def figures(times: Times) -> dict[str, Any]:
    """Spreads in seconds."""
    return {
        "acknowledged_s": _spread(times.acknowledged), "answered_s": _spread(times.answered),
        "silenced_s": _spread(times.silenced),
        "unanswered": times.unanswered, "not_silent": times.not_silent,
    }  # fmt: skip


def missed(name: str, found: dict[str, Any]) -> list[str]:
    """The targets missed, each with its figure."""
    late = []
    if found["answered_s"]["count"] and found["answered_s"]["p95"] > ANSWER_S:
        late.append(f"answer, {name}: p95 {found['answered_s']['p95']} s > {ANSWER_S} s")
    if found["silenced_s"]["count"] and found["silenced_s"]["p95"] > SILENCE_S:
        late.append(f"silence, {name}: p95 {found['silenced_s']['p95']} s > {SILENCE_S} s")
    late += [f"{kind}, {name}: {found[kind]}" for kind in ("unanswered", "not_silent") if found[kind]]
    return late


def _spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {"count": 0}
    cuts = statistics.quantiles(values, n=20, method="inclusive") if len(values) > 1 else values * 19
    shares = {"p50": statistics.median(values), "p95": cuts[18], "max": max(values)}
    return {name: round(value, 2) for name, value in shares.items()} | {"count": len(values)}
