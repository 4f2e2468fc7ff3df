"""Accounts: who may be made, who may be closed, and what a session is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.desk import accounts
from assistant.desk.accounts import AccountError
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database

PASSWORD = "Fictitious-Pass-2026"


@pytest.fixture
def staffed(db: Database, clock: FixedClock) -> Database:
    with db.write() as conn:
        accounts.add(conn, "chief", PASSWORD, "主管", "supervisor", clock.now())
        accounts.add(conn, "zhuo-1", PASSWORD, "1号坐席", "operator", clock.now())
    return db


def test_the_first_login_is_made_once_and_opens(db: Database, clock: FixedClock) -> None:
    made = accounts.first_login(db, clock)
    assert made is not None
    assert accounts.first_login(db, clock) is None
    with db.read() as conn:
        assert accounts.check(conn, *made) == accounts.find(conn, "admin")


@pytest.mark.parametrize(
    ("login", "password", "role", "code"),
    [
        ("Zhuo 2", PASSWORD, "operator", "login_bad"),
        ("z", PASSWORD, "operator", "login_bad"),
        ("zhuo-1", PASSWORD, "operator", "login_taken"),
        ("zhuo-2", PASSWORD, "king", "role_unknown"),
        ("zhuo-2", "123456789", "operator", "password_weak"),
        ("zhuo-2", "zhuo-2zhuo-2", "operator", "password_weak"),
    ],
)
def test_what_cannot_be_added(staffed: Database, clock: FixedClock, login: str, password: str, role: str, code: str) -> None:
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.add(conn, login, password, "2号坐席", role, clock.now())
    assert refused.value.code == code
    with staffed.read() as conn:
        assert [account.login for account in accounts.every(conn, clock.now())] == ["chief", "zhuo-1"]


def test_a_session_lasts_its_hours_and_is_cleared_away(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        token, csrf = accounts.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), 12)
    with staffed.read() as conn:
        who = accounts.signed_in(conn, token, clock.now() + timedelta(hours=12, seconds=-1))
        assert who is not None and (who.login, who.csrf) == ("zhuo-1", csrf)
        assert accounts.signed_in(conn, token, clock.now() + timedelta(hours=12)) is None
        assert [account.present for account in accounts.every(conn, clock.now())] == [False, True]


def test_closing_and_opening_again(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        token, _ = accounts.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), 12)
        accounts.disable(conn, "zhuo-1", clock.now())
        assert accounts.signed_in(conn, token, clock.now()) is None
        assert accounts.check(conn, "zhuo-1", PASSWORD) is None
        accounts.enable(conn, "zhuo-1", clock.now())
        assert accounts.check(conn, "zhuo-1", PASSWORD) is not None
        assert accounts.signed_in(conn, token, clock.now()) is None


def test_the_last_supervisor_stays(staffed: Database, clock: FixedClock) -> None:
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.disable(conn, "chief", clock.now())
    assert refused.value.code == "last_supervisor"
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.disable(conn, "nobody", clock.now())
    assert refused.value.code == "login_unknown"


def test_new_passwords_are_good_enough() -> None:
    assert len({accounts.new_password() for _ in range(20)}) == 20
    assert min(len(accounts.new_password()) for _ in range(20)) >= accounts.SHORTEST_PASSWORD
