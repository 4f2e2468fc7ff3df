"""Counting one limit: when it is over, how much of it is used, and how urgent it is. Pure; days in, days out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from assistant.casework.clocks.stops import Stop, stopped_since, stretches
from assistant.foundation.workcalendar import covered, is_working_day

Unit = Literal["working_day", "calendar_day"]

#: Yellow when at most a third of the limit is left: of twenty days six, enough to review a file nobody has opened yet.
YELLOW_SHARE = Fraction(1, 3)
#: … and never later than the day before red, so that short limits have a yellow day too.
#: Red when at most one day is left: it has to be decided today or tomorrow.
RED_DAYS = 1

_ONE_DAY = timedelta(days=1)


class Level(StrEnum):
    """How urgent a clock is, in rising order. Nothing is urgent while it stands still or on the day it starts."""

    NORMAL = "normal"
    YELLOW = "yellow"
    RED = "red"
    OVERDUE = "overdue"

    @property
    def rank(self) -> int:
        """0 for normal … 3 for overdue."""
        return list(Level).index(self)


@dataclass(frozen=True)
class Reckoned:
    """A limit as it stands.

    ``due`` is the last day it may be met on; while the clock stands still, the day it would be if it went on tomorrow.
    ``used`` and ``remaining`` are days of the limit's unit; ``remaining`` is negative once it is overdue. ``stopped_days`` have
    not been counted so far, ``stopped`` is the stop it stands at. ``preliminary``: the calendar of ``due``'s year is not
    published yet, so holidays are not taken out.
    """

    due: date
    used: int
    remaining: int
    stopped_days: int
    stopped: Stop | None
    level: Level
    preliminary: bool


def reckon(
    days: int,
    unit: Unit,
    start: date,
    stops: Sequence[Stop],
    today: date,
    *,
    extension: int = 0,
    ended: date | None = None,
) -> Reckoned:
    """Count a limit of ``days`` that began on ``start``, which itself is not counted.

    Args:
        extension: days added by approval of the authority's head.
        ended: the day it was met, if it was: counting ends there.

    Raises:
        ValueError: a negative number of days.
    """
    if days < 0 or extension < 0:
        raise ValueError("a limit has no negative days")
    whole = days + extension
    until = max(start, min(today, ended) if ended is not None else today)
    pauses = stretches(stops, until)
    due = _due(whole, unit, start, pauses)
    passed = [start + _ONE_DAY * i for i in range(1, (until - start).days + 1)]
    counting = [day for day in passed if unit == "calendar_day" or is_working_day(day)]
    stopped_days = sum(_within(day, pauses) for day in counting)
    used = len(counting) - stopped_days
    standing = stopped_since(stops, until) if ended is None else None
    remaining = whole - used
    if until <= due:
        remaining = max(remaining, 0)  # calendar days that would end on a day off end on the next working day
    level = _level(whole, used, remaining, overdue=until > due, standing=standing is not None, over=ended is not None)
    return Reckoned(due, used, remaining, stopped_days, standing, level, not covered(due))


def _due(days: int, unit: Unit, start: date, pauses: Sequence[tuple[date, date]]) -> date:
    day, left = start, days
    while left:
        day += _ONE_DAY
        if (unit == "calendar_day" or is_working_day(day)) and not _within(day, pauses):
            left -= 1
    while unit == "calendar_day" and days and not is_working_day(day):
        day += _ONE_DAY
    return day


def _within(day: date, pauses: Sequence[tuple[date, date]]) -> bool:
    return any(start < day <= end for start, end in pauses)


def _level(whole: int, used: int, remaining: int, *, overdue: bool, standing: bool, over: bool) -> Level:
    if overdue:
        return Level.OVERDUE
    if standing or over or used == 0:
        return Level.NORMAL
    if remaining <= RED_DAYS:
        return Level.RED
    return Level.YELLOW if remaining <= max(Fraction(RED_DAYS + 1), whole * YELLOW_SHARE) else Level.NORMAL
