"""Dates in every form people write them, read against today."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from assistant.casework.fields import english_dates
from assistant.casework.fields.numerals import DIGITS, chinese_to_decimal, normalise
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.foundation.messages import ENGLISH, language, t

_N = r"[0-9零〇○一二三四五六七八九十廿]"
_FULL = re.compile(rf"({_N}{{2,4}})\s*[年./\-]\s*({_N}{{1,3}})\s*[月./\-]\s*({_N}{{1,3}})\s*[日号]?")
_COMPACT = re.compile(r"(?<!\d)(19\d{2}|20\d{2}|21\d{2})(\d{2})(\d{2})(?!\d)")
_MONTH_DAY = re.compile(rf"(今年|明年|去年)?\s*({_N}{{1,3}})\s*月\s*({_N}{{1,3}})\s*[日号]?")
_RELATIVE_MONTH = re.compile(rf"(上个?月|这个?月|本月|下个?月)\s*({_N}{{1,3}})\s*[日号]")
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_MONTHS = {"上": -1, "这": 0, "本": 0, "下": 1}
_YEARS = {"去年": -1, "今年": 0, "明年": 1}
IN_TEXT = (*english_dates.IN_TEXT, _FULL, _COMPACT, _RELATIVE_MONTH, _MONTH_DAY)
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
    parts = _parts(plain, today)
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


def _parts(text: str, today: date) -> tuple[int, int, int] | None:
    if written := english_dates.parts(text, today):
        return written
    if match := _FULL.search(text):
        year, month, day = _year(match[1], today), _number(match[2]), _number(match[3])
        return None if year is None or month is None or day is None else (year, month, day)
    if match := _COMPACT.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _RELATIVE_MONTH.search(text):
        months = today.year * 12 + today.month - 1 + _MONTHS[match[1][0]]
        day = _number(match[2])
        return (months // 12, months % 12 + 1, day) if day is not None else None
    if match := _MONTH_DAY.search(text):
        month, day = _number(match[2]), _number(match[3])
        return (today.year + _YEARS.get(match[1] or "今年", 0), month, day) if month is not None and day is not None else None
    for word in sorted(_DAYS, key=len, reverse=True):
        if word in text:
            day_ = today + timedelta(days=_DAYS[word])
            return day_.year, day_.month, day_.day
    return None


def _year(text: str, today: date) -> int | None:
    if text.isdigit():
        number = int(text)
    elif all(ch in DIGITS for ch in text):
        number = int("".join(str(DIGITS[ch]) for ch in text))
    else:
        return None
    return number if number >= 100 else number + (2000 if number <= (today.year + 10) % 100 else 1900)


def _number(text: str) -> int | None:
    value = chinese_to_decimal(text.replace("廿", "二十"))
    return int(value) if value is not None else None
