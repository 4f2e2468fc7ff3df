"""How her result is to come: offered after a submission where there is a choice, said at any time, sent only to what she agreed to."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.casework.flow import heeding, posting, receiving
from assistant.casework.flow.talk import DialogueState, Talk
from assistant.casework.model import Answer, Case, CaseStatus, MaterialState, Source
from assistant.casework.shipping.address import Address, Wish
from assistant.casework.shipping.store import Held, Shipment
from knowledge.facts import Visits
from knowledge.replies import Ask, Card, Choices
from knowledge.schema import Guide
from tests.unit.casework.flow.support import NOW, World, small_guide

PLACE = "上海市浦东新区示例路1号101室"
WAYS = [
    {"way": "electronic", "text": "电子证照和纸质的一样有效。", "evidence": ["law"]},
    {"way": "post", "text": "可以寄到家。", "yuan": "12.00", "evidence": ["law"]},
    {"way": "counter", "text": "也可以到窗口取。", "evidence": ["law"], "when": {"field": "source", "is": "leased"}},
]


def world(*ways: dict[str, Any], kind: str = "certificate") -> World:
    """Services whose guide says how its result comes."""
    plain = small_guide().model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    plain["result"] = {**plain["result"], "kind": kind, "receiving": list(ways)}
    return World(guides={"address": Guide.model_validate(plain)})


def case(status: CaseStatus = CaseStatus.SUBMITTED, **answers: str) -> Case:
    made = Case(case_no="BD20261110ABCDEFGH", guide_code="address", guide_name="示例变更登记", guide_version="2026.1", created_at=NOW, updated_at=NOW)
    made.status = status
    for key, value in {"landlord": "张三", "phone": "13800138000", **answers}.items():
        made.answers[key] = Answer(value=value, display=value, source=Source(kind="said"))
    return made


def talk(text: str, held: Talk | None = None, *, services: World | None = None, about: Case | None = None, tapped: str | None = None) -> Talk:
    """The next turn."""
    return Talk(
        conversation_id="c", turn=held.turn + 1 if held else 1, now=NOW, text=text, state=held.state if held else DialogueState(),
        services=held.services if held else services or world(*WAYS), case=held.case if held else about or case(), tapped=[tapped] if tapped else None,
    )  # fmt: skip


def said(turn: Talk) -> str:
    return "".join(getattr(reply, "text", "") for reply in turn.replies)


def parcel(state: str, **more: Any) -> Shipment:
    held = Held(address=Address(name="张三", phone="13800138000", address=PLACE), contents="示例证", agreed_at=NOW)
    return Shipment(**{"id": "s1", "case_no": "BD20261110ABCDEFGH", "kind": "delivery", "result_id": "r1", "state": state, "tracking_no": "YS1",
                       "attempts": 1, "next_attempt_at": None, "data": held, "created_at": NOW, "updated_at": NOW, **more})  # fmt: skip


def test_where_there_is_a_choice_it_is_offered_with_price_and_source_and_obliges_to_nothing() -> None:
    turn = talk("是")
    receiving.offer(turn)
    (card,) = turn.replies
    assert isinstance(card, Card) and [row.label for row in card.rows] == ["电子的", "寄给您"], "what does not hold for her is left out"
    assert "邮费12元" in card.rows[1].value and card.rows[1].source == "《示例条例》第一条" and card.citations
    assert [action.message for action in card.actions] == ["要电子的", "办好了寄给我"] and "不选，就先给您电子的" in card.text
    assert turn.state.ask is None and turn.case is not None and turn.case.receiving is None


@pytest.mark.parametrize("ways", [[], WAYS[:1], WAYS[2:]])
def test_without_a_choice_nothing_is_asked(ways: list[dict[str, Any]]) -> None:
    turn = talk("是", services=world(*ways))
    receiving.offer(turn)
    assert turn.replies == []


def test_chosen_already_it_is_not_asked_again() -> None:
    held = case()
    held.receiving = Wish(way="counter", at=NOW)
    turn = talk("是", about=held)
    receiving.offer(turn)
    assert turn.replies == []


def test_by_post_is_agreed_to_for_a_whole_address_and_nothing_before() -> None:
    first = talk("办好了寄给我")
    assert receiving.heard(first) and first.asking == posting.ADDRESS and "邮费12元" in said(first)
    second = talk(PLACE, first)
    assert receiving.heard(second) and second.asking == posting.AGREE
    assert second.state.ask is not None and second.state.ask.label == "寄到这个地址，对吗？", "on a small screen the address is said once"
    assert all(part in said(second) for part in (PLACE, "张三", "13800138000")) and second.case is not None and second.case.receiving is None
    third = talk("对，就这里", second, tapped="yes")
    assert receiving.heard(third) and third.case is not None and third.case.receiving is not None
    assert third.case.receiving.address == Address(name="张三", phone="13800138000", address=PLACE)
    assert third.posted == [third.case.case_no] and third.state.posting is None and third.asking is None
    assert [(note.action, note.detail) for note in third.audit] == [("case.receiving", {"way": "post"})]


def test_name_telephone_and_address_may_be_told_at_once() -> None:
    first = talk("寄给我")
    receiving.heard(first)
    second = talk(f"李四 13900139000 {PLACE}", first)
    assert receiving.heard(second) and second.state.posting is not None
    assert (second.state.posting.name, second.state.posting.phone, second.state.posting.address) == ("李四", "13900139000", PLACE)


def test_what_is_no_address_is_said_and_asked_again() -> None:
    first = talk("寄给我")
    receiving.heard(first)
    second = talk("呃", first)
    assert not receiving.heard(second), "the engine may read it otherwise"
    posting.take(second)
    assert second.status == "rejected_answer" and second.asking == posting.ADDRESS


@pytest.mark.parametrize("words", ["算了", "不寄了", "不用了"])
def test_she_may_leave_it(words: str) -> None:
    first = talk("寄给我")
    receiving.heard(first)
    second = talk(words, first)
    assert receiving.heard(second) and second.asking is None and second.case is not None and second.case.receiving is None


def test_while_the_address_is_asked_another_way_may_be_chosen() -> None:
    first = talk("寄给我")
    receiving.heard(first)
    second = talk("改到窗口取", first)
    assert receiving.heard(second) and second.case is not None and second.case.receiving is not None
    assert second.case.receiving.way == "counter" and second.asking is None and "示例窗口" in said(second)


def test_until_the_courier_has_it_it_can_be_changed_and_then_no_more() -> None:
    held = case()
    held.receiving = Wish(way="post", at=NOW, address=Address(name="张三", phone="13800138000", address=PLACE))
    services = world(*WAYS)
    services.sent = [parcel("asked", tracking_no=None, attempts=0)]
    turn = talk("改自取", services=services, about=held)
    assert receiving.heard(turn) and held.receiving.way == "counter" and turn.posted == [held.case_no]
    services.sent = [parcel("in_transit")]
    for words in ("改邮寄", "换个地址", "改自取"):
        late = talk(words, services=services, about=held)
        assert receiving.heard(late) and "YS1" in said(late) and not late.posted and late.asking is None


def test_what_came_back_is_asked_about_and_sent_to_another_address() -> None:
    held = case(CaseStatus.DELIVERED)
    held.receiving = Wish(way="post", at=NOW, address=Address(name="张三", phone="13800138000", address=PLACE))
    services = world(*WAYS)
    services.sent = [parcel("failed")]
    where = talk("快递到哪了", services=services, about=held)
    assert receiving.heard(where)
    (card,) = where.replies
    assert isinstance(card, Card) and [action.label for action in card.actions] == ["换个地址", "到窗口取"]
    again = talk(card.actions[0].message, where)
    assert receiving.heard(again) and again.asking == posting.ADDRESS
    agreed = talk("上海市浦东新区示例路8号808室", again)
    receiving.heard(agreed)
    done = talk("对", agreed, tapped="yes")
    assert receiving.heard(done) and held.receiving.address is not None and held.receiving.address.address.endswith("808室")


def test_a_guide_that_is_silent_says_so_and_money_is_not_sent() -> None:
    silent = talk("寄给我", services=world())
    assert receiving.heard(silent) and "没有写能不能邮寄" in said(silent) and silent.asking is not None
    money = talk("寄给我", services=world(kind="payment"))
    assert receiving.heard(money) and money.asking is None and "账户" in said(money)


def test_a_way_the_guide_has_for_another_answer_is_not_called_unknown() -> None:
    turn = talk("改自取", about=case(source="own"))
    assert receiving.heard(turn) and "也可以到窗口取" in said(turn) and "没有写" not in said(turn)


@pytest.mark.parametrize("words", ["快递到哪了", "叫快递来取材料"])
def test_with_nothing_under_way_a_courier_is_no_call_for_a_person(words: str) -> None:
    turn = talk(words, about=case(CaseStatus.REFUSED))
    assert receiving.heard(turn) and "没有要寄的东西" in said(turn) and turn.status == "answered" and turn.asking is None


def test_originals_are_fetched_in_an_envelope() -> None:
    held = case(source="leased")
    held.materials["lease"] = MaterialState(status="bring")
    turn = talk("是", services=world(), about=held)
    receiving.offer(turn)
    (card,) = turn.replies
    assert isinstance(card, Card) and "租赁合同" in card.text
    asked = talk((card.actions or [])[0].message, turn)
    assert receiving.heard(asked) and asked.asking == posting.ADDRESS
    shown = talk(PLACE, asked)
    receiving.heard(shown)
    assert isinstance(shown.replies[-1], Choices) and "取材料" in shown.replies[-1].text
    done = talk("是的", shown)
    assert receiving.heard(done) and held.envelope is not None and held.envelope.papers == ["租赁合同"]


def test_where_she_has_to_appear_in_person_no_envelope_is_offered() -> None:
    held = case(source="leased")
    held.materials["lease"] = MaterialState(status="bring")
    services = world()
    visits = Visits(count=1, reason="去照相、按指纹", evidence=["law"])
    services.guides = {"address": services.guides["address"].model_copy(update={"visits": visits})}
    turn = talk("是", services=services, about=held)
    receiving.offer(turn)
    assert not turn.replies
    asked = talk("叫快递来取材料", turn)
    assert receiving.heard(asked) and asked.asking is None and "去照相、按指纹" in said(asked)


def test_right_after_being_asked_where_to_be_told_it_is_no_yes_to_that() -> None:
    turn = talk("办好了寄给我")
    turn.state.notices_offered = turn.turn - 1
    assert heeding.heard(turn) and turn.asking == posting.ADDRESS and turn.case is not None and turn.case.notices is None


def test_no_more_texts_is_no_answer_about_the_address() -> None:
    first = talk("寄给我", about=case())
    receiving.heard(first)
    posting.answered(talk(PLACE, first))
    second = talk("不要给我发短信了", first)
    assert heeding.heard(second) and second.asking == posting.AGREE and second.state.posting is not None and second.state.posting.address == PLACE


@pytest.mark.parametrize("asking", ["company", "delivery", "review", "submit"])
def test_an_answer_to_something_else_is_left_alone(asking: str) -> None:
    turn = talk("邮寄")
    turn.state.ask = Ask(field=asking, label="x", kind="text")
    assert not receiving.heard(turn)


@pytest.mark.parametrize("status", [CaseStatus.DRAFT, CaseStatus.WITHDRAWN, CaseStatus.REFUSED])
def test_where_nothing_will_come_nothing_is_heard(status: CaseStatus) -> None:
    assert not receiving.heard(talk("寄给我", about=case(status)))
