"""One look at who waits, for everybody in this process who wants one just now.

Twenty consoles that each listed five hundred people at every change would keep a core busy with the same list twenty times.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from assistant.desk.books import Entry

T = TypeVar("T")

THREADS = 3
PACE_S = 0.25
"""From the beginning of one look to that of the next, at least: so late at most is what one of them shows."""
LOOKS_BESIDE = 4
"""What is done beside looks is begun once in so many of them."""


class Lookout:
    """Use it on one event loop.

    Looks have threads of their own: among everybody else's they would stand behind turns that wait to write, and who waits for
    a person would be seen late just when there is most to do.

    Args:
        look: lists who waits; run in a thread.
    """

    def __init__(self, look: Callable[[], Sequence[Entry]], pace_s: float = PACE_S) -> None:
        self._look, self._pace_s = look, pace_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="console-look")
        self._first = ThreadPoolExecutor(1, thread_name_prefix="console-first-look")  # everybody waits for it
        self._began = float("-inf")
        self._under_way: asyncio.Task[Sequence[Entry]] | None = None
        self._last: Sequence[Entry] = []
        self._next: asyncio.Task[Sequence[Entry]] | None = None
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._last_beside: dict[str, float] = {}

    def beside(self, who: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Begin ``work`` beside the looks, unless such work of ``who`` is under way or began a few looks ago.

        Where many write it waits, and each of somebody's looks meanwhile would only queue up to write the same; and where much
        happens somebody looks many times a second.
        """
        now = time.monotonic()
        if who not in self._beside and now - self._last_beside.get(who, float("-inf")) >= LOOKS_BESIDE * self._pace_s:
            self._last_beside[who] = now
            self._beside[who] = asyncio.create_task(work())
            self._beside[who].add_done_callback(lambda _: self._beside.pop(who, None))

    async def waiting(self) -> Sequence[Entry]:
        """Who waits, found by a look that began after this was asked: what was true then is in it.

        It is the very object of the look before where nothing has changed.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._under_way))
        return await asyncio.shield(self._next)  # one who goes away takes it from nobody else

    async def run(self, look: Callable[..., T], *args: object) -> T:
        """Another look, which must only read, in one of those threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, look, *args)

    async def _after(self, before: asyncio.Task[Sequence[Entry]] | None) -> Sequence[Entry]:
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(max(0.0, self._began + self._pace_s - time.monotonic()))
        self._under_way, self._next = self._next, None  # who asks from now on needs another
        self._began = time.monotonic()
        found = await asyncio.get_running_loop().run_in_executor(self._first, self._look)
        self._last = self._last if found == self._last else found
        return self._last
