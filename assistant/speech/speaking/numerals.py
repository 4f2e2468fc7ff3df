"""Numbers in Chinese characters: as a quantity (一千零五), digit by digit (幺三八), as money (十二元零五分)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_DIGITS = "零一二三四五六七八九"
_ONE_BY_ONE = str.maketrans("0123456789", "零幺二三四五六七八九")
_PLAIN = str.maketrans("0123456789", _DIGITS)
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")

LARGEST = 10**16
"""Quantities from here on are read digit by digit."""


def quantity(number: int) -> str:
    """``1005`` → 一千零五, ``22000`` → 两万二千. 2 alone is 二; ``count`` knows when it is 两.

    Raises:
        ValueError: negative, or not below ``LARGEST``.
    """
    if not 0 <= number < LARGEST:
        raise ValueError(f"no quantity we have words for: {number}")
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(said)
            continue
        if said and (gap or group < 1000):
            said += _DIGITS[0]
        said += ("两" if group == 2 and place and not said else _below_ten_thousand(group)) + _GROUPS[place]
        gap = False
    if said.startswith("一十"):
        said = said[1:]
    return "两千" + said[2:] if said.startswith("二千") else said


def _below_ten_thousand(number: int) -> str:
    said = ""
    zero = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            zero = bool(said)
            continue
        said += (_DIGITS[0] if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = False
    return said


def number(text: str) -> str:
    """A number as written: ``1,200`` → 一千二百, ``0.5`` → 零点五."""
    whole, _, part = text.replace(",", "").partition(".")
    value = int(whole or "0")
    said = quantity(value) if value < LARGEST else plain(whole)
    return f"{said}点{plain(part)}" if part else said


def plain(text: str) -> str:
    """Digits as they stand, 1 as 一: years and what follows a decimal point."""
    return text.translate(_PLAIN)


def digits(text: str) -> str:
    """Digits one by one as on the telephone, 1 as 幺."""
    return text.translate(_ONE_BY_ONE)


def grouped(text: str, sizes: Iterable[int] = ()) -> str:
    """Letters and digits one by one, in groups of these sizes with a stop between; without sizes up to six are one group,
    more are cut in fours. Letters beside each other are set apart, so that no voice makes a word of them."""
    if not sizes:
        sizes = [len(text)] if len(text) <= 6 else [4] * (-(-len(text) // 4))
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return "，".join(_apart(digits(part)) for part in [*parts, text[at:]] if part)


def _apart(text: str) -> str:
    said = ""
    for character in text:
        letter = character.isascii() and character.isalpha()
        said += (" " if letter and said and said[-1].isascii() and said[-1].isalpha() else "") + character
    return said


def money(text: str) -> str:
    """Yuan with jiao and fen: ``1,200.50`` → 一千二百元五角, ``12.05`` → 十二元零五分, ``0.50`` → 五角."""
    value = Decimal(text.replace(",", ""))
    yuan, cents = divmod(int((value * 100).to_integral_value()), 100)
    jiao, fen = divmod(cents, 10)
    said = f"{count(yuan, '元')}元" if yuan or not cents else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    if fen:
        said += (_DIGITS[0] if said and not jiao else "") + f"{_DIGITS[fen]}分"
    return said


_TWO = (
    *"个份位次年天周岁人元种项本张套件家名处条倍米吨块点页道步口辆间层代轮句遍秒季户方者地笔万亿千兆门枚",
    "小时", "分钟", "公里", "公斤", "平方", "日内", "月内", "工作日", "自然日", "学期", "厘米", "毫米", "摄氏度", "成员", "美元",
)  # fmt: skip
"""What 2 is 两 before."""


def count(value: int, after: str, before: str = "") -> str:
    """``value`` before a measure word: 2 is 两 there, but 二 in 第二, 二月, 二楼."""
    if value == 2 and not before.endswith("第") and after.startswith(_TWO):
        return "两"
    return quantity(value) if value < LARGEST else plain(str(value))
