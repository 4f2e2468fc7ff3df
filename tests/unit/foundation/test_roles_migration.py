"""Accounts of before several roles to an account: nobody loses what she could do, and somebody keeps the accounts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from assistant.desk import accounts
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from tests.conftest import NOW

OLD = {"admin": "supervisor", "lead": "supervisor", "zhuo-1": "operator", "bian-1": "editor", "shen-1": "publisher"}


def test_roles_of_before(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'old.db'}", KeyRing.open(tmp_path / "ring.json"))
    db.upgrade("0013")
    with db.write() as conn:
        for login, role in OLD.items():
            values = {"id": f"id-{login}", "login": login, "name": login, "role": role, "at": NOW.isoformat()}
            conn.execute(text("INSERT INTO staff VALUES (:id, :login, 'x', :name, :role, 1, :at)"), values)
        conn.execute(text("INSERT INTO staff_session VALUES ('s', 'id-zhuo-1', 'c', :at, :at)"), {"at": NOW.isoformat()})
    db.upgrade("0014")
    with db.read() as conn:
        held = {login: accounts.roles_of(conn, f"id-{login}") for login in OLD}
        assert conn.execute(text("SELECT count(*) FROM staff_session")).scalar_one() == 0
    assert held == {
        "admin": ["supervisor", "administrator"], "lead": ["supervisor"], "zhuo-1": ["operator"], "bian-1": ["editor"],
        "shen-1": ["editor", "approver"],
    }  # fmt: skip
    db.dispose()
