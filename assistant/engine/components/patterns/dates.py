"""Dates as they are written and said in Chinese, read against today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal

#: Year, month and day as written, which may be no day at all (31 February).
Parts = tuple[int, int, int]

_N = r"[0-9零〇○一二三四五六七八九十廿卅]"
FULL = re.compile(rf"({_N}{{2,4}})\s*[年./\-]\s*({_N}{{1,3}})\s*[月./\-]\s*({_N}{{1,3}})\s*[日号]?")
COMPACT = re.compile(r"(?<!\d)(19\d{2}|20\d{2}|21\d{2})(\d{2})(\d{2})(?!\d)")
MONTH_DAY = re.compile(rf"(今年|明年|去年)?\s*({_N}{{1,3}})\s*月\s*({_N}{{1,3}})\s*[日号]?")
RELATIVE_MONTH = re.compile(rf"(上个?月|这个?月|本月|下个?月)\s*({_N}{{1,3}})\s*[日号]")
_DAYS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
DAY = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_MONTHS = {"上": -1, "这": 0, "本": 0, "下": 1}
_YEARS = {"去年": -1, "今年": 0, "明年": 1}
IN_TEXT = (FULL, COMPACT, RELATIVE_MONTH, MONTH_DAY)
#: What makes digits before or after a date part of something else: a longer number, a door, a sum, a span of time.
_JOINED = re.compile(r"[0-9.\-/]$")
_GOES_ON = re.compile(r"[0-9A-Za-z]|[.\-/][0-9]|[个天元块万亿]|\s*(?:室|幢|栋|弄|楼|单元|层|座|院|线)")


def parts(text: str, today: date) -> Parts | None:
    """The date in a text that is known to hold one; None where there is none to read."""
    for pattern, read in _READERS:
        if match := pattern.search(text):
            return read(match, today)
    return None


def dates_in(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    """Start, end and ISO 8601 form of every day in a sentence. What is written as a day and is none (31 February) is left out."""
    taken: list[tuple[int, int]] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            start, end = match.start() + len(match[0]) - len(match[0].lstrip()), match.start() + len(match[0].rstrip())
            if any(start < last and first < end for first, last in taken):
                continue
            if _GOES_ON.match(text, end) or (match[0][:1].isdigit() and _JOINED.search(text[:start])):
                continue
            taken.append((start, end))  # whatever it holds, no shorter date is read out of it
            found = read(match, today)
            try:
                day = date(*found) if found else None
            except ValueError:
                continue
            if day is not None and 1900 <= day.year <= 2200:
                yield start, end, day.isoformat()


def _full(match: re.Match[str], today: date) -> Parts | None:
    year, month, day = _year(match[1], today), _number(match[2]), _number(match[3])
    return None if year is None or month is None or day is None else (year, month, day)


def _compact(match: re.Match[str], today: date) -> Parts:
    return int(match[1]), int(match[2]), int(match[3])


def _relative_month(match: re.Match[str], today: date) -> Parts | None:
    months = today.year * 12 + today.month - 1 + _MONTHS[match[1][0]]
    day = _number(match[2])
    return (months // 12, months % 12 + 1, day) if day is not None else None


def _month_day(match: re.Match[str], today: date) -> Parts | None:
    month, day = _number(match[2]), _number(match[3])
    return (today.year + _YEARS.get(match[1] or "今年", 0), month, day) if month is not None and day is not None else None


def _day(match: re.Match[str], today: date) -> Parts:
    day = today + timedelta(days=_DAYS[match[0]])
    return day.year, day.month, day.day


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Parts | None]], ...] = (
    (FULL, _full),
    (COMPACT, _compact),
    (RELATIVE_MONTH, _relative_month),
    (MONTH_DAY, _month_day),
    (DAY, _day),
)


def _year(text: str, today: date) -> int | None:
    if text.isdigit():
        number = int(text)
    elif all(ch in DIGITS for ch in text):
        number = int("".join(str(DIGITS[ch]) for ch in text))
    else:
        return None
    return number if number >= 100 else number + (2000 if number <= (today.year + 10) % 100 else 1900)


def _number(text: str) -> int | None:
    value = chinese_to_decimal(text.replace("廿", "二十").replace("卅", "三十"))
    return int(value) if value is not None else None
