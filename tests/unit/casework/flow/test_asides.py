"""Said in place of an answer: as last time, as somebody else's, none, unknown, later, why, undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.casework import interview
from assistant.casework.flow import answering, asides, choosing
from assistant.casework.flow.summary import case_view, review_card
from assistant.casework.flow.talk import Talk
from benchmarks.turns import NO_LOOK_UP, OurTalker
from knowledge.catalogue import Catalogue
from tests.unit.casework.flow.support import Conversation, World

CATALOGUE = Catalogue.load(Path("knowledge/guides"))
ROAD = ["不跨区", "租的", "在", "两个股东", "我是会计，帮公司办", "91310115MA1K3TL06A", "上海示例商贸有限公司", "张三", "11010519491231002X",
        "13800138000", "上海市浦东新区示例路100号2幢301室", "浦东新区样板路8号3楼301室", "上海样板置业有限公司", "昨天", "第三条"]  # fmt: skip


def begun(code: str = "company-address-change", *said: str) -> Conversation:
    conv = Conversation(world=World(guides=dict(CATALOGUE.guides)))
    start(conv, code)
    for text in said:
        say(conv, text)
    return conv


def start(conv: Conversation, code: str) -> None:
    talk = conv.talk("我要办", intent="apply")
    choosing.begin(talk, conv.world.guides[code])
    conv.done(talk)


def say(conv: Conversation, text: str, tapped: list[str] | None = None) -> Talk:
    talk = conv.talk(text, tapped)
    answering.take(talk)
    return conv.done(talk)


def value(conv: Conversation, key: str) -> Any:
    assert conv.case is not None
    return conv.case.values().get(key)


def texts(talk: Talk) -> str:
    return "\n".join(reply.text for reply in talk.replies)


@pytest.mark.parametrize("text", [
    "等下再说", "先跳过", "这个晚点填", "先问别的", "待会儿再填吧", "回头补", "我等会再告诉你", "先空着", "这个先放一放", "后面再说", "先不填", "稍后再补", "later",
    "i'll tell you later",
])  # fmt: skip
def test_a_question_put_off_comes_back_at_the_end(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:5])
    assert conv.asking == "uscc" and asides.noticed(conv.talk(text)) and answering.plainly(conv.talk(text))
    say(conv, text)
    assert conv.asking == "company_name" and conv.case is not None and conv.case.deferred == ["uscc"]
    guide = conv.world.guide_of(conv.case)
    assert case_view(guide, conv.case)["missing"][-1]["field"] == "uscc"
    for said in ROAD[6:]:
        say(conv, said)
    assert conv.asking == "agent_name"
    for said in ("李四", "440106199801020017"):
        say(conv, said)
    talk = say(conv, "13900139000")
    assert conv.asking == "uscc" and "刚才放着的" in texts(talk)


def test_questions_put_off_come_back_in_order_and_the_last_cannot_wait() -> None:
    conv = begun("company-address-change", *ROAD[:5], "等下再说", "等下再说")
    assert conv.case is not None and conv.case.deferred == ["uscc", "company_name"]
    for said in [*ROAD[7:], "李四", "440106199801020017", "13900139000"]:
        say(conv, said)
    assert conv.asking == "uscc"
    say(conv, "等下再说")
    assert conv.asking == "company_name"
    say(conv, ROAD[6])
    assert conv.asking == "uscc"
    talk = say(conv, "等下再说")
    assert conv.asking == "uscc" and "暂停" in texts(talk)
    say(conv, ROAD[5])
    assert conv.case.deferred == [] and conv.asking is not None and conv.asking.startswith("material:")


@pytest.mark.parametrize("text", ["不知道", "记不清了", "手头没有", "我忘了", "不太清楚", "想不起来了", "执照不在身边，等会", "在哪里看", "i don't know"])
def test_what_is_not_known_is_helped_to_be_found(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:5])
    if "，" in text:
        return
    talk = say(conv, text)
    assert conv.asking == "uscc" and talk.status == "answered" and "营业执照" in texts(talk) and "91310115MA1K3TL06A" in texts(talk)
    assert any(getattr(reply, "actions", None) for reply in talk.replies)


def test_what_is_not_known_and_may_stay_blank_stays_blank() -> None:
    conv = begun("company-address-change", *ROAD[:-1], "不清楚")
    assert conv.case is not None and conv.case.answers["article_no"].skipped and conv.asking == "agent_name"
    say(conv, "修改章程中写住所的条款")
    assert conv.asking == "article_no"


@pytest.mark.parametrize("text", ["为什么要这个", "这个干嘛用", "能不给吗", "为什么要填", "要这个干什么", "不填行吗", "why do you need this"])
def test_why_a_thing_is_asked_with_its_source(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:8])
    talk = say(conv, text)
    assert conv.asking == "legal_representative_id" and talk.status == "answered"
    said = next(reply for reply in talk.replies if "为什么要填" in reply.text)
    assert "登记要核对本人身份" in said.text and "依据：" in said.text and said.citations  # type: ignore[union-attr]
    assert "例如：" in texts(talk)


@pytest.mark.parametrize("text", ["举个例子", "怎么填", "什么格式", "给个例子看看", "比如呢？"])
def test_an_example_is_shown(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:5])
    talk = say(conv, text)
    assert conv.asking == "uscc" and "91310115MA1K3TL06A" in texts(talk) and "别填错" in texts(talk)


@pytest.mark.parametrize(("text", "taken"), [
    ("跟法定代表人一样", True), ("和法人是同一个人", True), ("就是法人本人", True), ("同法定代表人", True), ("用法定代表人的", True), ("代办人就是法人", True),
    ("就是王五", False), ("李四", False),
])  # fmt: skip
def test_the_same_person_brings_name_and_phone(text: str, taken: bool) -> None:
    conv = begun("company-address-change", *ROAD)
    assert conv.asking == "agent_name"
    say(conv, text)
    assert (value(conv, "agent_name") == "张三") is taken and (value(conv, "agent_phone") == "13800138000") is taken
    # the guide forbids the same number for both: it is asked
    assert conv.asking == "agent_id_number"


@pytest.mark.parametrize("text", ["电话跟法定代表人一样", "和法人的一样", "也是这个号码", "同上", "用法人的电话", "跟上面的电话一样"])
def test_one_answer_is_another_ones(text: str) -> None:
    conv = begun("company-address-change", *ROAD, "李四", "440106199801020017")
    assert conv.asking == "agent_phone"
    say(conv, text)
    assert value(conv, "agent_phone") == "13800138000"
    assert conv.case is not None and conv.case.answers["agent_phone"].source.kind == "said"


def test_clauses_beside_values() -> None:
    conv = begun("company-address-change", *ROAD)
    say(conv, "李四，电话和法人的一样，身份证号等下再说")
    assert value(conv, "agent_name") == "李四" and value(conv, "agent_phone") == "13800138000" and conv.case is not None
    assert conv.asking == "agent_id_number" and conv.case.deferred == ["agent_id_number"]


def test_what_is_not_given_yet_cannot_be_copied() -> None:
    conv = begun("company-address-change", *ROAD[:5], "等下再说", "等下再说")
    say(conv, "修改申请人")
    conv = begun("company-address-change", *ROAD[:7], "等下再说", *ROAD[8:])
    talk = say(conv, "跟法定代表人一样")
    assert conv.asking == "agent_name" and talk.status == "rejected_answer" and "还没有填" in texts(talk)


def test_addresses_that_are_the_same() -> None:
    conv = begun("minimum-living")
    assert conv.case is not None
    guide = conv.world.guide_of(conv.case)
    for _ in range(40):
        if conv.asking in (None, "home_address", "household_address") or not guide.field(conv.asking or ""):
            break
        field = guide.field(conv.asking or "")
        assert field is not None
        say(conv, "", [field.offered[0].value]) if field.offered else say(conv, str(field.example))
    addresses = [f.key for f in guide.fields if f.type == "address"]
    first, second = addresses[0], addresses[1]
    while conv.asking not in addresses:
        field = guide.field(conv.asking or "")
        assert field is not None
        say(conv, "", [field.offered[0].value]) if field.offered else say(conv, str(field.example))
    say(conv, "上海市浦东新区示例路100号2幢301室")
    assert conv.asking == second
    say(conv, "和户口地址一样")
    assert value(conv, second) == value(conv, first)


@pytest.mark.parametrize("text", ["还是上次那个地址", "和上次一样", "跟以前一样", "用上次填的", "地址还是以前那个", "same as last time"])
def test_as_in_an_earlier_case(text: str) -> None:
    conv = begun("company-address-change", *ROAD[:11])
    start(conv, "food-permit-renewal")
    assert conv.case is not None and conv.case.guide_code == "food-permit-renewal"
    guide = conv.world.guide_of(conv.case)
    field = next(f for f in guide.fields if f.type == "address")
    conv.state.ask = interview.ask_field(field, conv.case)
    talk = say(conv, text)
    assert value(conv, field.key) == "上海市浦东新区示例路100号2幢301室" and "BD20261110" in texts(talk)
    assert conv.case.answers[field.key].source.kind == "previous_case"


def test_several_earlier_values_are_asked_and_none_is_said() -> None:
    conv = begun("company-address-change", *ROAD[:12])
    start(conv, "food-permit-renewal")
    assert conv.case is not None
    guide = conv.world.guide_of(conv.case)
    field = next(f for f in guide.fields if f.type == "address")
    conv.state.ask = interview.ask_field(field, conv.case)
    talk = say(conv, "还是上次那个地址")
    assert talk.status == "clarify" and talk.state.ask is not None and len(talk.state.ask.options or []) == 2
    assert asides.noticed(conv.talk("第二个")) or answering.plainly(conv.talk("第二个"))
    say(conv, "第二个")
    assert "样板路" in value(conv, field.key)
    name = next(f for f in guide.fields if f.type == "email") if any(f.type == "email" for f in guide.fields) else None
    assert name is None
    conv = begun("company-address-change", *ROAD[:5])
    talk = say(conv, "和上次一样")
    assert "没有找到" in texts(talk) and conv.asking == "uscc"


def test_the_last_change_is_undone_and_what_fell_away_is_back() -> None:
    conv = begun("company-address-change", *ROAD, "李四", "440106199801020017", "13900139000")
    talk = say(conv, "修改申请人")
    talk = say(conv, "法定代表人本人")
    assert "不再需要：委托代理人姓名" in texts(talk) and "授权委托书" in texts(talk) and value(conv, "agent_name") is None
    talk = say(conv, "改回去")
    assert "还在，已放回" in texts(talk) and value(conv, "agent_name") == "李四" and value(conv, "filer") == "agent"
    say(conv, "修改法定代表人移动电话")
    say(conv, "13700137000")
    for text in ("撤销", ):
        say(conv, text)
    assert value(conv, "phone") == "13800138000"


def test_a_re_asked_question_may_stay_as_it_is() -> None:
    conv = begun("company-address-change", *ROAD[:11])
    say(conv, "修改公司名称")
    assert conv.asking == "company_name"
    say(conv, "不改了")
    assert value(conv, "company_name") == "上海示例商贸有限公司" and conv.asking == "new_address"


def test_the_review_lists_what_was_put_off() -> None:
    conv = begun("company-address-change", *ROAD[:5], "等下再说")
    assert conv.case is not None
    card = review_card(conv.world.guide_of(conv.case), conv.case)
    assert "统一社会信用代码" in card.text


def test_every_answer_of_the_turn_bench_is_one() -> None:
    conv = begun("company-address-change")
    asked = [conv.asking]
    for text in [answer for answer in OurTalker.answers if answer != NO_LOOK_UP]:  # nothing can be looked up here
        say(conv, text)
        asked.append(conv.asking)
    assert len(set(asked)) == len(asked) and conv.asking == "phone", asked
