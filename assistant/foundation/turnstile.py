"""A lock nobody is kept waiting at for long by those who came later."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

PATIENCE_S = 2.0
"""Half a second already cost a fifth of the speed at which people who ask for a person are seen."""


def _shut() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass
class _Waiting:
    since: float
    awake: threading.Lock = field(default_factory=_shut)
    given: bool = False


class Turnstile:
    """Like ``threading.Lock``, which whoever comes by may take before those who wait; but given to one who has waited long.

    Where forty threads write all the time, one that waits at a plain lock may wait for many seconds, and what it was to look
    after with it. To give it to the next in turn every time would be no better: each would have to be woken up first, and the
    lock would lie idle meanwhile (twice the time from wanting a person to being seen, with five hundred in the hall). So both,
    as in Go's mutex. Not re-entrant.

    Args:
        patience_s: who has waited longer goes before everybody who came later; 0 makes a strict queue.
        ticks: seconds that only ever rise, for tests.
    """

    def __init__(self, patience_s: float = PATIENCE_S, ticks: Callable[[], float] = time.monotonic) -> None:
        self._patience_s, self._ticks = patience_s, ticks
        self._mutex = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait just now."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = _Waiting(self._ticks())
            self._waiting.append(mine)
        try:
            while not self._got(mine):
                pass
        except BaseException:  # an interrupt while waiting: whoever is next has to hear of it all the same
            with self._mutex:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                elif mine.given or not self._taken:
                    self._let_go()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._mutex:
            self._let_go()

    def _got(self, mine: _Waiting) -> bool:
        """Wait to be woken; whether it is ours then, or somebody was quicker."""
        mine.awake.acquire()
        with self._mutex:
            if mine.given:
                return True
            if not self._taken:
                self._taken = True
                return True
            self._waiting.appendleft(mine)  # where it stood
            return False

    def _let_go(self) -> None:
        """The first in the queue is woken, and has it already where it waited long. Under the mutex."""
        self._taken = False
        if self._waiting:
            first = self._waiting.popleft()
            first.given = self._taken = self._ticks() - first.since >= self._patience_s
            first.awake.release()
