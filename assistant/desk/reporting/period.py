"""The time a report is about: whole days in Shanghai."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from assistant.foundation.clock import SHANGHAI

SETTLES = timedelta(minutes=10)
"""How long after its end a period may still get something: a turn has the moment it began, and is written when it ends."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Period:
    """From the beginning of ``first`` to the beginning of ``after``; the latter is outside.

    Raises:
        ValueError: it has no day.
    """

    first: date
    after: date

    def __post_init__(self) -> None:
        if self.after <= self.first:
            raise ValueError("a period has a day at least")

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.after, time(), SHANGHAI)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    def days(self) -> Iterator[Period]:
        """Each of its days."""
        for number in range((self.after - self.first).days):
            day = self.first + timedelta(days=number)
            yield Period(day, day + timedelta(days=1))

    def settled(self, now: datetime) -> bool:
        """Whether nothing comes to it any more (see ``figures`` for what an office dates back)."""
        return now >= self.end + SETTLES


def day(moment: date) -> Period:
    """One day."""
    return Period(moment, moment + timedelta(days=1))


def month(moment: date) -> Period:
    """The month of a day."""
    first = moment.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1))


def parse(text: str) -> Period:
    """``2026-11`` or ``2026-11-10``.

    Raises:
        ValueError: it is neither, or there is no such day.

    >>> parse("2026-02").after
    datetime.date(2026, 3, 1)
    """
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if _MONTH.fullmatch(text):
        return month(date.fromisoformat(f"{text}-01"))
    raise ValueError(text)
