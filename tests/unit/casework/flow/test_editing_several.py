"""修改A和B without their new values: both are asked for, one after the other, and the talk goes on where it was."""

from __future__ import annotations

import pytest

from assistant.casework.flow import answering, choosing, correcting
from assistant.casework.flow.talk import Talk
from tests.unit.casework.flow.support import Conversation


def say(conv: Conversation, text: str, intent: str = "provide") -> Talk:
    talk = conv.talk(text, intent=intent)
    answering.take(talk)
    return conv.done(talk)


@pytest.fixture
def conv() -> Conversation:
    """At the review."""
    conv = Conversation()
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("租的", "示例商贸有限公司", "张三", "13800138000", "跳过", "承诺书"):
        say(conv, text)
    assert conv.asking == "review"
    return conv


def values(conv: Conversation) -> dict[str, object]:
    assert conv.case is not None
    return conv.case.values()


@pytest.mark.parametrize("text", [
    "修改联系电话和公司名称", "改一下电话、名称", "我想修改联系电话，公司名称", "把电话和公司名称改一下", "把联系电话还有名称都改了", "要改电话以及名称",
])  # fmt: skip
def test_each_is_asked_for_and_then_the_review(conv: Conversation, text: str) -> None:
    assert correcting.noticed(conv.talk(text))
    say(conv, text)
    assert conv.asking == "phone" and conv.state.ask is not None and conv.state.ask.value is not None
    say(conv, "13900139000")
    assert conv.asking == "company"
    say(conv, "示例贸易有限公司")
    assert conv.asking == "review" and conv.state.to_edit == []
    assert values(conv)["phone"] == "13900139000" and values(conv)["company"] == "示例贸易有限公司"


def test_a_refused_answer_is_asked_again_before_the_next(conv: Conversation) -> None:
    say(conv, "修改联系电话和公司名称")
    assert say(conv, "139").status == "rejected_answer" and conv.asking == "phone"
    say(conv, "13900139000")
    assert conv.asking == "company"


def test_what_an_edit_makes_needless_is_not_asked_for(conv: Conversation) -> None:
    say(conv, "修改房屋来源和出租人")
    assert conv.asking == "source"
    say(conv, "自己的")
    assert conv.asking == "review" and "landlord" not in values(conv)


@pytest.mark.parametrize("text", ["修改联系电话和心情", "把手续都改一下", "改天和你联系"])
def test_what_names_no_answer_changes_nothing(conv: Conversation, text: str) -> None:
    before = values(conv)
    say(conv, text)
    assert values(conv) == before and conv.state.to_edit == [] and conv.asking == "review"


def test_in_the_middle_the_question_asked_comes_back() -> None:
    conv = Conversation()
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("租的", "示例商贸有限公司"):
        say(conv, text)
    assert conv.asking == "landlord"
    say(conv, "修改房屋来源和公司名称")
    say(conv, "租的")
    assert conv.asking == "company"
    say(conv, "示例贸易有限公司")
    assert conv.asking == "landlord" and values(conv)["company"] == "示例贸易有限公司"
