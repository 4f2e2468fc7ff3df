"""Accounts: who may be made, who may be closed, and what a session is worth."""

from __future__ import annotations

import pytest

from assistant.desk import accounts, sessions
from assistant.desk.accounts import AccountError
from assistant.desk.sessions import Lives
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database

PASSWORD = "Fictitious-Pass-2026"
LIVES = Lives(12, 60)


@pytest.fixture
def staffed(db: Database, clock: FixedClock) -> Database:
    with db.write() as conn:
        accounts.add(conn, "chief", PASSWORD, "主管", "supervisor,administrator", clock.now())
        accounts.add(conn, "zhuo-1", PASSWORD, "1号坐席", "operator", clock.now())
    return db


def test_the_first_login_is_made_once_and_opens(db: Database, clock: FixedClock) -> None:
    made = accounts.first_login(db, clock)
    assert made is not None
    assert accounts.first_login(db, clock) is None
    with db.read() as conn:
        assert accounts.check(conn, *made) == accounts.find(conn, "admin")
        assert [one.roles for one in accounts.every(conn, clock.now())] == [["supervisor", "administrator"]]


@pytest.mark.parametrize(
    ("login", "password", "role", "code"),
    [
        ("Zhuo 2", PASSWORD, "operator", "login_bad"),
        ("z", PASSWORD, "operator", "login_bad"),
        ("zhuo-1", PASSWORD, "operator", "login_taken"),
        ("zhuo-2", PASSWORD, "king", "role_unknown"),
        ("zhuo-2", PASSWORD, "operator,publisher", "role_unknown"),
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


def test_closing_and_opening_again(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        token, _ = sessions.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), LIVES)
        accounts.disable(conn, "zhuo-1", clock.now())
        assert sessions.signed_in(conn, token, clock.now()) is None
        assert accounts.check(conn, "zhuo-1", PASSWORD) is None
        accounts.enable(conn, "zhuo-1", clock.now())
        assert accounts.check(conn, "zhuo-1", PASSWORD) is not None
        assert sessions.signed_in(conn, token, clock.now()) is None


def test_the_last_administrator_stays(staffed: Database, clock: FixedClock) -> None:
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.disable(conn, "chief", clock.now())
    assert refused.value.code == "last_administrator"
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.set_roles(conn, "chief", "supervisor", clock.now())
    assert refused.value.code == "last_administrator"
    with pytest.raises(AccountError) as refused, staffed.write() as conn:
        accounts.disable(conn, "nobody", clock.now())
    assert refused.value.code == "login_unknown"


def test_several_roles_and_none(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        token, _ = sessions.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), LIVES)
        assert not accounts.set_roles(conn, "zhuo-1", ["operator"], clock.now())
        assert sessions.signed_in(conn, token, clock.now()) is not None
        assert accounts.set_roles(conn, "zhuo-1", ["auditor", "operator", "auditor"], clock.now())
        assert sessions.signed_in(conn, token, clock.now()) is None
        assert accounts.roles_of(conn, accounts.find(conn, "zhuo-1")) == ["operator", "auditor"]
        token, _ = sessions.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), LIVES)
        who = sessions.signed_in(conn, token, clock.now())
        assert who is not None and who.may("audit.read") and who.may("desk.talk") and not who.may("guides.read")
        accounts.set_roles(conn, "zhuo-1", "", clock.now())
        assert accounts.roles_of(conn, accounts.find(conn, "zhuo-1")) == []


def test_names_are_shown_to_citizens_and_not_empty(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        accounts.rename(conn, "zhuo-1", " 8号坐席 ", clock.now())
        assert accounts.every(conn, clock.now())[1].name == "8号坐席"
    for name in (" ", "长" * 65, "两\n行"):
        with pytest.raises(AccountError) as refused, staffed.write() as conn:
            accounts.rename(conn, "zhuo-1", name, clock.now())
        assert refused.value.code == "name_bad"


def test_new_passwords_are_good_enough() -> None:
    assert len({accounts.new_password() for _ in range(20)}) == 20
    assert min(len(accounts.new_password()) for _ in range(20)) >= accounts.SHORTEST_PASSWORD
