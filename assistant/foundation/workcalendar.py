"""Working days (工作日) of mainland China: public holidays off, make-up workdays (调休) on.

Known through the State Council's yearly notice, as published by the chinesecalendar package; it appears each November
for the next year. Beyond the last known year only weekends are off, and ``covered`` says so: a due date computed from
such a day must be called preliminary.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import chinese_calendar
from chinese_calendar import constants

_ONE_DAY = timedelta(days=1)
_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)
_SATURDAY = 5


def covered(day: date) -> bool:
    """Whether the official calendar of this day's year is known."""
    return day.year in _YEARS


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Whether ``day`` is a working day; by weekday alone where ``covered(day)`` is false."""
    if isinstance(day, datetime):
        day = day.date()
    if not covered(day):
        return day.weekday() < _SATURDAY
    return bool(chinese_calendar.is_workday(day))


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself is not counted (行政许可法 第八十二条, 民法典 第二百零一条).

    With ``count`` 0 it is ``day``, working or not.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError("count of working days is negative")
    while count:
        day += _ONE_DAY
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``; negative when ``end`` lies before ``start``.

    So ``working_days_between(d, add_working_days(d, n)) == n``.
    """
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))
