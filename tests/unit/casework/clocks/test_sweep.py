"""The round over all open cases: warnings once each, acceptance by law, and nothing twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from assistant.casework import events, repository
from assistant.casework.clocks.sweep import ClockSweep
from assistant.casework.model import Case, CasePart, CaseStatus, Correction, OfficeExtension
from assistant.casework.progress import urging
from assistant.casework.submission.sink import OfficeNews
from assistant.conversation import case_news
from assistant.conversation import repository as conversations
from assistant.conversation.far_side import CaseSink
from assistant.conversation.model import Conversation
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.messages import render
from assistant.foundation.tables import audit_entry
from knowledge.schema import Guide
from tests.unit.casework.clocks.support import S, at, case_of
from tests.unit.casework.flow.support import DialogueState, small_guide

LICENCE = small_guide().model_copy(update={"task_type": "行政许可"})
SERVICE = small_guide().model_copy(update={"task_type": "公共服务"})
NO = "BD20261109ABCDEFGH"


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


class World:
    """A database with a conversation, a clock, and the sweep over them."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, FixedClock(at("2026-11-09"))
        self.guide = LICENCE
        self.guides: dict[str, Guide] = {}
        self.rung: list[str] = []
        now = self.clock.now()
        conv = Conversation("c1", "web", "zh-CN", None, "bot", now, now, 1, 0, 0, DialogueState(), None, "h", now + timedelta(days=99))
        with db.write() as conn:
            conversations.create(conn, conv)
        self.sweep = ClockSweep(db, self.clock, lambda _case: self.guide, self.guides.get, case_news.tell, self.rung.append)

    def hold(self, *lines: tuple[str, CaseStatus, str], number: str = NO) -> None:
        case = case_of(*lines).model_copy(update={"case_no": number})
        with self.db.write() as conn:
            repository.save(conn, case, "c1", case.created_at)

    def on(self, day: str, hour: int = 1) -> int:
        """Make a round on that day."""
        self.clock.advance(at(day, hour) - self.clock.now())
        return self.sweep.run()

    def warnings(self, number: str = NO) -> list[str]:
        with self.db.read() as conn:
            return [event.status for event in events.of_case(conn, number) if event.kind == "clock"]

    def case(self) -> Case:
        with self.db.read() as conn:
            found = repository.find(conn, NO)
        assert found is not None
        return found[0]


def test_each_warning_comes_once(world: World) -> None:
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"))
    for day in range(9, 20):
        for hour in (1, 13):
            world.on(f"2026-11-{day:02d}", hour)
    assert world.warnings() == ["legal_yellow", "legal_red", "legal_overdue"]
    with world.db.read() as conn:
        first = next(event for event in events.of_case(conn, NO) if event.kind == "clock")
    assert (first.at, first.due and first.due.isoformat()) == (at("2026-11-10", 1), "2026-11-12")
    assert NO in first.text


def test_a_warning_missed_while_the_app_was_off_is_made_up_for_by_what_holds_now(world: World) -> None:
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"))
    world.on("2026-11-30")
    assert world.warnings() == ["legal_overdue"]


def test_silence_makes_it_accepted_with_the_law_named(world: World) -> None:
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"))
    world.on("2026-11-16")
    assert world.case().status is S.SUBMITTED
    assert world.on("2026-11-17") >= 1
    case = world.case()
    assert (case.status, case.deemed[""].isoformat()) == (S.ACCEPTED, "2026-11-09")
    assert "《行政许可法》第三十二条" in case.timeline[-1].text
    assert "By 《行政许可法》第三十二条" in render(case.timeline[-1].text, "en")
    assert world.rung == ["c1"]
    with world.db.read() as conn:
        assert "case.deemed_accepted" in conn.execute(select(audit_entry.c.action)).scalars().all()
        statuses = [event.status for event in events.of_case(conn, NO) if event.kind == "status"]
        assert statuses[-1] == "accepted"
        assert [event.kind for event in conversations.events_after(conn, "c1", 0)] == ["case", "notice"]
        assert audit.verify(conn).ok
    before = case.revision
    world.on("2026-11-18")
    assert world.case().revision == before


def test_what_is_no_licence_is_never_accepted_by_silence(world: World) -> None:
    world.guide = SERVICE
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"))
    world.on("2026-12-09")
    assert world.case().status is S.SUBMITTED
    assert world.warnings() == []


@pytest.mark.parametrize("news", [S.ACCEPTED, S.CORRECTION_NEEDED, S.REFUSED, S.APPROVED])
def test_what_the_office_says_afterwards_still_fits(world: World, news: CaseStatus) -> None:
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"))
    world.on("2026-11-17")
    line = OfficeNews(1, at("2026-11-18"), news.value, news, "示例", "示例局")
    CaseSink(world.db, world.clock).status(NO, "", line, lambda _conn: True)
    assert world.case().status is news


def test_a_limit_nobody_has_checked_makes_nobody_late(world: World) -> None:
    doubted = {key: held.model_copy(update={"verified": False}) for key, held in LICENCE.evidence.items()}
    world.guide = LICENCE.model_copy(update={"evidence": doubted})
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"))
    world.on("2026-11-30")
    assert world.warnings() == []


def test_a_case_that_changes_during_the_day_is_looked_at_again(world: World) -> None:
    world.on("2026-11-17", 1)
    world.clock.advance(timedelta(minutes=5))
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"))
    with world.db.write() as conn:
        repository.save(conn, case, "c1", world.clock.now())
    assert world.on("2026-11-17", 2) == 1
    assert world.warnings() == ["legal_overdue"]


