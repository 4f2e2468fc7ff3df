"""Numbers as people write them: full-width and Chinese numerals, 万 and 亿, digits read out one by one."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

DIGITS = {
    "零": 0,
    "〇": 0,
    "○": 0,
    "一": 1,
    "幺": 1,
    "壹": 1,
    "二": 2,
    "两": 2,
    "贰": 2,
    "三": 3,
    "叁": 3,
    "四": 4,
    "肆": 4,
    "五": 5,
    "伍": 5,
    "六": 6,
    "陆": 6,
    "七": 7,
    "柒": 7,
    "拐": 7,
    "八": 8,
    "捌": 8,
    "九": 9,
    "玖": 9,
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_NUMBER = re.compile(r"[0-9零〇○一幺壹二两贰三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万萬亿億.,，点半]+")


def normalise(text: str) -> str:
    """NFKC (full-width to half-width), control and zero-width characters removed, white space collapsed."""
    text = unicodedata.normalize("NFKC", text)
    kept = "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return re.sub(r"\s+", " ", kept).strip()


def spoken_digits(text: str) -> str:
    """Chinese digits read one by one as ASCII digits: 幺三八零零 → 13800. Other characters stay."""
    return "".join(str(DIGITS[ch]) if ch in DIGITS else ch for ch in text)


def chinese_to_decimal(text: str) -> Decimal | None:
    """The value of one numeral: ``八十六`` 86, ``一百零五点五`` 105.5, ``3.5万`` 35000, ``两万三`` 23000; None if it is none."""
    text = text.replace(",", "").replace("，", "").strip()
    if not text:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Decimal(text)
    if re.fullmatch(r"(?:\d+(?:\.\d+)?[十百千万萬亿億]+)+\d?", text):
        return _with_units(text)
    if any(ch.isascii() and ch.isdigit() for ch in text):
        return None
    whole, _, fraction = text.partition("点")
    if not fraction and whole.endswith("半") and len(whole) > 1:
        whole, fraction = whole[:-1], "五"
    total = _whole(whole)
    if total is None:
        return None
    if fraction:
        digits = spoken_digits(fraction)
        if not digits.isdigit():
            return None
        total += Decimal(f"0.{digits}")
    return total


def _with_units(text: str) -> Decimal:
    """Digits with units behind them: 3.5万, 12万5千; a bare last digit counts the next lower unit, as in 1万2."""
    total, unit = Decimal(0), 1
    for digits, units in re.findall(r"(\d+(?:\.\d+)?)([十百千万萬亿億]*)", text):
        worth = unit // 10 if not units else 1
        for ch in units:
            worth *= UNITS.get(ch) or BIG_UNITS[ch]
        total, unit = total + Decimal(digits) * worth, worth
    return total


def _whole(text: str) -> Decimal | None:
    if not text or any(ch not in DIGITS and ch not in UNITS and ch not in BIG_UNITS for ch in text):
        return None
    if len(text) > 1 and all(ch in DIGITS for ch in text):
        return Decimal("".join(str(DIGITS[ch]) for ch in text))
    total = section = digit = 0
    last_unit = 0
    zero_seen = False
    for ch in text:
        if ch in DIGITS:
            digit = DIGITS[ch]
            zero_seen = zero_seen or digit == 0
        elif ch in UNITS:
            section += (digit or (1 if not section else 0)) * UNITS[ch]
            last_unit, digit, zero_seen = UNITS[ch], 0, False
        else:
            total += (section + digit) * BIG_UNITS[ch]
            last_unit, section, digit, zero_seen = BIG_UNITS[ch], 0, 0, False
    # 两万三 means 23,000 and 一百五 means 150: a bare last digit counts the next lower unit
    section += digit * (last_unit // 10) if digit and last_unit > 10 and not zero_seen else digit
    return Decimal(total + section)


def first_number(text: str) -> Decimal | None:
    """The first number in a sentence, however it is written."""
    for match in _NUMBER.finditer(text):
        value = chinese_to_decimal(match[0].strip(".,，"))
        if value is not None:
            return value
    return None
