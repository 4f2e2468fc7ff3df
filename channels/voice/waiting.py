"""Who waits for an engine, and whose turn it is: an engine does one thing at a time, for all kiosks of the process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from assistant.foundation import metrics

T = TypeVar("T")


@dataclass(eq=False)
class _Asked:
    work: Callable[[], Any]
    rank: Callable[[], int]
    fair: float
    at: float
    number: int
    future: Future[Any]


class Line:
    """One engine's thread. The lowest rank goes first, and a rank may change while somebody waits: who only paused is done.

    Within a rank, short work goes before long work that was asked for a little earlier: `cost` seconds are added to the
    moment of asking. Nobody waits for ever: who has waited for as long as her work costs goes before all that is asked later.
    What is cancelled while it waits is not done at all.
    """

    def __init__(self, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._name, self._now = name, monotonic
        self._thread = ThreadPoolExecutor(1, name)
        self._waiting: list[_Asked] = []
        self._lock = Lock()
        self._count = 0

    async def run(self, work: Callable[[], T], *, rank: Callable[[], int], cost: float = 0.0) -> T:
        """The result of `work`, done in the engine's thread when its turn has come."""
        result: T = await asyncio.wrap_future(self.ask(work, rank, cost))
        return result

    def ask(self, work: Callable[[], T], rank: Callable[[], int], cost: float = 0.0) -> Future[T]:
        """As `run`, for any thread."""
        future = self.join(work, rank, cost)
        self._thread.submit(self.next)
        return future

    def join(self, work: Callable[[], T], rank: Callable[[], int], cost: float) -> Future[T]:
        """Stand in line; somebody has to call `next` once for everybody who joins."""
        future: Future[T] = Future()
        with self._lock:
            self._count += 1
            now = self._now()
            self._waiting.append(_Asked(work, rank, now + cost, now, self._count, future))
        return future

    def next(self) -> None:
        """Do what is first in line now, if it is still wanted."""
        with self._lock:
            first = min(self._waiting, key=lambda asked: (asked.rank(), asked.fair, asked.number))
            self._waiting.remove(first)
        if not first.future.set_running_or_notify_cancel():
            return
        began = self._now()
        metrics.voice_wait_seconds.labels(engine=self._name).observe(began - first.at)
        try:
            first.future.set_result(first.work())
        except BaseException as error:
            first.future.set_exception(error)
        finally:
            metrics.voice_work_seconds.labels(engine=self._name).observe(self._now() - began)
