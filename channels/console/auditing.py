"""The audit chain in the console: entries, newest first, and whether it is whole. It holds codes, not what citizens said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import Connection, Row, select

from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.desk_tables import staff
from assistant.foundation.tables import audit_entry
from channels.console.access import needs
from channels.parts import parts_of

router = APIRouter(prefix="/console/api/audit", include_in_schema=False)
Auditing = Annotated[Operator, Depends(needs("audit.read"))]
Code = Annotated[str, Query(max_length=128)]
PAGE = 100


class EntryOut(BaseModel):
    """One entry. ``actor_login`` and ``subject_login`` are the accounts, where it speaks of any."""

    seq: int
    at: str
    actor: str
    actor_login: str | None
    action: str
    subject: str
    subject_login: str | None
    detail: Any
    hash: str


class EntryList(BaseModel):
    """``before`` is what to ask for next, null at the end."""

    items: list[EntryOut]
    before: int | None


class Verified(BaseModel):
    """``first_bad`` is the number of the first entry that does not follow; ``head`` the last good hash."""

    ok: bool
    entries: int
    first_bad: int | None
    head: str


@router.get("")
def entries(
    _who: Auditing, request: Request, subject: Code = "", actor: Code = "", action: Code = "",
    since: datetime | None = None, until: datetime | None = None, before: Annotated[int, Query(ge=1)] | None = None,
) -> EntryList:  # fmt: skip
    """Entries about a subject, by an actor (``citizen``, ``bot``, … or a login), of an action or kind of actions, in a time."""
    with parts_of(request).db.read() as conn:
        wanted = select(audit_entry).order_by(audit_entry.c.seq.desc()).limit(PAGE + 1)
        if subject:
            wanted = wanted.where(audit_entry.c.subject.in_([subject, *_ids(conn, subject)]))
        if actor:
            wanted = wanted.where(audit_entry.c.actor.in_([actor, *(f"staff:{one}" for one in _ids(conn, actor))]))
        if action:
            kind = audit_entry.c.action.startswith(f"{action}.", autoescape=True)
            wanted = wanted.where((audit_entry.c.action == action) | kind)
        if since:
            wanted = wanted.where(audit_entry.c.at >= _aware(since))
        if until:
            wanted = wanted.where(audit_entry.c.at < _aware(until))
        if before:
            wanted = wanted.where(audit_entry.c.seq < before)
        rows = conn.execute(wanted).all()
        logins = {row.id: row.login for row in conn.execute(select(staff.c.id, staff.c.login))}
    shown = [_shown(row, logins) for row in rows[:PAGE]]
    return EntryList(items=shown, before=shown[-1].seq if len(rows) > PAGE else None)


@router.get("/verify")
def verify(_who: Auditing, request: Request) -> Verified:
    """Recompute the whole chain."""
    with parts_of(request).db.read() as conn:
        report = audit.verify(conn)
    return Verified(ok=report.ok, entries=report.entries, first_bad=report.first_bad, head=report.head)


def _ids(conn: Connection, login: str) -> list[str]:
    return list(conn.execute(select(staff.c.id).where(staff.c.login == login)).scalars())


def _aware(moment: datetime) -> datetime:
    """A moment without a zone is Shanghai's."""
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _shown(row: Row[Any], logins: dict[str, str]) -> EntryOut:
    return EntryOut(
        seq=row.seq, at=row.at.astimezone(SHANGHAI).isoformat(timespec="seconds"), actor=row.actor,
        actor_login=logins.get(row.actor.removeprefix("staff:")), action=row.action, subject=row.subject,
        subject_login=logins.get(row.subject), detail=row.detail, hash=row.hash,
    )  # fmt: skip
