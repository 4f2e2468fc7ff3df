"""What is said of each event, and what never is: an SMS holds nothing of anybody but the last signs of the case number."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from assistant.casework.events import of_case
from assistant.casework.model import CaseStatus
from assistant.casework.notices.wishes import NoticeWishes
from assistant.casework.ratings import store as ratings
from assistant.casework.ratings.model import Said
from assistant.casework.results import store as results
from assistant.foundation.messages import catalogue, english
from assistant.foundation.tables import conversation
from tests.unit.casework.notices.support import CASE_NO, HOME, LINK, NOW, PHONE, World


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("received", "submitted", "收下"),
        ("status", "accepted", "已受理"),
        ("status", "refused", "不予受理。理由和下一步"),
        ("status", "approved", "已准予"),
        ("status", "denied", "没有准予。理由和不服怎么办"),
        ("status", "delivered", "已送达"),
        ("status", "withdrawn", "已撤回"),
        ("status", "expired", "可以重新申请"),
        ("correction", "correction_needed", "在2025年11月28日前补好"),
        ("stuck", "no-connection", "材料没有丢"),
        ("result", "ready", "下载"),
        ("shipment", "posted", "邮寄"),
        ("clock", "legal_extended", "期限延长了"),
    ],
)
def test_each_thing_is_told_with_what_to_do_next(world: World, kind: str, status: str, words: str) -> None:
    world.case()
    due = date(2025, 11, 28) if kind == "correction" else None
    world.happens(kind, status, due=due, text="张三的身份证复印件看不清，电话13900000009")  # type: ignore[arg-type]
    world.rounds()
    (said,) = world.sms.arrived
    assert words in said.words.text and "7K2M" in said.words.text and said.words.link == LINK
    for kept in (CASE_NO, "张三", "13900000009", "示例变更登记", PHONE, "身份证"):
        assert kept not in said.words.text + said.words.title + said.words.link


def test_a_correction_without_a_date_invents_none(world: World) -> None:
    world.case()
    world.happens("correction", "correction_needed")
    world.rounds()
    assert "尽快" in world.sms.texts()[0]


@pytest.mark.parametrize(("kind", "status"), [("status", "draft"), ("status", "submitted"), ("status", "in_review"),
                                              ("status", "correction_needed"), ("clock", "decision_red"), ("stuck", "notice_failed"), ("stuck", "result")])
def test_what_she_did_herself_and_what_is_for_staff_is_not_sent(world: World, kind: str, status: str) -> None:
    world.case()
    world.happens(kind, status)  # type: ignore[arg-type]
    world.rounds()
    assert not world.sms.arrived


def test_of_one_department_its_no_is_told_and_the_whole_tells_the_rest(world: World) -> None:
    world.case(status=CaseStatus.IN_REVIEW)
    for status in ("accepted", "approved", "refused"):
        world.happens("status", status, part="food-permit-new")
    world.happens("correction", "correction_needed", part="sign")
    world.rounds()
    assert len(world.sms.arrived) == 2 and "不予受理" in world.sms.texts()[0] and "补正" in world.sms.texts()[1]


def test_where_the_only_department_says_no_it_is_said_once(world: World) -> None:
    world.case(status=CaseStatus.REFUSED)
    world.happens("status", "refused", part="food-permit-new")
    world.happens("status", "refused")
    world.rounds()
    assert len(world.sms.arrived) == 1


def test_without_consent_nothing_leaves_the_house(world: World) -> None:
    world.case(wishes=NoticeWishes(at=NOW))
    world.change(lambda case: setattr(case, "notices", None))
    world.happens("status", "accepted")
    world.rounds()
    assert not world.notices()
    assert not (world.sms.arrived or world.mail.arrived or world.wechat.arrived)


def test_an_event_handed_over_twice_is_told_once(world: World) -> None:
    world.case()
    world.happens("status", "accepted")
    world.rounds()
    with world.db.read() as conn:
        events = of_case(conn, CASE_NO)
    for event in events:
        world.planner.of_event(event)
    world.deliverer.run()
    assert len(world.sms.arrived) == len(world.mail.arrived) == 1


def test_news_found_after_a_long_standstill_are_not_sent_in_a_heap(world: World) -> None:
    world.case()
    world.happens("status", "accepted")
    world.clock.advance(timedelta(days=8))
    world.happens("status", "approved")
    world.rounds()
    assert [text for text in world.sms.texts() if "准予" in text] == world.sms.texts() and len(world.sms.texts()) == 1


def test_she_is_told_in_her_language(world: World) -> None:
    world.case()
    with world.db.write() as conn:
        conn.execute(update(conversation).values(locale="en"))
    world.happens("status", "accepted")
    world.rounds()
    assert world.sms.texts() == ["Your case (ending 7K2M) has been accepted and is being examined."]


def test_no_text_that_leaves_the_house_has_room_for_anything_of_hers() -> None:
    for texts in (catalogue(), english()):
        leaving = {key: text for key, text in texts.items() if key.startswith("notices.out_")}
        assert len(leaving) >= 18
        allowed = {"tail", "due", "date", "time", "expires"}
        assert {key: found for key, text in leaving.items() if (found := set(re.findall(r"\{(\w+)\}", text)) - allowed)} == {}


@pytest.mark.parametrize("status", ["refused", "denied"])
def test_at_its_end_she_is_asked_once_how_she_was_served(world: World, status: str) -> None:
    world.case(status=CaseStatus(status), wishes=NoticeWishes(at=NOW))
    for _ in range(2):
        world.happens("status", status)
        world.rounds()
    (asked,) = world.said()
    assert "示例变更登记" in str(asked["text"]) and asked["replies"][0]["actions"][0]["message"] == "我要评价"


@pytest.mark.parametrize("comes", [True, False])
def test_the_result_comes_first_and_the_question_how_it_was_after_it(world: World, comes: bool) -> None:
    world.case(status=CaseStatus.DELIVERED, wishes=NoticeWishes(at=NOW))
    with world.db.write() as conn:
        results.wait(conn, CASE_NO, "", results.Wait(1, NOW, results.NONE, told=False))  # so it was before 送达
    world.happens("status", "delivered")
    world.rounds()
    assert not world.said()
    with world.db.write() as conn:
        results.wait(conn, CASE_NO, "", results.Wait(1, NOW, "timeout", told=False))
        world.planner.nothing_to_come(conn, CASE_NO)
    world.rounds()
    assert not world.said(), "an office that is away has said nothing"
    if comes:
        with world.db.write() as conn:
            results.add(conn, _result(), None)
        world.happens("result", "ready")
    else:
        with world.db.write() as conn:
            results.wait(conn, CASE_NO, "", results.Wait(2, NOW, results.NONE, told=False))
            world.planner.nothing_to_come(conn, CASE_NO)
    world.rounds()
    assert [one["notice"] for one in world.said()] == ["rate"]


def _result() -> results.Result:
    return results.Result("r1", CASE_NO, "", "SJ1", "valid", "0" * 64, "application/pdf", 9, "b1", results.Said(), NOW, NOW)


def test_who_has_said_how_it_was_is_not_asked(world: World) -> None:
    world.case(status=CaseStatus.DELIVERED)
    with world.db.write() as conn:
        ratings.keep(conn, Said(CASE_NO, "satisfied"), ratings.About(HOME, CASE_NO), NOW)
    world.happens("status", "delivered")
    world.rounds()
    assert not world.said()


def test_an_answer_to_a_bad_rating_is_told_where_she_agreed_to_be(world: World) -> None:
    world.case(status=CaseStatus.DELIVERED)
    with world.db.write() as conn:
        world.planner.rating_answered(conn, CASE_NO)
    world.rounds()
    assert ["评价有答复了" in text for text in world.sms.texts()] == [True] and len(world.mail.arrived) == 1
