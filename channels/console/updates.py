"""News for the page: one request that is answered as soon as there is any.

Held requests rather than a timer in the page: browsers slow the timers of hidden tabs down to one a minute, and a hidden tab
is just where an operator has to hear that somebody waits. Unlike an event stream, each answer has a status the page can read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from assistant.conversation.hub import ANY
from assistant.desk import books
from assistant.desk.accounts import Operator
from assistant.desk.queue import CLAIMED, WAITING, Entry
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.console.access import AtDesk
from channels.console.models import Packet, QueueList, Updates
from channels.console.view import Board, Boards, fingerprint, packet
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)
HOLD_SECONDS = 10.0
LOOK_SECONDS = 1.0
"""How often the database is asked while a request is held: news from another process of the app is at most so late."""
BEAT_SECONDS = 5.0
"""It is written down that somebody's page is there when it asks for news and that was so long ago."""

_boards = Boards()


@router.get("/queue")
async def queue(who: AtDesk, request: Request) -> QueueList:
    """Who waits, oldest first, and what I have."""
    parts = parts_of(request)
    await _pick_up(parts, who, parts.clock.now())
    return await parts.lookout.run(_queue, parts, who)


@router.get("/conversations/{conversation_id}")
async def conversation(
    conversation_id: str, who: AtDesk, request: Request, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> Packet:
    """A conversation that waits or that I have: the case so far and what was said after event ``after``."""
    parts = parts_of(request)
    return await parts.lookout.run(_packet, parts, who, conversation_id, after)


@router.get("/updates")
async def updates(
    who: AtDesk,
    request: Request,
    seen: Annotated[str, Query(max_length=64)] = "",
    conversation_id: Annotated[str | None, Query(alias="conversation", max_length=64)] = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    held: Annotated[bool, Query()] = True,
) -> Updates:
    """The queue if it is not the one of ``seen``, and what happened in the open conversation after event ``after``.

    Waits for something new, 10 s at most (``held=false``: not at all).
    """
    parts = parts_of(request)
    until = time.monotonic() + (HOLD_SECONDS if held else 0)
    looked, last = float("-inf"), None
    if held:
        # It may have to wait to write, and what there is to see has not to wait for that
        parts.lookout.beside(who.id, partial(_pick_up, parts, who, parts.clock.now()))
    else:
        await _pick_up(parts, who, parts.clock.now())
    mine, anybodys = parts.hub.subscribe(conversation_id or who.id), parts.hub.subscribe(ANY)
    try:
        while True:
            waited_out = time.monotonic() >= until or await request.is_disconnected()
            waiting = await parts.lookout.waiting() if held else None
            if waited_out or mine.is_set() or waiting is not last or time.monotonic() >= looked + LOOK_SECONDS:
                mine.clear()
                looked, last = time.monotonic(), waiting
                found = await parts.lookout.run(_look, parts, who, seen, conversation_id, after, waited_out, waiting)
                if found is not None:
                    if after == 0 and found.packet and _along(found.packet):
                        await asyncio.to_thread(_reads_along, parts, who, found.packet.conversation_id)
                    return found
            await parts.hub.wait(anybodys, LOOK_SECONDS)
    finally:
        parts.hub.unsubscribe(conversation_id or who.id, mine)
        parts.hub.unsubscribe(ANY, anybodys)


def _look(
    parts: Parts, who: Operator, seen: str, conversation_id: str | None, after: int, anyway: bool,
    waiting: Sequence[Entry] | None,
) -> Updates | None:  # fmt: skip
    with parts.db.read() as conn:
        board = _boards.of(parts, conn, parts.desk.waiting(conn) if waiting is None else waiting)
        own = parts.desk.own(conn, who.id)
        entry = _entry([*own, *board.waiting], conversation_id) or reading_along(conn, who, conversation_id)
        escalated = parts.desk.watch.escalated(conn) if who.may("desk.supervise") else []
        mark = fingerprint([*own, *([entry] if entry else [])], board.mark, escalated)
        # An open conversation's events change the mark, too
        if mark == seen and not anyway and (entry.last_event <= after if entry else conversation_id is None):
            return None
        lost = _why_lost(parts.desk.where_is(conn, conversation_id)) if conversation_id and entry is None else None
        return Updates(
            seen=mark,
            now=parts.clock.now().isoformat(),
            queue=_listed(parts, conn, board, own),
            escalated=escalated,
            packet=packet(parts, conn, who, entry, after) if entry else None,
            lost=lost,
        )


def _listed(parts: Parts, conn: Connection, board: Board, own: Sequence[Entry]) -> QueueList:
    """Who waits, in the queue's order, then what this operator has."""
    waiting = board.but(own)
    return QueueList(items=[*waiting, *_boards.lines.of(parts, conn, own)], waiting=len(waiting))


async def _pick_up(parts: Parts, who: Operator, heard: datetime) -> None:
    """Her page was heard of; and conversations whose operator has gone return to the queue: whoever is there looks after that.

    ``heard`` is when she asked. Where many write, this is written down seconds later, and she may have gone meanwhile.
    """
    alone, unheard = await parts.lookout.run(_to_pick_up, parts, who, heard)
    if not (alone or unheard):
        return
    for conversation_id in await asyncio.to_thread(_picked_up, parts, who, heard, unheard):
        parts.announce(conversation_id)


def _to_pick_up(parts: Parts, who: Operator, heard: datetime) -> tuple[list[str], bool]:
    with parts.db.read() as conn:
        return parts.desk.left_alone(conn, parts.clock.now(), who.id), _unheard(parts, conn, who, heard, BEAT_SECONDS)


def _picked_up(parts: Parts, who: Operator, heard: datetime, unheard: bool) -> list[str]:
    now = parts.clock.now()
    with parts.db.write() as conn:
        if unheard and _unheard(parts, conn, who, heard):
            parts.desk.seats.seen(conn, who.id, heard)
        alone: list[str] = parts.desk.left_alone(conn, now, who.id)
        parts.desk.requeue(conn, alone, now)
    return alone


def _unheard(parts: Parts, conn: Connection, who: Operator, heard: datetime, for_s: float = 0.0) -> bool:
    seen = parts.desk.seats.seen_at(conn, who.id)
    return seen is None or (heard - seen).total_seconds() > for_s


def _queue(parts: Parts, who: Operator) -> QueueList:
    with parts.db.read() as conn:
        board = _boards.of(parts, conn, parts.desk.waiting(conn))
        return _listed(parts, conn, board, parts.desk.own(conn, who.id))


def _packet(parts: Parts, who: Operator, conversation_id: str, after: int) -> Packet:
    with parts.db.read() as conn:
        here = books.live_ones(conn, conversation_id)
        entry = next((one for one in here if one.state == WAITING), None) or _entry(
            parts.desk.own(conn, who.id), conversation_id
        )
        if entry is None:
            raise Problem(404, "gone", detail=t("desk.gone"))
        return packet(parts, conn, who, entry, after)


def reading_along(conn: Connection, who: Operator, conversation_id: str | None) -> Entry | None:
    """The conversation a supervisor reads while a colleague has it; None for whoever may not."""
    if conversation_id is None or not who.may("desk.supervise"):
        return None
    return next(iter(books.live_ones(conn, conversation_id)), None)


def _along(read: Packet) -> bool:
    return read.state == CLAIMED and not (read.mine or read.joined)


def _reads_along(parts: Parts, who: Operator, conversation_id: str) -> None:
    with parts.db.write() as conn:
        audit.append(
            conn, at=parts.clock.now(), actor=f"staff:{who.id}", action="desk.read_along", subject=conversation_id, detail={}
        )


def _entry(entries: Sequence[Entry], conversation_id: str | None) -> Entry | None:
    return next((entry for entry in entries if entry.conversation_id == conversation_id), None)


def _why_lost(place: tuple[str, str | None] | None) -> str:
    match place:
        case ("claimed", name):
            return t("desk.taken", name=name or "")
        case ("left", _):
            return t("desk.left")
        case ("released", _):
            return t("desk.released")
    return t("desk.gone")
