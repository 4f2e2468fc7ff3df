"""Time is an argument: whatever needs the present moment takes a ``Clock``, so a test can be at any moment it likes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The time zone of every time a citizen or operator reads."""


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in Asia/Shanghai."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in Asia/Shanghai."""
        return datetime.now(SHANGHAI)


class FixedClock:
    """A clock that stands still until told otherwise, for tests.

    Raises:
        ValueError: the moment given has no time zone.
    """

    def __init__(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a clock needs an aware moment")
        self._moment = moment.astimezone(SHANGHAI)

    def now(self) -> datetime:
        """The moment the clock was left at."""
        return self._moment

    def advance(self, step: timedelta) -> datetime:
        """Move the clock on by ``step`` of elapsed time and return the new moment."""
        # Added as elapsed time, not wall time: Shanghai had daylight saving until 1991.
        self._moment = datetime.fromtimestamp((self._moment + step).timestamp(), SHANGHAI)
        return self._moment
