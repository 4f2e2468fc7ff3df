"""Cases under way when parts came in go on: the place in an office's history and the row of the sending are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.casework.model import CaseStatus
from assistant.casework.submission import lines, outbox
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.office import HistoryLine, OfficeFile
from assistant.casework.submission.outbox import State
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_was_sent_before_is_followed_on(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = f"sqlite:///{tmp_path / 'bandao.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    db = Database(url, KeyRing.open(tmp_path / "keyring.json"), "normal")
    db.upgrade("0008")
    support.add_case(db)
    now = "2025-11-21 01:00:00+00:00"
    with db.write() as conn:
        conn.execute(
            text(
                "INSERT INTO submission (case_no, package_version, submission_id, state, office_ref, attempts, created_at, updated_at)"
                f" VALUES ('{CASE}', 1, '{CASE}-1', 'sent', 'SJ1', 1, '{now}', '{now}')"
            )
        )
        conn.execute(text(f"INSERT INTO setting_kv (key, value) VALUES ('office.history.{CASE}', '3')"))
    db.upgrade()
    with db.write() as conn:
        row = outbox.get(conn, CASE, 1)
        assert row is not None and (row.part, row.state, row.office_ref) == ("", State.SENT, "SJ1")
        assert lines.unnamed(conn, CASE) == 3
        assert conn.execute(text("SELECT count(*) FROM setting_kv WHERE key LIKE 'office.history.%'")).scalar() == 0
    office, sink = support.MemoryOffice(), support.Remembering(db)
    office.files[CASE] = OfficeFile(receipt_no="SJ1", case_no=CASE, version=1, status="received", history=[line(1, "received")])
    for seq, status in enumerate(("accepted", "in_review", "approved"), start=2):
        file = office.files[CASE]
        office.files[CASE] = file.model_copy(update={"status": status, "history": [*file.history, line(seq, status)]})
    follower = Follower(db, office, sink, support.clock(), every_s=0)
    assert [follower.round(), follower.round()] == [1, 0]
    assert sink.news == [("status", CASE, 3, CaseStatus.APPROVED, "")]  # the first three had been told before
    db.dispose()


def line(seq: int, status: str) -> HistoryLine:
    return HistoryLine(seq=seq, at=support.NOW - timedelta(hours=9 - seq), status=status)
