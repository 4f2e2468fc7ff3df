"""Accounts and the audit chain at the console's API: what an administrator and an auditor do, and what they do not get."""

from __future__ import annotations

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from assistant.foundation.database import Database
from tests.contract.desk_world import PASSWORD, Colleague, Visitor, with_toy_engine
from tests.contract.test_console import Hiring, engine, read_once, staff

__all__ = ["engine", "read_once", "staff"]
ACCOUNTS = "/console/api/accounts"


def put(who: Colleague, login: str, **changes: object) -> httpx.Response:
    return who.http.put(f"{ACCOUNTS}/{login}", json=changes, headers=who.csrf)


def test_an_account_from_first_to_last(app: FastAPI, staff: Hiring) -> None:
    admin = staff("guan-1", "administrator")
    made = admin.http.post(ACCOUNTS, json={"login": "Zhuo-3", "name": "3号坐席", "roles": ["operator"]}, headers=admin.csrf).json()
    assert made["login"] == "zhuo-3"
    theirs = TestClient(app)
    opened = theirs.post("/console/api/login", json=made)
    assert (opened.status_code, opened.json()["roles"]) == (200, ["operator"])
    lines = {one["login"]: one for one in admin.http.get(ACCOUNTS).json()["items"]}
    assert (lines["zhuo-3"]["present"], lines["zhuo-3"]["mine"], lines["guan-1"]["mine"]) == (True, False, True)

    assert put(admin, "zhuo-3", name="3号窗口", roles=["operator", "editor"]).status_code == 200
    assert theirs.get("/console/api/me").status_code == 401
    assert theirs.post("/console/api/login", json=made).json()["name"] == "3号窗口"
    assert admin.http.post(f"{ACCOUNTS}/zhuo-3/sign-out", headers=admin.csrf).status_code == 200
    assert theirs.get("/console/api/me").status_code == 401
    fresh = admin.http.post(f"{ACCOUNTS}/zhuo-3/password", headers=admin.csrf).json()
    assert theirs.post("/console/api/login", json=made).status_code == 401
    assert theirs.post("/console/api/login", json=fresh).status_code == 200
    assert put(admin, "zhuo-3", active=False).status_code == 200
    assert theirs.get("/console/api/me").status_code == 401


def test_what_cannot_be_done_is_said_and_nothing_of_it_is_done(staff: Hiring) -> None:
    admin = staff("guan-1", "administrator")
    staff("zhuo-1")
    for login, changes, status, code in [
        ("nobody", {"name": "某坐席"}, 404, "login_unknown"),
        ("zhuo-1", {"roles": ["king"]}, 422, "role_unknown"),
        ("zhuo-1", {"name": " "}, 422, "name_bad"),
        ("guan-1", {"active": False}, 409, "last_administrator"),
        ("guan-1", {"name": "我", "roles": ["administrator", "operator"]}, 403, "own_roles"),
    ]:
        answer = put(admin, login, **changes)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    taken = admin.http.post(ACCOUNTS, json={"login": "zhuo-1", "name": "1号坐席", "roles": []}, headers=admin.csrf)
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")
    assert [one["name"] for one in admin.http.get(ACCOUNTS).json()["items"]] == ["坐席guan-1", "坐席zhuo-1"]


def test_an_address_is_given_changed_and_taken_back(staff: Hiring) -> None:
    admin = staff("guan-1", "administrator")
    lead = {"login": "zhu-1", "name": "主管", "roles": ["supervisor"], "email": "lead@hall.example"}
    assert admin.http.post(ACCOUNTS, json=lead, headers=admin.csrf).status_code == 200
    half = admin.http.post(ACCOUNTS, json=lead | {"login": "zhu-2", "email": "lead at hall"}, headers=admin.csrf)
    assert (half.status_code, half.json()["code"]) == (422, "email_bad")

    def address() -> str | None:
        return {one["login"]: one["email"] for one in admin.http.get(ACCOUNTS).json()["items"]}["zhu-1"]

    assert address() == "lead@hall.example" and len(admin.http.get(ACCOUNTS).json()["items"]) == 2, "half an account is none"
    assert put(admin, "zhu-1", email="hall@hall.example").status_code == 200 and address() == "hall@hall.example"
    assert put(admin, "zhu-1", name="主管2").status_code == 200 and address() == "hall@hall.example"
    assert put(admin, "zhu-1", email="").status_code == 200 and address() is None


def test_whose_account_is_closed_gives_back_whom_she_has(app: FastAPI, staff: Hiring) -> None:
    admin, operator, other = staff("guan-1", "administrator"), staff("zhuo-1"), staff("zhuo-2")
    with_toy_engine(app)
    citizen = Visitor(TestClient(app))
    citizen.say("转人工")
    assert operator.do("claim", citizen.id).status_code == 200
    assert put(admin, "zhuo-1", active=False).status_code == 200
    assert other.queue()["waiting"] == 1


def test_an_auditor_reads_the_chain_and_sees_that_it_is_whole(app: FastAPI, staff: Hiring, db: Database) -> None:
    admin, auditor = staff("guan-1", "administrator"), staff("shen-1", "auditor")
    with_toy_engine(app)
    Visitor(TestClient(app)).say("我叫张三，电话13800138000")
    put(admin, "shen-1", name="审计")
    http = auditor.http
    every = http.get("/console/api/audit").json()
    assert [one["seq"] for one in every["items"]] == list(range(len(every["items"]), 0, -1)) and every["before"] is None
    assert "张三" not in str(every) and "13800138000" not in str(every)
    (renamed,) = http.get("/console/api/audit", params={"actor": "guan-1", "subject": "shen-1"}).json()["items"]
    assert (renamed["action"], renamed["actor_login"], renamed["subject_login"]) == ("staff.renamed", "guan-1", "shen-1")
    kinds = {one["action"] for one in http.get("/console/api/audit", params={"action": "staff"}).json()["items"]}
    assert kinds == {"staff.added", "staff.signed_in", "staff.renamed"}
    assert http.get("/console/api/audit", params={"since": "2030-01-01T00:00"}).json()["items"] == []
    assert [one["seq"] for one in http.get("/console/api/audit", params={"before": 3}).json()["items"]] == [2, 1]
    assert http.get("/console/api/audit/verify").json()["ok"] is True
    with db.write() as conn:
        for (name,) in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")).all():
            conn.execute(text(f'DROP TRIGGER "{name}"'))
        conn.execute(text("UPDATE audit_entry SET action = 'staff.enabled' WHERE seq = 2"))
    broken = http.get("/console/api/audit/verify").json()
    assert (broken["ok"], broken["first_bad"], broken["entries"]) == (False, 2, 1)
    assert PASSWORD not in str(every)
