"""When people are at the desk: on working days by the statutory calendar, within the hours of the setting."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from assistant.foundation.workcalendar import is_working_day


def parse_hours(text: str) -> list[tuple[time, time]]:
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
    return sorted(shifts)


def opens_at(hours: str, now: datetime) -> datetime | None:
    """None while somebody is there; else the next moment somebody will be. ``24h`` is always."""
    if hours == "24h":
        return None
    shifts = parse_hours(hours)
    for ahead in range(30):
        day = now.date() + timedelta(days=ahead)
        if not is_working_day(day):
            continue
        for begin, end in shifts:
            opening = datetime.combine(day, begin, now.tzinfo)
            if opening > now:
                return opening
            if now < datetime.combine(day, end, now.tzinfo):
                return None
    return now + timedelta(days=30)
