"""Staff accounts and their sessions."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from assistant.foundation import audit
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.database import Database
from assistant.foundation.messages import t
from assistant.foundation.passwords import hash_password, verify_password
from assistant.foundation.tables import staff, staff_session
from assistant.foundation.tokens import hash_token, new_token

FIRST_LOGIN = "admin"


@dataclass(frozen=True)
class Operator:
    """A signed-in member of staff; ``csrf`` must come with every change."""

    id: str
    login: str
    name: str
    role: str
    csrf: str


def first_login(db: Database, clock: Clock | None = None) -> tuple[str, str] | None:
    """Make the first account, if there is none yet: its login and its password, shown this once."""
    now = (clock or SystemClock()).now()
    password = secrets.token_urlsafe(12)
    with db.write() as conn:
        if conn.execute(select(func.count()).select_from(staff)).scalar_one():
            return None
        add(conn, FIRST_LOGIN, password, t("desk.first_name"), "supervisor", now)
    return FIRST_LOGIN, password


def add(conn: Connection, login: str, password: str, name: str, role: str, at: datetime) -> str:
    """Add an account and return its id."""
    staff_id = str(uuid.uuid4())
    conn.execute(
        insert(staff).values(
            id=staff_id,
            login=login,
            password_hash=hash_password(password),
            display_name=name,
            role=role,
            active=True,
            created_at=at,
        )
    )
    audit.append(conn, at=at, actor="system", action="staff.added", subject=staff_id, detail={"role": role})
    return staff_id


def check(conn: Connection, login: str, password: str) -> str | None:
    """The id of the account these open, or None; an unknown login takes as long as a wrong password."""
    row = conn.execute(select(staff).where(staff.c.login == login)).mappings().first()
    fits = verify_password(row["password_hash"] if row else None, password)
    return str(row["id"]) if row and fits and row["active"] else None


def sign_in(conn: Connection, staff_id: str, at: datetime, hours: int) -> tuple[str, str]:
    """Begin a session: the cookie's token and the CSRF token."""
    token, token_hash = new_token()
    csrf = secrets.token_urlsafe(32)
    conn.execute(
        insert(staff_session).values(
            id=token_hash, staff_id=staff_id, csrf=csrf, created_at=at, expires_at=at + timedelta(hours=hours)
        )
    )
    audit.append(conn, at=at, actor=f"staff:{staff_id}", action="staff.signed_in", subject=staff_id, detail={})
    return token, csrf


def signed_in(conn: Connection, token: str, now: datetime) -> Operator | None:
    """Who holds this session, or None if it is unknown, over, or the account was closed."""
    row = conn.execute(
        select(staff.c.id, staff.c.login, staff.c.display_name, staff.c.role, staff_session.c.csrf)
        .join(staff_session, staff_session.c.staff_id == staff.c.id)
        .where(staff_session.c.id == hash_token(token), staff_session.c.expires_at > now, staff.c.active)
    ).first()
    return Operator(row.id, row.login, row.display_name, row.role, row.csrf) if row else None


def sign_out(conn: Connection, token: str) -> None:
    """End a session."""
    conn.execute(delete(staff_session).where(staff_session.c.id == hash_token(token)))
