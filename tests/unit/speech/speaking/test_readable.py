"""What is shown and how it is read aloud: a table anybody may add to, and what holds for every text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.speaking.numerals import count, digits, grouped, money, number, quantity
from assistant.speech.speaking.readable import readable

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("read_aloud.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_the_table_is_a_table() -> None:
    assert len(ROWS) >= 150
    assert all(len(row) == 2 for row in ROWS)
    assert len({shown for shown, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("shown", "said"), ROWS, ids=[row[0] for row in ROWS])
def test_read_aloud(shown: str, said: str) -> None:
    assert readable(shown) == said


@given(st.text(alphabet="0123456789年月日-:.,/~%¥元个（）()*万第 楼室mkgABx身份证号请到至\n", max_size=40))
def test_no_digit_is_left_to_a_voice(text: str) -> None:
    assert not re.search(r"\d", readable(text))


@given(st.text(max_size=60))
def test_any_text_is_read_without_stumbling_and_reading_it_again_changes_nothing_in_words(text: str) -> None:
    once = readable(text)
    assert re.sub(r"\W", "", readable(once)) == re.sub(r"\W", "", once)


def _value(said: str) -> int:
    """The number a quantity in characters stands for; independent of how it is written."""
    places = {"十": 10, "百": 100, "千": 1000}
    total = group = digit = 0
    for character in said.replace("两", "二"):
        if character in places:
            group += (digit or 1) * places[character]
            digit = 0
        elif character in "万亿":
            total = (total + group + digit) * (10_000 if character == "万" else 10**8)
            group = digit = 0
        else:
            digit = "零一二三四五六七八九".index(character)
    return total + group + digit


@given(st.integers(min_value=0, max_value=10**8 - 1))
def test_quantities_mean_what_they_say(value: int) -> None:
    assert _value(quantity(value)) == value
    assert "零零" not in quantity(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [(10, "十"), (12, "十二"), (100, "一百"), (101, "一百零一"), (110, "一百一十"), (1_000_001, "一百万零一"), (10**8, "一亿"),
     (200_000_000, "两亿"), (1_0001_0000, "一亿零一万"), (10_0010, "十万零一十"), (2002, "两千零二")],
)  # fmt: skip
def test_quantities(value: int, said: str) -> None:
    assert quantity(value) == said


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        quantity(-1)


def test_two_before_a_measure_is_liang_but_not_where_it_orders() -> None:
    assert (count(2, "个"), count(2, "楼"), count(2, "个", "第"), count(12, "个")) == ("两", "二", "二", "十二")


def test_parts_of_numbers() -> None:
    assert digits("10086") == "幺零零八六"
    assert number("0.05") == "零点零五"
    assert money("3.07") == "三元零七分"
    assert grouped("12345678") == "幺二三四，五六七八"
    assert grouped("AB12") == "A B幺二"
