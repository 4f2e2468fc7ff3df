"""Staff accounts and their sessions."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from assistant.foundation import audit
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.database import Database
from assistant.foundation.messages import t
from assistant.foundation.passwords import hash_password, verify_password
from assistant.foundation.tables import staff, staff_session
from assistant.foundation.tokens import hash_token, new_token

FIRST_LOGIN = "admin"
ROLES = ("operator", "supervisor", "editor", "publisher")
DESK_ROLES = frozenset({"operator", "supervisor"})
"""Who talks with citizens and reads what they said."""
WRITING_ROLES = frozenset({"editor", "publisher"})
"""Who writes guides and proposes them."""
PUBLISHING_ROLES = frozenset({"publisher"})
"""Who may approve what somebody else proposed."""
READING_ROLES = WRITING_ROLES | {"supervisor"}
"""Who sees guides being written, and their history."""
SHORTEST_PASSWORD = 10
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


class AccountError(ValueError):
    """An account cannot be made or changed so; ``code`` says why, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Account:
    """An account as it is listed. ``present`` while a session of it lasts."""

    login: str
    name: str
    role: str
    active: bool
    present: bool
    created_at: datetime


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
    password = new_password()
    with db.write() as conn:
        if conn.execute(select(func.count()).select_from(staff)).scalar_one():
            return None
        add(conn, FIRST_LOGIN, password, t("desk.first_name"), "supervisor", now)
    return FIRST_LOGIN, password


def add(conn: Connection, login: str, password: str, name: str, role: str, at: datetime) -> str:
    """Add an account and return its id.

    Raises:
        AccountError: login_bad, login_taken, role_unknown or password_weak.
    """
    if not _LOGIN.fullmatch(login):
        raise AccountError("login_bad", t("desk.login_bad"))
    if role not in ROLES:
        raise AccountError("role_unknown", t("desk.role_unknown", roles="、".join(ROLES)))
    if conn.execute(select(staff.c.id).where(staff.c.login == login)).first():
        raise AccountError("login_taken", t("desk.login_taken", login=login))
    _strong(login, password)
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


def every(conn: Connection, now: datetime) -> list[Account]:
    """All accounts by login."""
    present = exists().where(staff_session.c.staff_id == staff.c.id, staff_session.c.expires_at > now).label("present")
    rows = conn.execute(select(staff, present).order_by(staff.c.login))
    return [
        Account(row.login, row.display_name, row.role, row.active, bool(row.present) and row.active, row.created_at)
        for row in rows
    ]


def find(conn: Connection, login: str) -> str:
    """The id of the account of this login.

    Raises:
        AccountError: login_unknown.
    """
    staff_id = conn.execute(select(staff.c.id).where(staff.c.login == login)).scalar()
    if staff_id is None:
        raise AccountError("login_unknown", t("desk.login_unknown", login=login))
    return str(staff_id)


def disable(conn: Connection, login: str, at: datetime) -> None:
    """Close an account: its sessions end at once, and what it was looking after goes back to the queue.

    Raises:
        AccountError: login_unknown, or last_supervisor: somebody must be left who can sign in.
    """
    staff_id = find(conn, login)
    _others_supervise(conn, staff_id)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(active=False))
    conn.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id))
    audit.append(conn, at=at, actor="system", action="staff.disabled", subject=staff_id, detail={})


def set_role(conn: Connection, login: str, role: str, at: datetime) -> None:
    """Give an account another role; its sessions end, and what it was looking after goes back to the queue.

    Raises:
        AccountError: login_unknown, role_unknown, or last_supervisor.
    """
    if role not in ROLES:
        raise AccountError("role_unknown", t("desk.role_unknown", roles="、".join(ROLES)))
    staff_id = find(conn, login)
    if role != "supervisor":
        _others_supervise(conn, staff_id)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(role=role))
    conn.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id))
    audit.append(conn, at=at, actor="system", action="staff.role", subject=staff_id, detail={"role": role})


def _others_supervise(conn: Connection, staff_id: str) -> None:
    others = select(func.count()).select_from(staff).where(staff.c.active, staff.c.role == "supervisor", staff.c.id != staff_id)
    if not conn.execute(others).scalar_one():
        raise AccountError("last_supervisor", t("desk.last_supervisor"))


def enable(conn: Connection, login: str, at: datetime) -> None:
    """Open a closed account again, with the password it had.

    Raises:
        AccountError: login_unknown.
    """
    staff_id = find(conn, login)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(active=True))
    audit.append(conn, at=at, actor="system", action="staff.enabled", subject=staff_id, detail={})


def change_password(conn: Connection, staff_id: str, password: str, at: datetime, actor: str, keep: str | None = None) -> None:
    """Set a new password and end all sessions but the one whose token is ``keep``. ``actor`` is for the audit chain.

    Raises:
        AccountError: password_weak.
    """
    login = conn.execute(select(staff.c.login).where(staff.c.id == staff_id)).scalar_one()
    _strong(login, password)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(password_hash=hash_password(password)))
    others = staff_session.c.id != (hash_token(keep) if keep else "")
    conn.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id, others))
    audit.append(conn, at=at, actor=actor, action="staff.password", subject=staff_id, detail={})


def new_password() -> str:
    """A password nobody can guess, to be told once and changed after the first sign-in."""
    return secrets.token_urlsafe(12)


def _strong(login: str, password: str) -> None:
    says_login = len(login) > 3 and login in password.lower()
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < SHORTEST_PASSWORD // 2 or says_login:
        raise AccountError("password_weak", t("desk.password_weak", least=SHORTEST_PASSWORD))


def check(conn: Connection, login: str, password: str) -> str | None:
    """The id of the account these open, or None; an unknown login takes as long as a wrong password."""
    row = conn.execute(select(staff).where(staff.c.login == login)).mappings().first()
    fits = verify_password(row["password_hash"] if row else None, password)
    return str(row["id"]) if row and fits and row["active"] else None


def sign_in(conn: Connection, staff_id: str, at: datetime, hours: int) -> tuple[str, str]:
    """Begin a session: the cookie's token and the CSRF token. Sessions that are over are cleared away."""
    conn.execute(delete(staff_session).where(staff_session.c.expires_at <= at))
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
