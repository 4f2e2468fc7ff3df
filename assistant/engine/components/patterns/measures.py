"""Sums of money and areas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.engine.components.patterns.numerals import DIGITS, chinese_to_decimal

_SAID = "零〇一壹二两贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万萬亿億"
_NUMBER = (
    r"(?:(?<![0-9])(?<![0-9][.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?: ?[十百千万萬亿億]+(?:\d[百千]|\d(?!\d))?)?"
    rf"|(?<![{_SAID}几多数])[{_SAID}]+(?:点[{_SAID}]+|半)?)"
)
#: Square metres of what people measure land and rooms in.
SQUARE_METRES = {"平方公里": Decimal(1_000_000), "公顷": Decimal(10_000), "亩": Decimal("666.67")}
AREA_IN_TEXT = re.compile(
    rf"(?P<number>{_NUMBER})\s*个?\s*(?P<unit>平方公里|平方米|平方(?!厘米|分米)|平米|平(?![均时常安台价方])|㎡|m2|公顷|亩)", re.I
)
_SMALL = f"[0-9{''.join(sign for sign, value in DIGITS.items() if value)}]"
AMOUNT_IN_TEXT = re.compile(
    rf"(?P<money>(?:人民币|rmb|¥)\s*)?(?P<number>{_NUMBER})"
    rf"(?:\s*(?P<unit>元(?![旦宵素店路里])|圆(?!形|桌)|块钱|块(?![儿地板牌头石]))(?:(?P<tenths>{_SMALL})(?:[角毛]|(?=$|[^0-9一-鿿]|[的吧]))(?:(?P<cents>{_SMALL})分)?)?整?(?:人民币)?)?",
    re.I,
)
#: 50万 alone is money, 50万人 and 50万平方米 are not.
_COUNTED = re.compile(r"\s*(?:多|余|来|左右的?人|[人个名位户家辆件次份张本间套只头部台座栋亩平字里年天岁倍步吨吋米㎡公册项条种])")
_MANY = re.compile("[万萬亿億]")
#: A whole answer that is a number, with or without what it counts.
COUNTED = re.compile(
    r"[约大概]*[0-9零一二三四五六七八九十百千万两.亿]+\s*(?:元|块钱?|万元?|人|个|名|位|户|家|辆|年|岁|份|张|本|间|套|天|次)?"
)


def areas_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and square metres of each area in a sentence."""
    for match in AREA_IN_TEXT.finditer(text):
        value = _value(match["number"])
        if value:
            yield match.start(), match.end(), plain(value * SQUARE_METRES.get(match["unit"], Decimal(1)))


def amounts_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and yuan of each sum in a sentence. A bare number is one only with 万 or 亿 and nothing counted behind it."""
    for match in AMOUNT_IN_TEXT.finditer(text):
        number, unit = match["number"], match["unit"]
        value = _value(number)
        if value is None or (number in ("一", "千万", "万万") and unit in (None, "块")):
            continue
        if not unit and not match["money"] and not (_MANY.search(number[1:]) and not _COUNTED.match(text, match.end())):
            continue
        for sign, worth in ((match["tenths"], Decimal("0.1")), (match["cents"], Decimal("0.01"))):
            value += (_value(sign) or 0) * worth if sign else 0
        if value:
            yield match.start(), match.end(), plain(value)


def plain(value: Decimal) -> str:
    """A decimal as digits, with no more places than it has."""
    return format(value.quantize(Decimal("0.01")).normalize(), "f")


def _value(number: str) -> Decimal | None:
    if number[0] in "万萬亿億" or (number[0] in "百千佰仟" and len(number) < 3):
        return None  # 万一, 千万 and the like are words
    return chinese_to_decimal(number.replace(" ", ""))
