"""Dates in every form people write them, read against today."""

from __future__ import annotations

import calendar
import re
from datetime import date

from assistant.casework.fields import english_dates
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns import dates as patterns
from assistant.engine.components.patterns.numerals import normalise
from assistant.foundation.messages import ENGLISH, language, t

IN_TEXT = (*english_dates.IN_TEXT, *patterns.IN_TEXT)
#: 10/11/26 has three readings for somebody who speaks English; in Chinese the year comes first.
_SHORT = re.compile(r"(?<!\d)\d{1,2}[./\-]\d{1,2}[./\-]\d{2}(?!\d)")


def display(day: date) -> str:
    """2026年11月10日, the way official forms print a date."""
    return f"{day.year}年{day.month}月{day.day}日"


def said(day: date) -> str:
    """A day as it is said in the language being spoken."""
    return english_dates.said(day) if language() == ENGLISH else display(day)


def parse_date(text: str, today: date) -> Parsed:
    """The date in a sentence. ``value`` is ISO 8601. A day that does not exist (31 February) is named as such."""
    plain = normalise(text)
    if either := english_dates.two_ways(plain):
        one, two = map(said, either)
        return Rejected("date_ambiguous", t("fields.date_ambiguous", one=one, two=two))
    if language() == ENGLISH and _SHORT.search(plain):
        return Rejected("date_ambiguous", t("fields.date_short"))
    parts = english_dates.parts(plain, today) or patterns.parts(plain, today)
    if parts is None:
        return Rejected("date_shape", t("fields.date_shape"))
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
