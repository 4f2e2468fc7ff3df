"""Telling papers apart and reading them, from what the reader made of drawn papers (``tests/fixtures/papers``)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.casework.papers.classify import classify, compact
from assistant.casework.papers.fields import FOREVER, read_fields
from assistant.casework.papers.lines import Line, Page
from assistant.engine.components.patterns.codes import id_check_digit
from knowledge.papers import Shows, dangling_shows, is_picture, kinds_of_name, paper_kinds, wanted_kinds

READINGS: list[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "fixtures" / "papers" / "readings.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)


def page_of(reading: dict[str, Any]) -> Page:
    lines = [Line(text=text, box=(left, top, right, bottom), score=score) for text, left, top, right, bottom, score in reading["lines"]]
    return Page(lines=lines, width=reading["width"], height=reading["height"])


def said(*lines: str) -> Page:
    """A page with these lines under each other."""
    return Page(lines=[Line(text=text, box=(40, 40 + 50 * i, 40 + 30 * len(text), 74 + 50 * i)) for i, text in enumerate(lines)], width=1200, height=1600)


@pytest.mark.parametrize("reading", READINGS, ids=[reading["kind"] for reading in READINGS])
def test_drawn_papers_are_told_apart_and_read(reading: dict[str, Any]) -> None:
    page = page_of(reading)
    held = classify([page])
    assert held.kind == reading["kind"]
    values = read_fields(paper_kinds()[reading["kind"]], [page], TODAY)
    for key, printed in reading["printed"].items():
        assert compact(values.get(key, "")) == compact(printed), key


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["出生医学证明", "新生儿姓名 张小三", "母亲姓名 李四", "父亲姓名 张三"], "birth_certificate"),
        (["中华人民共和国机动车行驶证", "号牌号码 沪A12345", "所有人 张三", "车辆类型 小型轿车", "车辆识别代号 LSVAA4182E2100001"], "vehicle_licence"),
        (["中华人民共和国道路运输证", "业户名称 示例公司", "车辆号牌 沪A12345"], "road_transport_certificate"),
        (["劳动合同", "甲方（用人单位）：示例公司", "乙方（劳动者）：张三", "劳动报酬", "合同期限"], "labour_contract"),
        (["示例医院", "诊断证明书", "科室 内科 诊断 高血压", "医师 李四"], "diagnosis"),
        (["示例银行 BANK", "6222 0212 3456 7890", "VALID THRU 12/30 UnionPay 银联"], "bank_card"),
        (["清税证明", "所有税务事项均已结清", "税务局"], "tax_clearance"),
        (["示例公司股东会决议", "会议时间", "全体股东一致同意", "股东签字"], "resolution"),
        (["PASSPORT 护照", "国籍 NATIONALITY CHINESE", "EB1234567<9CHN9001011M3001019<<<<<<<<<<<<<<02"], "passport"),
        (["买一斤白菜", "两斤萝卜", "打酱油"], None),
        (["租房的时候要带身份证、营业执照和户口簿", "别忘了"], None),
    ],
)
def test_kinds_by_their_words(lines: list[str], kind: str | None) -> None:
    assert classify([said(*lines)]).kind == kind


def test_hardly_any_words_are_nothing_to_read() -> None:
    assert not classify([said("甲")]).readable
    assert not classify([Page()]).readable


def test_a_licence_is_none_of_the_permits_that_mention_it() -> None:
    page = said("食品经营许可证", "经营者名称：示例公司", "许可证编号：JY13101150000001", "依据营业执照核发", "法定代表人：张三")
    assert classify([page]).kind == "food_permit"


def test_codes_count_only_where_their_check_digit_holds() -> None:
    kind = paper_kinds()["business_licence"]
    right = "91310115MA1K3TL06A"
    assert read_fields(kind, [said("统一社会信用代码", right)], TODAY) == {"uscc": right}
    assert read_fields(kind, [said("统一社会信用代码 " + right.replace("0", "O", 1))], TODAY)["uscc"] == right
    assert "uscc" not in read_fields(kind, [said("统一社会信用代码 " + right.replace("K3", "K4"))], TODAY)
    card = paper_kinds()["id_card_front"]
    assert "id_number" not in read_fields(card, [said("公民身份号码 110105194912310021")], TODAY)
    assert read_fields(card, [said("公民身份号码 11010519491231002X")], TODAY)["id_number"] == "11010519491231002X"
    other = "31011519900101123"
    two = said("身份证件号 11010519491231002X", f"身份证件号 {other}{id_check_digit(other)}")
    assert "id_number" not in read_fields(card, [two], TODAY), "of two numbers nobody can say whose is meant"


def test_passport_number_by_its_own_check_digit() -> None:
    kind = paper_kinds()["passport"]
    assert read_fields(kind, [said("EB12345679CHN9001011M3001019<<<<<<<<<<<<<<02")], TODAY) == {"number": "EB1234567"}
    assert read_fields(kind, [said("EB12345674CHN9001011M3001019<<<<<<<<<<<<<<02")], TODAY) == {}


def test_how_long_a_paper_holds() -> None:
    kind = paper_kinds()["id_card_back"]
    assert read_fields(kind, [said("签发机关 示例市公安局", "有效期限 2005.01.02-2025.01.02")], TODAY)["expires"] == "2025-01-02"
    assert read_fields(kind, [said("有效期限 2005.01.02-长期")], TODAY)["expires"] == FOREVER
    assert "expires" not in read_fields(kind, [said("有效期限 2005.13.45")], TODAY)


def test_rare_names_and_separators_are_kept_and_nonsense_is_no_name() -> None:
    kind = paper_kinds()["id_card_front"]
    assert read_fields(kind, [said("姓名 㼆𠮷")], TODAY)["name"] == "㼆𠮷"
    assert read_fields(kind, [said("姓名 阿卜杜拉•买买提")], TODAY)["name"] == "阿卜杜拉·买买提"
    assert "name" not in read_fields(kind, [said("姓名 Z8|")], TODAY)


def test_a_longer_label_is_not_taken_for_the_one_inside_it() -> None:
    kind = paper_kinds()["business_licence"]
    assert "name" not in read_fields(kind, [said("经营者名称 示例公司")], TODAY)


def test_the_name_of_a_material_says_what_is_wanted() -> None:
    assert kinds_of_name("委托代理人身份证") == ["id_card_front", "id_card_back"]
    assert kinds_of_name("营业执照信息") == ["business_licence"] and kinds_of_name("吊销营业执照、责令关闭或者撤销的文件") == []
    assert kinds_of_name("近期免冠照片") == [] and is_picture("场所平面布置图、场所消防设施平面图")
    assert wanted_kinds("房屋的证明", Shows(kind=["lease", "property_certificate"])) == ["lease", "property_certificate"]


def test_what_a_guide_says_of_papers_is_checked() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        Shows(kind=["licence"])
    with pytest.raises(ValueError, match="no such paper"):
        Shows(kind=["lease"], compare={"uscc": "uscc"})

    class Material:
        code, shows = "lease", Shows(compare={"adress": "address"})

    assert dangling_shows([Material()], ["address"]) == ["material lease compares unknown field adress"]
