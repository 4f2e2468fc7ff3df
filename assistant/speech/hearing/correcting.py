"""What somebody says is wrong in a number read back to her: 最后两位是一四, 第三位是五, 不是八八是八九, 月份是四月."""

from __future__ import annotations

import re
from datetime import date

from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal, spoken_digits
from assistant.speech.hearing import spoken
from assistant.speech.hearing.digits import groups

_N = rf"(?P<{{}}>\d+|[{''.join(DIGITS)}十]+)"
_IS = r"(?:个?(?:数字|数|号))?(?:应该|应当|才)?(?:是|改成|改为|换成|为|:|：)?[\s,，]*"
_PLACE = re.compile(
    rf"(?P<from_end>倒数)?第{_N.format('first')}(?:位|个)?(?:到第?{_N.format('last')}(?:位|个))?(?!组|段){_IS}(?P<new>.+)$"
)
_GROUP = re.compile(rf"第{_N.format('first')}(?:组|段){_IS}(?P<new>.+)$")
_END = re.compile(rf"(?:最后|末尾|结尾|尾号|后面?|末)(?:的)?(?:{_N.format('count')}(?:位|个))?{_IS}(?P<new>.+)$")
_START = re.compile(rf"(?:最前面?|开头|前面?|头)(?:的)?(?:{_N.format('count')}(?:位|个))?{_IS}(?P<new>.+)$")
_MIDDLE = re.compile(rf"中间(?:的)?(?:{_N.format('count')}(?:位|个))?{_IS}(?P<new>.+)$")
_INSTEAD = re.compile(r"不是(?P<old>[^是,，]+?)[\s,，]*(?:而)?(?:应该)?是(?P<new>.+)$")
_YEAR = re.compile(rf"(?:{spoken.D}{{4}}|{spoken.D}{{2}})(?=年)|年份?(?:应该)?(?:是|改成)({spoken.D}{{4}})")
_MONTH = re.compile(rf"(1[0-2]|0?[1-9]|十[一二]?|{spoken.D})月(?!份?(?:应该)?是)")
_DAY = re.compile(rf"([0-3]?\d|[二三]?十{spoken.D}?|{spoken.D})[日号]")


def signs(text: str) -> str:
    """The digits and letters of what was said, and nothing else."""
    return re.sub(r"[^0-9A-Z]", "", next(spoken.readings(f"0{text}", letters=True)))[1:]


def names_part(text: str) -> bool:
    """Whether the words point at a part of a number, whether or not it could be put right by them."""
    return any(pattern.search(text) for pattern in (_INSTEAD, _GROUP, _PLACE, _END, _START, _MIDDLE))


def corrected(value: str, kind: str | None, text: str) -> str | None:
    """The value with what was said to be wrong put right; None where the words name no part, or not one that fits.

    ``value`` keeps its length and every sign that was not spoken of; a date is ISO 8601.
    """
    if kind == "date":
        return _day(value, text)
    plain = value.replace("-", "")
    if match := _INSTEAD.search(text):
        return _instead(plain, signs(match["old"]), signs(match["new"]))
    if match := _GROUP.search(text):
        return _in_group(plain, groups(kind, value), _number(match["first"]), signs(match["new"]))
    if match := _PLACE.search(text):
        return _at(plain, match)
    for pattern, where in ((_END, "end"), (_START, "start"), (_MIDDLE, "middle")):
        if match := pattern.search(text):
            return _part(plain, kind, where, match["count"], signs(match["new"]))
    return None


def _number(said: str) -> int:
    value = chinese_to_decimal(said)
    return int(value) if value is not None else 0


def _put(value: str, start: int, new: str) -> str | None:
    if not new or start < 0 or start + len(new) > len(value):
        return None
    return value[:start] + new + value[start + len(new) :]


def _at(value: str, match: re.Match[str]) -> str | None:
    first, new = _number(match["first"]), signs(match["new"])
    length = _number(match["last"]) - first + 1 if match["last"] else 1
    if first < 1 or length != len(new):
        return None
    return _put(value, len(value) - first if match["from_end"] else first - 1, new)


def _in_group(value: str, parts: tuple[str, ...], number: int, new: str) -> str | None:
    if not 1 <= number <= len(parts) or len(parts[number - 1]) != len(new):
        return None
    return _put(value, sum(map(len, parts[: number - 1])), new)


def _part(value: str, kind: str | None, where: str, count: str | None, new: str) -> str | None:
    if count and _number(count) != len(new):
        return None
    if where == "end":
        return _put(value, len(value) - len(new), new)
    if where == "start":
        return _put(value, 0, new)
    if kind == "id_number":
        return _put(value, 6, new) if len(new) == 8 else None
    start = len(groups(kind, value)[0])
    return _put(value, start, new) if len(new) == 4 and len(value) == 11 else None


def _instead(value: str, old: str, new: str) -> str | None:
    """不是八八是八九: where the old stands once and the new is as long."""
    return value.replace(old, new) if old and len(old) == len(new) and value.count(old) == 1 else None


def _day(value: str, text: str) -> str | None:
    """A date of which a year, a month or a day is said anew."""
    plain = text[match.start("new") :] if (match := _INSTEAD.search(text)) else text
    day = date.fromisoformat(value)
    year, month, number = _YEAR.search(plain), _MONTH.search(plain), _DAY.search(plain)
    if not (year or month or number):
        return None
    try:
        return day.replace(
            year=_year(year[1] or year[0]) if year else day.year,
            month=_number(month[1]) if month else day.month,
            day=_number(number[1]) if number else day.day,
        ).isoformat()
    except ValueError:
        return None


def _year(said: str) -> int:
    number = int(spoken_digits(said))
    return number if number > 99 else 2000 + number if number < 50 else 1900 + number
