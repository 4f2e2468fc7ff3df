"""Quiet hours: when nobody's phone is to ring because of us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from assistant.foundation.clock import SHANGHAI

_HOURS = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


@dataclass(frozen=True)
class QuietHours:
    """From ``start`` to ``end`` by the clock of Asia/Shanghai, over midnight where the end is the earlier one."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """``22:00-08:00``; an empty text is no quiet hours at all.

        Raises:
            ValueError: it is neither.
        """
        if not text.strip():
            return cls(time(), time())
        match = _HOURS.fullmatch(text.strip())
        if match is None:
            raise ValueError("quiet hours are written 22:00-08:00")
        first, second, third, fourth = map(int, match.groups())
        return cls(time(first, second), time(third, fourth))

    def end_after(self, now: datetime) -> datetime | None:
        """When the quiet hours ``now`` lies in are over; None where it lies in none."""
        here = now.astimezone(SHANGHAI)
        if self.start == self.end:
            return None
        over = self.start > self.end
        at = here.time()
        quiet = (at >= self.start or at < self.end) if over else self.start <= at < self.end
        if not quiet:
            return None
        end = datetime.combine(here.date(), self.end, SHANGHAI)
        return end + timedelta(days=1) if over and at >= self.start else end
