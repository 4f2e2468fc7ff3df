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
#: They part what follows from the unit before: 一百零五 is 105, 一百五 is 150.
NOUGHTS = "零〇○"
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
    """The value of one numeral, in Chinese, in figures or in both; None if it is none, or says no one number (三四十).

    ``八十六`` 86, ``一百零五点五`` 105.5, ``3.5万`` 35000, ``1万零500`` 10500, ``两万三`` 23000, ``一万亿`` 10¹².
    """
    text = text.replace(",", "").replace("，", "").strip().replace("廿", "二十").replace("卅", "三十")
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(map("".join, tokens)) != text or text[0] in BIG_UNITS:
        return None
    return _Numeral().read(tokens)


#: Figures, digits said one by one, a fraction, a unit.
_TOKEN = re.compile(
    rf"(\d+(?:\.\d+)?)|([{''.join(DIGITS)}]+)|(点[{''.join(DIGITS)}]+|半$)|([{''.join(UNITS)}{''.join(BIG_UNITS)}])"
)


class _Numeral:
    """A numeral read from left to right: what stands before 亿, before 万, and since then."""

    def __init__(self) -> None:
        self.high = self.middle = self.low = Decimal(0)
        self.pending: Decimal | None = None
        self.unit = 0  # the last one, which the next has to be less than
        self.short = False  # the pending digit may count the next lower unit

    def read(self, tokens: list[tuple[str, str, str, str]]) -> Decimal | None:
        for place, (figures, said, fraction, unit) in enumerate(tokens):
            if figures or said:
                together = len(said) > 1 and said[0] not in NOUGHTS and place + 1 < len(tokens) and tokens[place + 1][3]
                if self.pending or together:
                    return None  # 三四十 is thirty or forty
                self.short = len(figures or said) == 1 and self.unit > 10 and self.pending is None
                self.pending = Decimal(figures or spoken_digits(said))
            elif fraction:
                if (self.pending is None and not self.unit) or self.unit > 1000:
                    return None
                self.low += (self.pending or 0) + Decimal("0." + (spoken_digits(fraction[1:]) or "5"))
                self.pending = None
            elif not self._times(unit):
                return None
        if self.pending is not None:
            # 两万三 means 23,000 and 一百五 means 150: a bare last digit counts the next lower unit
            worth = self.unit // 10 if self.short else 1
            if self.unit and self.pending * worth >= self.unit:
                return None
            self.low += self.pending * worth
        return self.high + self.middle + self.low

    def _times(self, sign: str) -> bool:
        worth = UNITS.get(sign) or BIG_UNITS[sign]
        if sign in UNITS:
            if self.unit and worth >= self.unit and self.unit < 10_000:
                return False
            self.low += (self.pending or 1) * worth
        else:
            before = self.low + (self.pending or 0)
            if worth == 10_000:
                self.middle, self.low = self.middle + before * worth, Decimal(0)
            else:
                self.high, self.middle, self.low = self.high + (self.middle + before) * worth, Decimal(0), Decimal(0)
        self.pending, self.unit, self.short = None, worth, False
        return True


def first_number(text: str) -> Decimal | None:
    """The first number in a sentence, however it is written."""
    for match in _NUMBER.finditer(text):
        value = chinese_to_decimal(match[0].strip(".,，"))
        if value is not None:
            return value
    return None
