"""Several values in one sentence, corrections in passing, and what is plainly an answer."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.casework.fields.corrections import accepted, read_correction
from assistant.casework.fields.extract import by_name, by_shape, plainly_answers
from knowledge.schema import FieldType, GuideField, Option

TODAY = date(2026, 11, 10)
CODE = "91310115MA1K3TL06A"


def field(key: str, kind: FieldType, label: str, *names: str, options: list[Option] | None = None) -> GuideField:
    return GuideField(key=key, type=kind, label=label, names=list(names), question="？", why="要核对", options=options or [])


COMPANY = field("company_name", "company_name", "公司名称", "公司全称")
USCC = field("uscc", "uscc", "统一社会信用代码", "信用代码")
PERSON = field("legal_representative", "person_name", "法定代表人姓名", "法定代表人", "法人")
PHONE = field("phone", "phone", "移动电话", "手机", "电话")
OLD = field("old_address", "address", "原住所", "原地址", "旧地址")
NEW = field("new_address", "address", "新住所", "新地址", "地址")
DAY = field("decision_date", "date", "决议日期")
SOURCE = field("premises_source", "choice", "新住所来源",
               options=[Option(value="own", label="自有"), Option(value="leased", label="租赁", aliases=["租的"])])  # fmt: skip
COPIES = field("copies", "integer", "副本份数")
ALL = [COMPANY, USCC, PERSON, PHONE, OLD, NEW, DAY, SOURCE]


def test_values_named_in_one_sentence() -> None:
    text = f"公司名称是上海示例商贸有限公司，信用代码{CODE}，法定代表人叫张三，电话13800138000，新地址是浦东新区示例路88号3楼"
    found = {key: value.value for key, value in by_name(text, ALL, TODAY, {}).items()}
    assert found == {"company_name": "上海示例商贸有限公司", "uscc": CODE, "legal_representative": "张三", "phone": "13800138000",
                     "new_address": "浦东新区示例路88号3楼"}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), [("我妈住在我们给她买的房子里", None), ("房子外面在修路", None), ("房子租的，上个月搬来", "leased")])
def test_where_something_is_says_nothing_of_what_it_is(text: str, kind: str | None) -> None:
    options = [Option(value="leased", label="租的房子", aliases=["租的"]), Option(value="dormitory", label="单位宿舍", aliases=["厂里宿舍"])]
    house = field("house", "choice", "住房来源", "房子", options=options)
    found = by_name(text, [house], TODAY, {})
    assert {key: answer.value for key, answer in found.items()} == ({"house": kind} if kind else {})


def test_the_longer_name_wins() -> None:
    found = by_name("原地址是浦东新区示例路1号", ALL, TODAY, {})
    assert list(found) == ["old_address"]


def test_values_known_by_their_shape_only_where_one_field_wants_them() -> None:
    text = f"{CODE} 13800138000 浦东新区示例路88号"
    assert set(by_shape(text, [USCC, PHONE, OLD, NEW], TODAY, {})) == {"uscc", "phone"}
    assert set(by_shape(text, [NEW], TODAY, {})) == {"new_address"}


KNOWN = {"company_name": "上海示例商贸有限公司", "phone": "13800138000", "old_address": "浦东新区示例路1号",
         "new_address": "浦东新区示例路8号3楼301室", "decision_date": "2026-11-01", "premises_source": "own"}  # fmt: skip
ANSWERED = [COMPANY, PHONE, OLD, NEW, DAY, SOURCE]


@pytest.mark.parametrize(("text", "key", "value"), [
    ("刚才门牌号说错了，是88号", "new_address", "浦东新区示例路88号3楼301室"),
    ("不对，301室应该是302室", "new_address", "浦东新区示例路8号3楼302室"),
    ("不好意思，楼层写错了，是5楼", "new_address", "浦东新区示例路8号5楼301室"),
    ("电话错了，改成13900139000", "phone", "13900139000"),
    ("手机号不是13800138000，是13900139000", "phone", "13900139000"),
    ("公司名称写错了，应该是上海样板商贸有限公司", "company_name", "上海样板商贸有限公司"),
    ("原住所改成浦东新区样例路66号", "old_address", "浦东新区样例路66号"),
    ("刚才那个日期说错了，是11月3号", "decision_date", "2026-11-03"),
    ("新住所来源不对，是租的", "premises_source", "leased"),
])  # fmt: skip
def test_corrections_find_their_field_and_value(text: str, key: str, value: str) -> None:
    found = read_correction(text, ANSWERED, KNOWN, TODAY)
    assert found is not None and found.field.key == key
    taken = accepted(found)
    assert taken is not None and taken.value == value


@pytest.mark.parametrize(("text", "key"), [("电话号码要改一下", "phone"), ("公司名称写错了", "company_name")])
def test_a_correction_without_a_value_names_its_field(text: str, key: str) -> None:
    found = read_correction(text, ANSWERED, KNOWN, TODAY)
    assert found is not None and found.field.key == key and accepted(found) is None


def test_a_correction_of_nothing() -> None:
    assert read_correction("我说错了", [COMPANY], {"company_name": "示例公司"}, TODAY) is None


@pytest.mark.parametrize(("asked", "text"), [
    (NEW, "浦东新区示例路88号3楼301室"), (NEW, "搬到了浦东新区示例路88号"), (PHONE, "13800138000"), (PHONE, "138 0013 8000"), (USCC, CODE),
    (USCC, "91310115MA1K3TL06"), (DAY, "昨天"), (DAY, "11月3号"), (SOURCE, "租的"), (SOURCE, "第二个"), (SOURCE, "2"),
    (COPIES, "1份"), (COPIES, "三份吧"), (COPIES, "2"),
])  # fmt: skip
def test_plain_answers(asked: GuideField, text: str) -> None:
    assert plainly_answers(asked, text, TODAY)


@pytest.mark.parametrize(("asked", "text"), [
    (NEW, "办理地点在哪里"), (NEW, "地址说错了"), (NEW, "示例路88号附近有窗口吗"), (PHONE, "有咨询电话吗"), (DAY, "几天能办好"), (DAY, "今天能办完吗"),
    (SOURCE, "租的要什么材料"), (COMPANY, "要带什么"),
])  # fmt: skip
def test_questions_are_no_plain_answers(asked: GuideField, text: str) -> None:
    assert not plainly_answers(asked, text, TODAY)


@pytest.mark.parametrize(("asked", "text"), [
    (DAY, "月底"), (DAY, "周五"), (DAY, "去年3月"), (DAY, "三天前"), (DAY, "上个月15号"), (COPIES, "三四份"), (COPIES, "一正两副"),
    (PERSON, "我老公叫李四"), (PERSON, "法人是张三"), (PERSON, "孩子他爸张三"),
])  # fmt: skip
def test_what_is_near_a_value_answers_too(asked: GuideField, text: str) -> None:
    assert plainly_answers(asked, text, TODAY)


@pytest.mark.parametrize(("asked", "text"), [
    (DAY, "下周能办吗"), (COPIES, "办三个证"), (COPIES, "要几份"), (PERSON, "法人要换成李四"), (PERSON, "法人是谁"), (PERSON, "我要人工"), (PERSON, "不知道"),
])  # fmt: skip
def test_wishes_and_questions_are_none(asked: GuideField, text: str) -> None:
    assert not plainly_answers(asked, text, TODAY)


def test_the_words_around_a_date_belong_to_it() -> None:
    assert {key: value.value for key, value in by_shape("公司名没变，前年5月1日定的", [DAY], TODAY, {}).items()} == {"decision_date": "2024-05-01"}
    assert by_shape("从3月5号到3月8号都在开会", [DAY], TODAY, {}) == {}
