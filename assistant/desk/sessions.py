"""Sessions of the console: they end by themselves after some hours, sooner when nobody is there, and at once with the account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from assistant.desk.accounts import Operator, roles_of
from assistant.desk.seats import back
from assistant.foundation import audit
from assistant.foundation.desk_tables import staff, staff_session
from assistant.foundation.tokens import hash_token, new_token

RENEW_SECONDS = 60.0
"""An action puts the end off only when that gains so much: not every click has to be written down."""


@dataclass(frozen=True)
class Lives:
    """How long a session lasts: ``hours`` in all, ``idle_minutes`` without anybody doing something."""

    hours: int
    idle_minutes: int

    def until(self, at: datetime) -> datetime:
        """When a session begun now is over, whatever happens."""
        return at + timedelta(hours=self.hours)

    def idle(self, at: datetime) -> datetime:
        """When a session is over if nothing happens after now."""
        return at + timedelta(minutes=self.idle_minutes)


@dataclass(frozen=True)
class Elsewhere:
    """The identity provider's side of a session: its number there, and the token it began with."""

    sid: str | None
    id_token: str


def sign_in(conn: Connection, staff_id: str, at: datetime, lives: Lives, elsewhere: Elsewhere | None = None) -> tuple[str, str]:
    """Begin a session: the cookie's token and the CSRF token. Sessions that are over are cleared away."""
    conn.execute(delete(staff_session).where(staff_session.c.expires_at <= at))
    token, token_hash = new_token()
    csrf = secrets.token_urlsafe(32)
    until = lives.until(at)
    conn.execute(
        insert(staff_session).values(
            id=token_hash, staff_id=staff_id, csrf=csrf, created_at=at, expires_at=min(until, lives.idle(at)), until_at=until,
            sid=elsewhere.sid if elsewhere else None, id_token=elsewhere.id_token if elsewhere else None,
        )
    )  # fmt: skip
    back(conn, staff_id, at)
    way = "provider" if elsewhere else "password"
    audit.append(conn, at=at, actor=f"staff:{staff_id}", action="staff.signed_in", subject=staff_id, detail={"by": way})
    return token, csrf


def signed_in(conn: Connection, token: str, now: datetime) -> Operator | None:
    """Who holds this session, or None if it is unknown, over, or the account was closed."""
    row = conn.execute(
        select(staff.c.id, staff.c.login, staff.c.display_name, staff_session.c.csrf)
        .join(staff_session, staff_session.c.staff_id == staff.c.id)
        .where(staff_session.c.id == hash_token(token), staff_session.c.expires_at > now, staff.c.active)
    ).first()
    return Operator(row.id, row.login, row.display_name, frozenset(roles_of(conn, row.id)), row.csrf) if row else None


def renewal(conn: Connection, token: str, now: datetime, lives: Lives) -> datetime | None:
    """Until when a session lasts as somebody is there now, or None where that is (nearly) what is written already."""
    row = conn.execute(
        select(staff_session.c.expires_at, staff_session.c.until_at).where(staff_session.c.id == hash_token(token))
    ).first()
    if row is None:
        return None
    end = min(row.until_at, lives.idle(now))
    return end if (end - row.expires_at).total_seconds() >= RENEW_SECONDS else None


def renew(conn: Connection, token: str, now: datetime, end: datetime) -> None:
    """Put a session's end off; one that is over stays over."""
    mine = staff_session.c.id == hash_token(token), staff_session.c.expires_at > now
    conn.execute(update(staff_session).where(*mine).values(expires_at=end))


def sign_out(conn: Connection, token: str) -> Elsewhere | None:
    """End a session; what the identity provider has to be told, if it began there."""
    mine = staff_session.c.id == hash_token(token)
    row = conn.execute(select(staff_session.c.sid, staff_session.c.id_token).where(mine)).first()
    conn.execute(delete(staff_session).where(mine))
    return Elsewhere(row.sid, row.id_token) if row and row.id_token else None
