"""Days as they are said in Chinese: counted from today, by the week, by the month, by a holiday.

What names one day is read; what only points near one (月底, 一个月前, 3月5号左右, 国庆节) gives the likeliest day as a question;
what leaves the day, the month or the week open (去年3月, 15号, 周五) is asked about. The plain forms are ``patterns.dates``'s.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from assistant.engine.components.patterns import dates as patterns
from assistant.engine.components.patterns.numerals import chinese_to_decimal

_N = r"(?:\d{1,4}|[一二两三四五六七八九十廿百]{1,5})"
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "当年": 0, "明年": 1, "来年": 1, "后年": 2}
_YEAR = re.compile("|".join(sorted(_YEARS, key=len, reverse=True)))
_MONTH = re.compile(
    rf"(上上个?|上个?|这个?|本|当|下下个?|下个?)月(?=\s*(?:{_N}\s*[日号]|"
    r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})(?=$|[，,。的了吧 ])|"  # 上月十五
    r"底|末|初|中|最后|$|[的份]|上旬|中旬|下旬))"
)
_STEPS = {"大上": -2, "上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2}
#: Other words for the days that ``patterns.dates`` knows.
_DAY_WORDS = (("大前[天日晚]", "大前天"), ("(?<!大)前[晚夜日]|前儿个?", "前天"), ("昨[晚夜儿日]个?|昨天", "昨天"),
              ("今[早晚夜儿日]个?", "今天"),
              ("明[早晚儿日]个?", "明天"), ("后儿个?|后日", "后天"))  # fmt: skip
_LUNAR = re.compile(r"农历|阴历|旧历|初[一二三四五六七八九十]|正月|腊月|民国")
_MOVING = re.compile(r"春节|过年|大?年三十|除夕|元宵|清明|端午|中秋|重阳|七夕|寒假|暑假|开学")
_HOLIDAYS = (
    (r"元旦", 1, 1),
    (r"劳动节|五一(?!年)", 5, 1),
    (r"儿童节|六一(?!年)", 6, 1),
    (r"国庆节?|(?<!双)十一(?![月年日号点个天周])", 10, 1),
)
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"(大上个?|上上个?|上个?|这个?|本|下下个?|下个?)?(?:周|星期|礼拜)([一二三四五六日天1-6末])")
_AWAY = re.compile(rf"(再?过)?(半|{_N})\s*(个?月|天|日|周|个?星期|个?礼拜|年)\s*(?:之|以)?(后|前)?")
_NEAR = re.compile(r"左右|前后|上下|附近|差不多是?$")
_MONTH_END = re.compile(rf"(\d{{2,4}})年({_N})月份?的?(底|末|最后一天)|(?<![\d年])({_N})月份?的?(底|末|最后一天)")
_YEAR_END = re.compile(r"(?:(\d{4}|\d{2})年)?年?(?:年底|年末|底$)")
#: 去年今天 is a year away, and not today.
_ANNIVERSARY = re.compile(r"\d{4}年的?(?:今天|昨天|明天|前天|后天)")
_FULL_ALONE = re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})$|(?<![\d./\-])()(\d{1,2})[./\-](\d{1,2})$")
_SEVERAL = re.compile(rf"[日号]?\s*(?:到|至|~|—|或者?|还是|和|、)\s*(?:\d{{1,4}}年)?(?:{_N}月)?{_N}[日号]")
_PARTS = re.compile(rf"(?:(\d{{4}})年)?(?:({_N})月份?)?(?:({_N})[日号])?")

Gap = Literal["which_day", "which_month", "lunar", "holiday", "several", "shape"]


@dataclass(frozen=True)
class Day:
    """One day; ``sure`` is whether the words name it, or only point near it."""

    parts: patterns.Parts
    sure: bool = True


@dataclass(frozen=True)
class Open:
    """What the words leave open, and the two days where there are but two."""

    gap: Gap
    either: tuple[date, date] | None = None


def read(text: str, today: date) -> Day | Open:
    """The day a Chinese sentence means, normalised as ``numerals.normalise`` does, counted from ``today``."""
    plain = absolute(text, today)
    if _LUNAR.search(plain):
        return Open("lunar")
    if _ANNIVERSARY.search(plain):
        return Open("which_day")
    if _MOVING.search(plain):
        return Open("holiday")
    if _SEVERAL.search(plain) or _different(plain, today):
        return Open("several")
    if match := _FULL_ALONE.search(plain.strip(" 。.的吧了是")):
        numbers = [int(number) for number in match.groups() if number]
        year, month, day = numbers if len(numbers) == 3 else (today.year, *numbers)
        if len(numbers) == 3 or month <= 12:
            return Day((year, month, day))
    if (found := patterns.parts(plain, today)) is not None:
        return Day(found, sure=not _NEAR.search(plain))
    for reader in (_month_end, _weekday, _away, _holiday):
        if (said := reader(plain, today)) is not None:
            return said
    return Open(_gap(plain))


def absolute(text: str, today: date) -> str:
    """The text with years and months counted from today written out: 去年3月5日 is 2025年3月5日, 下个月1号 2026年12月1号."""
    for words, day in _DAY_WORDS:
        text = re.sub(words, day, text)
    text = re.sub(rf"月的(?={_N}[日号])", "月", text)
    text = re.sub(r"元月(?=\s*(?:\d|[一二三十]))", "1月", text)
    text = _YEAR.sub(lambda match: f"{today.year + _YEARS[match[0]]}年", text)
    text = re.sub(r"(\d{4}年)年?的?(?=\d{1,2}月|[一二三四五六七八九十]{1,3}月)", r"\1", text)
    return _MONTH.sub(lambda match: _written(_months_on(today, _STEPS[match[1].rstrip("个")])), text)


def _months_on(day: date, months: int) -> date:
    """The same day some months later, or the last one of a month that is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _day(day: date, sure: bool = True) -> Day:
    return Day((day.year, day.month, day.day), sure)


