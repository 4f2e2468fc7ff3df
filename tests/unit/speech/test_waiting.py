"""Kiosks that wait for one engine: who is done goes first, nobody is starved, and what nobody wants any more is not done."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError, Future
from threading import Event

import numpy as np
import pytest

from assistant.foundation.metrics import registry
from assistant.speech.engines.base import RATE, Heard
from channels.voice.engines import Engines
from channels.voice.waiting import Line


class World:
    """A line whose thread is the test."""

    def __init__(self) -> None:
        self.now = 100.0
        self.line = Line("test", lambda: self.now)
        self.done: list[str] = []

    def ask(self, name: str, rank: int = 0, cost: float = 0.0) -> Future[None]:
        return self.line.join(lambda: self.done.append(name), lambda: rank, cost)

    def work(self, times: int) -> list[str]:
        for _ in range(times):
            self.line.next()
        return self.done


def test_who_is_done_goes_before_who_only_pauses_and_both_before_the_door() -> None:
    world = World()
    for name, rank in (("door", 2), ("pause", 1), ("done", 0), ("done too", 0)):
        world.ask(name, rank)
    assert world.work(4) == ["done", "done too", "pause", "door"]


def test_who_only_paused_goes_first_once_she_is_done() -> None:
    world, ranks = World(), [1]
    world.line.join(lambda: world.done.append("hers"), lambda: ranks[0], 0.0)
    world.ask("another's pause", 1)
    world.now += 1
    world.ask("done", 0)
    ranks[0] = 0
    assert world.work(3) == ["hers", "done", "another's pause"]


def test_long_talk_lets_short_answers_go_first_but_not_for_ever() -> None:
    world = World()
    world.ask("long", cost=3.0)
    for second in range(5):
        world.now = 100.0 + second
        world.ask(f"short {second}", cost=0.1)
    assert world.work(6) == ["short 0", "short 1", "short 2", "long", "short 3", "short 4"]


def test_what_is_cancelled_is_not_done_and_what_fails_fails_for_its_kiosk_only() -> None:
    world = World()
    gone = world.ask("gone")
    broken = world.line.join(lambda: 1 / 0, lambda: 0, 0.0)
    world.ask("well")
    gone.cancel()
    assert world.work(3) == ["well"]
    assert isinstance(broken.exception(), ZeroDivisionError)
    with pytest.raises(CancelledError):
        gone.result()


def test_how_long_one_waited_is_among_the_figures() -> None:
    def told(name: str) -> float:
        return registry.get_sample_value(f"bandao_voice_{name}_seconds_sum", {"engine": "test"}) or 0.0

    world, before = World(), told("wait")
    world.line.join(lambda: setattr(world, "now", world.now + 2.0), lambda: 0, 0.0)
    world.ask("after it")
    worked = told("work")
    world.work(2)
    assert told("wait") - before == pytest.approx(2.0)
    assert told("work") - worked == pytest.approx(2.0)


class Ears:
    """Busy until the test says so; keeps what it heard in order."""

    name = "made-up"

    def __init__(self) -> None:
        self.free = Event()
        self.lengths: list[int] = []

    def recognise(self, sound: object, *, hints: object = (), language: str | None = None) -> Heard:
        self.free.wait(20)
        seconds = round(len(sound) / RATE)  # type: ignore[arg-type]
        self.lengths.append(seconds)
        return Heard(str(seconds))


def _sound(seconds: int) -> np.ndarray:
    return np.zeros(seconds * RATE, dtype=np.float32)


async def test_one_kiosks_long_talk_does_not_starve_three_others() -> None:
    ears = Ears()
    engines = Engines(ears, None, lambda: None)  # type: ignore[arg-type, return-value]
    first = asyncio.create_task(engines.hear(_sound(1), ()))  # in the thread already
    await asyncio.sleep(0)
    long = asyncio.create_task(engines.hear(_sound(20), ()))
    await asyncio.sleep(0)
    others = [asyncio.create_task(engines.hear(_sound(seconds), ())) for seconds in (2, 3, 4)]
    await asyncio.sleep(0)
    ears.free.set()
    await asyncio.gather(first, long, *others)
    assert ears.lengths == [1, 2, 3, 4, 20]


async def test_a_long_pause_is_not_worth_it_where_others_wait() -> None:
    ears = Ears()
    ears.free.set()
    engines = Engines(ears, None, lambda: None)  # type: ignore[arg-type, return-value]
    with engines.shared():
        assert await engines.hear(_sound(12), (), done=lambda: False) == Heard("12")
        with engines.shared():
            assert await engines.hear(_sound(12), (), done=lambda: False) is None
            assert await engines.hear(_sound(9), (), done=lambda: False) == Heard("9")
            assert await engines.hear(_sound(12), (), done=lambda: True) == Heard("12")
