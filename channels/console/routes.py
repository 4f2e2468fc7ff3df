"""The console's API: sign in, queue, packet, claim, talk, hand back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Query, Request, Response
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.summary import case_view, field_view
from assistant.conversation import repository
from assistant.desk import accounts
from assistant.desk.accounts import Operator
from assistant.desk.queue import Entry, NotYours
from channels.api.limits import by_address
from channels.console.access import COOKIE, Changing, Reading
from channels.console.models import Done, Me, Packet, QueueItem, QueueList, Say, SignIn
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)
EVENTS_SHOWN = 500


@router.post("/login")
async def login(body: SignIn, request: Request, response: Response) -> Me:
    """Sign in; slow on purpose, and limited by address."""
    parts = parts_of(request)
    by_address(parts, request)
    client = request.client.host if request.client else "unknown"
    if parts.sign_in_tries.take(client) > 0:
        raise Problem(429, "too_fast", seconds=60, headers={"Retry-After": "60"})
    token, who = await asyncio.to_thread(_sign_in, parts, body)
    response.set_cookie(
        COOKIE, token, max_age=parts.settings.staff_session_hours * 3600, path="/console", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return Me(login=who.login, name=who.name, role=who.role, csrf=who.csrf)


@router.get("/me")
async def me(who: Reading) -> Me:
    """Who am I."""
    return Me(login=who.login, name=who.name, role=who.role, csrf=who.csrf)


@router.post("/logout")
async def logout(_who: Changing, request: Request, response: Response, bandao_staff: Annotated[str, Cookie()] = "") -> Done:
    """Sign out."""
    await asyncio.to_thread(_write, parts_of(request), lambda conn: accounts.sign_out(conn, bandao_staff))
    response.delete_cookie(COOKIE, path="/console")
    return Done()


@router.get("/queue")
async def queue(who: Reading, request: Request) -> QueueList:
    """Who waits, oldest first, and what I have."""
    return await asyncio.to_thread(_queue, parts_of(request), who)


@router.get("/conversations/{conversation_id}")
async def packet(
    conversation_id: str, who: Reading, request: Request, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> Packet:
    """A conversation that waits or that I have: the case so far and what was said after event ``after``."""
    return await asyncio.to_thread(_packet, parts_of(request), who, conversation_id, after)


@router.post("/conversations/{conversation_id}/claim")
async def claim(conversation_id: str, who: Changing, request: Request) -> Done:
    """Take a waiting conversation."""
    parts = parts_of(request)
    return await _change(
        parts, conversation_id, lambda conn: parts.desk.claim(conn, conversation_id, who.id, who.name, parts.clock.now())
    )


@router.post("/conversations/{conversation_id}/release")
async def release(conversation_id: str, who: Changing, request: Request) -> Done:
    """Give it back to the bot."""
    parts = parts_of(request)
    return await _change(
        parts, conversation_id, lambda conn: parts.desk.release(conn, conversation_id, who.id, parts.clock.now())
    )


@router.post("/conversations/{conversation_id}/messages")
async def say(conversation_id: str, body: Say, who: Changing, request: Request) -> Done:
    """Say something to the citizen."""
    parts = parts_of(request)
    return await _change(
        parts, conversation_id, lambda conn: parts.desk.say(conn, conversation_id, who.id, who.name, body.text, parts.clock.now())
    )


async def _change(parts: Parts, conversation_id: str, change: Callable[[Connection], Any]) -> Done:
    try:
        await asyncio.to_thread(_write, parts, change)
    except NotYours:
        raise Problem(409, "not_yours") from None
    parts.hub.ring(conversation_id)
    return Done()


def _write(parts: Parts, change: Callable[[Connection], Any]) -> Any:
    with parts.db.write() as conn:
        return change(conn)


def _sign_in(parts: Parts, body: SignIn) -> tuple[str, Operator]:
    now = parts.clock.now()
    with parts.db.read() as conn:
        staff_id = accounts.check(conn, body.login, body.password)
    if staff_id is None:
        raise Problem(401, "wrong_login")
    with parts.db.write() as conn:
        token, _csrf = accounts.sign_in(conn, staff_id, now, parts.settings.staff_session_hours)
        who = accounts.signed_in(conn, token, now)
    assert who is not None
    return token, who


def _queue(parts: Parts, who: Operator) -> QueueList:
    with parts.db.read() as conn:
        entries = parts.desk.list(conn, who.id)
        items = [_queue_item(parts, conn, entry) for entry in entries]
    return QueueList(items=items, waiting=sum(1 for entry in entries if entry.place))


def _queue_item(parts: Parts, conn: Connection, entry: Entry) -> QueueItem:
    conv = repository.load(conn, entry.conversation_id)
    found = cases.find(conn, conv.active_case) if conv and conv.active_case else None
    view = case_view(parts.services.guide_of(found[0]), found[0]) if found else None
    return QueueItem(
        conversation_id=entry.conversation_id, state=entry.state, reason=entry.reason, queued_at=entry.queued_at.isoformat(),
        claimed_at=entry.claimed_at.isoformat() if entry.claimed_at else None, place=entry.place,
        item=found[0].guide_name if found else None, case_status=view["status"] if view else None,
        filled=view["filled"] if view else 0, total=view["total"] if view else 0,
    )  # fmt: skip


def _packet(parts: Parts, who: Operator, conversation_id: str, after: int) -> Packet:
    with parts.db.read() as conn:
        if not parts.desk.may_read(conn, conversation_id, who.id):
            raise Problem(404, "not_found")
        conv = repository.load(conn, conversation_id)
        if conv is None:
            raise Problem(404, "not_found")
        found = cases.find(conn, conv.active_case) if conv.active_case else None
        events = repository.events_after(conn, conversation_id, after, EVENTS_SHOWN)
        entry = next((e for e in parts.desk.list(conn, who.id) if e.conversation_id == conversation_id), None)
    detail = None
    if found:
        guide = parts.services.guide_of(found[0])
        detail = {**case_view(guide, found[0]), "fields": field_view(guide, found[0])}
    return Packet.model_validate({
        "conversation_id": conv.id, "owner": conv.owner, "channel": conv.channel, "reason": entry.reason if entry else None,
        "asking": conv.state.ask.label if conv.state.ask else None, "case": detail,
        "events": [{"id": e.seq, "event": e.kind, "data": e.data} for e in events],
        "last_event": events[-1].seq if events else after,
    })  # fmt: skip
