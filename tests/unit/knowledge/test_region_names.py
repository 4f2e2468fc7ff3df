"""Regions by the names people use, whole and in sentences."""

from __future__ import annotations

import pytest

from knowledge.regions import region_code, region_name, regions_in, short_name, within


@pytest.mark.parametrize(("text", "code"), [
    ("310115", "310115"), ("浦东", "310115"), ("浦东新区", "310115"), ("上海市浦东新区", "310115"), ("上海", "310000"), ("广东省", "440000"),
    ("中山市", "442000"), ("中山", "442000"), ("广东省中山市", "442000"), ("大连市中山区", "210202"), ("深圳", "440300"), ("延边", "222400"),
    ("内蒙古", "150000"), ("北京市朝阳区", "110105"), ("朝阳区", None), ("火星", None), ("", None), ("999999", None), ("000000", "000000"),
])  # fmt: skip
def test_code_of_a_name(text: str, code: str | None) -> None:
    assert region_code(text) == code


def test_of_several_of_a_name_the_near_one() -> None:
    assert region_code("朝阳区", "110000") == "110105" and region_code("朝阳区", "310115") is None


@pytest.mark.parametrize(("code", "name", "brief"), [
    ("310115", "上海市浦东新区", "浦东新区"), ("442000", "广东省中山市", "中山市"), ("210202", "辽宁省大连市中山区", "中山区"), ("440000", "广东省", "广东省"),
    ("310000", "上海市", "上海市"), ("000000", "全国", "全国"),
])  # fmt: skip
def test_name_of_a_code(code: str, name: str, brief: str) -> None:
    assert region_name(code) == name and short_name(code) in (brief, name)


@pytest.mark.parametrize(("text", "codes"), [
    ("中山的异地就医备案要什么", ["442000"]), ("从广东省中山市转到上海", ["442000", "310000"]), ("中山路上的店", []), ("开个公司要什么", []),
    ("我在大连市中山区住", ["210202"]),
])  # fmt: skip
def test_in_a_sentence(text: str, codes: list[str]) -> None:
    assert [code for _, _, code in regions_in(text)] == codes


def test_what_lies_within() -> None:
    assert ("310115", "浦东新区") in within("310000") and ("442000", "中山市") in within("440000") and ("440000", "广东省") in within("000000")
    assert len(within("310000")) == 16 and all(code.startswith("2102") for code, _ in within("210200"))
