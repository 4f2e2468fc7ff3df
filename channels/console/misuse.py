"""Alarms of misuse, for supervisors and auditors: which address tried what, since when, and whether it is slowed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from assistant.desk.accounts import Operator
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.desk_tables import staff
from assistant.foundation.messages import t
from assistant.identity import misuse
from assistant.identity.misuse import Alarm
from channels.console.access import needs
from channels.parts import parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/misuse", include_in_schema=False)
Looking = Annotated[Operator, Depends(needs("misuse.read"))]
Judging = Annotated[Operator, Depends(needs("misuse.read", change=True))]
PAGE = 100


class AlarmOut(BaseModel):
    """One alarm, in words; ``tries`` are those above what is usual. ``slowed_until`` is null where it is not slowed now."""

    id: str
    kind: str
    address: str
    began_at: str
    last_at: str
    tries: int
    slowed_until: str | None
    seen_by: str | None
    seen_at: str | None


class AlarmList(BaseModel):
    """``before`` is what to ask for next, null at the end."""

    items: list[AlarmOut]
    before: datetime | None


@router.get("")
def listed(_who: Looking, request: Request, before: datetime | None = None) -> AlarmList:
    """Alarms, those first at which something happened last."""
    parts = parts_of(request)
    now = parts.clock.now()
    with parts.db.read() as conn:
        found = misuse.alarms(conn, before and (before if before.tzinfo else before.replace(tzinfo=SHANGHAI)), PAGE + 1)
        logins = {row.id: row.login for row in conn.execute(select(staff.c.id, staff.c.login))}
    shown = [_shown(one, logins, now) for one in found[:PAGE]]
    return AlarmList(items=shown, before=found[PAGE - 1].last_at if len(found) > PAGE else None)


@router.post("/{alarm_id}/seen")
def seen(alarm_id: str, who: Judging, request: Request) -> dict[str, bool]:
    """Somebody has looked at it; what happens afterwards is another alarm."""
    parts = parts_of(request)
    with parts.db.write() as conn:
        if not misuse.see(conn, alarm_id, who.id, parts.clock.now()):
            raise Problem(404, "gone", detail=t("desk.gone"))
    return {"seen": True}


def _shown(one: Alarm, logins: dict[str, str], now: datetime) -> AlarmOut:
    slowed = one.slowed_until if one.slowed_until and one.slowed_until > now else None
    return AlarmOut(
        id=one.id, kind=t(f"desk.misuse_{one.kind}"), address=one.address, began_at=_said(one.began_at),
        last_at=_said(one.last_at), tries=one.tries, slowed_until=_said(slowed) if slowed else None,
        seen_by=logins.get(one.seen_by or ""), seen_at=_said(one.seen_at) if one.seen_at else None,
    )  # fmt: skip


def _said(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