def test_many_cases_are_gone_through_in_batches_and_a_round_cut_off_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.casework.clocks.sweep._BATCH", 3)
    numbers = [f"BD2026110900000{n:03d}" for n in range(10)]
    for number in numbers:
        world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"), number=number)
    real, looked = world.sweep._look, []

    def look(chosen: list[str], now: datetime) -> int:
        looked.append(chosen)
        if len(looked) == 2:
            raise OSError("the disk is full")
        return real(chosen, now)

    monkeypatch.setattr(world.sweep, "_look", look)
    with pytest.raises(OSError, match="full"):
        world.on("2026-11-30", 1)
    world.on("2026-11-30", 2)
    assert looked[1] == looked[2]
    assert [world.warnings(number) for number in numbers] == [["legal_overdue"]] * 10


def test_a_case_whose_guide_is_gone_stops_nobody_else(world: World, caplog: Any) -> None:
    def guide_of(case: Case) -> Any:
        if case.case_no == NO:
            raise KeyError(case.guide_code)
        return LICENCE

    sweep = ClockSweep(world.db, world.clock, guide_of, world.guides.get, case_news.tell, world.rung.append)
    for number in (NO, "BD20261109ZZZZZZZZ"):
        world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"), number=number)
    world.clock.advance(timedelta(days=20))
    assert sweep.run() == 1


def test_each_departments_share_has_clocks_of_its_own(world: World) -> None:
    world.guides["service"] = SERVICE
    received = {"received_at": at("2026-11-09"), "status": S.SUBMITTED}
    case = case_of(("2026-11-09", S.SUBMITTED, "me"))
    case.parts = [
        CasePart(item="licence", name="许可", department="甲", **received),
        CasePart(item="service", name="服务", department="乙", **received),
        CasePart(item="later", name="以后", department="丙", after=["licence"]),
    ]
    with world.db.write() as conn:
        repository.save(conn, case, "c1", case.created_at)
    world.on("2026-11-17")
    case = world.case()
    assert [part.status for part in case.parts] == [S.ACCEPTED, S.SUBMITTED, S.READY]
    assert case.status is S.SUBMITTED
    assert list(case.deemed) == ["licence"]
    with world.db.read() as conn:
        parts = {(event.part, event.status) for event in events.of_case(conn, NO) if event.kind == "clock"}
    assert parts == {("licence", "legal_overdue")}


def test_a_limit_the_office_extends_warns_anew_and_everybody_is_told_why(world: World) -> None:
    law = LICENCE.evidence["law"].model_copy(update={"title": "行政许可法", "article": "第四十二条"})
    world.guide = LICENCE.model_copy(update={"evidence": {"law": law}})
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"))
    case.parts = [CasePart(status=S.ACCEPTED, received_at=at("2026-11-09"))]
    with world.db.write() as conn:
        repository.save(conn, case, "c1", case.created_at)
    world.on("2026-11-11")
    assert world.warnings() == ["legal_red"]
    more = OfficeExtension(days=10, reason="须外地协查", at=at("2026-11-11"))
    words = "经本机关负责人批准，办理期限延长10个工作日。理由：须外地协查"
    for index in (2, 3):  # what the file says is there with every line, and is told once
        line = OfficeNews(index, at("2026-11-11"), "accepted", S.ACCEPTED, words, "示例局", extension=more)
        CaseSink(world.db, world.clock).status(NO, "", line, lambda _conn: True)
    for day in range(12, 28):
        world.on(f"2026-11-{day}")
    assert world.warnings() == ["legal_red", "legal_extended", "legal_yellow", "legal_red", "legal_overdue"]
    with world.db.read() as conn:
        told = next(event for event in events.of_case(conn, NO) if event.status == "legal_extended")
        notices = [event.data["text"] for event in conversations.events_after(conn, "c1", 0) if event.kind == "notice"]
    assert "延长了10个工作日，理由：须外地协查" in told.text
    assert any(words in text for text in notices) and world.case().timeline[-1].text == words


def test_a_correction_that_does_not_come_is_told_to_staff_once_and_ends_nothing(world: World) -> None:
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.CORRECTION_NEEDED, "office"))
    asked = Correction(text="缺一页", due=date(2026, 11, 13), asked_at=at("2026-11-09"))
    case.parts = [CasePart(status=S.CORRECTION_NEEDED, correction=asked)]
    with world.db.write() as conn:
        repository.save(conn, case, "c1", case.created_at)
    world.on("2026-11-13")
    assert world.warnings() == []
    for day in (14, 15, 30):
        world.on(f"2026-11-{day}")
    assert world.warnings() == ["correction_overdue"] and world.case().status is S.CORRECTION_NEEDED
    again = asked.model_copy(update={"due": date(2026, 12, 4)})
    line = OfficeNews(2, at("2026-11-30"), "correction_needed", S.CORRECTION_NEEDED, "宽限", "示例局", due=again.due)
    CaseSink(world.db, world.clock).status(NO, "", line, lambda _conn: True)
    world.on("2026-12-04")
    world.on("2026-12-05")
    assert world.warnings() == ["correction_overdue", "correction_overdue"]
    with world.db.read() as conn:
        told = [event for event in events.of_case(conn, NO) if event.kind == "clock"]
    assert [event.due for event in told] == [asked.due, again.due] and "由受理部门决定" in told[0].text


def test_asking_to_hurry_is_told_to_staff_once(world: World) -> None:
    world.guide = SERVICE
    world.hold(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.SUBMITTED, "office"))
    world.on("2026-11-10", 9)
    case = world.case()
    assert urging.urge(case, at("2026-11-10", 10)) is None
    with world.db.write() as conn:
        repository.save(conn, case, "c1", at("2026-11-10", 10))
    for hour in (11, 12, 13):
        world.on("2026-11-10", hour)
    world.on("2026-11-11")
    assert world.warnings() == ["urged"]
