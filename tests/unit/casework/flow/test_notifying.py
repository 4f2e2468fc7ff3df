"""Asked once where to be told of her case; changed by a sentence at any time, and for every case she has."""

from __future__ import annotations

import pytest

from assistant.casework.flow import notifying
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Case, CasePart, CaseStatus, Source
from assistant.casework.notices.wishes import NoticeWishes
from knowledge.replies import Ask, Card
from knowledge.schema import Guide
from tests.unit.casework.flow import prefill_support
from tests.unit.casework.flow.support import NOW, Conversation, World

PHONE = "13800000001"


def case(case_no: str = "BD1", phone: str | None = PHONE) -> Case:
    made = Case(case_no=case_no, guide_code="address", guide_name="示例变更登记", guide_version="2026.1", created_at=NOW, updated_at=NOW)
    made.status = CaseStatus.SUBMITTED
    if phone:
        made.answers["phone"] = Answer(value=phone, display=phone, source=Source(kind="said"))
    return made


def talk(text: str, before: Talk | None = None, *, world: World | None = None, cases: list[Case] | None = None) -> Talk:
    """The next turn of a talk."""
    from assistant.casework.flow.talk import DialogueState

    held = cases if cases is not None else [case()]
    return Talk(
        conversation_id="c", turn=before.turn + 1 if before else 1, now=NOW, text=text, state=before.state if before else DialogueState(),
        services=world or World(), case=before.case if before else (held[0] if held else None),
        other_cases=before.other_cases if before else held[1:],
    )  # fmt: skip


def said(turn: Talk) -> str:
    return "".join(getattr(reply, "text", "") for reply in turn.replies)


def submitted(**more: object) -> Talk:
    turn = talk("是", **more)  # type: ignore[arg-type]
    notifying.offer(turn)
    return turn


def wishes(turn: Talk) -> tuple[list[str], dict[str, str]]:
    assert turn.case is not None and turn.case.notices is not None
    return list(turn.case.notices.channels), {str(k): v for k, v in turn.case.notices.addresses.items()}


def test_after_a_submission_she_is_asked_once_in_simple_words_with_her_number_masked() -> None:
    turn = submitted()
    (card,) = turn.replies
    assert isinstance(card, Card) and "138****0001" in card.text and PHONE not in card.text
    assert [action.label for action in card.actions or []] == ["发短信给我", "证照到期和合适的政策也提醒我", "只在这里告诉我"]
    assert turn.case is not None and turn.case.notices is None, "no answer is no consent"
    turn.case.parts = [CasePart(status=CaseStatus.SUBMITTED, received_at=NOW)]
    again = talk("提交", turn)
    notifying.offer(again)
    assert again.replies == [], "what is sent again after a correction asks nothing again"


@pytest.mark.parametrize("answer", ["有进展发短信给我", "好的", "可以", "短信吧"])
def test_a_tap_a_yes_or_its_name_is_consent(answer: str) -> None:
    turn = talk(answer, submitted())
    assert notifying.heard(turn)
    assert wishes(turn) == (["sms"], {"sms": PHONE})
    assert "138****0001" in said(turn) and PHONE not in said(turn)
    assert [(note.action, note.detail["channels"]) for note in turn.audit] == [("case.notices", ["sms"])]


@pytest.mark.parametrize("answer", ["不用了", "只在这里告诉我", "不要"])
def test_a_no_is_kept_and_not_asked_again(answer: str) -> None:
    turn = talk(answer, submitted())
    assert notifying.heard(turn) and wishes(turn) == ([], {})
    again = talk("是", turn)
    again.other_cases, again.case = [turn.case] if turn.case else [], case("BD2")
    notifying.offer(again)
    assert not again.replies and wishes(again) == ([], {})


def test_what_holds_for_one_case_holds_for_the_next() -> None:
    turn = talk("发短信给我", submitted())
    notifying.heard(turn)
    again = talk("是", turn)
    again.other_cases, again.case = [turn.case] if turn.case else [], case("BD2", None)
    notifying.offer(again)
    assert wishes(again) == (["sms"], {"sms": PHONE}) and "和上次一样" in said(again)


def test_a_yes_later_on_is_no_answer_to_it() -> None:
    first = submitted()
    between = talk("谢谢", first)
    assert not notifying.heard(between)
    assert not notifying.heard(talk("好的", between))


def test_while_something_is_asked_a_yes_belongs_to_that() -> None:
    turn = talk("好的", submitted())
    turn.state.ask = Ask(field="start", label="x", kind="confirm")
    assert not notifying.heard(turn)


