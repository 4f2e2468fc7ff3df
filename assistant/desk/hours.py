"""When people are at the desk: on working days by the statutory calendar, within the hours of the setting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.workcalendar import is_working_day

AHEAD = 30
"""Days looked ahead for the next shift: no holiday is as long."""


@lru_cache(maxsize=256)
def parse_hours(text: str) -> tuple[tuple[time, time], ...]:
    """Shifts from ``09:00-11:30,13:00-17:00``.

    Raises:
        ValueError: it is not a list of shifts, each ending after it begins.
    """
    shifts = []
    for part in text.split(","):
        begin, _, end = part.strip().partition("-")
        shift = time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
        if shift[0] >= shift[1]:
            raise ValueError(f"the shift {part.strip()} ends before it begins")
        shifts.append(shift)
    return tuple(sorted(shifts))


def opens_at(hours: str, now: datetime) -> datetime | None:
    """None while somebody is there; else the next moment somebody will be. ``24h`` is always."""
    if hours == "24h":
        return None
    for begin, _ in shifts_from(hours, now):
        return begin if begin > now else None
    return now + timedelta(days=AHEAD)


def shifts_on(hours: str, day: date) -> list[tuple[datetime, datetime]]:
    """The shifts of a day, begin and end, in Asia/Shanghai; ``24h`` has one from midnight to midnight."""
    if hours == "24h":
        midnight = datetime.combine(day, time(), SHANGHAI)
        return [(midnight, midnight + timedelta(days=1))]
    if not is_working_day(day):
        return []
    return [(datetime.combine(day, begin, SHANGHAI), datetime.combine(day, end, SHANGHAI)) for begin, end in parse_hours(hours)]


def shifts_from(hours: str, moment: datetime, days: int = AHEAD) -> Iterator[tuple[datetime, datetime]]:
    """The shifts that are not over at ``moment``, in order, looking ``days`` days ahead."""
    for ahead in range(days):
        for begin, end in shifts_on(hours, moment.astimezone(SHANGHAI).date() + timedelta(days=ahead)):
            if end > moment:
                yield begin, end


def open_seconds(hours: str, start: datetime, end: datetime) -> float:
    """Seconds of opening time from ``start`` to ``end``; 0 where ``end`` is not after ``start``."""
    if hours == "24h" or end <= start:
        return max(0.0, (end - start).total_seconds())
    return sum(
        max(0.0, (min(close, end) - max(begin, start)).total_seconds())
        for begin, close in shifts_from(hours, start, (end - start).days + 2)
        if begin < end
    )


def after_open_seconds(hours: str, start: datetime, seconds: float) -> datetime:
    """The moment by which ``seconds`` of opening time have passed since ``start``."""
    if hours == "24h":
        return start + timedelta(seconds=seconds)
    left = seconds
    for begin, end in shifts_from(hours, start, AHEAD + int(seconds / 3600)):
        within = (end - max(begin, start)).total_seconds()
        if left <= within:
            return max(begin, start) + timedelta(seconds=left)
        left -= within
    return start + timedelta(seconds=seconds)
