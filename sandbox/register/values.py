"""Single values as seed files write them: dates, money, shares, yes and no. What cannot be read is None, and kept beside."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

_DAY = re.compile(r"(?<!\d)(\d{4})\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)")
_MONEY = re.compile(
    r"(?:人民币|rmb|cny|¥|￥)?\s*(\d[\d,]*(?:\.\d+)?)\s*(亿|千万|百万|万|千)?\s*(?:元整?|圆整?|人民币|rmb|cny|yuan)*", re.I
)
_ALL_OF_ONE = 1.0001
_UNITS = {"亿": 100_000_000, "千万": 10_000_000, "百万": 1_000_000, "万": 10_000, "千": 1_000, None: 1}
#: Ways of saying that something has no end.
_FOREVER = re.compile(r"长期|永久|不约定|无固定|long|forever|permanent|indefinite", re.I)


def text(value: Any) -> str | None:
    """A text of any length, None for nothing and for what is no text."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    return str(value).strip() or None


def days(value: Any) -> list[str]:
    """Every day in a text, as ISO dates in order: one of 2024-03-05, two of 2024.03.05-2034.03.05."""
    found = []
    for match in _DAY.finditer(unicodedata.normalize("NFKC", str(value))):
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            found.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return found


def day(value: Any) -> str | None:
    """The one day a text holds."""
    found = days(value)
    return found[0] if len(found) == 1 else None


def endless(value: Any) -> bool:
    """Whether a text says that there is no last day."""
    return bool(_FOREVER.search(str(value)))


def money(value: Any, unit: int = 1) -> int | float | None:
    """Yuan: 5000000, "500万元", "5,000,000.00". None where another currency is named."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _whole(value * unit) if value >= 0 else None
    match = _MONEY.fullmatch(unicodedata.normalize("NFKC", str(value)).strip())
    if match is None:
        return None
    factor = _UNITS[match[2]]
    return _whole(float(match[1].replace(",", "")) * (factor if factor > 1 else unit))


def shares(given: list[Any]) -> list[float | None]:
    """Per cent of each holder: 60, "60%"; where all of them make up no more than 1, they are parts of one: 0.6 is 60."""
    matches = [re.fullmatch(r"(\d+(?:\.\d+)?)\s*([%％]?)", str(value).strip()) for value in given]
    numbers = [float(match[1]) if match else None for match in matches]
    parts = not any(match and match[2] for match in matches) and sum(filter(None, numbers)) <= _ALL_OF_ONE
    scaled = [number * 100 if number is not None and parts else number for number in numbers]
    return [round(number, 6) if number is not None and number <= _ALL_OF_ONE * 100 else None for number in scaled]


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 2)
