"""How many messages a minute: a token bucket per conversation and per network address."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimiter:
    """``per_minute`` messages, refilled evenly; 0 turns it off. Remembers the most recent 50,000 keys."""

    KEYS = 50_000

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._now = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one; 0.0 if there was one, else the seconds until there is."""
        if self.per_minute == 0:
            return 0.0
        now, rate = self._now(), self.per_minute / 60
        left, since = self._buckets.pop(key, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + (now - since) * rate)
        wait = 0.0 if left >= 1 else (1 - left) / rate
        self._buckets[key] = (left - 1 if wait == 0 else left, now)
        if len(self._buckets) > self.KEYS:
            self._buckets.popitem(last=False)
        return wait
