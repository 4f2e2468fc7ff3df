"""A slip is noticed by its words; an answer, a story or a question is none."""

from __future__ import annotations

import pytest

from assistant.casework.fields.slips import marked, not_but, parted


@pytest.mark.parametrize("text", [
    "刚才电话写错了", "不好意思，名字打错了", "不对，是租的", "更正一下，是李四", "联系电话不对", "the phone number was wrong, it's 13900139000",
])  # fmt: skip
def test_said_outright(text: str) -> None:
    assert marked(text) == "strong"


@pytest.mark.parametrize("text", ["电话改成13900139000", "不是88号是66号", "法人应该是李四", "房东是李四不是王五", "sorry, not 88 but 66"])
def test_only_with_the_field_or_its_value(text: str) -> None:
    assert marked(text) == "weak"


@pytest.mark.parametrize("text", [
    "执照填错了怎么办", "写错了可以改吗", "没问题", "不跨区", "我就是法人", "有限公司，两个股东", "上海市浦东新区示例路100号，2幢301室", "没丢，还在",
])  # fmt: skip
def test_no_slip(text: str) -> None:
    assert marked(text) is None


@pytest.mark.parametrize(("text", "wrong", "right"), [
    ("不是88号是66号", "88号", "66号"), ("不是张杨路，而是张江路", "张杨路", "张江路"), ("房东是李四不是王五", "王五", "李四"), ("not 88 but 66", "88", "66"),
])  # fmt: skip
def test_wrong_and_right(text: str, wrong: str, right: str) -> None:
    assert not_but(text) == (wrong, right)


@pytest.mark.parametrize(("text", "answer", "slip"), [
    ("三十二号，哦对了刚才电话写错了是13900139000", "三十二号", "刚才电话写错了是13900139000"),
    ("租的，另外刚才公司名字打错了，是示例公司", "租的", "刚才公司名字打错了,是示例公司"),
    ("不好意思，刚才电话写错了", "", "不好意思,刚才电话写错了"),
    ("3月1号，不对，4月1号", "3月1号", "不对,4月1号"),
])  # fmt: skip
def test_an_answer_and_the_correction_with_it(text: str, answer: str, slip: str) -> None:
    assert parted(text) == (answer, slip)
