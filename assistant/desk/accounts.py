"""Staff accounts: who may sign in to the console, and with which roles. What they signed in with is in ``sessions``."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from assistant.desk import roles as role_table
from assistant.desk.roles import ADMINISTRATOR, ROLES, SUPERVISOR, ordered
from assistant.foundation import audit
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import staff, staff_role, staff_session
from assistant.foundation.messages import t
from assistant.foundation.passwords import hash_password, verify_password
from assistant.foundation.tokens import hash_token

FIRST_LOGIN = "admin"
SHORTEST_PASSWORD = 10
LONGEST_NAME = 64
LONGEST_EMAIL = 254
SYSTEM = "system"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


class AccountError(ValueError):
    """An account cannot be made or changed so; ``code`` says why, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Account:
    """An account as it is listed. ``present`` while a session of it lasts; ``subject`` is who it is at the identity provider;
    ``email`` is for supervisors, who are written when a limit runs out.
    """

    login: str
    name: str
    roles: list[str]
    active: bool
    present: bool
    created_at: datetime
    subject: str | None
    email: str | None


@dataclass(frozen=True)
class Operator:
    """A signed-in member of staff; ``csrf`` must come with every change."""

    id: str
    login: str
    name: str
    roles: frozenset[str]
    csrf: str

    def may(self, permission: str) -> bool:
        """Whether her roles give a permission of ``roles.PERMISSIONS``."""
        return role_table.may(self.roles, permission)


def first_login(db: Database, clock: Clock | None = None) -> tuple[str, str] | None:
    """Make the first account, if there is none yet: its login and its password, shown this once."""
    now = (clock or SystemClock()).now()
    password = new_password()
    with db.write() as conn:
        if conn.execute(select(func.count()).select_from(staff)).scalar_one():
            return None
        add(conn, FIRST_LOGIN, password, t("desk.first_name"), (SUPERVISOR, ADMINISTRATOR), now)
    return FIRST_LOGIN, password


def add(
    conn: Connection, login: str, password: str, name: str, roles: str | Iterable[str], at: datetime, actor: str = SYSTEM
) -> str:
    """Add an account and return its id. ``roles`` are one, several with commas, or a list; ``actor`` is for the audit chain.

    Raises:
        AccountError: login_bad, login_taken, name_bad, role_unknown or password_weak.
    """
    given = known(roles)
    if not _LOGIN.fullmatch(login):
        raise AccountError("login_bad", t("desk.login_bad"))
    if conn.execute(select(staff.c.id).where(staff.c.login == login)).first():
        raise AccountError("login_taken", t("desk.login_taken", login=login))
    shown = _name(name)
    _strong(login, password)
    staff_id = str(uuid.uuid4())
    conn.execute(
        insert(staff).values(
            id=staff_id, login=login, password_hash=hash_password(password), display_name=shown, active=True, created_at=at
        )
    )
    _put_roles(conn, staff_id, given)
    audit.append(conn, at=at, actor=actor, action="staff.added", subject=staff_id, detail={"roles": given})
    return staff_id


def known(roles: str | Iterable[str]) -> list[str]:
    """Roles in the usual order.

    Raises:
        AccountError: role_unknown.
    """
    given = ordered(role_table.split(roles) if isinstance(roles, str) else roles)
    if not set(given) <= set(ROLES):
        raise AccountError("role_unknown", t("desk.role_unknown", roles="、".join(ROLES)))
    return given


def every(conn: Connection, now: datetime) -> list[Account]:
    """All accounts by login."""
    present = exists().where(staff_session.c.staff_id == staff.c.id, staff_session.c.expires_at > now).label("present")
    held: dict[str, set[str]] = {}
    for given in conn.execute(select(staff_role)):
        held.setdefault(given.staff_id, set()).add(given.role)
    return [
        Account(
            row.login, row.display_name, ordered(held.get(row.id, ())), row.active, bool(row.present) and row.active,
            row.created_at, row.subject, row.email,
        )
        for row in conn.execute(select(staff, present).order_by(staff.c.login))
    ]  # fmt: skip


def roles_of(conn: Connection, staff_id: str) -> list[str]:
    """The roles of an account in the usual order."""
    return ordered(conn.execute(select(staff_role.c.role).where(staff_role.c.staff_id == staff_id)).scalars())


