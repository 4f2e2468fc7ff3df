"""What happened to cases is written with what made it true, and handed on until it was handled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent, Consumer
from assistant.casework.model import Case, CaseStatus
from assistant.foundation.database import Database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import NOW

C = CaseStatus
LATER = NOW + timedelta(hours=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    db = support.open_database(tmp_path, None if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    support.add_case(db, "BD-A")
    support.add_case(db, "BD-B")
    yield db
    db.dispose()


def note(db: Database, *case_nos: str) -> None:
    with db.write() as conn:
        for case_no in case_nos:
            events.add_in(conn, CaseEvent(case_no, "stuck", NOW, text="打不开"))


def test_an_event_is_kept_whole(db: Database) -> None:
    told = CaseEvent("BD-A", "correction", NOW, "some-item", "correction_needed", (NOW + timedelta(days=5)).date(), "缺身份证")
    with db.write() as conn:
        events.add_in(conn, told)
    with db.read() as conn:
        assert events.of_case(conn, "BD-A") == [CaseEvent(**{**told.__dict__, "id": 1})]
        assert events.of_case(conn, "BD-B") == []


def test_numbers_rise_without_gaps_whatever_is_rolled_back(db: Database) -> None:
    note(db, "BD-A")
    with pytest.raises(RuntimeError), db.write() as conn:
        events.add_in(conn, CaseEvent("BD-A", "stuck", NOW))
        raise RuntimeError
    note(db, "BD-B")
    with db.read() as conn:
        assert [(e.id, e.case_no) for e in events.after(conn, 0)] == [(1, "BD-A"), (2, "BD-B")]


def test_saving_a_case_tells_every_status_it_passed_through(db: Database) -> None:
    case = Case(case_no="BD-C", guide_code="x", guide_name="x", guide_version="1", created_at=NOW, updated_at=NOW)
    with db.write() as conn:
        repository.save(conn, case, "c-BD-A", NOW)
        repository.save(conn, case, "c-BD-A", NOW)
    for status in (C.READY, C.SUBMITTED):
        case.move(status)
    case.move(C.ACCEPTED, LATER)
    with db.write() as conn:
        repository.save(conn, case, "c-BD-A", NOW)
    with db.read() as conn:
        told = [(e.kind, e.part, e.status, e.at) for e in events.of_case(conn, "BD-C")]
    assert told == [("status", "", "draft", NOW), ("status", "", "ready", NOW), ("status", "", "submitted", NOW),
                    ("status", "", "accepted", LATER)]  # fmt: skip


def test_a_case_not_saved_has_no_events(db: Database) -> None:
    with db.write() as conn:
        case = Case(case_no="BD-C", guide_code="x", guide_name="x", guide_version="1", created_at=NOW, updated_at=NOW)
        repository.save(conn, case, "c-BD-A", NOW)
        found = repository.find(conn, "BD-C")
        assert found is not None
    for held in (case, found[0]):
        held.move(C.READY)
    with db.write() as conn:
        repository.save(conn, case, "c-BD-A", NOW)
    with pytest.raises(repository.CaseConflict), db.write() as conn:
        repository.save(conn, found[0], "c-BD-A", NOW)
    with db.read() as conn:
        assert [e.status for e in events.of_case(conn, "BD-C")] == ["draft", "ready"]


def test_a_consumer_goes_on_where_it_was(db: Database) -> None:
    had: list[int] = []
    note(db, "BD-A", "BD-B")
    assert Consumer(db, "x", lambda e: had.append(e.id)).run() == 2
    assert Consumer(db, "x", lambda e: had.append(e.id)).run() == 0
    note(db, "BD-A")
    assert Consumer(db, "x", lambda e: had.append(e.id)).run() == 1
    assert Consumer(db, "y", lambda e: had.append(-e.id)).run() == 3
    assert had == [1, 2, 3, -1, -2, -3]


def test_a_consumer_gets_only_the_kinds_it_wants(db: Database) -> None:
    had: list[int] = []
    note(db, "BD-A")
    assert Consumer(db, "x", lambda e: had.append(e.id), ["clock"]).run() == 1
    assert had == []


def test_what_fails_comes_again_and_only_its_own_case_waits(db: Database) -> None:
    had: list[int] = []
    broken = True

    def handle(event: CaseEvent) -> None:
        if broken and event.id == 1:
            raise RuntimeError
        had.append(event.id)

    note(db, "BD-A", "BD-B", "BD-A")
    consumer = Consumer(db, "x", handle)
    assert consumer.run() == 1
    note(db, "BD-A", "BD-B")
    assert consumer.run() == 1
    assert had == [2, 5]
    broken = False
    assert consumer.run() == 3
    assert had == [2, 5, 1, 3, 4]
    assert consumer.run() == 0


def test_more_than_one_batch_is_handed_on_at_once(db: Database) -> None:
    had: list[int] = []
    note(db, *["BD-A"] * 250)
    assert Consumer(db, "x", lambda e: had.append(e.id)).run() == 250
    assert had == list(range(1, 251))
