"""Dates in every form people write them, read against today."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime

from assistant.casework.fields import days, english_dates
from assistant.casework.fields.meaning import meant
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import dates as patterns
from assistant.engine.components.patterns.numerals import normalise
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import ENGLISH, language, t

IN_TEXT = (*english_dates.IN_TEXT, *patterns.IN_TEXT)
#: 10/11/26 has three readings for somebody who speaks English; in Chinese the year comes first.
_SHORT = re.compile(r"(?<!\d)\d{1,2}[./\-]\d{1,2}[./\-]\d{2}(?!\d)")

_NO_YEAR = re.compile(r"^(?!.*年)[^\d]*[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十廿]{1,3}[日号]?")


def display(day: date) -> str:
    """2026年11月10日, the way official forms print a date."""
    return f"{day.year}年{day.month}月{day.day}日"


def said(day: date) -> str:
    """A day as it is said in the language being spoken."""
    return english_dates.said(day) if language() == ENGLISH else display(day)


def said_at(at: datetime) -> str:
    """A moment as it is said in the language being spoken, by the clock of Asia/Shanghai: 2026年11月10日 09:30."""
    here = at.astimezone(SHANGHAI)
    return f"{said(here.date())} {here:%H:%M}"


def parse_date(text: str, today: date) -> Parsed:
    """The date in a sentence. ``value`` is ISO 8601. A day that does not exist (31 February) is named as such.

    A day the words only point near (月底) is not taken but named in a question; ``insist`` holds it for a yes.
    """
    plain = normalise(text)
    if either := english_dates.two_ways(plain):
        return _ambiguous(*either)
    if language() == ENGLISH and _SHORT.search(plain):
        return Rejected("date_ambiguous", t("fields.date_short"))
    if (parts := english_dates.parts(plain, today)) is not None:
        return _day(parts)
    found = days.read(meant(plain), today)
    if isinstance(found, days.Day):
        read = _day(found.parts)
        return read if found.sure or isinstance(read, Rejected) else confirm(read)
    if found.either:
        return _ambiguous(*found.either)
    return Rejected(f"date_{found.gap}", t(f"fields.date_{found.gap}"))


def another_year(text: str, parsed: Accepted, today: date) -> Accepted | None:
    """The same day of the year before or after, where a date was given without its year; None for all else."""
    if not isinstance(parsed.value, str) or not _NO_YEAR.search(days.absolute(normalise(text), today)):
        return None
    day = date.fromisoformat(parsed.value)
    try:
        other = day.replace(year=day.year + (-1 if day > today else 1))
    except ValueError:
        return None
    return Accepted(other.isoformat(), display(other))


def confirm(likely: Accepted) -> Rejected:
    """Whether a day is the one meant, as a question."""
    day = date.fromisoformat(str(likely.value))
    return Rejected("date_confirm", t("fields.date_confirm", day=said(day)), insist=likely)


def _ambiguous(one: date, two: date) -> Rejected:
    return Rejected("date_ambiguous", t("fields.date_ambiguous", one=said(one), two=said(two)))


def _day(parts: patterns.Parts) -> Parsed:
    year, month, day = parts
    if not 1 <= month <= 12:
        return Rejected("date_impossible", t("fields.date_no_month", month=month))
    if not 1900 <= year <= 2200:
        return Rejected("date_impossible", t("fields.date_year", year=year))
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        return Rejected("date_impossible", t("fields.date_no_day", year=year, month=month, day=day, last=last))
    found = date(year, month, day)
    return Accepted(found.isoformat(), display(found))