def test_no_more_texts_at_any_time_and_the_question_stays() -> None:
    turn = talk("发短信给我", submitted())
    notifying.heard(turn)
    later = talk("不要给我发短信了", turn)
    later.state.ask = Ask(field="start", label="要现在开始办吗", kind="confirm")
    assert notifying.heard(later)
    assert wishes(later) == ([], {}) and later.status == "collecting" and "只在这里" in said(later)


def test_every_case_of_hers_goes_by_what_she_said_last() -> None:
    one, two = case("BD1"), case("BD2", None)
    turn = talk("发短信给我", cases=[one, two])
    assert notifying.heard(turn)
    assert one.notices == two.notices and {note.subject for note in turn.audit} == {"BD1", "BD2"}


def test_a_number_nobody_has_told_is_asked_for_and_taken_alone() -> None:
    turn = submitted(cases=[case(phone=None)])
    assert "手机号" in said(turn)
    asked = talk("发短信给我", turn)
    assert notifying.heard(asked) and wishes(asked) == ([], {}) and "手机号" in said(asked)
    told = talk("13900000002", asked)
    assert notifying.heard(told) and wishes(told) == (["sms"], {"sms": "13900000002"})


def test_a_number_out_of_the_blue_is_nothing_of_ours() -> None:
    assert not notifying.heard(talk("13900000002"))


def test_a_landline_gets_no_texts() -> None:
    assert "手机号" in said(submitted(cases=[case(phone="021-68800000")]))


def test_where_no_mail_goes_out_none_is_promised() -> None:
    world = World(notice_channels=frozenset({"sms"}))
    turn = talk("发邮件到zhangsan@example.com", world=world)
    assert notifying.heard(turn) and wishes(turn) == ([], {}) and "不能用这种方式" in said(turn)


def test_wechat_needs_the_door_she_came_through() -> None:
    world = World(notice_channels=frozenset({"wechat"}))
    turn = talk("发微信给我", world=world)
    assert notifying.heard(turn) and wishes(turn) == ([], {})
    turn.state.openid = "oFictitious1"
    again = talk("发微信给我", turn, world=world)
    assert notifying.heard(again) and wishes(again) == (["wechat"], {"wechat": "oFictitious1"})
    assert "oFictitious1" not in said(again)


def test_reminders_and_policies_are_consent_of_their_own() -> None:
    turn = talk("证照到期和合适的政策也提醒我", submitted())
    assert notifying.heard(turn) and turn.case is not None and turn.case.notices is not None
    assert (turn.case.notices.watch, turn.case.notices.policies, turn.case.notices.channels) == (True, True, [])
    off = talk("不要给我推荐政策了", turn)
    assert notifying.heard(off) and (turn.case.notices.watch, off.case.notices.policies) == (True, False)  # type: ignore[union-attr]


def test_without_a_case_there_is_nothing_to_tell_of() -> None:
    turn = talk("发短信给我", cases=[])
    assert notifying.heard(turn) and "还没有办件" in said(turn) and not turn.audit


def renewing(*, watch: bool) -> Conversation:
    """A case with consent, submitted, and then the renewal asked for in the words of the reminder's button."""
    known = prefill_support.register()
    conv = prefill_support.agreed(known)
    prefill_support.take(conv, prefill_support.USCC)
    renewal = prefill_support.guide().model_dump(by_alias=True, exclude_unset=True) | {"code": "food-permit-renewal", "name": "示例许可延续"}
    conv.world.guides["food-permit-renewal"] = Guide.model_validate(renewal)
    assert conv.case is not None and conv.case.consent is not None and conv.case.consent.confirmed == [prefill_support.USCC]
    conv.case.status, conv.case.notices = CaseStatus.SUBMITTED, NoticeWishes(watch=watch, at=NOW)
    conv.state.ask = None
    return prefill_support.begin(conv, "我要办示例许可延续")


def test_a_watched_licence_is_renewed_with_everything_filled_in_and_no_question_about_it() -> None:
    conv = renewing(watch=True)
    assert conv.case is not None and conv.case.guide_code == "food-permit-renewal" and conv.case.consent is not None
    prefill_support.take(conv, "自有")
    assert conv.asking != "consent"
    values = prefill_support.values(conv)
    assert (values["uscc"], values["company"], values["boss"]) == (prefill_support.USCC, "示例商贸有限公司", "张三")
    assert {"place", "phone"} <= values.keys()


def test_without_that_consent_a_renewal_asks_as_ever() -> None:
    conv = renewing(watch=False)
    assert conv.case is not None and conv.case.consent is None
    prefill_support.take(conv, "自有")
    assert conv.asking == "consent"
