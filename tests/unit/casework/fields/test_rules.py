"""Rules an answer must keep to: ages, dates, one person's papers, words of a name, places."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.casework.fields.rules import age_on
from assistant.engine.components.patterns.codes import id_check_digit
from knowledge.schema import GuideField

TODAY = date(2026, 11, 10)


def field(kind: str, *rules: dict[str, Any]) -> GuideField:
    told = [{"message": "不行", **rule} for rule in rules]
    options = [{"value": "male", "label": "男"}, {"value": "female", "label": "女"}] if kind == "choice" else []
    return GuideField.model_validate(
        {"key": "f", "label": "项目", "type": kind, "question": "？", "why": "x", "rules": told, "options": options}
    )


def number(born: date, order: int = 2) -> str:
    head = f"310115{born:%Y%m%d}{order:03d}"
    return head + id_check_digit(head)


def passes(asked: GuideField, words: str, **others: Any) -> bool:
    read = parse(asked, words, TODAY, others)
    assert isinstance(read, Accepted) or read.code.startswith("rule_"), read
    return isinstance(read, Accepted)


@given(st.dates(date(1900, 1, 1), TODAY), st.dates(TODAY, date(2030, 12, 31)))
def test_an_age_is_the_number_of_birthdays_had(born: date, day: date) -> None:
    age = age_on(number(born), day)
    had = sum(1 for year in range(born.year + 1, day.year + 1) if (day.year, day.month, day.day) >= (year, born.month, born.day)
              and day.year >= year)
    birthdays = sum(1 for year in range(born.year + 1, day.year + 1) if (year, born.month, born.day) <= (day.year, day.month, day.day))
    assert age == birthdays == had == age_on(born.isoformat(), day)


@pytest.mark.parametrize(("kind", "born", "fits"), [
    ("age_at_least", date(2008, 11, 10), True), ("age_at_least", date(2008, 11, 11), False), ("age_at_least", date(1950, 1, 1), True),
    ("age_at_most", date(2007, 11, 11), True), ("age_at_most", date(2007, 11, 10), False),
])  # fmt: skip
def test_a_person_is_old_enough_on_her_birthday(kind: str, born: date, fits: bool) -> None:
    asked = field("id_number", {"kind": kind, "value": 18})
    assert passes(asked, number(born)) is fits
    assert passes(field("date", {"kind": kind, "value": 18}), f"{born.year}年{born.month}月{born.day}日") is fits


def test_two_ways_of_writing_one_door_are_one_place() -> None:
    asked = field("address", {"kind": "differs_from", "field": "old"})
    old = "上海市浦东新区示例路100号2幢301室"
    for same in ("浦东新区示例路100号2号楼301", "上海市浦东新区示例路100号 2幢3层301室", "上海浦东示例路１００号2栋301室"):
        read = parse(asked, same, TODAY, {"old": old})
        assert isinstance(read, Rejected) and read.mend == "old", same
    for other in ("上海市浦东新区示例路100号2幢302室", "上海市静安区示例路100号2幢301室", "上海市浦东新区样板路100号2幢301室"):
        assert passes(asked, other, old=old), other


def test_dates_beside_dates() -> None:
    recent = field("date", {"kind": "within_days", "value": 30})
    assert passes(recent, "2026年10月11日") and not passes(recent, "2026年10月10日")
    notice = field("date", {"kind": "days_after", "field": "notice", "value": 45})
    assert passes(notice, "2026年11月6日")
    assert passes(notice, "2026年10月17日", notice="2026-09-02") and not passes(notice, "2026年10月16日", notice="2026-09-02")


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(1, 999), st.integers(1, 400))
def test_a_number_agrees_with_the_day_and_sex_it_holds_and_no_other(born: date, order: int, off: int) -> None:
    held = number(born, order)
    birth = field("date", {"kind": "agrees_with", "field": "id"})
    sex = field("choice", {"kind": "agrees_with", "field": "id"})
    other = born + timedelta(days=off)
    assert passes(birth, f"{born.year}年{born.month}月{born.day}日", id=held)
    assert not passes(birth, f"{other.year}年{other.month}月{other.day}日", id=held)
    assert passes(sex, "男", id=held) is bool(order % 2) and passes(sex, "女", id=held) is not bool(order % 2)


def test_words_a_name_must_or_must_not_have() -> None:
    sole = field("company_name", {"kind": "has_no_word", "value": "公司|企业"})
    assert passes(sole, "上海示例小吃店") and not passes(sole, "上海示例餐饮有限公司")
    limited = field("company_name", {"kind": "has_word", "value": "有限公司|有限责任公司"})
    assert passes(limited, "上海示例餐饮有限公司") and not passes(limited, "上海示例小吃店")


def test_a_soft_rule_warns_and_lets_pass() -> None:
    asked = field("id_number", {"kind": "age_at_least", "value": 18, "soft": True})
    read = parse(asked, number(date(2015, 1, 1)), TODAY, {})
    assert isinstance(read, Accepted) and read.warning == "不行"