def _different(text: str, today: date) -> bool:
    return len({found for _, _, found in patterns.dates_in(text, today)}) > 1


def _month_end(text: str, today: date) -> Day | Open | None:
    match = _MONTH_END.search(text)
    if match is None and re.search(r"(?<![\d一二三四五六七八九十年])月[底末]", text):
        return _day(today.replace(day=calendar.monthrange(today.year, today.month)[1]), sure=False)
    if match is None:
        year_end = _YEAR_END.search(text)
        if year_end is None:
            return None
        year = int(year_end[1] or today.year)
        return _day(date(year if year > 99 else 2000 + year, 12, 31), sure=False)
    year_said, month_said, what = (match[1], match[2], match[3]) if match[2] else (None, match[4], match[5])
    month = _number(month_said)
    written = int(year_said) if year_said else today.year
    year = written if written > 99 else 2000 + written
    if month is None or not 1 <= month <= 12:
        return None
    return Day((year, month, calendar.monthrange(year, month)[1]), sure=what == "最后一天")


def _weekday(text: str, today: date) -> Day | Open | None:
    match = _WEEKDAY.search(text)
    if match is None:
        return None
    monday = today - timedelta(days=today.weekday())
    step = _STEPS.get((match[1] or "").rstrip("个"), 0)
    if match[2] == "末":
        return Open("shape", (monday + timedelta(days=7 * step + 5), monday + timedelta(days=7 * step + 6)))
    place = _WEEKDAYS.index("日") if match[2] == "天" else int(match[2]) - 1 if match[2].isdigit() else _WEEKDAYS.index(match[2])
    day = monday + timedelta(days=7 * step + place)
    if match[1]:
        return _day(day, sure=not _NEAR.search(text))
    if day == today:
        return _day(day, sure=False)
    return Open("shape", (day, day + timedelta(days=7)) if day < today else (day - timedelta(days=7), day))


def _away(text: str, today: date) -> Day | Open | None:
    """三天后, 两周前; 一个月前 is about a day only."""
    match = _AWAY.search(text)
    if match is None or not (match[1] or match[4]) or (match[1] == "过" and match[2] in ("两", "几")):
        return None
    sign = -1 if match[4] == "前" else 1
    if re.search(r"[几多来个\d]\s*$", text[: match.start()]) or re.fullmatch("[一二两三四五六七八九]{2}", match[2]):
        return None
    near = bool(_NEAR.search(text))
    if match[2] == "半":
        return _day(today + sign * timedelta(days=15), sure=False) if "月" in match[3] else None
    count = _number(match[2])
    if count is None or count > 3660 or match[3] == "年":
        return None
    if match[3] in ("天", "日"):
        return _day(today + sign * timedelta(days=count), sure=not near)
    if match[3].endswith("月"):
        return _day(_months_on(today, sign * count), sure=False) if "个" in match[3] and count <= 120 else None
    return _day(today + sign * timedelta(weeks=count), sure=not near) if count <= 520 else None


def _holiday(text: str, today: date) -> Day | Open | None:
    for names, month, day in _HOLIDAYS:
        if not re.search(names, text):
            continue
        if re.search(r"[之以]?[前后]|期间|放假|假期|左右|第", text):
            return Open("holiday")
        if year := re.search(r"(\d{4})年", text):
            return Day((int(year[1]), month, day), sure=month == 1)
        nearest = min((date(today.year + step, month, day) for step in (-1, 0, 1)), key=lambda found: abs(found - today))
        return _day(nearest, sure=False)
    return Open("holiday") if re.search(r"节后|节前|假期|放假", text) else None


def _gap(text: str) -> Gap:
    """What of year, month and day is missing."""
    said = max(_PARTS.finditer(text), key=lambda match: len(match[0]))
    if re.search(r"月[初中]|[上中下]旬|月$", text) or (said[2] and not said[3]):
        return "which_day"
    if said[3] and not said[2]:
        return "which_month"
    return "which_day" if said[1] or re.search(r"年[初中底]?$", text) else "shape"


def _number(said: str) -> int | None:
    value = chinese_to_decimal(said)
    return int(value) if value is not None else None
