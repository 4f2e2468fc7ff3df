"""Delivered cases are closed, forgotten drafts expire, and nothing else is touched."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from assistant.casework import events, repository
from assistant.casework.ending import Ending
from assistant.casework.model import Case, CaseStatus
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.tables import rating
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import NOW

C = CaseStatus


class World:
    """Cases in a database, some days later."""

    def __init__(self, folder: Path) -> None:
        self.db: Database = support.open_database(folder)
        support.add_case(self.db, "BD-HOLDER")
        with self.db.write() as conn:  # the holder's own row holds no case
            conn.exec_driver_sql("DELETE FROM case_file")
        self.clock = FixedClock(NOW)
        self.ending = Ending(self.db, self.clock, close_days=30, draft_days=90)

    def hold(self, case_no: str, status: CaseStatus) -> None:
        case = Case(case_no=case_no, guide_code="x", guide_name="x", guide_version="1", status=status, created_at=NOW, updated_at=NOW)
        with self.db.write() as conn:
            repository.save(conn, case, "c-BD-HOLDER", NOW)

    def after(self, days: float) -> int:
        self.clock = self.ending._clock = FixedClock(NOW + timedelta(days=days))
        return self.ending.run()

    def status(self, case_no: str) -> CaseStatus:
        with self.db.read() as conn:
            found = repository.find(conn, case_no)
        assert found is not None
        return found[0].status


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_delivered_case_is_closed_in_the_end(world: World) -> None:
    world.hold("BD-1", C.DELIVERED)
    assert world.after(29.9) == 0
    assert world.after(30) == 1
    assert world.status("BD-1") is C.CLOSED
    with world.db.read() as conn:
        assert [e.status for e in events.of_case(conn, "BD-1")][-1] == "closed"
    assert world.after(31) == 0


def test_or_once_it_was_rated(world: World) -> None:
    world.hold("BD-1", C.DELIVERED)
    world.hold("BD-2", C.DELIVERED)
    given = {"subject": "BD-1", "conversation_id": "c-BD-HOLDER", "case_no": "BD-1", "item": "x", "department": "x", "grade": "good",
             "reasons": [], "words": "", "at": NOW, "follow_up": "none", "contact": "", "answer": ""}  # fmt: skip
    with world.db.write() as conn:
        conn.execute(insert(rating).values(**given))
    assert world.after(0.1) == 1
    assert (world.status("BD-1"), world.status("BD-2")) == (C.CLOSED, C.DELIVERED)


def test_drafts_expire(world: World) -> None:
    world.hold("BD-1", C.DRAFT)
    world.hold("BD-2", C.READY)
    assert world.after(89) == 0
    assert world.after(90) == 2
    assert (world.status("BD-1"), world.status("BD-2")) == (C.EXPIRED, C.EXPIRED)


@pytest.mark.parametrize("status", sorted(set(C) - {C.DELIVERED, C.DRAFT, C.READY}))
def test_everything_else_waits_for_somebody(world: World, status: CaseStatus) -> None:
    world.hold("BD-1", status)
    assert world.after(4000) == 0
    assert world.status("BD-1") is status
