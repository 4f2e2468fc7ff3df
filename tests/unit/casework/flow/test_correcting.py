"""A correction is read as one wherever it comes, whatever the engine makes of it."""

from __future__ import annotations

import pytest

from assistant.casework.flow import answering, choosing, closing, correcting
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from tests.unit.casework.flow.support import Conversation, World


def take(conv: Conversation, text: str = "", tapped: list[str] | None = None, intent: str = "provide") -> Talk:
    talk = conv.talk(text, tapped, intent)
    (answering.take if talk.asking else correcting.correct)(talk)
    return conv.done(talk)


def begun() -> Conversation:
    conv = Conversation(World())
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    return conv


@pytest.fixture
def halfway() -> Conversation:
    """The situation, the company and the landlord are known; the phone is asked."""
    conv = begun()
    for text in ("租的", "示例商贸有限公司", "张三"):
        take(conv, text)
    assert conv.asking == "phone"
    return conv


def value(conv: Conversation, key: str) -> object:
    assert conv.case is not None
    return conv.case.values().get(key)


@pytest.mark.parametrize(("text", "key", "right"), [
    ("刚才公司名称写错了，是示例贸易有限公司", "company", "示例贸易有限公司"),
    ("公司名称改成示例贸易有限公司", "company", "示例贸易有限公司"),
    ("名称不是示例商贸有限公司是示例贸易有限公司", "company", "示例贸易有限公司"),
    ("不是商贸是贸易", "company", "示例贸易有限公司"),
    ("不对，是李四", "landlord", "李四"),
    ("房东名字说错了，出租人是李四", "landlord", "李四"),
    ("不是租的，是自己的", "source", "own"),
])  # fmt: skip
def test_while_another_field_is_asked(halfway: Conversation, text: str, key: str, right: str) -> None:
    assert correcting.noticed(halfway.talk(text)), "its words alone show it"
    talk = take(halfway, text)
    assert talk.status == "collecting" and halfway.asking == "phone"
    assert value(halfway, key) == right


def test_without_the_new_value_the_field_is_asked_again(halfway: Conversation) -> None:
    assert take(halfway, "公司名称写错了").status == "collecting" and halfway.asking == "company"
    take(halfway, "示例贸易有限公司")
    assert halfway.asking == "phone" and value(halfway, "company") == "示例贸易有限公司"


def test_together_with_an_answer(halfway: Conversation) -> None:
    take(halfway, "13800138000，哦对了刚才公司名称写错了，是示例贸易有限公司")
    assert (value(halfway, "phone"), value(halfway, "company"), halfway.asking) == ("13800138000", "示例贸易有限公司", "note")


def test_inside_the_answer_itself(halfway: Conversation) -> None:
    take(halfway, "13800138000，不对，是13900139000")
    assert value(halfway, "phone") == "13900139000" and halfway.asking == "note"


def test_which_is_asked_with_one_tap_each(halfway: Conversation) -> None:
    talk = take(halfway, "刚才写错了")
    assert talk.status == "clarify" and halfway.asking == "phone"
    card = next(reply for reply in talk.replies if reply.kind == "card")
    assert [action.message for action in card.actions] == ["修改出租人", "修改公司名称", "修改房屋来源"]
    take(halfway, "修改公司名称")
    assert halfway.asking == "company"


@pytest.mark.parametrize("text", ["写错了可以改吗", "出租人要到场吗", "租的", "13800138000"])
def test_questions_and_answers_are_none(halfway: Conversation, text: str) -> None:
    assert not correcting.noticed(halfway.talk(text))


def filled() -> Conversation:
    conv = begun()
    for text in ("租的", "示例商贸有限公司", "张三", "13800138000", "跳过"):
        take(conv, text)
    take(conv, tapped=["promise"])
    assert conv.asking == "review"
    return conv


def test_at_review() -> None:
    conv = filled()
    take(conv, "不对，电话应该是13900139000")
    assert conv.asking == "review" and value(conv, "phone") == "13900139000"
    take(conv, "电话不对")
    assert conv.asking == "phone"


@pytest.mark.parametrize("postponed", [False, True])
def test_after_ready_the_package_is_taken_back(postponed: bool) -> None:
    conv = filled()
    take(conv, "确认无误")
    assert conv.case is not None and conv.case.status is CaseStatus.READY and conv.asking == "submit"
    if postponed:
        talk = conv.talk(tapped=["no"])
        closing.submit(talk)
        conv.done(talk)
        assert conv.asking is None
    take(conv, "等一下，刚才电话写错了，是13900139000", intent="correct_info")
    assert conv.case.package is None and conv.case.status is CaseStatus.DRAFT and conv.asking == "review"


def test_before_any_case_it_says_what_it_can_do() -> None:
    conv = Conversation(World())
    talk = take(conv, "刚才电话写错了", intent="correct_info")
    assert talk.status == "clarify" and len(talk.replies) == 2


def test_the_item_itself_may_be_the_slip() -> None:
    conv = Conversation(World())
    talk = conv.talk("示例变更登记要钱吗", intent="ask_fee")
    choosing.question(talk, "ask_fee")
    conv.done(talk)
    talk = conv.talk("不对，我问的是示例食品许可")
    assert correcting.noticed(talk)
    correcting.correct(talk)
    assert talk.status == "answered" and conv.done(talk).state.context_guide == "food"


@pytest.mark.parametrize(("text", "plain"), [("他叫张三", True), ("名字叫李四", True), ("他叫什么", False), ("叫张三来办行吗", False)])
def test_a_name_told_as_one_is_plainly_the_answer(text: str, plain: bool) -> None:
    conv = begun()
    for answer in ("租的", "示例商贸有限公司"):
        take(conv, answer)
    assert conv.asking == "landlord" and answering.plainly(conv.talk(text)) is plain