def find(conn: Connection, login: str) -> str:
    """The id of the account of this login.

    Raises:
        AccountError: login_unknown.
    """
    staff_id = conn.execute(select(staff.c.id).where(staff.c.login == login)).scalar()
    if staff_id is None:
        raise AccountError("login_unknown", t("desk.login_unknown", login=login))
    return str(staff_id)


def disable(conn: Connection, login: str, at: datetime, actor: str = SYSTEM) -> None:
    """Close an account: its sessions end at once, and what it was looking after goes back to the queue.

    Raises:
        AccountError: login_unknown, or last_administrator: somebody must be left who can open accounts.
    """
    staff_id = find(conn, login)
    _others_administer(conn, staff_id)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(active=False))
    _end_sessions(conn, staff_id)
    audit.append(conn, at=at, actor=actor, action="staff.disabled", subject=staff_id, detail={})


def set_roles(conn: Connection, login: str, roles: str | Iterable[str], at: datetime, actor: str = SYSTEM) -> bool:
    """Give an account these roles and no others, and say whether that is a change.

    Its sessions end, and what it was looking after goes back to the queue.

    Raises:
        AccountError: login_unknown, role_unknown, or last_administrator.
    """
    given, staff_id = known(roles), find(conn, login)
    if given == roles_of(conn, staff_id):
        return False
    if ADMINISTRATOR not in given:
        _others_administer(conn, staff_id)
    _put_roles(conn, staff_id, given)
    _end_sessions(conn, staff_id)
    audit.append(conn, at=at, actor=actor, action="staff.roles", subject=staff_id, detail={"roles": given})
    return True


def rename(conn: Connection, login: str, name: str, at: datetime, actor: str = SYSTEM) -> None:
    """Show an account under another name to citizens and colleagues.

    Raises:
        AccountError: login_unknown or name_bad.
    """
    staff_id, shown = find(conn, login), _name(name)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(display_name=shown))
    audit.append(conn, at=at, actor=actor, action="staff.renamed", subject=staff_id, detail={})


def set_email(conn: Connection, login: str, email: str, at: datetime, actor: str = SYSTEM) -> None:
    """Say where somebody is written to; an empty address: nowhere. The audit chain has that it changed, not the address.

    Raises:
        AccountError: login_unknown or email_bad.
    """
    staff_id, given = find(conn, login), email.strip()
    if given and (len(given) > LONGEST_EMAIL or not _EMAIL.fullmatch(given)):
        raise AccountError("email_bad", t("desk.email_bad"))
    conn.execute(update(staff).where(staff.c.id == staff_id).values(email=given or None))
    audit.append(conn, at=at, actor=actor, action="staff.email", subject=staff_id, detail={"given": bool(given)})


def end_sessions(conn: Connection, login: str, at: datetime, actor: str = SYSTEM) -> int:
    """End every session of an account and say how many there were; what it was looking after goes back to the queue.

    Raises:
        AccountError: login_unknown.
    """
    staff_id = find(conn, login)
    ended = _end_sessions(conn, staff_id)
    audit.append(conn, at=at, actor=actor, action="staff.sessions_ended", subject=staff_id, detail={"count": ended})
    return ended


def _put_roles(conn: Connection, staff_id: str, roles: list[str]) -> None:
    conn.execute(delete(staff_role).where(staff_role.c.staff_id == staff_id))
    if roles:
        conn.execute(insert(staff_role), [{"staff_id": staff_id, "role": role} for role in roles])


def _end_sessions(conn: Connection, staff_id: str) -> int:
    return conn.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id)).rowcount


def _others_administer(conn: Connection, staff_id: str) -> None:
    if ADMINISTRATOR not in roles_of(conn, staff_id):
        return
    open_ones = select(func.count()).select_from(staff.join(staff_role)).where(staff.c.active, staff_role.c.role == ADMINISTRATOR)
    if not conn.execute(open_ones.where(staff.c.id != staff_id)).scalar_one():
        raise AccountError("last_administrator", t("desk.last_administrator"))


def _name(name: str) -> str:
    shown = name.strip()
    if not 1 <= len(shown) <= LONGEST_NAME or not shown.isprintable():
        raise AccountError("name_bad", t("desk.name_bad", most=LONGEST_NAME))
    return shown


def enable(conn: Connection, login: str, at: datetime, actor: str = SYSTEM) -> None:
    """Open a closed account again, with the password it had.

    Raises:
        AccountError: login_unknown.
    """
    staff_id = find(conn, login)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(active=True))
    audit.append(conn, at=at, actor=actor, action="staff.enabled", subject=staff_id, detail={})


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
