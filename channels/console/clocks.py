"""Time limits that run out, and cases somebody asked to hurry: what the clocks' round has written and still holds."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import select

from assistant.casework import repository
from assistant.casework.clocks.sweep import OPEN
from assistant.casework.model import Case
from assistant.casework.submission import parts
from assistant.foundation.tables import case_, case_event
from channels.console.access import AtDesk
from channels.parts import Parts, parts_of

router = APIRouter(prefix="/console/api/clocks", include_in_schema=False)
MOST = 200
_ENDS = {"acceptance": ("submitted",), "correction": ("correction_needed",), "delivery": ("approved",), "urged": OPEN}
_DECIDING = ("accepted", "in_review", "correction_needed", "submitted")


class ClockOut(BaseModel):
    """One warning. ``level``: yellow, red, overdue, extended or urged; ``due``: the last day (ISO 8601); ``text``: all of it."""

    case_no: str
    part: str
    level: str
    due: str | None
    at: str
    text: str


@router.get("")
async def clocks(_who: AtDesk, request: Request) -> list[ClockOut]:
    """The latest warning of every clock that still runs, the newest first."""
    return await asyncio.to_thread(_clocks, parts_of(request))


def _clocks(app: Parts) -> list[ClockOut]:
    query = (
        select(case_event)
        .join(case_, case_.c.case_no == case_event.c.case_no)
        .where(case_event.c.kind == "clock", case_.c.status.in_(OPEN))
        .order_by(case_event.c.id.desc())
        .limit(MOST)
    )
    made: dict[tuple[str, str, str], ClockOut] = {}
    with app.db.read() as conn:
        rows = conn.execute(query).mappings().all()
        cases = {row["case_no"]: found[0] for row in rows if (found := repository.find(conn, row["case_no"]))}
    for row in rows:
        kind, _, level = row["status"].rpartition("_")
        kind = kind or "urged"
        key = (row["case_no"], row["part"], kind)
        if key in made or _status(cases[row["case_no"]], row["part"]) not in _ENDS.get(kind, _DECIDING):
            continue
        due = row["due"].isoformat() if row["due"] else None
        made[key] = ClockOut(
            case_no=row["case_no"], part=row["part"], level=level, due=due, at=row["at"].isoformat(), text=row["text"]
        )
    return list(made.values())


def _status(case: Case, item: str) -> str:
    part = parts.named(case, item)
    return (part.status if part is not None else case.status).value
