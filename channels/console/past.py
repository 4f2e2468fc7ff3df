"""Past conversations: found by case, item, time, operator and reason; opened to be read only, and every opening audited.

Operators find those they had themselves, supervisors and auditors all. What was said is encrypted: to look for words means to
decipher it, which takes time, goes into the audit chain, and is not done over everybody's conversations at once.
"""

from __future__ import annotations

import asyncio
import time as stopwatch
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from assistant.conversation import repository
from assistant.desk import past
from assistant.desk.accounts import Operator
from assistant.desk.arrangement import REASONS
from assistant.desk.past import Stay, Wanted
from assistant.desk.queue import OUTCOMES
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from channels.console.access import needs
from channels.console.models import ItemLabel
from channels.console.view import EVENTS_AT_ONCE, masked
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/past", include_in_schema=False)
Looking = Annotated[Operator, Depends(needs("past.read"))]
Code = Annotated[str, Query(max_length=80)]
Words = Annotated[str, Query(max_length=40)]
LOOKS_SECONDS = 1.5
"""So long words are looked for in one request; the page goes on from where it ended."""


class StayOut(BaseModel):
    """A stay at the desk that has ended, in words."""

    id: str
    conversation_id: str
    queued_at: str
    ended_at: str
    reason: str
    item: str | None
    staff_name: str | None
    outcome: str | None
    case_no: str | None
    channel: str
    line: str


class StayList(BaseModel):
    """``before`` is what to ask for next, null at the end; ``all``: not only my own are looked through.

    ``back_to``: where words were looked for and there are more, the end of the earliest stay that was looked through.
    """

    items: list[StayOut]
    before: str | None
    all: bool
    back_to: str | None = None


class Choices(BaseModel):
    """What the page offers to look for; ``all`` as above."""

    items: list[ItemLabel]
    reasons: dict[str, str]
    all: bool


class PastOut(BaseModel):
    """What was said and done, to be read only; ``more`` where there is more after ``last_event``."""

    conversation_id: str
    events: list[dict[str, Any]]
    last_event: int
    more: bool


@router.get("/choices")
async def choices(who: Looking, request: Request) -> Choices:
    """Items and reasons by name."""
    guides = sorted(parts_of(request).services.catalogue.all(), key=lambda guide: guide.name)
    return Choices(
        items=[ItemLabel(code=guide.code, name=guide.name) for guide in guides],
        reasons={code: t(f"handing.reason_{code}") for code in REASONS}, all=_all(who),
    )  # fmt: skip


@router.get("")
async def search(
    who: Looking, request: Request, case_no: Code = "", item: Code = "", operator: Code = "", reason: Code = "",
    since: date | None = None, until: date | None = None, before: Code = "", words: Words = "",
) -> StayList:  # fmt: skip
    """Stays that have ended, the latest first; ``since`` and ``until`` are days in Shanghai, both counted in.

    ``words``: only those in which somebody said this. Who may read all has to say first which: an item, a person, a reason
    or a first day.
    """
    wanted = Wanted(
        case_no=case_no.strip().upper() or None, item=item or None, operator=operator.strip().lower() or None,
        reason=reason or None,
        since=_begins(since) if since else None, until=_begins(until + timedelta(days=1)) if until and until < date.max else None,
        before=before or None,
    )  # fmt: skip
    parts, words = parts_of(request), words.strip()
    if words and _all(who) and not (case_no or item or operator or reason or since):
        raise Problem(422, "too_wide", detail=t("desk.past_too_wide"))
    if words:
        return await asyncio.to_thread(_look_for, parts, who, wanted, words)
    return await asyncio.to_thread(_search, parts, who, wanted)


@router.get("/{conversation_id}")
async def opened(
    conversation_id: str, who: Looking, request: Request, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> PastOut:
    """Read one, numbers masked: of mine as far as I had it; any other of an operator's is 404. Opening it goes into the chain."""
    return await asyncio.to_thread(_opened, parts_of(request), who, conversation_id, after)


def _all(who: Operator) -> bool:
    return who.may("desk.supervise") or who.may("audit.read")


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _search(parts: Parts, who: Operator, wanted: Wanted) -> StayList:
    with parts.db.read() as conn:
        found, more = past.search(conn, wanted, None if _all(who) else who.id)
    return StayList(items=[_shown(parts, one) for one in found], before=found[-1].id if more else None, all=_all(who))


def _look_for(parts: Parts, who: Operator, wanted: Wanted, words: str) -> StayList:
    scope = None if _all(who) else who.id
    if wanted.before is None:
        with parts.db.write() as conn:
            detail = {"scope": "own" if scope else "all", "characters": len(words)}  # the chain holds no words
            at, actor = parts.clock.now(), f"staff:{who.id}"
            audit.append(conn, at=at, actor=actor, action="desk.past_searched", subject=who.id, detail=detail)
    until = stopwatch.monotonic() + LOOKS_SECONDS
    with parts.db.read() as conn:
        found, last = past.holding(conn, wanted, scope, words, lambda: stopwatch.monotonic() < until)
    return StayList(
        items=[_shown(parts, one) for one in found], before=last.id if last else None, all=_all(who),
        back_to=last.ended_at.astimezone(SHANGHAI).isoformat() if last else None,
    )  # fmt: skip


def _shown(parts: Parts, one: Stay) -> StayOut:
    return StayOut(
        id=one.id, conversation_id=one.conversation_id, queued_at=one.queued_at.astimezone(SHANGHAI).isoformat(),
        ended_at=one.ended_at.astimezone(SHANGHAI).isoformat(), case_no=one.case_no, channel=one.channel,
        reason=t(f"handing.reason_{one.reason}") if one.reason in REASONS else one.reason,
        item=(parts.services.name_of(one.item) or one.item) if one.item else None, staff_name=one.staff_name,
        outcome=t(f"desk.outcome_{one.outcome}") if one.outcome in OUTCOMES else None, line=one.line,
    )  # fmt: skip


def _opened(parts: Parts, who: Operator, conversation_id: str, after: int) -> PastOut:
    scope = None if _all(who) else who.id
    with parts.db.write() as conn:
        until = past.readable_until(conn, conversation_id, scope)
        if until is None:
            raise Problem(404, "gone", detail=t("desk.gone"))
        read = repository.events_after(conn, conversation_id, after, EVENTS_AT_ONCE)
        if after == 0:
            detail = {"scope": "own" if scope else "all"}
            at, actor = parts.clock.now(), f"staff:{who.id}"
            audit.append(conn, at=at, actor=actor, action="desk.past_opened", subject=conversation_id, detail=detail)
    shown = [event for event in read if event.at <= until]
    last = read[-1].seq if read else after
    more = len(shown) == len(read) == EVENTS_AT_ONCE
    return PastOut(conversation_id=conversation_id, events=[masked(event) for event in shown], last_event=last, more=more)
