"""Dates as English speakers write them, read against today."""

from __future__ import annotations

import re
from datetime import date, timedelta

from assistant.casework.fields.english import TABLES, number

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS: list[str] = TABLES["weekdays"]
_ORDINALS: list[str] = TABLES["ordinals"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = re.compile(r"\b(" + "|".join(sorted(_ORDINALS, key=len, reverse=True)) + r")\b", re.I)
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+day)?(?:\s+of)?[\s,/-]*{_MONTH}(?![a-z])(?:[\s,/-]*(\d{{4}})(?!\d))?", re.I
)
_MONTH_FIRST = re.compile(
    rf"(?<![a-z]){_MONTH}[\s,/-]*(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:[\s,/-]*(\d{{4}})(?!\d))?", re.I
)
_YEAR_FIRST = re.compile(rf"(?<!\d)(\d{{4}})[\s,/-]*{_MONTH}[\s,/-]*(\d{{1,2}})(?:st|nd|rd|th)?(?!\d)", re.I)
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{4})(?!\d)")
_DAYS = (
    ("day before yesterday", -2),
    ("day after tomorrow", 2),
    ("yesterday", -1),
    ("tomorrow", 1),
    ("today", 0),
    ("tonight", 0),
)
_WEEKDAY = re.compile(rf"\b(?:(last|next|this|coming|on)\s+)?({'|'.join(WEEKDAYS)})\b", re.I)
_AHEAD = re.compile(r"\bin\s+(.{1,20}?)\s+(day|week)s?\b", re.I)
_AGO = re.compile(r"\b(\w{1,12}(?:[ -]\w{1,12})?)\s+(day|week)s?\s+ago\b", re.I)
#: Words of a correction, which is not a plain value.
WRONG = re.compile(
    r"(?<!nothing )(?<!nothing is )(?<!nothing's )\bwrong\b|(?<!no )\bmistake\b|"
    r"\b(?:incorrect|actually|instead|should (?:be|have been)|i meant)\b|"
    r"(?:^|\b(?:please|to|you|must|me|sorry),? )(?:change|correct)\b",
    re.I,
)
IN_TEXT = (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST)


def said(day: date) -> str:
    """10 November 2026: the one way of writing a date that no English reader takes for another."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def parts(text: str, today: date) -> tuple[int, int, int] | None:
    """Year, month and day as written, which may be no day at all (31 February); None where there is none to read."""
    text = _ORDINAL.sub(lambda match: str(_ORDINALS.index(match[1].lower()) + 1), text)
    if match := _YEAR_FIRST.search(text):
        return int(match[1]), _month(match[2]), int(match[3])
    if match := _DAY_FIRST.search(text):
        return _year(match[3], today), _month(match[2]), int(match[1])
    if match := _MONTH_FIRST.search(text):
        return _year(match[3], today), _month(match[1]), int(match[2])
    if match := _SLASHED.search(text):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        return (year, one, two) if one <= 12 < two else (year, two, one)
    day = _relative(text.lower(), today)
    return None if day is None else (day.year, day.month, day.day)


def two_ways(text: str) -> tuple[date, date] | None:
    """The two days that 10/11/2026 may be, the day first one first; None where only one reading is possible."""
    match = _SLASHED.search(text)
    if match is None:
        return None
    one, two, year = int(match[1]), int(match[2]), int(match[3])
    if one == two or not (1 <= one <= 12 and 1 <= two <= 12) or not 1900 <= year <= 2200:
        return None
    return date(year, two, one), date(year, one, two)


def _month(word: str) -> int:
    return next(place for place, name in enumerate(MONTHS, 1) if name.lower().startswith(word.lower()[:3]))


def _year(text: str | None, today: date) -> int:
    return int(text) if text else today.year


def _relative(text: str, today: date) -> date | None:
    for words, days in _DAYS:
        if words in text:
            return today + timedelta(days=days)
    for pattern, sign in ((_AHEAD, 1), (_AGO, -1)):
        match = pattern.search(text)
        count = 1 if match and match[1] in ("a", "one") else number(match[1]) if match else None
        if match and count is not None and count <= 3660:
            return today + sign * timedelta(days=int(count) * (7 if match[2].lower() == "week" else 1))
    if match := _WEEKDAY.search(text):
        ahead = (WEEKDAYS.index(match[2].lower()) - today.weekday()) % 7
        if match[1] == "last":
            return today - timedelta(days=7 - ahead if ahead else 7)
        # next Monday is the coming one: said on a Monday it is the one after
        return today + timedelta(days=ahead or (7 if match[1] in ("next", "coming") else 0))
    return None
