"""How long, how old, how many or how much somebody says it is: 还不到半年, 68岁, 三四个人, 八千万, as a stretch of a unit.

What is said is seldom one number, and seldom has to be: 一年多 is enough where it is asked whether it is more than half a year.
A year or a month that lies back (前年到期的) is read as the time since; what is still to come is less than nothing.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assistant.casework.fields import days
from assistant.casework.fields.meaning import asks, meant
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise

#: How many of the unit one of these is.
_WORTH: dict[str, dict[str, Fraction]] = {
    "days": {"年": Fraction(365), "月": Fraction(365, 12), "周": Fraction(7), "天": Fraction(1)},
    "months": {"年": Fraction(12), "月": Fraction(1), "周": Fraction(7, 30), "天": Fraction(1, 30)},
    "pregnancy_weeks": {"月": Fraction(4), "周": Fraction(1), "天": Fraction(1, 7)},
    "age": {"岁": Fraction(1)},
    "count": {"个": Fraction(1)},
    "yuan": {"元": Fraction(1)},
    "kilograms": {"吨": Fraction(1000), "千克": Fraction(1), "斤": Fraction(1, 2)},
}
_CALLED = {"日": "天", "星期": "周", "礼拜": "周", "周岁": "岁", "t": "吨", "公斤": "千克", "kg": "千克"}
_UNITS = {
    "days": r"年(?![级代份前后])|年(?=前)|个?(?:星期|礼拜)|周(?!岁)|个月|天|日(?![号月])",
    "months": r"年(?![级代份后])|个?(?:星期|礼拜)|周(?!岁)|个月|天",
    "pregnancy_weeks": r"个月|个?(?:星期|礼拜)|周|天",
    "age": r"周?岁|",
    "count": r"个|名|位|口|人|家|",
    "yuan": r"元|块钱?|",
    "kilograms": r"吨|t(?![a-z])|公斤|千克|kg|斤",
}
_D = "一二两三四五六七八九"
_NUMERAL = (
    rf"(?:好?几|数)[十百千]?[万亿]?|上[十百千万亿]+|(?:\d+(?:\.\d+)?|[零〇{_D}十百千]+(?:点[{_D}]+)?|半)(?:[多几来](?=[十百千万亿个年周岁吨]))?"
    rf"(?:[万亿千百](?![多几来])|[万亿千百](?=[多几来]))*"
)
_MORE = r"多|来|几|出头|有余|开外|零几天|挂零"
_BEFORE = (
    (
        r"(?:还|都|也|连)?(?:不到|不足|不满|未满|没有?满|没有?到|没有?超过|没超|不超过|少于|低于|小于|没有?|最多|顶多|至多)",
        "under",
    ),
    (r"(?:快要?|就要|马上|将近|接近)(?:就?要)?(?:到|满|有)?了?", "nearly"),
    (r"(?:超过|大于|多于|高于|不止|不只|过了?)(?:了)?", "over"),
    (r"(?:至少|起码|最少|不少于|不低于|满)(?:有)?", "at_least"),
    (r"(?:刚刚?|正|刚好|正好|恰好)(?:好|满|够)?", "exact"),
    (r"(?:大概|大约|约|差不多|可能|好像|应该|估计)(?:是|有|满)?", "about"),
)
_AFTER = (
    (_MORE, "more"),
    (r"以上|往上|及以上", "at_least"),
    (r"以下|以内|之内|及以下|不到|不足", "under"),
    (r"左右|上下|前后|的样子|吧大概", "about"),
)
#: What is left of a time, or still to come, is not how long it has been.
_TO_COME = re.compile(r"(?:还有|还差|还剩|还要|再过|再等|差(?!不多)|剩下?|后)[^，,]{0,4}$")
_NONE = re.compile(r"一[个名位人](?:人)?(?:也|都)[没不]")
_JOINED = re.compile(r"[零又加]?")
_EITHER = rf"([{_D}])([{_D}])"


@dataclass(frozen=True)
class Stretch:
    """From ``low`` to ``high``; ``low_in`` and ``high_in`` say whether these are in it. None is no bound."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_in: bool = True
    high_in: bool = True

    def meets(self, other: Stretch) -> bool:
        """Whether there is anything in both."""
        return self._begins_before(other) and other._begins_before(self)

    def _begins_before(self, other: Stretch) -> bool:
        if self.low is None or other.high is None or self.low < other.high:
            return True
        return self.low == other.high and self.low_in and other.high_in


@dataclass(frozen=True)
class Said:
    """What is said of a quantity, and the sentence without it."""

    stretch: Stretch
    rest: str


