"""What is asked twice is not explained twice; what answers another question is no wrong answer to this one."""

from __future__ import annotations

from assistant.casework.flow import answering, choosing
from tests.unit.casework.flow.support import Conversation


def test_another_answer_is_kept_and_the_question_put_again() -> None:
    conv = Conversation()
    begin = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(begin)
    conv.done(begin)
    asked = conv.asking
    talk = conv.talk("不对，我的电话是13900139000")
    answering.take(talk)
    conv.done(talk)
    assert conv.asking == asked and conv.case is not None and conv.case.answers["phone"].value == "13900139000"
    assert talk.status == "collecting" and conv.state.ask is not None and conv.state.ask.error is None
    assert [reply.kind for reply in talk.replies] == ["notice", "choices"]


def test_the_same_choice_again_is_put_shorter() -> None:
    conv = Conversation()
    first = conv.talk("要几天", intent="ask_time_limit")
    choosing.which(first, ["address", "food"], "ask_time_limit")
    conv.done(first)
    second = conv.talk("多少钱", intent="ask_fee")
    choosing.which(second, ["address", "food"], "ask_fee")
    conv.done(second)
    texts = ["".join(getattr(reply, "text", "") or "" for reply in talk.replies) for talk in (first, second)]
    assert "示例变更登记：示例" in texts[0] and "示例变更登记：示例" not in texts[1] and "示例变更登记" in texts[1]
