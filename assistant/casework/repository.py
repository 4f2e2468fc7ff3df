"""Reading and writing cases. SQL about cases lives here and nowhere else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from assistant.casework import events
from assistant.casework.events import CaseEvent
from assistant.casework.model import Case, CaseStatus
from assistant.foundation.tables import case_, upload


class CaseConflict(RuntimeError):
    """Somebody else saved this case since it was loaded."""


def cases_of(conn: Connection, conversation_id: str) -> list[Case]:
    """The cases of a conversation, the most recently changed first."""
    rows = conn.execute(select(case_.c.data, case_.c.revision).where(case_.c.conversation_id == conversation_id)
                        .order_by(case_.c.updated_at.desc()))
    return [_case(row.data, row.revision) for row in rows]


def find(conn: Connection, case_no: str) -> tuple[Case, str] | None:
    """A case and the conversation that holds it, or None."""
    row = conn.execute(select(case_.c.data, case_.c.revision, case_.c.conversation_id).where(case_.c.case_no == case_no)).first()
    return (_case(row.data, row.revision), row.conversation_id) if row else None


def save(conn: Connection, case: Case, conversation_id: str, now: datetime) -> None:
    """Insert a case or store its changes, with an event for every status it passed through since it was loaded.

    Raises:
        CaseConflict: its revision is no longer the one that was loaded.
    """
    case.updated_at = now
    data = case.model_dump(mode="json", exclude={"revision"})
    columns: dict[str, Any] = {"conversation_id": conversation_id, "status": case.status.value, "updated_at": now, "data": data}
    if case.revision == 0:
        conn.execute(insert(case_).values(case_no=case.case_no, guide_code=case.guide_code, guide_version=case.guide_version,
                                          created_at=case.created_at, revision=1, **columns))
        moved = [("", CaseStatus.DRAFT, case.created_at), *case.take_moved()]
    else:
        changed = conn.execute(update(case_).where(case_.c.case_no == case.case_no, case_.c.revision == case.revision)
                               .values(revision=case.revision + 1, **columns))
        if changed.rowcount != 1:
            raise CaseConflict(case.case_no)
        moved = case.take_moved()
    case.revision += 1
    for part, status, at in moved:
        events.add_in(conn, CaseEvent(case.case_no, "status", at or now, part, status.value))


def started_since(conn: Connection, since: datetime) -> dict[str, int]:
    """How many cases of each guide were started since then, by guide code."""
    rows = conn.execute(select(case_.c.guide_code, func.count()).where(case_.c.created_at >= since).group_by(case_.c.guide_code))
    return {str(code): int(count) for code, count in rows}


def started_afterwards(conn: Connection, guide_code: str, since: datetime) -> dict[str, int]:
    """In how many conversations a case of another guide was started after one of this guide (both since then), by code."""
    before, after = case_.alias("before"), case_.alias("after")
    rows = conn.execute(
        select(after.c.guide_code, func.count(after.c.conversation_id.distinct()))
        .join(before, before.c.conversation_id == after.c.conversation_id)
        .where(before.c.guide_code == guide_code, after.c.guide_code != guide_code)
        .where(before.c.created_at >= since, after.c.created_at > before.c.created_at)
        .group_by(after.c.guide_code)
    )
    return {str(code): int(count) for code, count in rows}


def resume_lock(conn: Connection, case_no: str) -> tuple[int, datetime | None]:
    """Wrong tries so far, and until when the case is locked against resuming."""
    row = conn.execute(select(case_.c.resume_tries, case_.c.resume_locked_until).where(case_.c.case_no == case_no)).one()
    return row.resume_tries, row.resume_locked_until


def set_resume_lock(conn: Connection, case_no: str, tries: int, until: datetime | None) -> None:
    """Remember wrong tries."""
    conn.execute(update(case_).where(case_.c.case_no == case_no).values(resume_tries=tries, resume_locked_until=until))


def add_upload(conn: Connection, **columns: Any) -> None:
    """Store an upload's row."""
    conn.execute(insert(upload).values(**columns))


def keep_reading(
    conn: Connection, upload_id: str, checks: list[dict[str, Any]], reading: dict[str, Any], **straight: str | None
) -> None:
    """Keep what was read from an upload after it was stored; ``straight_blob_id`` and ``straight_sha256`` of its upright PDF."""
    conn.execute(update(upload).where(upload.c.id == upload_id).values(checks=checks, reading=reading, **straight))


def uploads_of(conn: Connection, conversation_id: str) -> list[dict[str, Any]]:
    """All uploads of a conversation, oldest first."""
    rows = conn.execute(select(upload).where(upload.c.conversation_id == conversation_id).order_by(upload.c.created_at))
    return [dict(row) for row in rows.mappings()]


def uploads_by_id(conn: Connection, ids: list[str]) -> list[dict[str, Any]]:
    """These uploads, in the order asked for; unknown ids are left out."""
    rows = {row["id"]: dict(row) for row in conn.execute(select(upload).where(upload.c.id.in_(ids))).mappings()}
    return [rows[i] for i in ids if i in rows]


def move_uploads(conn: Connection, ids: list[str], conversation_id: str) -> None:
    """Give a resumed case's uploads to the conversation that goes on with it."""
    if ids:
        conn.execute(update(upload).where(upload.c.id.in_(ids)).values(conversation_id=conversation_id))


def drop_uploads(conn: Connection, case_no: str) -> None:
    """Forget all uploads for a case; their blobs are the caller's to delete."""
    conn.execute(delete(upload).where(upload.c.case_no == case_no))


def _case(data: dict[str, Any], revision: int) -> Case:
    return Case.model_validate({**data, "revision": revision})
