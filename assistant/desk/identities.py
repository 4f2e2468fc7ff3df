"""From somebody an identity provider vouches for to an account: by issuer and subject, never by a name or address."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from assistant.desk import accounts
from assistant.desk.accounts import SYSTEM, AccountError
from assistant.desk.roles import ROLES, ordered, split
from assistant.foundation import audit
from assistant.foundation.desk_tables import staff, staff_session
from assistant.foundation.messages import t
from assistant.identity.provider import Person, claim

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@dataclass(frozen=True)
class Rules:
    """What is made of claims. ``mapping``: value of the claim → roles; empty where roles are given here and not there.

    ``create``: somebody unknown gets an account with the roles of her claims (none, where there is no mapping).
    """

    claim: str
    mapping: Mapping[str, tuple[str, ...]]
    create: bool

    def roles(self, claims: Mapping[str, Any]) -> list[str] | None:
        """The roles the claims stand for, or None where there is no mapping."""
        if not self.mapping:
            return None
        said = claim(claims, self.claim)
        values = said if isinstance(said, list) else [said]
        return ordered(role for value in values if isinstance(value, str) for role in self.mapping.get(value, ()))


def mapping(text: str) -> dict[str, tuple[str, ...]]:
    """A mapping as it is set: ``desk-agents=operator;desk-leads=supervisor,operator``.

    Raises:
        ValueError: it is not of that form, or names a role there is not.

    >>> mapping("a=operator; b=editor,approver")
    {'a': ('operator',), 'b': ('editor', 'approver')}
    """
    found = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        value, _, given = part.rpartition("=")
        roles = tuple(split(given))
        if not value.strip() or not roles or not set(roles) <= set(ROLES):
            raise ValueError(f"BANDAO_OIDC_ROLES: {part!r} is not of the form VALUE=ROLE,ROLE with roles of {', '.join(ROLES)}")
        found[value.strip()] = roles
    return found


def account_for(conn: Connection, person: Person, rules: Rules, at: datetime) -> str:
    """The id of the account of a person who has just proved who she is; its roles follow her claims.

    Raises:
        AccountError: sso_unknown, sso_disabled, or last_administrator where the claims would leave nobody to keep the accounts.
    """
    roles = rules.roles(person.claims)
    same = staff.c.issuer == person.issuer, staff.c.subject == person.subject
    row = conn.execute(select(staff.c.id, staff.c.login, staff.c.active).where(*same)).first()
    if row is None:
        if not rules.create:
            raise AccountError("sso_unknown", t("desk.sso_unknown", subject=person.subject))
        return _created(conn, person, roles or [], at)
    if not row.active:
        raise AccountError("sso_disabled", t("desk.sso_disabled"))
    if roles is not None:
        accounts.set_roles(conn, row.login, roles, at)
    return str(row.id)


def link(conn: Connection, login: str, issuer: str, subject: str, at: datetime, actor: str = SYSTEM) -> None:
    """Say who an account is at the provider; an empty subject takes that back. Its sessions end.

    Raises:
        AccountError: login_unknown, or subject_taken by another account.
    """
    staff_id, wanted = accounts.find(conn, login), subject.strip() or None
    taken = select(staff.c.login).where(staff.c.issuer == issuer, staff.c.subject == wanted, staff.c.id != staff_id)
    if wanted and (other := conn.execute(taken).scalar()):
        raise AccountError("subject_taken", t("desk.subject_taken", login=other))
    conn.execute(update(staff).where(staff.c.id == staff_id).values(issuer=issuer if wanted else None, subject=wanted))
    accounts.end_sessions(conn, login, at, actor)
    audit.append(conn, at=at, actor=actor, action="staff.linked", subject=staff_id, detail={"linked": wanted is not None})


def ended_there(conn: Connection, issuer: str, subject: str | None, sid: str | None, at: datetime) -> int:
    """End the sessions that began at the provider and are over there: that one, or all of the person's."""
    begun = select(staff.c.id).where(staff.c.issuer == issuer, *([staff.c.subject == subject] if subject else []))
    which: list[ColumnElement[bool]] = [staff_session.c.staff_id.in_(begun), staff_session.c.id_token.is_not(None)]
    if sid:
        which.append(staff_session.c.sid == sid)
    owners = conn.execute(select(staff_session.c.staff_id).where(*which)).scalars().all()
    conn.execute(delete(staff_session).where(*which))
    for staff_id in sorted(set(owners)):
        audit.append(conn, at=at, actor="system", action="staff.signed_out", subject=staff_id, detail={"by": "provider"})
    return len(owners)


def _created(conn: Connection, person: Person, roles: list[str], at: datetime) -> str:
    """An account of its own, which has no password anybody knows; citizens are not shown the person's name."""
    wanted = str(person.claims.get("preferred_username", "")).lower()
    taken = not _LOGIN.fullmatch(wanted) or conn.execute(select(staff.c.id).where(staff.c.login == wanted)).first()
    login = "sso-" + hashlib.sha256(f"{person.issuer} {person.subject}".encode()).hexdigest()[:12] if taken else wanted
    staff_id = accounts.add(conn, login, accounts.new_password(), t("desk.sso_name"), roles, at)
    conn.execute(update(staff).where(staff.c.id == staff_id).values(issuer=person.issuer, subject=person.subject))
    return staff_id
