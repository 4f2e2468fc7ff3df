"""Misuse of the ways in: counted by address, slowed, shown to supervisors and auditors; whoever does nothing of the kind notices nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.identity_tables import misuse_try
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from assistant.identity import misuse
from assistant.identity.misuse import Visit, visit
from channels.app import create_app
from tests.conftest import NOW
from tests.contract.desk_world import Colleague, hire, with_toy_engine
from tests.contract.test_console import read_once

__all__ = ["read_once"]
OUTSIDE = "203.0.113.7"
LIMITS: dict[misuse.Kind, int] = {"enterprises": 3, "case_numbers": 3, "proofs": 3}


@pytest.fixture
def app(settings: Settings, db: Database, clock: FixedClock) -> FastAPI:
    made = create_app(settings.model_copy(update={"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9", "misuse_tries": 3}), clock)
    with_toy_engine(made)
    return made


@pytest.fixture
def outside() -> Iterator[None]:
    token = visit.set(Visit(OUTSIDE, LIMITS))
    yield
    visit.reset(token)


class Caller:
    """Somebody at the public API, from an address of her own."""

    def __init__(self, app: FastAPI, address: str = OUTSIDE) -> None:
        self.http = TestClient(app, client=(address, 50000))
        opened = self.http.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id, self.headers = opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}

    def resume(self, number: str) -> Any:
        return self.http.post(f"/api/v1/cases/{number}/resume", json={"proof": "002XK7M3PX"}, headers=self.headers)

    def say(self, text: str) -> dict[str, Any]:
        body = {"client_message_id": str(id(text)), "text": text}
        turn: dict[str, Any] = self.http.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers).json()
        return turn


def number(count: int) -> str:
    return f"BD20261110{count:08d}"


def test_many_case_numbers_are_slowed_and_shown(app: FastAPI, clock: FixedClock, db: Database) -> None:
    caller, other = Caller(app), Caller(app, "198.51.100.9")
    assert [caller.resume(number(count)).status_code for count in range(4)] == [404] * 4
    slow = caller.resume(number(5))
    assert (slow.status_code, slow.headers["retry-after"]) == (429, "61")
    assert "过一会儿再试" in caller.say(f"我要继续办{number(6)}，后四位002X，恢复码K7M3PX")["replies"][0]["text"], "nor in words"
    assert caller.say("我要办住所变更")["status"] == "collecting", "all else goes on as ever"
    assert other.resume(number(1)).status_code == 404, "another address is not slowed"
    clock.advance(timedelta(seconds=62))
    assert caller.resume(number(7)).status_code == 404 and caller.resume(number(8)).headers["retry-after"] == "121", "twice as long"

    hire(app.state.parts, "zhang-1", roles="supervisor")
    hire(app.state.parts, "shen-1", roles="auditor")
    hire(app.state.parts, "zuo-1")
    supervisor, auditor, operator = (Colleague(TestClient(app), login) for login in ("zhang-1", "shen-1", "zuo-1"))
    assert operator.http.get("/console/api/misuse").status_code == 403
    [alarm] = supervisor.http.get("/console/api/misuse").json()["items"]
    assert (alarm["kind"], alarm["address"], alarm["tries"], alarm["seen_at"]) == ("试了很多办件编号", OUTSIDE, 2, None)
    assert alarm["slowed_until"] is not None
    assert supervisor.http.post(f"/console/api/misuse/{alarm['id']}/seen").status_code == 403, "without the CSRF token"
    assert supervisor.http.post(f"/console/api/misuse/{alarm['id']}/seen", headers=supervisor.csrf).status_code == 200
    assert supervisor.http.post(f"/console/api/misuse/{alarm['id']}/seen", headers=supervisor.csrf).status_code == 404
    [alarm] = auditor.http.get("/console/api/misuse").json()["items"]
    assert alarm["seen_by"] == "zhang-1"
    with db.read() as conn:
        told = conn.execute(select(audit_entry.c.action, audit_entry.c.detail).where(audit_entry.c.action.like("misuse.%"))).all()
        assert [tuple(row) for row in told] == [("misuse.alarm", {"kind": "case_numbers", "slowed": True}), ("misuse.seen", {})]
        assert audit.verify(conn).ok


def test_this_machines_own_address_is_shown_and_not_slowed(app: FastAPI, db: Database) -> None:
    caller = Caller(app, "127.0.0.1")
    assert [caller.resume(number(count)).status_code for count in range(9)] == [404] * 9
    with db.read() as conn:
        [alarm] = misuse.alarms(conn)
    assert alarm.slowed_until is None and alarm.address == "127.0.0.1"


def test_numbers_that_are_none_of_hers_count_and_the_answer_stays_the_same(app: FastAPI, db: Database) -> None:
    caller = Caller(app)
    paths = [f"/api/v1/cases/{number(count)}" for count in range(8)]
    assert {caller.http.get(path, headers=caller.headers).status_code for path in paths} == {404}
    with db.read() as conn:
        assert [alarm.kind for alarm in misuse.alarms(conn)] == ["case_numbers"]


def test_the_same_enterprise_again_is_no_other(db: Database, outside: None) -> None:
    with db.write() as conn:
        for _ in range(20):
            misuse.note(conn, "enterprises", "91310115MA1K3TL06A", NOW)
        assert misuse.alarms(conn) == []
        for count in range(3):
            misuse.note(conn, "enterprises", f"another-{count}", NOW)
        assert [alarm.kind for alarm in misuse.alarms(conn)] == ["enterprises"]
        assert misuse.slowed(conn, ("enterprises",), NOW) == 61 and misuse.slowed(conn, ("proofs",), NOW) is None


def test_tries_are_forgotten_and_what_comes_after_a_look_is_another_alarm(db: Database, outside: None) -> None:
    with db.write() as conn:
        for _ in range(3):
            misuse.note(conn, "proofs", "x", NOW)
        misuse.note(conn, "proofs", "x", NOW + timedelta(minutes=61))
        assert misuse.alarms(conn) == [], "three an hour ago and one now"
        for minute in range(62, 66):
            misuse.note(conn, "proofs", "x", NOW + timedelta(minutes=minute))
        assert len(misuse.alarms(conn)) == 1
        later = NOW + timedelta(days=2)
        for _ in range(4):
            misuse.note(conn, "proofs", "x", later)
        assert len(misuse.alarms(conn)) == 2, "after a quiet day it is another"
        assert conn.execute(select(misuse_try.c.id).where(misuse_try.c.at < NOW + timedelta(days=1))).all() == []


def test_without_an_address_or_a_limit_nothing_is_counted(db: Database) -> None:
    with db.write() as conn:
        misuse.note(conn, "proofs", "x", NOW)
        token = visit.set(Visit(OUTSIDE, dict.fromkeys(misuse.KINDS, 0)))
        misuse.note(conn, "proofs", "x", NOW)
        visit.reset(token)
        assert conn.execute(select(misuse_try.c.id)).all() == [] and misuse.slowed(conn, misuse.KINDS, NOW) is None
