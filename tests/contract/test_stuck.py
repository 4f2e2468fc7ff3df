"""What did not get to its office is shown to staff, who can have it tried again."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from assistant.casework.model import Case, CaseStatus
from assistant.casework.notices import store as notices
from assistant.casework.notices.notice import Words
from assistant.casework.submission import outbox
from assistant.casework.submission.outbox import State
from assistant.conversation.far_side import CaseSink
from assistant.foundation import tables
from assistant.foundation.database import Database
from tests.contract.desk_world import Colleague, hire
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE


@pytest.fixture
def operator(app: FastAPI) -> Colleague:
    hire(app.state.parts, "zhuo-1", name="坐席一")
    return Colleague(TestClient(app), "zhuo-1")


@pytest.fixture(autouse=True)
def case(db: Database) -> None:
    support.add_case(db)
    held = Case(case_no=CASE, guide_code="x", guide_name="示例事项", guide_version="1", status=CaseStatus.SUBMITTED,
                created_at=support.NOW, updated_at=support.NOW)  # fmt: skip
    with db.write() as conn:
        conn.execute(tables.case_.update().values(data=held.model_dump(mode="json", exclude={"revision"})))


def put_aside(db: Database, part: str, state: State, code: str) -> None:
    with db.write() as conn:
        outbox.add(conn, CASE, 1, support.NOW, part)
        row = outbox.get(conn, CASE, 1, part)
        assert row is not None
        outbox.move(conn, row, state, support.NOW, error=code)


def test_it_is_listed_with_why_and_tried_again(app: FastAPI, db: Database, operator: Colleague) -> None:
    put_aside(db, "", State.STUCK, "no-connection")
    [one] = operator.http.get("/console/api/stuck").json()
    assert (one["case_no"], one["what"], one["why"]) == (CASE, "送不出去", "连接不上")
    assert operator.http.post(f"/console/api/stuck/{CASE}/again", headers=operator.csrf).status_code == 200
    with db.read() as conn:
        row = outbox.get(conn, CASE, 1)
    assert row is not None and (row.state, row.attempts) == (State.PENDING, 0)
    assert operator.http.get("/console/api/stuck").json() == []
    assert operator.http.post(f"/console/api/stuck/{CASE}/again", headers=operator.csrf).status_code == 404


def test_each_part_is_its_own(db: Database, operator: Colleague) -> None:
    put_aside(db, "licence", State.REJECTED, "package-too-large")
    put_aside(db, "sign", State.WITHDRAW_STUCK, "timeout")
    assert {one["part"] for one in operator.http.get("/console/api/stuck").json()} == {"licence", "sign"}
    assert operator.http.post(f"/console/api/stuck/{CASE}/again?part=sign", headers=operator.csrf).status_code == 200
    with db.read() as conn:
        states = {row.part: row.state for part in ("licence", "sign") if (row := outbox.get(conn, CASE, 1, part))}
    assert states == {"licence": State.REJECTED, "sign": State.WITHDRAWING}


def test_what_an_office_says_that_cannot_be_is_shown_and_audited_and_told_to_no_citizen(
    app: FastAPI, db: Database, operator: Colleague
) -> None:
    sink = CaseSink(db, app.state.parts.clock)
    sink.doubted(CASE, "", "cannot_follow", "received", lambda _conn: True)
    sink.doubted(CASE, "", "another_case", "", lambda _conn: False)  # had been noted before
    [one] = operator.http.get("/console/api/stuck").json()
    assert (one["case_no"], one["what"], one["again"]) == (CASE, "受理部门的说法对不上", False)
    assert "已提交" in one["why"] and "没有采信" in one["why"]
    with db.read() as conn:
        [entry] = conn.execute(select(tables.audit_entry).where(tables.audit_entry.c.action == "case.office_doubted")).all()
        told = conn.execute(select(func.count()).select_from(tables.event)).scalar_one()
    assert entry.detail == {"part": "", "code": "cannot_follow", "said": "received"} and told == 0


def test_nobody_else_sees_it(app: FastAPI) -> None:
    stranger = TestClient(app)
    assert stranger.get("/console/api/stuck").status_code == 401
    assert stranger.post(f"/console/api/stuck/{CASE}/again").status_code == 401




def test_a_notice_that_could_not_be_sent_is_listed_and_tried_again(app: FastAPI, db: Database, operator: Colleague) -> None:
    words = Words(title="办件有新进展", text="您的办件已受理。")
    with db.write() as conn:
        notices.plan(conn, "e1:accepted", CASE, "sms", "accepted", "13800000001", words, support.NOW)
        (key,) = notices.due(conn, support.NOW, 9)
        notices.settle(conn, key, notices.State.FAILED, support.NOW, error="invalid-number")
    listed = operator.http.get("/console/api/unsent")
    [one] = listed.json()
    assert (one["channel"], one["why"], one["item"], one["text"]) == ("短信", "号码不对", "示例事项", "您的办件已受理。")
    assert "13800000001" not in listed.text
    path = f"/console/api/unsent/{key}/again"
    assert operator.http.post(path).status_code == 403
    assert operator.http.post(path, headers=operator.csrf).status_code == 200
    assert operator.http.get("/console/api/unsent").json() == []
    assert operator.http.post(path, headers=operator.csrf).status_code == 404
    with db.read() as conn:
        done = conn.execute(select(tables.audit_entry.c.action).order_by(tables.audit_entry.c.seq.desc())).scalars().first()
    assert done == "notice.tried_again" and TestClient(app).get("/console/api/unsent").status_code == 401
