"""Several changes in one sentence, answers that contradict each other, and every kind of field answered in every way."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.casework import interview
from assistant.casework.flow import answering, instead
from knowledge.schema import FieldType, GuideField
from tests.unit.casework.flow.support import Conversation, World, small_guide
from tests.unit.casework.flow.test_asides import ROAD, begun, say, texts, value


@pytest.mark.parametrize(("text", "changed"), [
    ("电话改成13900139000，公司名称改成上海示例贸易有限公司", {"phone": "13900139000", "company_name": "上海示例贸易有限公司"}),
    ("公司名称写错了，应该是上海示例贸易有限公司，法人改成李四", {"legal_representative": "李四"}),
    ("法人换成李四，电话换成13900139000，老地址改成上海市静安区范例路20号3号楼1101室",
     {"legal_representative": "李四", "phone": "13900139000", "old_address": "上海市静安区范例路20号3号楼1101室"}),
])  # fmt: skip
def test_several_answers_are_changed_by_one_sentence(text: str, changed: dict[str, str]) -> None:
    conv = begun("company-address-change", *ROAD[:12])
    assert conv.asking == "premises_owner"
    say(conv, text)
    assert {key: value(conv, key) for key in changed} == changed and conv.asking == "premises_owner"


def test_at_the_review_what_is_said_is_changed_and_the_review_is_back() -> None:
    conv = begun("company-address-change", *ROAD, "李四", "440106199801020017", "13900139000")
    while conv.asking is not None and conv.asking.startswith("material:"):
        say(conv, "", ["bring"])
    assert conv.asking == "review"
    say(conv, "法定代表人移动电话是13700137000")
    assert value(conv, "phone") == "13700137000" and conv.asking == "review"
    talk = say(conv, "修改公司名称")
    assert conv.asking == "company_name"
    talk = say(conv, "上海示例贸易有限公司")
    assert conv.asking == "review" and talk.status == "review" and value(conv, "company_name") == "上海示例贸易有限公司"


@pytest.mark.parametrize("text", ["张三，法定代表人是李四", "法定代表人张三，法人叫李四", "张三。法定代表人李四"])
def test_two_answers_in_one_sentence_are_asked_about(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:7])
    assert conv.asking == "legal_representative"
    talk = say(conv, text)
    assert talk.status == "clarify" and conv.asking == "legal_representative" and value(conv, "legal_representative") is None
    assert {option.label for option in talk.state.ask.options or []} == {"张*", "李*"} if talk.state.ask else False
    say(conv, "李四")
    assert value(conv, "legal_representative") == "李四" and conv.asking == "legal_representative_id"


@pytest.mark.parametrize(("choice", "held"), [("given:0", "张三"), ("given:1", "李四")])
def test_another_answer_than_before_is_asked_about(choice: str, held: str) -> None:
    conv = begun("company-address-change", *ROAD[:9])
    assert conv.asking == "phone"
    talk = say(conv, "13800138000，法定代表人李四")
    assert value(conv, "phone") == "13800138000" and value(conv, "legal_representative") == "张三" and talk.status == "clarify"
    assert "以哪个为准" in texts(talk)
    say(conv, "", [choice])
    assert value(conv, "legal_representative") == held and conv.asking == "old_address"


@pytest.mark.parametrize("text", ["13800138000，法定代表人是张三", "13800138000，公司是上海示例商贸有限公司", "法人张三的电话13800138000"])
def test_the_same_said_again_is_no_contradiction(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:9])
    say(conv, text)
    assert value(conv, "phone") == "13800138000" and conv.asking == "old_address"


def test_a_correction_is_none_either() -> None:
    conv = begun("company-address-change", *ROAD[:9])
    say(conv, "13800138000，不对，法定代表人应该是李四")
    assert value(conv, "phone") == "13800138000" and value(conv, "legal_representative") == "李四" and conv.asking == "old_address"


def test_of_somebody_not_asked_for_yet_nothing_is_taken_for_another() -> None:
    conv = begun("fund-leaving")
    assert conv.case is not None
    guide = conv.world.guide_of(conv.case)
    field = guide.field("applicant_name")
    assert field is not None
    conv.state.ask = interview.ask_field(field, conv.case)
    say(conv, "王五，代办人姓名是李四")
    assert value(conv, "applicant_name") == "王五" and value(conv, "agent_name") is None
    assert conv.case.fallen["agent_name"].value == "李四"


OPTIONS = [{"value": "shop", "label": "小吃店", "aliases": ["卖小吃的"]}, {"value": "bar", "label": "饮品店", "aliases": ["奶茶店"]},
           {"value": "none", "label": "都没有", "aliases": []}]  # fmt: skip
WAYS: list[tuple[FieldType, list[str], list[str | list[str]], Any]] = [
    ("choice", ["bar"], ["饮品店", "第二个", "2", "奶茶店", "开奶茶店的"], "bar"),
    ("multi", ["shop", "bar"], ["小吃店和饮品店", "第一个和第二个", "1、2", "卖小吃的，还有奶茶店"], ["shop", "bar"]),
    ("yes_no", ["yes"], ["是", "对的", "1", "有的"], "yes"),
    ("text", ["尽快办理"], ["尽快办理"], "尽快办理"),
    ("person_name", ["张三"], ["张三", "我叫张三", "他叫张三"], "张三"),
    ("company_name", ["示例商贸有限公司"], ["示例商贸有限公司", "我们公司叫示例商贸有限公司"], "示例商贸有限公司"),
    ("id_number", ["11010519491231002X"], ["11010519491231002x", "身份证号是11010519491231002X"], "11010519491231002X"),
    ("uscc", ["91310115MA1K3TL06A"], ["91310115MA1K3TL06A", "9131 0115 MA1K 3TL0 6A"], "91310115MA1K3TL06A"),
    ("phone", ["13800138000"], ["138 0013 8000", "电话是13800138000"], "13800138000"),
    ("email", ["a@example.com"], ["a@example.com", "邮箱a@example.com"], "a@example.com"),
    ("date", ["2026-11-01"], ["2026年11月1日", "2026-11-01", "11月1号"], "2026-11-01"),
    ("area", ["120"], ["120平方米", "一百二十平"], 120),
    ("amount", ["50000"], ["5万", "五万元"], 50000),
    ("integer", ["3"], ["3个", "三"], 3),
    ("address", ["上海市浦东新区示例路100号2幢301室"], ["上海市浦东新区示例路100号2幢301室"], "上海市浦东新区示例路100号2幢301室"),
]  # fmt: skip


def _asked(kind: FieldType) -> Conversation:
    options = OPTIONS if kind in ("choice", "multi") else []
    field = {"key": "thing", "label": "那件东西", "type": kind, "question": "是什么？", "why": "要核对", "options": options}
    guide = small_guide()
    made = guide.model_copy(update={"fields": [GuideField.model_validate(field), *guide.fields]})
    conv = Conversation(world=World({"address": made}))
    conv = _begin(conv)
    assert conv.case is not None
    conv.state.ask = interview.ask_field(made.fields[0], conv.case)
    return conv


def _begin(conv: Conversation) -> Conversation:
    from assistant.casework.flow import choosing

    talk = conv.talk("我要办", intent="apply")
    choosing.begin(talk, conv.world.guides["address"])
    conv.done(talk)
    return conv


@pytest.mark.parametrize("kind,tapped,said,expected", WAYS, ids=[way[0] for way in WAYS])
def test_every_kind_of_field_is_answered_by_tapping_typing_and_on_a_form(kind: FieldType, tapped: list[str], said: list[str], expected: Any) -> None:
    ways: list[tuple[str, list[str] | None]] = [("", tapped), *((text, None) for text in said)]
    if kind not in ("choice", "multi", "yes_no"):
        ways.append((f"那件东西：{said[0]}\n备注：无", None))
    else:
        labels = [option["label"] for option in OPTIONS if option["value"] in tapped] or ["是"]
        ways.append((f"备注：无；那件东西：{'、'.join(map(str, labels))}", None))
    for text, choice in ways:
        conv = _asked(kind)
        say(conv, text, choice)
        assert value(conv, "thing") == expected, text or choice
        assert choice is None or conv.case is None or conv.case.answers["thing"].source.kind == "tapped"


@pytest.mark.parametrize("text", ["没有", "都没有", "这些都没有"])
def test_none_is_an_option_where_there_is_one(text: str) -> None:
    conv = _asked("choice")
    say(conv, text)
    assert value(conv, "thing") == "none"


@pytest.mark.parametrize("text", ["尽快办", "浦东新区样板路66号", "李四", "是", "没丢", "昨天", "上海样板置业有限公司", "就是今天", "同济路100号"])
def test_plain_answers_are_none_of_these(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:12])
    assert not instead.noticed(conv.talk(text))
    talk = conv.talk(text)
    answering.take(talk)
    assert conv.case is not None and conv.case.deferred == []


def test_values_that_look_alike_when_masked_are_shown_whole() -> None:
    conv = begun("company-address-change", *ROAD[:7])
    talk = say(conv, "张三，法定代表人是张五")
    assert talk.state.ask is not None and [option.label for option in talk.state.ask.options or []] == ["张三", "张五"]


@pytest.mark.parametrize("text", ["不好意思，法定代表人是李四", "抱歉，法定代表人叫李四"])
def test_who_is_sorry_puts_right(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:9])
    talk = conv.talk(text, intent="correct_info")
    answering.take(talk)
    conv.done(talk)
    assert value(conv, "legal_representative") == "李四" and conv.asking == "phone"