def said(text: str, unit: str, today: date) -> Said | None:
    """The quantity a sentence tells, in ``unit`` (see ``knowledge.facts.Range``); None where it tells none, or two."""
    plain = meant(normalise(text))
    plain = re.sub(r"个(多|来)(?=月|星期|礼拜)", r"\1个", plain.replace("个半月", "点五个月"))
    plain = re.sub(r"(?<=[一二两三四五六七八九十百\d])个(?=[万亿])", "", plain).replace("俩", "两个").replace("仨", "三个")
    if asks(plain) or _NONE.search(plain):
        return None
    found = list(_counted(plain, unit))
    if not found and unit in ("days", "months"):
        found = list(_since(plain, unit, today))
    if not found and unit == "age":
        found = list(_born(plain, today))
    if not found or len({stretch for _, _, stretch in found}) > 1:
        return None
    rest = plain
    for begin, end, _ in reversed(found):
        rest = rest[:begin] + "，" + rest[end:]
    return Said(found[0][2], rest.strip("，,。 "))


def _counted(text: str, unit: str) -> Iterator[tuple[int, int, Stretch]]:
    """Begin, end and stretch of each quantity; those right behind each other (一年零三个月) are one."""
    token = re.compile(rf"(?<![第每点.\d])(?P<n>{_NUMERAL})\s*(?P<u>{_UNITS[unit]})(?P<half>半)?", re.I)
    matches = [match for match in token.finditer(text) if _counts(text, match, unit)]
    if unit in ("days", "months"):
        to_come = [match for match in matches if _is_to_come(text, match)]
        yield from ((match.start(), match.end(), Stretch(None, Fraction(0), high_in=False)) for match in to_come)
        matches = [match for match in matches if match not in to_come]
    while matches:
        first = last = matches.pop(0)
        stretch = _worth(first, unit)
        while matches and stretch is not None and _JOINED.fullmatch(text[last.end() : matches[0].start()]):
            last = matches.pop(0)
            more = _worth(last, unit)
            stretch = _sum(stretch, more) if more is not None else None
        if stretch is None:
            continue
        if unit == "age" and "虚" in text:  # counted from one, and one more at New Year
            stretch = Stretch((stretch.low or Fraction(0)) - 2, None if stretch.high is None else stretch.high - 1)
        begin, end, how = _qualified(text, first.start(), last.end())
        yield begin, end, _as_said(stretch, how, _step(last, unit))


def _counts(text: str, match: re.Match[str], unit: str) -> bool:
    if unit in ("days", "months") and match["u"] == "年" and re.fullmatch(r"(?:19|20)?\d\d", match["n"]):
        return False  # 2023年 is a date
    if match["u"]:
        return not (unit == "count" and match["u"] in "个" and re.match(r"月|星期|礼拜|区|市|地方", text[match.end() :]))
    if unit == "yuan":
        return re.search(r"[万亿]", match["n"]) is not None
    whole = re.fullmatch(rf"[^\d{_D}十]*{re.escape(match[0])}(?:{_MORE})?[了的吧呢啊多。!！]*", text) is not None
    return whole and (unit != "age" or not re.fullmatch(r"[好几数上半]+|\d{3,}", match["n"]))


def _is_to_come(text: str, match: re.Match[str]) -> bool:
    return bool(_TO_COME.search(text[: match.start()]) or re.match(r"\s*[以之]?后", text[match.end() :]))


def _worth(match: re.Match[str], unit: str) -> Stretch | None:
    number = _number(match["n"])
    name = match["u"].lower().removeprefix("个")
    worth = _WORTH[unit].get(_CALLED.get(name, name)) or next(iter(_WORTH[unit].values()))
    if number is None or number.low is None:
        return None
    half = Fraction(1, 2) if match["half"] else Fraction(0)
    high = None if number.high is None else (number.high + half) * worth
    return Stretch((number.low + half) * worth, high, number.low_in, number.high_in)


def _number(numeral: str) -> Stretch | None:
    """三 is 3; 三四 from 3 to 4; 几 2 to less than 10; 十几 and 十多 more than 10 and less than 20; 上亿 one to ten of them."""
    size = re.search(r"[万亿]+$", numeral)
    plain, big = (numeral[: size.start()], chinese_to_decimal("一" + size[0])) if size else (numeral, None)
    times = Fraction(big) if big else Fraction(1)
    if plain == "半":
        return Stretch(times / 2, times / 2)
    if match := re.fullmatch(r"(?:好?几|数|上)([十百千]*)", plain):
        size_of = times * Fraction(chinese_to_decimal("一" + match[1]) or 1)
        least = Fraction(1 if plain.startswith("上") else 3 if plain.startswith("好") else 2)
        return Stretch(size_of * least, size_of * 10, high_in=False)
    if match := re.fullmatch(rf"(.*?){_EITHER}([十百千]?)", plain):
        ends = [chinese_to_decimal(match[1] + digit + match[4]) for digit in (match[2], match[3])]
        if (
            None not in ends
            and not re.search(r"\d", match[1])
            and ends[0] is not None
            and ends[1] is not None
            and ends[0] < ends[1]
        ):
            return Stretch(Fraction(ends[0]) * times, Fraction(ends[1]) * times)
        return None
    if more := re.fullmatch(r"(.*)[多几来]", plain):
        base = chinese_to_decimal(more[1])
        return None if base is None else _and_some(Fraction(base), times)
    value = chinese_to_decimal(plain) if plain else Fraction(1)
    return None if value is None else Stretch(Fraction(value) * times, Fraction(value) * times)


