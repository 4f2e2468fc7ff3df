"""How long, how old, how many: read as a stretch, and the option it falls into."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.casework.fields import extract, quantities
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from knowledge.facts import Range
from knowledge.schema import GuideField

TODAY = date(2026, 11, 10)


@pytest.mark.parametrize(("unit", "text", "low", "high"), [
    ("months", "十一个月", 11, 11), ("months", "还不到半年", 0, 6), ("months", "过期一年多了", 12, 24), ("months", "一年零三个月", 15, 15),
    ("months", "一年半", 18, 18), ("months", "六个半月", 6.5, 6.5), ("months", "三四个月", 3, 4), ("months", "几个月吧", 2, 10),
    ("months", "好几年了", 36, 120), ("months", "十多年", 120, 240), ("months", "快两年了", 12, 24), ("months", "半年不到", 0, 6),
    ("months", "两年以上", 24, None), ("months", "至少三年", 36, None), ("months", "1年", 12, 12), ("months", "上个月离职的", 0, 2),
    ("months", "还有三个月到期", None, 0), ("months", "两个月后才满", None, 0), ("days", "两年", 730, 730), ("days", "十二个月", 365, 365),
    ("pregnancy_weeks", "三个多月", 12, 16), ("pregnancy_weeks", "二十周", 20, 20),
    ("age", "68了", 68, 68), ("age", "七十三四", 73, 74), ("age", "六十出头", 60, 70), ("age", "1958年生的", 67, 68), ("age", "58年的", 67, 68),
    ("age", "虚岁六十六", 64, 65), ("age", "还没满65", 0, 65), ("count", "我们仨", 3, 3), ("count", "两个股东", 2, 2), ("count", "十几个人", 10, 20),
    ("yuan", "八千万", 8e7, 8e7), ("yuan", "三个亿", 3e8, 3e8), ("yuan", "一两千万", 1e7, 2e7), ("yuan", "不到两亿", 0, 2e8),
    ("kilograms", "都是4.2吨的", 4200, 4200), ("kilograms", "四吨半", 4500, 4500), ("kilograms", "18000公斤", 18000, 18000),
])  # fmt: skip
def test_a_quantity_is_read_as_a_stretch(unit: str, text: str, low: float | None, high: float | None) -> None:
    said = quantities.said(text, unit, TODAY)
    assert said is not None
    read = [None if bound is None else float(bound) for bound in (said.stretch.low, said.stretch.high)]
    assert read == [low, high]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("前年到期的", 22, 35), ("去年三月封存的", 19, 21), ("2019年就没交了", 82, 95), ("今年九月", 1, 3)],
)
def test_a_time_that_lies_back_is_the_time_since(text: str, least: float, most: float) -> None:
    said = quantities.said(text, "months", TODAY)
    assert said is not None and said.stretch.low is not None and said.stretch.high is not None
    assert least <= said.stretch.low < said.stretch.high <= most


@pytest.mark.parametrize(("unit", "text"), [
    ("months", "没有"), ("months", "第一年"), ("months", "三月份"), ("months", "要几个月？"), ("months", "一年级"), ("months", "不知道多久了"),
    ("months", "有时三个月，有时两年"), ("count", "一个也没有"), ("count", "第3个"), ("count", "有几个股东？"),
    ("yuan", "5000"), ("age", "住在65号"), ("age", "13800138000"), ("kilograms", "小货车"),
])  # fmt: skip
def test_what_tells_no_quantity_is_left_to_others(unit: str, text: str) -> None:
    assert quantities.said(text, unit, TODAY) is None


def field(kind: str, *options: dict[str, Any], **more: Any) -> GuideField:
    return GuideField.model_validate(
        {"key": "f", "label": "所问的", "type": kind, "question": "？", "why": "x", "options": list(options), **more}
    )


EXPIRED = field(
    "yes_no",
    {"value": "yes", "label": "是，过期一年以上了", "aliases": ["满一年了"], "range": {"unit": "months", "min": 12}},
    {
        "value": "no",
        "label": "否，还没过期或者不满一年",
        "aliases": ["没有", "快到期了"],
        "range": {"unit": "months", "under": 12},
    },
)
STAY = field(
    "choice",
    {"value": "registered", "label": "住满半年，登记过", "aliases": ["登记过"], "range": {"unit": "months", "min": 6}},
    {"value": "unregistered", "label": "住满半年，没登记过", "aliases": ["没登记过"], "range": {"unit": "months", "min": 6}},
    {"value": "short", "label": "还没住满半年", "aliases": ["刚来"], "range": {"unit": "months", "under": 6}},
)
KIND = field(
    "choice",
    {"value": "limited", "label": "有限公司", "aliases": ["两个股东"], "range": {"unit": "count", "min": 2}},
    {"value": "sole", "label": "一人公司", "aliases": ["一个股东"], "range": {"unit": "count", "max": 1}},
    {"value": "stock", "label": "股份公司"},
)
REVENUE = field(
    "choice",
    {"value": "small", "label": "5000万元以下", "range": {"unit": "yuan", "max": 50_000_000}},
    {"value": "middle", "label": "5000万元到2亿元", "range": {"unit": "yuan", "over": 50_000_000, "max": 200_000_000}},
    {"value": "large", "label": "2亿元以上", "range": {"unit": "yuan", "over": 200_000_000}},
)


@pytest.mark.parametrize(("asked", "text", "value"), [
    (EXPIRED, "过期一年多了", "yes"), (EXPIRED, "一年半", "yes"), (EXPIRED, "十一个月", "no"), (EXPIRED, "没有，才两个月", "no"),
    (EXPIRED, "快一年了", "no"), (EXPIRED, "一年", "yes"), (EXPIRED, "前年就到期了", "yes"), (EXPIRED, "还有三个月到期", "no"),
    (EXPIRED, "没有", "no"), (EXPIRED, "满一年了", "yes"), (EXPIRED, "对，两年了", "yes"), (EXPIRED, "不是三个月，是三年", "yes"),
    (STAY, "还不到半年", "short"), (STAY, "刚来三个月", "short"), (STAY, "两年了，登记过", "registered"), (STAY, "三年多没登记过", "unregistered"),
    (KIND, "我们五个人", "limited"), (KIND, "十个", "limited"), (KIND, "股份公司，五个股东", "stock"), (KIND, "3", "stock"), (KIND, "5", "limited"),
    (REVENUE, "八千万", "middle"), (REVENUE, "5000万", "small"), (REVENUE, "两亿", "middle"), (REVENUE, "两亿多", "large"), (REVENUE, "几百万", "small"),
])  # fmt: skip
def test_it_chooses_the_option_it_falls_into(asked: GuideField, text: str, value: str) -> None:
    read = parse(asked, text, TODAY, {})
    assert isinstance(read, Accepted) and read.value == value
    assert extract.plainly_answers(asked, text, TODAY) or text[0] == "几", "几百万 may be a question, too: the engine hears it"


@pytest.mark.parametrize(("asked", "text", "among"), [
    (EXPIRED, "差不多一年", "是，过期一年以上了、否，还没过期或者不满一年"), (EXPIRED, "去年到期的", "是，过期一年以上了、否，还没过期或者不满一年"),
    (STAY, "五年了", "住满半年，登记过、住满半年，没登记过"), (STAY, "几个月", "住满半年，登记过、住满半年，没登记过、还没住满半年"),
    (REVENUE, "几千万", "5000万元以下、5000万元到2亿元"),
])  # fmt: skip
def test_where_it_fits_several_these_are_asked_about(asked: GuideField, text: str, among: str) -> None:
    read = parse(asked, text, TODAY, {})
    assert isinstance(read, Rejected) and read.code == "choice_which" and among in read.message
    assert extract.plainly_answers(asked, text, TODAY) or text[0] == "几"


@pytest.mark.parametrize(
    ("asked", "text"), [(EXPIRED, "没有，都三年了"), (EXPIRED, "要过期多久才算？"), (STAY, "登记过，才两个月")]
)
def test_what_contradicts_itself_or_asks_chooses_nothing(asked: GuideField, text: str) -> None:
    assert isinstance(parse(asked, text, TODAY, {}), Rejected)


def test_an_answer_that_ends_the_matter_is_still_an_answer() -> None:
    """过期一年多了 must not be taken for a question about conditions because the rule turns it down."""
    stopping = EXPIRED.model_copy(
        update={"rules": field("text", rules=[{"kind": "differs_from", "value": "yes", "message": "要重新考。"}]).rules}
    )
    read = parse(stopping, "过期一年多了", TODAY, {})
    assert isinstance(read, Rejected) and read.message == "要重新考。"
    assert extract.plainly_answers(stopping, "过期一年多了", TODAY)


@pytest.mark.parametrize(
    "bounds", [{}, {"min": 1, "over": 2}, {"max": 1, "under": 2}, {"min": 5, "max": 4}, {"min": 1, "least": 2}]
)
def test_a_range_that_means_nothing_is_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Range.model_validate({"unit": "months", **bounds})


@pytest.mark.parametrize(("text", "value"), [("换了地方", "yes"), ("换地方啦", "yes"), ("没换地方", "no"), ("地方没动过", "no")])
def test_where_le_stands_makes_no_difference(text: str, value: str) -> None:
    moved = field(
        "yes_no",
        {"value": "yes", "label": "是", "aliases": ["换地方了"]},
        {"value": "no", "label": "否", "aliases": ["地方没动"]},
    )
    read = parse(moved, text, TODAY, {})
    assert isinstance(read, Accepted) and read.value == value


def test_near_words_that_say_the_opposite_are_not_near() -> None:
    place = field("choice", {"value": "here", "label": "本地", "aliases": ["户口就在这里"]}, {"value": "away", "label": "外地"})
    assert isinstance(parse(place, "户口不在这", TODAY, {}), Rejected)
    read = parse(place, "户口就在这儿", TODAY, {})
    assert isinstance(read, Accepted) and read.value == "here"
