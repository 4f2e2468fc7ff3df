"""The audit chain: it only grows, shows every change made around the triggers, and takes nothing personal."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.tables import audit_entry


def fill(db: Database, clock: FixedClock, count: int = 5) -> None:
    for number in range(count):
        with db.write() as conn:
            audit.append(
                conn, at=clock.now(), actor="citizen", action="case.changed", subject=f"BD-{number}",
                detail={"status": "draft", "filled": number, "share": 0.5, "missing": ["a", None, True], "more": {"x": 1}},
            )  # fmt: skip


def verify(db: Database) -> audit.AuditReport:
    with db.read() as conn:
        return audit.verify(conn)


def without_triggers(db: Database, statement: str) -> None:
    """Run a statement as somebody would who may change the schema."""
    drop = {
        "sqlite": [f"DROP TRIGGER audit_entry_{name}" for name in ("no_update", "no_delete", "in_order")],
        "postgresql": ["ALTER TABLE audit_entry DISABLE TRIGGER ALL"],
    }[db.dialect]
    with db.write() as conn:
        for each in [*drop, statement]:
            conn.exec_driver_sql(each)


def test_an_untouched_chain_verifies(database: Database, clock: FixedClock) -> None:
    assert verify(database) == audit.AuditReport(True, 0, None, audit.GENESIS)
    fill(database, clock)
    report = verify(database)
    assert (report.ok, report.entries, report.first_bad) == (True, 5, None)
    with database.read() as conn:
        assert conn.execute(sa.select(audit_entry.c.seq).order_by(audit_entry.c.seq)).scalars().all() == [1, 2, 3, 4, 5]
        assert conn.execute(sa.select(audit_entry.c.hash).where(audit_entry.c.seq == 5)).scalar_one() == report.head


def test_entries_cannot_be_changed_or_removed(database: Database, clock: FixedClock) -> None:
    fill(database, clock)
    statements = ["UPDATE audit_entry SET actor = 'bot' WHERE seq = 2", "DELETE FROM audit_entry WHERE seq = 5"]
    if database.dialect == "postgresql":
        statements.append("TRUNCATE audit_entry")
    else:
        statements += [
            "INSERT OR REPLACE INTO audit_entry SELECT seq, at, 'bot', action, subject, detail, prev_hash, hash FROM audit_entry",
            "INSERT INTO audit_entry SELECT 9, at, actor, action, subject, detail, prev_hash, hash FROM audit_entry LIMIT 1",
        ]
    for statement in statements:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), database.write() as conn:
            conn.exec_driver_sql(statement)
    assert verify(database).ok


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE audit_entry SET actor = 'bot' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET detail = '{\"status\":\"approved\"}' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET subject = 'BD-9' WHERE seq = 1", 1),
        ("UPDATE audit_entry SET hash = prev_hash WHERE seq = 5", 5),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
        ("INSERT INTO audit_entry SELECT 6, at, actor, action, subject, detail, prev_hash, hash FROM audit_entry LIMIT 1", 6),
    ],
)
def test_what_was_done_around_the_triggers_shows(
    database: Database, clock: FixedClock, statement: str, first_bad: int
) -> None:
    fill(database, clock)
    without_triggers(database, statement)
    report = verify(database)
    assert (report.ok, report.first_bad) == (False, first_bad)


def test_appends_at_once_make_one_chain(database: Database, clock: FixedClock) -> None:
    threads = [threading.Thread(target=fill, args=(database, clock)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verify(database)
    assert (report.ok, report.entries) == (True, 20)


@pytest.mark.parametrize(
    "personal", ["张三", "13812345678", "310101199001011234", "31010119900101123X", "free text", "a@b\n", "x" * 129]
)
def test_personal_data_is_refused(db: Database, clock: FixedClock, personal: str) -> None:
    entry = {"at": clock.now(), "actor": "bot", "action": "case.changed", "subject": "BD-1"}
    for detail in ({"who": personal}, {"who": [personal]}, {"who": {"name": personal}}, {personal: 1}):
        with db.write() as conn, pytest.raises(ValueError, match="audit"):
            audit.append(conn, **entry, detail=detail)
    for place in ("actor", "action", "subject"):
        with db.write() as conn, pytest.raises(ValueError, match="audit"):
            audit.append(conn, **entry | {place: personal}, detail={})
    with db.write() as conn, pytest.raises(ValueError, match="number"):
        audit.append(conn, **entry, detail={"phone": 13812345678})
    assert verify(db).entries == 0


@given(sha256=st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_any_hash_may_be_noted(sha256: str) -> None:
    audit._only_codes({"sha256": sha256}, "entry")
