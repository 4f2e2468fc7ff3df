"""我要撤回: asked once more, said what it means, and refused where it has been decided."""

from __future__ import annotations

import pytest

from assistant.casework.flow import answering, notifying, withdrawing
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.submission import parts
from tests.unit.casework.flow.support import NOW, Conversation
from tests.unit.casework.flow.test_flow import filled, said, take
from tests.unit.casework.flow.test_package_ready import Departments
from tests.unit.casework.flow.test_wanting import PHONE, corrected, go_on, held, submitted

C = CaseStatus


def want(conv: Conversation, text: str = "我要撤回") -> Talk:
    talk = conv.talk(text)
    assert withdrawing.wanted(talk)
    withdrawing.offer(talk)
    return conv.done(talk)


@pytest.mark.parametrize(
    "text", ["我要撤回", "撤回申请", "不办了", "算了，我不想办了", "这件事我不办了。", "帮我把刚才提交的申请撤回", "能不能撤回？", "I want to withdraw my application"]
)
def test_the_words_for_it(text: str) -> None:
    assert withdrawing.wanted(submitted().talk(text))


@pytest.mark.parametrize("text", ["撤回要多久", "办到哪一步了", "撤回以后还能再办吗", "取消商标注册怎么办", "不办的话会怎么样", ""])
def test_other_words(text: str) -> None:
    assert not withdrawing.wanted(submitted().talk(text))


def test_by_its_number_and_no_other() -> None:
    conv = submitted()
    number = held(conv).case_no
    assert withdrawing.wanted(conv.talk(f"我要撤回 {number}")) and withdrawing.wanted(conv.talk(f"withdraw my application {number}"))
    assert not withdrawing.wanted(conv.talk("我要撤回 BD20990101AAAAAAAA"))


def test_before_it_was_submitted_it_is_a_draft_like_any_other() -> None:
    assert not withdrawing.wanted(filled().talk("不办了"))


def test_it_says_what_it_means_and_asks_once_more() -> None:
    conv = submitted()
    assert "重新申请" in said(want(conv)) and conv.asking == "withdraw"
    talk = take(conv, "撤回")
    case = held(conv)
    assert talk.withdraw == [(case.case_no, "")] and conv.asking is None
    # The office has the last word on it: until it has spoken the case stands where it stood.
    assert case.status is C.SUBMITTED and case.parts[0].withdrawing
    assert "已经提出" in said(want(conv)) and conv.asking is None


def test_thinking_better_of_it_changes_nothing() -> None:
    conv = submitted()
    want(conv)
    talk = take(conv, "不撤回")
    assert talk.withdraw == [] and not held(conv).parts[0].withdrawing and conv.asking is None


def test_by_tap() -> None:
    conv = submitted()
    want(conv)
    talk = conv.talk(tapped=["yes"])
    answering.take(talk)
    assert conv.done(talk).withdraw


def test_neither_yes_nor_no_is_asked_again() -> None:
    conv = submitted()
    want(conv)
    assert take(conv, "蓝色的").status == "rejected_answer" and conv.asking == "withdraw"


@pytest.mark.parametrize("status", [C.APPROVED, C.DENIED, C.REFUSED, C.DELIVERED])
def test_what_is_decided_stays_decided(status: CaseStatus) -> None:
    conv = submitted()
    if status is C.DELIVERED:
        parts.move(held(conv), "", C.APPROVED, NOW)
    parts.move(held(conv), "", status, NOW)
    assert "不能再撤回" in said(want(conv)) and conv.asking is None


def test_one_department_of_several() -> None:
    conv = submitted(Departments())
    talk = want(conv)
    assert conv.state.ask is not None
    assert [option.value for option in conv.state.ask.options or []] == ["all", "licence", "food", "none"]
    talk = conv.talk(tapped=["food"])
    answering.take(talk)
    conv.done(talk)
    case = held(conv)
    # Nobody has it yet, so it is taken back here and now; the other goes on.
    assert talk.withdraw == [(case.case_no, "food")]
    assert {part.item: (part.status, part.withdrawing) for part in case.parts} == {
        "licence": (C.SUBMITTED, False), "food": (C.WITHDRAWN, False),
    }  # fmt: skip
    assert case.status is C.SUBMITTED


def test_all_departments() -> None:
    conv = submitted(Departments())
    want(conv)
    talk = take(conv, "全部撤回")
    case = held(conv)
    assert talk.withdraw == [(case.case_no, "licence"), (case.case_no, "food")]
    assert case.parts[0].withdrawing and case.parts[1].status is C.WITHDRAWN


def test_enough_of_correcting() -> None:
    conv = submitted()
    corrected(conv, PHONE)
    go_on(conv)
    assert conv.asking == "phone"
    take(conv, "我要撤回")
    assert conv.asking == "withdraw"
    take(conv, "不撤回")
    assert conv.asking == "phone", "what was wanting still is"


def test_it_is_no_yes_to_being_told_by_sms() -> None:
    conv = submitted()
    assert conv.state.notices_offered is not None
    talk = conv.talk("我要撤回")
    assert not notifying.heard(talk) and held(conv).notices is None


@pytest.mark.parametrize(
    ("status", "words", "never"),
    [(C.APPROVED, "作出决定以前", "已经撤回了"), (C.WITHDRAWN, "已经撤回了", "作出决定"), (C.EXPIRED, "没有提交就过期", "作出决定")],
)
def test_why_there_is_nothing_to_take_back(status: CaseStatus, words: str, never: str) -> None:
    conv = submitted()
    held(conv).status = held(conv).parts[0].status = status
    told = said(want(conv))
    assert words in told and never not in told and conv.asking is None
