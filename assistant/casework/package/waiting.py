"""A lock that is given in the order in which it was asked for, with a limit on how many may wait and for how long."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """First come, first served. ``threading.Lock`` lets the luckiest thread in: of ten packages made at once one would starve."""

    def __init__(self, most_waiting: int) -> None:
        self._most = most_waiting
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many are waiting."""
        return len(self._waiting)

    def acquire(self, timeout_s: float) -> bool:
        """Wait for one's turn; False where too many wait already, or it did not come in time."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            if len(self._waiting) >= self._most:
                return False
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(timeout_s):
            return True
        with self._guard:
            if mine.is_set():  # it came between the end of the wait and here
                return True
            self._waiting.remove(mine)
            return False

    def release(self) -> None:
        """Let the next one in."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False

    def __enter__(self) -> Turns:
        while not self.acquire(3600.0):
            pass
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
