"""Sessions end: after their hours, when nobody is there, at sign-out, and with what the account loses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.desk import accounts, sessions
from assistant.desk.sessions import Elsewhere, Lives
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database

PASSWORD = "Fictitious-Pass-2026"
LIVES = Lives(hours=12, idle_minutes=60)


@pytest.fixture
def staffed(db: Database, clock: FixedClock) -> Database:
    with db.write() as conn:
        accounts.add(conn, "chief", PASSWORD, "主管", "administrator", clock.now())
        accounts.add(conn, "zhuo-1", PASSWORD, "1号坐席", "operator", clock.now())
    return db


def begun(db: Database, clock: FixedClock, lives: Lives = LIVES) -> tuple[str, str]:
    with db.write() as conn:
        return sessions.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), lives)


def lasts(db: Database, clock: FixedClock, token: str, after: timedelta) -> bool:
    with db.read() as conn:
        return sessions.signed_in(conn, token, clock.now() + after) is not None


def used(db: Database, clock: FixedClock, token: str, after: timedelta) -> bool:
    """Do something after a while; whether that was written down."""
    now = clock.now() + after
    with db.write() as conn:
        end = sessions.renewal(conn, token, now, LIVES)
        if end is not None:
            sessions.renew(conn, token, now, end)
    return end is not None


def test_a_session_nobody_uses_ends(staffed: Database, clock: FixedClock) -> None:
    token, csrf = begun(staffed, clock)
    with staffed.read() as conn:
        who = sessions.signed_in(conn, token, clock.now() + timedelta(minutes=60, seconds=-1))
        assert who is not None and (who.login, who.csrf, who.roles) == ("zhuo-1", csrf, {"operator"})
        assert [account.present for account in accounts.every(conn, clock.now())] == [False, True]
    assert not lasts(staffed, clock, token, timedelta(minutes=60))


def test_use_puts_the_end_off_up_to_the_last_hour(staffed: Database, clock: FixedClock) -> None:
    token, _ = begun(staffed, clock)
    assert not used(staffed, clock, token, timedelta(seconds=30))
    for hour in range(1, 24):
        used(staffed, clock, token, timedelta(minutes=30 * hour))
    assert lasts(staffed, clock, token, timedelta(hours=12, seconds=-1))
    assert not lasts(staffed, clock, token, timedelta(hours=12))
    assert not used(staffed, clock, token, timedelta(hours=11, minutes=59))


def test_what_is_over_stays_over(staffed: Database, clock: FixedClock) -> None:
    token, _ = begun(staffed, clock)
    used(staffed, clock, token, timedelta(minutes=61))
    assert not lasts(staffed, clock, token, timedelta(minutes=61))
    assert not used(staffed, clock, "unknown", timedelta())


def test_a_short_life_is_not_made_longer_by_idleness(staffed: Database, clock: FixedClock) -> None:
    token, _ = begun(staffed, clock, Lives(hours=1, idle_minutes=600))
    assert not lasts(staffed, clock, token, timedelta(hours=1))


@pytest.mark.parametrize("what", ["disabled", "roles", "password", "ended", "signed_out"])
def test_every_way_to_end_one(staffed: Database, clock: FixedClock, what: str) -> None:
    token, _ = begun(staffed, clock)
    kept, _ = begun(staffed, clock)
    now = clock.now()
    with staffed.write() as conn:
        staff_id = accounts.find(conn, "zhuo-1")
        match what:
            case "disabled":
                accounts.disable(conn, "zhuo-1", now)
            case "roles":
                accounts.set_roles(conn, "zhuo-1", "auditor", now)
            case "password":
                accounts.change_password(conn, staff_id, "Another-Pass-2026", now, "system", keep=kept)
            case "ended":
                assert accounts.end_sessions(conn, "zhuo-1", now) == 2
            case "signed_out":
                assert sessions.sign_out(conn, token) is None
    assert not lasts(staffed, clock, token, timedelta())
    assert lasts(staffed, clock, kept, timedelta()) == (what in ("password", "signed_out"))


def test_signing_out_says_what_the_provider_has_to_know(staffed: Database, clock: FixedClock) -> None:
    with staffed.write() as conn:
        elsewhere = Elsewhere("sid-1", "header.body.signature")
        token, _ = sessions.sign_in(conn, accounts.find(conn, "zhuo-1"), clock.now(), LIVES, elsewhere)
        assert sessions.sign_out(conn, token) == elsewhere
        assert sessions.sign_out(conn, token) is None


def test_what_is_over_is_cleared_away(staffed: Database, clock: FixedClock) -> None:
    begun(staffed, clock)
    clock.advance(timedelta(hours=2))
    begun(staffed, clock)
    with staffed.write() as conn:
        assert accounts.end_sessions(conn, "zhuo-1", clock.now()) == 1
