"""差评: what citizens were not satisfied with, who gets in touch until when, what they are answered; and the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection, select

from assistant.casework.ratings import store
from assistant.casework.ratings.model import NotNow, Rating
from assistant.conversation import repository
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.desk_tables import staff as table
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk, AtDesk, SeeingFigures
from channels.console.models import Done, FiguresOut, FollowUpWords, RatingOut
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/ratings", include_in_schema=False)
By = Literal["item", "department", "staff_id"]
DAYS = 30


@router.get("")
async def waiting(_who: AtDesk, request: Request) -> list[RatingOut]:
    """Bad ratings that are not closed, the first due first."""
    return await asyncio.to_thread(_waiting, parts_of(request))


@router.get("/figures")
async def figures(
    _who: SeeingFigures, request: Request, by: By = "item", days: Annotated[int, Query(ge=1, le=3660)] = DAYS
) -> list[FiguresOut]:
    """Ratings of the last days by item, department or operator."""
    return await asyncio.to_thread(_figures, parts_of(request), by, days)


@router.post("/{subject}/contact")
async def contact(subject: str, body: FollowUpWords, who: ActingAtDesk, request: Request) -> Done:
    """Note that I got in touch, and what was said."""
    parts = parts_of(request)

    def note(conn: Connection, held: Rating) -> bool:
        return store.contacted(conn, held, body.words, parts.clock.now())

    await asyncio.to_thread(_change, parts, who, subject, "rating.contacted", note)
    return Done()


@router.post("/{subject}/answer")
async def answer(subject: str, body: FollowUpWords, who: ActingAtDesk, request: Request) -> Done:
    """Answer the citizen, in her conversation, and close it."""
    parts = parts_of(request)

    def close(conn: Connection, held: Rating) -> bool:
        now = parts.clock.now()
        if not store.closed(conn, held, body.words, now):
            return False
        said = {"from": "staff", "name": t("ratings.answered_from"), "at": now.isoformat()}
        text = t("ratings.answered", answer=body.words)
        repository.append_events(conn, held.conversation_id, [("message", {**said, "text": text})], now)
        if held.case_no is not None:
            parts.notices.planner.rating_answered(conn, held.case_no)
        return True

    held = await asyncio.to_thread(_change, parts, who, subject, "rating.closed", close)
    parts.hub.ring(held.conversation_id)
    return Done()


def _waiting(parts: Parts) -> list[RatingOut]:
    today = parts.clock.now().date()
    with parts.db.read() as conn:
        held = store.to_follow_up(conn)
    return [
        RatingOut(
            subject=one.subject, item=_item(parts, one.item), case_no=one.case_no, grade=t(f"casework.grade_{one.grade}"),
            reasons=[t(f"ratings.reason_{reason}") for reason in one.reasons], words=one.words, at=one.at.isoformat(),
            due=one.due.isoformat() if one.due else None, overdue=one.overdue(today), state=one.follow_up.value,
            contact=one.contact,
        )
        for one in held
    ]  # fmt: skip


def _figures(parts: Parts, by: By, days: int) -> list[FiguresOut]:
    with parts.db.read() as conn:
        found = store.figures(conn, by, parts.clock.now() - timedelta(days=days))
        staff = {row.id: row.display_name for row in conn.execute(select(table.c.id, table.c.display_name))}
    known: dict[By, Callable[[str], str]] = {
        "item": lambda code: _item(parts, code) or t("ratings.no_item"),
        "department": lambda name: name or t("ratings.no_department"),
        "staff_id": lambda code: staff.get(code, code) or t("ratings.no_staff"),
    }
    return [FiguresOut(name=known[by](one.key), **vars(one)) for one in found]


def _item(parts: Parts, code: str) -> str:
    guide = parts.guides.catalogue.get(code)
    return guide.name if guide else code


def _change(parts: Parts, who: Operator, subject: str, action: str, change: Callable[[Connection, Rating], bool]) -> Rating:
    try:
        with parts.db.write() as conn:
            held = store.get(conn, subject)
            if held is None:
                raise Problem(404, "gone", detail=t("ratings.gone"))
            if not change(conn, held):
                raise NotNow(subject)
            audit.append(conn, at=parts.clock.now(), actor=f"staff:{who.id}", action=action, subject=subject, detail={})
            return held
    except NotNow as error:
        raise Problem(409, "not_now", detail=t("ratings.not_now")) from error
