"""What did not get to its office and waits for a person, and what offices say that cannot be: why, since when, trying again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request

from assistant.casework import events, repository
from assistant.casework.model import Case
from assistant.casework.submission import outbox, parts
from assistant.casework.submission.delivery import reason
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk, AtDesk
from channels.console.models import Done, StuckOut
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/stuck", include_in_schema=False)
MOST = 200
DOUBTS_FOR = timedelta(days=14)
"""How long it is shown that an office said what cannot be."""


@router.get("")
async def stuck(_who: AtDesk, request: Request) -> list[StuckOut]:
    """Submissions a person has to look at, the longest waiting first; then what offices said and was not believed."""
    return await asyncio.to_thread(_stuck, parts_of(request))


@router.post("/{case_no}/again")
async def again(case_no: str, who: ActingAtDesk, request: Request, part: Annotated[str, Query(max_length=80)] = "") -> Done:
    """Try it again. 404 where nothing waits for a person."""
    app = parts_of(request)
    await asyncio.to_thread(_again, app, who, case_no, part)
    app.submissions.kick()
    return Done()


def _stuck(app: Parts) -> list[StuckOut]:
    with app.db.read() as conn:
        rows = outbox.left_to_people(conn, MOST)
        doubts = events.doubts(conn, app.clock.now() - DOUBTS_FOR, MOST)
        numbers = {row.case_no for row in rows} | {event.case_no for event in doubts}
        cases = {number: found[0] for number in numbers if (found := repository.find(conn, number))}
    made = [
        StuckOut(
            case_no=row.case_no,
            part=row.part,
            **_named(cases.get(row.case_no), row.part),
            what=t(f"desk.stuck_{row.state.value}"),
            why=reason(row.last_error or ""),
            attempts=row.attempts,
            since=row.created_at.isoformat(),
        )
        for row in rows
    ]
    return made + [
        StuckOut(
            case_no=event.case_no,
            part=event.part,
            **_named(cases.get(event.case_no), event.part),
            what=t("desk.stuck_doubted"),
            why=event.text,
            attempts=0,
            since=event.at.isoformat(),
            again=False,
        )
        for event in doubts
    ]


def _named(case: Case | None, item: str) -> dict[str, str]:
    part = parts.named(case, item) if case else None
    return {
        "item": (part.name if part else "") or (case.guide_name if case else ""),
        "department": part.department if part else "",
    }


def _again(app: Parts, who: Operator, case_no: str, part: str) -> None:
    now = app.clock.now()
    with app.db.write() as conn:
        if not outbox.again(conn, case_no, now, part):
            raise Problem(404, "gone", detail=t("desk.stuck_gone"))
        audit.append(conn, at=now, actor=f"staff:{who.id}", action="case.tried_again", subject=case_no, detail={"part": part})
