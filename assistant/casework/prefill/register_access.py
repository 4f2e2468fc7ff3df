"""What keeps a register's client polite: one access token for all threads, and a pause after failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.casework.prefill.records import FarSideUnavailable

#: A token is renewed this much before its end, so that it does not end on the way: seconds, and at most this part of its life.
_MARGIN_S, _MARGIN_PART = 30.0, 0.1


class TokenStore:
    """The access token, fetched by one thread while the others wait, and renewed before it ends.

    Args:
        fetch: given the moment (monotonic) by which it must be done, returns the token and its life in seconds.
    """

    def __init__(self, fetch: Callable[[float], tuple[str, float]], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._token, self._renew_at = "", 0.0

    def current(self, deadline: float, *, refused: str = "") -> str:
        """A token that holds. ``refused`` is one the register would not take: it is replaced unless another thread has done so.

        Raises:
            FarSideUnavailable: none to be had by ``deadline`` (monotonic).
        """
        if not self._lock.acquire(timeout=max(0.0, deadline - self._clock())):
            raise FarSideUnavailable("timeout")
        try:
            if self._token and self._token != refused and self._clock() < self._renew_at:
                return self._token
            token, life = self._fetch(deadline)
            self._token, self._renew_at = token, self._clock() + life - min(_MARGIN_S, life * _MARGIN_PART)
            return token
        finally:
            self._lock.release()


class CircuitBreaker:
    """After ``failures`` in a row nobody is let through for ``pause_s`` seconds; then one is, to see.

    A register that is down thus costs a few turns its time limit, not every one.
    """

    def __init__(self, *, failures: int = 2, pause_s: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._pause, self._clock = failures, pause_s, clock
        self._lock = threading.Lock()
        self._failed, self._closed_until = 0, 0.0

    def enter(self) -> None:
        """Ask to be let through.

        Raises:
            FarSideUnavailable: not now (``broken-off``).
        """
        with self._lock:
            if self._failed < self._limit:
                return
            now = self._clock()
            if now < self._closed_until:
                raise FarSideUnavailable("broken-off")
            self._closed_until = now + self._pause  # this one goes to see; the others wait for what it finds

    def succeeded(self) -> None:
        """It answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """It did not."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._closed_until = self._clock() + self._pause
