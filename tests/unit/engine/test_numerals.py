"""Numerals read back from every way of saying them, and what says no one number is read as none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.components.patterns.numerals import chinese_to_decimal

DIGITS, BANK = "零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
UP_TO_A_TRILLION = st.one_of(st.integers(0, 10**12), st.integers(0, 12).flatmap(lambda places: st.integers(0, 10**places)))


def said(number: int, digits: str = DIGITS, units: str = "十百千") -> str:
    """The numeral in Chinese, written out in full."""
    if number >= 10_000:
        worth, name = (10**8, "亿") if number >= 10**8 else (10**4, "万")
        high, low = divmod(number, worth)
        nought = digits[0] if low < worth // 10 else ""
        return said(high, digits, units) + name + (nought + said(low, digits, units) if low else "")
    text, gap = "", False
    for worth, name in ((1000, units[2]), (100, units[1]), (10, units[0]), (1, "")):
        digit, number = divmod(number, worth)
        if digit:
            text += (digits[0] if gap and text else "") + digits[digit] + name
        gap = not digit
    return text or digits[0]


@given(UP_TO_A_TRILLION)
def test_a_numeral_is_read_back_however_it_is_written(number: int) -> None:
    plain = said(number)
    writings = [plain, said(number, BANK, "拾佰仟"), f"{number:,}", str(number), plain.replace("二百", "两百").replace("二千", "两千")]
    if plain.startswith("一十"):
        writings.append(plain[1:])
    for written in writings:
        assert chinese_to_decimal(written) == number, written


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_figures_and_units_may_be_mixed(high: int, low: int) -> None:
    assert chinese_to_decimal(f"{high}万{low:04}") == high * 10_000 + low
    assert chinese_to_decimal(f"{high}万{said(low)}" if low >= 1000 else f"{high}万零{low}") == high * 10_000 + low


@given(st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10_000), ("亿", 10**8)]), st.integers(1, 9))
def test_a_bare_last_digit_counts_the_next_lower_unit(first: int, unit: tuple[str, int], last: int) -> None:
    name, worth = unit
    for head, tail in ((DIGITS[first], DIGITS[last]), (str(first), str(last))):
        assert chinese_to_decimal(head + name + tail) == first * worth + last * worth // 10
        assert chinese_to_decimal(f"{head}{name}零{tail}") == first * worth + last


@given(st.integers(1, 8), st.sampled_from("十百千万亿"))
def test_two_digits_before_a_unit_are_no_one_number(first: int, unit: str) -> None:
    assert chinese_to_decimal(DIGITS[first] + DIGITS[first + 1] + unit) is None


@pytest.mark.parametrize(("written", "value"), [
    ("一百十五", "115"), ("廿五", "25"), ("卅", "30"), ("十二点五万", "125000"), ("一万两千亿", "1200000000000"), ("3千五百", "3500"), ("二〇二六", "2026"),
    ("一百零五点五", "105.5"), ("1.5亿", "150000000"), ("三半", "3.5"), ("两千零五十万", "20500000"),
])  # fmt: skip
def test_writings_of_every_kind(written: str, value: str) -> None:
    assert chinese_to_decimal(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "万", "万一", "一百二百", "五十百", "三四十", "1.2.3", "半", "一个", "十一二", "点五", "1万2千3千"])
def test_what_is_no_one_number(written: str) -> None:
    assert chinese_to_decimal(written) is None


@given(st.text("0123456789零一两二三十百千万亿点半.,廿", max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    value = chinese_to_decimal(text)
    assert value is None or value >= 0
