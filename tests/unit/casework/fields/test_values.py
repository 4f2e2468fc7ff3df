"""Dates, numbers, names, addresses and options as people write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields import dates, names, options, words
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.engine.components.patterns import numerals
from knowledge.schema import GuideField, Option

TODAY = date(2026, 11, 10)
CHINESE = "零一二三四五六七八九"


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_a_date_reads_the_same_in_every_writing(day: date) -> None:
    year = "".join(CHINESE[int(d)] for d in str(day.year))
    for written in (f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}",
                    f"{day.year}.{day.month}.{day.day}", f"是{day.year}年{day.month}月{day.day}号吧",
                    f"{year}年{_chinese(day.month)}月{_chinese(day.day)}号"):  # fmt: skip
        assert dates.parse_date(written, TODAY) == Accepted(day.isoformat(), dates.display(day)), written


@pytest.mark.parametrize(("written", "day"), [
    ("今天", "2026-11-10"), ("昨天", "2026-11-09"), ("大后天", "2026-11-13"), ("下个月1号", "2026-12-01"), ("上月三十号", "2026-10-30"),
    ("3月8号", "2026-03-08"), ("去年十二月一日", "2025-12-01"), ("26年3月6号", "2026-03-06"), ("九八年五月一号", "1998-05-01"),
])  # fmt: skip
def test_dates_said_from_today(written: str, day: str) -> None:
    read = dates.parse_date(written, TODAY)
    assert isinstance(read, Accepted) and read.value == day


@pytest.mark.parametrize(("written", "code", "says"), [
    ("2026年2月31日", "date_impossible", "28天"), ("2024-02-30", "date_impossible", "29天"), ("2026年13月1日", "date_impossible", "13月"),
    ("过两天", "date_shape", "年月日"), ("", "date_shape", "年月日"),
])  # fmt: skip
def test_impossible_dates_are_explained(written: str, code: str, says: str) -> None:
    read = dates.parse_date(written, TODAY)
    assert isinstance(read, Rejected) and read.code == code and says in read.message


@given(st.integers(1, 99_999_999))
def test_numerals_read_back(number: int) -> None:
    assert numerals.chinese_to_decimal(_chinese(number)) == number
    assert numerals.chinese_to_decimal(str(number)) == number


@pytest.mark.parametrize(("written", "value"), [
    ("八十六", "86"), ("一百五", "150"), ("两万三", "23000"), ("3.5万", "35000"), ("一百零五点五", "105.5"), ("1,200,000", "1200000"),
    ("三百万", "3000000"), ("二〇二六", "2026"), ("十", "10"), ("一亿零三百", "100000300"),
])  # fmt: skip
def test_numerals_of_every_kind(written: str, value: str) -> None:
    assert numerals.chinese_to_decimal(written) == Decimal(value)


@pytest.mark.parametrize("name", ["张三", "欧阳示例", "阿卜杜拉·买买提", "㼆吉", "𠮷田", "John Smith", "我叫李四"])
def test_names_people_have(name: str) -> None:
    read = names.parse_person_name(name)
    assert isinstance(read, Accepted) and read.display == name.removeprefix("我叫")


def test_separators_in_names_become_one() -> None:
    for dot in "•・‧∙．・":
        read = names.parse_person_name(f"阿卜杜拉{dot}买买提")
        assert isinstance(read, Accepted) and read.value == "阿卜杜拉·买买提"


@pytest.mark.parametrize("text", ["张3", "13800138000", "？", "a"])
def test_what_is_no_name(text: str) -> None:
    assert isinstance(names.parse_person_name(text), Rejected)


@pytest.mark.parametrize(("text", "code"), [("浦东", "address_short"), ("张江镇示例路", "address_door"), ("我家楼下超市旁边", "address_door")])
def test_an_address_must_reach_the_door(text: str, code: str) -> None:
    read = words.parse_address(text)
    assert isinstance(read, Rejected) and read.code in (code, "address_street")


@given(st.text(max_size=300))
def test_no_text_breaks_a_reader(text: str) -> None:
    for reader in (words.parse_text, names.parse_person_name, words.parse_company_name, words.parse_address):
        assert isinstance(reader(text), Accepted | Rejected)
    assert isinstance(dates.parse_date(text, TODAY), Accepted | Rejected)
    numerals.first_number(text)
    options.match_option(text, OPTIONS)


OPTIONS = [
    Option(value="own", label="自有", aliases=["自己的", "买的"]),
    Option(value="leased", label="租赁", aliases=["租的", "租来的"]),
    Option(value="lost", label="丢了或坏了", aliases=["遗失", "丢了"]),
    Option(value="kept", label="都在", aliases=["没丢", "没有遗失"]),
]


@pytest.mark.parametrize(("said", "value"), [
    ("own", "own"), ("自有", "own"), ("租的", "leased"), ("是租来的房子", "leased"), ("第二个", "leased"), ("2", "leased"), ("③", "lost"),
    ("最后一个", "kept"), ("租林", "leased"), ("没有遗失", "kept"), ("我自己买的", "own"), ("选第一个吧", "own"),
])  # fmt: skip
def test_options_in_any_words(said: str, value: str) -> None:
    picked = options.match_option(said, OPTIONS)
    assert picked is not None and picked.value == value


@pytest.mark.parametrize("said", ["", "不晓得", "第九个", "天气"])
def test_words_that_choose_nothing(said: str) -> None:
    assert options.match_option(said, OPTIONS) is None


@pytest.mark.parametrize("said", ["是", "对的", "好的", "嗯", "可以啊", "没问题", "ok", "开始吧", "要的"])
def test_yes(said: str) -> None:
    assert options.yes_or_no(said) is True


@pytest.mark.parametrize("said", ["不是", "没有", "不用了", "先不", "算了吧", "不对", "no", "别", "暂不提交"])
def test_no(said: str) -> None:
    assert options.yes_or_no(said) is False


@pytest.mark.parametrize("said", ["办到哪一步了", "办到哪里了", "到哪步了", "办得怎么样了"])
def test_asking_how_far_it_is_agrees_to_nothing(said: str) -> None:
    assert options.yes_or_no(said) is None


@pytest.mark.parametrize(("said", "value"), [("有大车", "no"), ("有大车。", "no"), ("有", "yes"), ("没有", "no"), ("都是轻卡", "yes")])
def test_a_guides_own_words_for_yes_and_no_come_first(said: str, value: str) -> None:
    field = GuideField(
        key="light", label="都是小货车", type="yes_no", question="都是小货车吗？", why="小货车不用办。",
        options=[Option(value="yes", label="是", aliases=["都是轻卡"]), Option(value="no", label="否", aliases=["有大车"])],
    )  # fmt: skip
    parsed = parse(field, said, date(2026, 11, 10), {})
    assert isinstance(parsed, Accepted)
    assert parsed.value == value


def _chinese(number: int) -> str:
    """The numeral in Chinese, the way it is spoken."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        return _chinese(high) + "万" + ("" if low == 0 else ("零" if low < 1000 else "") + _chinese(low))
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if zero and text else "") + CHINESE[digit] + name
            zero = False
        else:
            zero = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text