def _and_some(base: Fraction, times: Fraction) -> Stretch:
    """十几 is up to twenty, 二十多 up to thirty, 一百多 up to two hundred."""
    step = Fraction(1)
    while base and base % (step * 10) == 0:
        step *= 10
    return Stretch(base * times, (base + step) * times, low_in=False, high_in=False)


def _sum(one: Stretch, other: Stretch) -> Stretch:
    low = (one.low or Fraction(0)) + (other.low or Fraction(0))
    high = None if one.high is None or other.high is None else one.high + other.high
    return Stretch(low, high, one.low_in and other.low_in, one.high_in and other.high_in)


def _step(match: re.Match[str], unit: str) -> Fraction:
    """How much 多 may add behind a quantity: less than one more of its unit, and of a round age less than five."""
    number = _number(match["n"])
    name = match["u"].lower().removeprefix("个")
    worth = _WORTH[unit].get(_CALLED.get(name, name)) or next(iter(_WORTH[unit].values()))
    if number is None or number.low is None:
        return worth
    if match["n"] == "半":
        return worth / 2
    if unit in ("yuan", "age", "count"):
        some = _and_some(number.low, Fraction(1))
        return (some.high or number.low) - number.low
    return worth


def _qualified(text: str, begin: int, end: int) -> tuple[int, int, str]:
    """Where the words around a quantity begin and end, and what they make of it."""
    how = "exact"
    for pattern, kind in _AFTER:
        if match := re.compile(rf"\s*(?:{pattern})").match(text, end):
            end, how = match.end(), kind
            break
    for pattern, kind in _BEFORE:
        if match := re.search(rf"(?:{pattern})\s*$", text[:begin]):
            begin, how = match.start(), kind if how == "exact" else how
            break
    return begin, end, how


def _as_said(stretch: Stretch, how: str, step: Fraction) -> Stretch:
    low, high = stretch.low, stretch.high
    match how:
        case "under":
            return Stretch(Fraction(0), high, high_in=False)
        case "nearly":
            return Stretch(low / 2 if low else low, high, False, False)
        case "over":
            return Stretch(low, low + step if low is not None else None, stretch.low_in)
        case "more":
            return Stretch(low, (high or Fraction(0)) + step, False, False)
        case "at_least":
            return Stretch(low, None)
        case "about":
            return Stretch(low * Fraction(9, 10) if low else low, high * Fraction(11, 10) if high else high)
        case _:
            return stretch


_WHEN = re.compile(
    r"((?:19|20)\d\d)年(?:(\d{1,2}|[一二三四五六七八九十]{1,3})月份?)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?(?:年?[初底中])?"
)
#: So many months ago at the most, and at the least.
_LATELY = (
    (re.compile(r"上上个?月"), 1, 3),
    (re.compile(r"上个?月"), 0, 2),
    (re.compile(r"[这本]个?月|[上这]个?(?:星期|礼拜|周)|昨天|前天|今天|[前这]几天|最近"), 0, 1),
)


def _since(text: str, unit: str, today: date) -> Iterator[tuple[int, int, Stretch]]:
    """The time since a year or a month that is named: 去年三月, 前年, 2019年."""
    plain = days.absolute(text, today)
    month = _WORTH[unit]["月"]
    for match in _WHEN.finditer(plain):
        year = int(match[1])
        number = chinese_to_decimal(match[2]) if match[2] else None
        if number is not None and not 1 <= number <= 12:
            continue
        first, last = (int(number), int(number)) if number is not None else (1, 12)
        begun = date(year, first, 1)
        ended = date(year, last, calendar.monthrange(year, last)[1])
        low, high = (Fraction((today - day).days * 12, 365) * month for day in (ended, begun))
        begin = text.find(match[0])
        span = (begin, begin + len(match[0])) if begin >= 0 else (0, len(text))
        yield *span, Stretch(max(low, Fraction(0)) if begun <= today else low, high)
    for pattern, least, most in _LATELY:
        if lately := pattern.search(text):
            yield lately.start(), lately.end(), Stretch(month * least, month * most)
            return


def _born(text: str, today: date) -> Iterator[tuple[int, int, Stretch]]:
    """Completed years of somebody born in a year that is named: 58年的, 1958年生."""
    for match in re.finditer(r"(?<!\d)((?:19|20)?\d\d)年(?:\d{1,2}月份?)?(?:出?生|的|人)", text):
        year = int(match[1]) if len(match[1]) == 4 else (1900 if int(match[1]) > today.year % 100 else 2000) + int(match[1])
        yield match.start(), match.end(), Stretch(Fraction(today.year - year - 1), Fraction(today.year - year))
