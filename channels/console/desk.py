"""The desk at the console: presence, passing on, notes, wrap-up, promises, and what supervisors do.

Claiming, talking and handing back are in ``routes``; what the page reads all the time is in ``updates``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.desk import books
from assistant.desk.accounts import Operator
from assistant.desk.books import Entry, NotYours
from assistant.desk.limits import Limit
from assistant.desk.queue import OUTCOMES, Ending
from assistant.desk.seats import Seat
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk, ActingSupervisor, AtDesk, Supervising
from channels.console.changing import changed, why_not
from channels.console.desk_models import (
    Board,
    Colleague,
    Colleagues,
    Contact,
    GroupOut,
    LimitOut,
    Next,
    NoteOut,
    Presence,
    Promised,
    Pull,
    Stay,
    Transfer,
    Words,
    WrapUp,
)  # fmt: skip
from channels.console.models import Done
from channels.console.wrapping import misread_before
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)


@router.get("/desk")
async def colleagues(who: AtDesk, request: Request) -> Colleagues:
    """My own state, the skill groups, who is there, and the reason codes of a wrap-up."""
    return await asyncio.to_thread(_colleagues, parts_of(request), who)


@router.put("/desk/presence")
async def presence(body: Presence, who: ActingAtDesk, request: Request) -> Done:
    """I am available, away, or offline: what I have returns to the queue then."""
    parts = parts_of(request)
    now = parts.clock.now()

    def say(conn: Connection) -> Sequence[str]:
        parts.desk.seats.say(conn, who.id, body.state, now)
        alone: Sequence[str] = parts.desk.left_alone(conn, now)
        parts.desk.requeue(conn, alone, now)
        return alone

    for conversation_id in await asyncio.to_thread(_write, parts, say):
        parts.hub.ring(conversation_id)
    return Done()


@router.post("/desk/next")
async def take_next(who: ActingAtDesk, request: Request) -> Next:
    """Claim the conversation that is next for me; null where nobody waits for me."""
    parts = parts_of(request)

    def take(conn: Connection) -> str | None:
        conversation_id: str | None = parts.desk.next_for(conn, who.id)
        if conversation_id is not None:
            parts.desk.claim(conn, conversation_id, who.id, who.name, parts.clock.now())
        return conversation_id

    try:
        taken = await asyncio.to_thread(_write, parts, take)
    except NotYours as refused:
        raise why_not(parts, "", refused.code or "taken_meanwhile") from None
    if taken is not None:
        parts.hub.ring(taken)
    return Next(conversation_id=taken)


@router.get("/desk/board")
async def board(_who: Supervising, request: Request) -> Board:
    """Everything at the desk, with its limits, and who is there."""
    return await asyncio.to_thread(_board, parts_of(request))


@router.get("/desk/promises")
async def promises(_who: AtDesk, request: Request) -> list[Promised]:
    """Calls and appointments promised for later, soonest first."""
    return await asyncio.to_thread(_promises, parts_of(request))


@router.post("/conversations/{conversation_id}/transfer")
async def transfer(conversation_id: str, body: Transfer, who: ActingAtDesk, request: Request) -> Done:
    """Pass it on to a group, or to a colleague who is there."""
    parts = parts_of(request)
    return await changed(parts, conversation_id, lambda conn: parts.desk.transfer(
        conn, conversation_id, who.id, parts.clock.now(), group=body.group, to=body.to, note=body.note))  # fmt: skip


@router.post("/conversations/{conversation_id}/wrap-up")
async def wrap_up(conversation_id: str, body: WrapUp, who: ActingAtDesk, request: Request) -> Done:
    """End it with a reason code; what the bot had misread goes to the review list."""
    parts = parts_of(request)
    now = parts.clock.now()
    if body.keep_until is not None and body.keep_until <= now:
        raise Problem(422, "keep_past", detail=t("desk.keep_past"))
    ending = Ending(body.outcome, body.intent, body.item, body.note, body.close, body.keep_until)

    def end(conn: Connection) -> None:
        parts.desk.check_holder(conn, conversation_id, who.id)
        misread_before(parts, conn, who, conversation_id, body.intent, body.item)
        parts.desk.release(conn, conversation_id, who.id, now, ending)

    return await changed(parts, conversation_id, end)


@router.get("/conversations/{conversation_id}/notes")
async def notes(conversation_id: str, who: AtDesk, request: Request) -> list[NoteOut]:
    """What staff noted about a conversation that waits or that I have."""
    return await asyncio.to_thread(_notes, parts_of(request), who, conversation_id)


@router.post("/conversations/{conversation_id}/notes")
async def note(conversation_id: str, body: Words, who: ActingAtDesk, request: Request) -> Done:
    """Note something for colleagues; the citizen does not see it."""
    parts = parts_of(request)

    def write(conn: Connection) -> None:
        if not _may_read(parts, conn, conversation_id, who):
            raise NotYours(conversation_id)
        books.note(conn, conversation_id, who.id, "note", body.text, parts.clock.now())

    return await changed(parts, conversation_id, write)


@router.post("/conversations/{conversation_id}/contact")
async def contact(conversation_id: str, who: ActingAtDesk, request: Request) -> Contact:
    """The number to call; that I saw it goes into the audit chain."""
    parts = parts_of(request)
    try:
        number = await asyncio.to_thread(
            _write, parts, lambda conn: parts.desk.promises.contact(conn, conversation_id, who.id, parts.clock.now())
        )
    except NotYours:
        raise Problem(404, "gone", detail=t("desk.no_contact")) from None
    return Contact(number=number)


@router.post("/conversations/{conversation_id}/join")
async def join(conversation_id: str, who: ActingSupervisor, request: Request) -> Done:
    """Talk in a conversation a colleague has; the citizen sees it."""
    return await _lead(parts_of(request), conversation_id, "join", who.id, who.name)


@router.post("/conversations/{conversation_id}/part")
async def part(conversation_id: str, who: ActingSupervisor, request: Request) -> Done:
    """Leave a conversation I joined."""
    return await _lead(parts_of(request), conversation_id, "part", who.id, who.name)


@router.post("/conversations/{conversation_id}/whisper")
async def whisper(conversation_id: str, body: Words, who: ActingSupervisor, request: Request) -> Done:
    """Tell the colleague who has it something the citizen does not see."""
    return await _lead(parts_of(request), conversation_id, "whisper", who.id, body.text)


@router.post("/conversations/{conversation_id}/take-over")
async def take_over(conversation_id: str, who: ActingSupervisor, request: Request) -> Done:
    """Take a conversation from the colleague who has it."""
    return await _lead(parts_of(request), conversation_id, "take_over", who.id, who.name)


@router.post("/desk/pull")
async def pull(body: Pull, who: ActingSupervisor, request: Request) -> Next:
    """Take the conversation of a case, though nobody asked for a person; why goes into the notes."""
    parts = parts_of(request)
    conversation_id = await asyncio.to_thread(_of_case, parts, body.case_no.strip())
    await changed(parts, conversation_id, lambda conn: parts.lead.pull(
        conn, conversation_id, who.id, who.name, body.reason, parts.clock.now()))  # fmt: skip
    return Next(conversation_id=conversation_id)


async def _lead(parts: Parts, conversation_id: str, what: str, staff_id: str, words: str) -> Done:
    do = getattr(parts.lead, what)
    return await changed(parts, conversation_id, lambda conn: do(conn, conversation_id, staff_id, words, parts.clock.now()))


def _of_case(parts: Parts, case_no: str) -> str:
    with parts.db.read() as conn:
        found = cases.find(conn, case_no)
    if found is None:
        raise Problem(404, "gone", detail=t("desk.no_case"))
    return found[1]


def _may_read(parts: Parts, conn: Connection, conversation_id: str, who: Operator) -> bool:
    allowed: bool = parts.desk.may_read(conn, conversation_id, who.id)
    return allowed or (who.may("desk.supervise") and books.live(conn, conversation_id) is not None)


def _write(parts: Parts, change: Callable[[Connection], Any]) -> Any:
    with parts.db.write() as conn:
        return change(conn)


def _colleagues(parts: Parts, who: Operator) -> Colleagues:
    now = parts.clock.now()
    with parts.db.read() as conn:
        there = parts.desk.seats.there(conn, now)
        mine = parts.desk.seats.state(conn, who.id, now)
    groups = parts.desk.arrangement.groups
    return Colleagues(
        me=who.id, state=mine, groups=[GroupOut(code=code, name=one.name, assign=one.assign) for code, one in groups.items()],
        colleagues=[_colleague(one) for one in there], outcomes={code: t(f"desk.outcome_{code}") for code in OUTCOMES},
    )  # fmt: skip


def _colleague(one: Seat) -> Colleague:
    return Colleague(
        id=one.staff_id, name=one.name, state=one.state, held=one.held, capacity=one.capacity, groups=sorted(one.groups)
    )  # fmt: skip


def _board(parts: Parts) -> Board:
    now = parts.clock.now()
    with parts.db.read() as conn:
        entries = parts.lead.board(conn)
        limits = parts.desk.watch.limits(conn, entries, now)
        there = parts.desk.seats.there(conn, now)
    return Board(
        now=now.isoformat(), stays=[stay(one, limits[one.id]) for one in entries], colleagues=[_colleague(one) for one in there]
    )


def stay(one: Entry, limits: Sequence[Limit]) -> Stay:
    """A stay as pages are told of it."""
    return Stay(
        conversation_id=one.conversation_id, state=one.state, kind=one.kind, reason=one.reason, group=one.group, item=one.item,
        priority=one.priority, place=one.place, queued_at=one.queued_at.isoformat(), staff_id=one.staff_id,
        staff_name=one.staff_name, for_staff=one.for_staff, escalated=one.escalated_at is not None,
        promised_at=one.promised_at.isoformat() if one.promised_at else None,
        limits=[LimitOut(name=limit.name, state=limit.state, due=limit.due.isoformat(), near=limit.near,
                         running=limit.ended is None) for limit in limits],
    )  # fmt: skip


def _promises(parts: Parts) -> list[Promised]:
    with parts.db.read() as conn:
        found, numbers = parts.desk.promises.all(conn), parts.desk.promises.numbers(conn)
    return [
        Promised(
            conversation_id=one.conversation_id, kind=one.kind, at=one.queued_at.isoformat(), group=one.group, item=one.item,
            name=parts.services.name_of(one.item) if one.item else None,
            number=mask_value("phone", numbers[one.id]) if one.id in numbers else None,
        )
        for one in found
    ]  # fmt: skip


def _notes(parts: Parts, who: Operator, conversation_id: str) -> list[NoteOut]:
    with parts.db.read() as conn:
        if not _may_read(parts, conn, conversation_id, who):
            raise Problem(404, "gone", detail=t("desk.gone"))
        found = books.notes_of(conn, conversation_id)
    return [NoteOut(id=one.id, kind=one.kind, name=one.name, text=one.text, at=one.at.isoformat()) for one in found]
