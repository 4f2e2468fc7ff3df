"""Notices that could not be sent to their applicants: over which way, why, and trying again."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from assistant.casework import repository
from assistant.casework.notices import store
from assistant.casework.submission.delivery import reason
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk, AtDesk
from channels.console.models import Done
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/unsent", include_in_schema=False)
MOST = 200


class UnsentOut(BaseModel):
    """One notice. ``channel`` and ``why`` in words, ``text`` as it was to be sent; where to is for nobody's eyes here."""

    key: str
    case_no: str
    item: str
    channel: str
    text: str
    why: str
    attempts: int
    since: str


@router.get("")
async def unsent(_who: AtDesk, request: Request) -> list[UnsentOut]:
    """Notices a person has to look at, the longest waiting first."""
    return await asyncio.to_thread(_unsent, parts_of(request))


@router.post("/{key}/again")
async def again(key: str, who: ActingAtDesk, request: Request) -> Done:
    """Try one again, to where she is reached now. 404 where it does not wait for a person."""
    await asyncio.to_thread(_again, parts_of(request), who, key)
    return Done()


def _unsent(app: Parts) -> list[UnsentOut]:
    with app.db.read() as conn:
        rows = store.left_to_people(conn, MOST)
        names = {row.case_no: found[0].guide_name for row in rows if (found := repository.find(conn, row.case_no))}
    return [
        UnsentOut(
            key=row.key,
            case_no=row.case_no,
            item=names.get(row.case_no, ""),
            channel=t(f"notices.channel_{row.channel}"),
            text=row.words.text,
            why=_why(row.error or ""),
            attempts=row.attempts,
            since=row.created_at.isoformat(),
        )
        for row in rows
    ]


def _why(code: str) -> str:
    """What the far side said against it, in words."""
    refused = {
        "invalid-number": t("notices.why_invalid_number"),
        "invalid-address": t("notices.why_invalid_address"),
        "recipient-refused": t("notices.why_recipient_refused"),
        "message-refused": t("notices.why_message_refused"),
    }
    return refused.get(code) or reason(code)


def _again(app: Parts, who: Operator, key: str) -> None:
    now = app.clock.now()
    with app.db.write() as conn:
        row = store.get(conn, key)
        if row is None or not store.again(conn, key, now):
            raise Problem(404, "gone", detail=t("notices.not_left"))
        detail = {"channel": row.channel, "kind": row.kind}
        audit.append(conn, at=now, actor=f"staff:{who.id}", action="notice.tried_again", subject=row.case_no, detail=detail)
