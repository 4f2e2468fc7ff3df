"""The staff's side of a call: the socket of whoever has the conversation, and recordings sent, looked for and looked at."""

from __future__ import annotations

import asyncio
import hmac
import re
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Path, Query, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, ValidationError

from assistant.conversation import repository
from assistant.desk import books, sessions
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.console.access import COOKIE, ActingAtDesk, AtDesk, needs
from channels.console.models import Done, In
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.video import recordings
from channels.video.call import Party
from channels.video.recordings import MOST_BYTES, MOST_PIECES, PieceRefused, Recording
from channels.video.routes import CallOut, calls_of, state_of
from channels.video.socket import PAGE, Line

router = APIRouter(prefix="/console/api", include_in_schema=False)
Watching = Annotated[Operator, Depends(needs("recordings.read"))]
ActingWatcher = Annotated[Operator, Depends(needs("recordings.read", change=True))]
TICKET = timedelta(minutes=30)
"""So long a reason given once opens a recording: pages fetch it in pieces."""
HELLO_SECONDS = 10.0
_PLAYED = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}


class Hello(In):
    """The first thing a console's socket says: the token only its own pages can read."""

    csrf: Annotated[str, Field(max_length=128)]


class Finish(In):
    """So many pieces were made."""

    pieces: Annotated[int, Field(ge=0, le=MOST_PIECES)]


class Wanted(BaseModel):
    """The numbers of pieces that have not come; empty: the recording is whole."""

    missing: list[int]


class Reason(In):
    """Why somebody looks at a recording."""

    reason: Annotated[str, Field(min_length=2, max_length=200)]


class RecordingOut(BaseModel):
    """A recording: running, stopped, whole, cut (something is missing) or deleted; ``size`` in bytes."""

    id: str
    agreed_at: str
    stopped_at: str | None
    state: str
    size: int
    words: str


class Opened(BaseModel):
    """Where it can be fetched from, by this account, until then."""

    url: str
    until: str


@router.get("/conversations/{conversation_id}/call")
async def call_state(conversation_id: str, who: AtDesk, request: Request) -> CallOut:
    """Whether calls are possible, and the one under way, for whoever may read the conversation."""
    parts = parts_of(request)
    await asyncio.to_thread(_readable, parts, who, conversation_id)
    return await asyncio.to_thread(state_of, parts, conversation_id, Party.STAFF)


@router.websocket("/conversations/{conversation_id}/call/ws")
async def call_socket(websocket: WebSocket, conversation_id: str, page: str = "", call: str = "", after: int = 0) -> None:
    """Closes with 4401 for nobody signed in, 4403 for a foreign page or role, 4404 for a conversation that is not hers."""
    parts = parts_of(websocket)
    cookie = websocket.cookies.get(COOKIE)
    who = await asyncio.to_thread(_signed_in, parts, cookie)
    if who is None:
        await websocket.close(code=4401, reason="staff_unauthorised")
        return
    origin = urlsplit(websocket.headers.get("origin", "")).netloc
    if not origin or origin != websocket.headers.get("host") or not who.may("desk.talk") or not re.match(PAGE, page):
        await websocket.close(code=4403, reason="role")
        return
    await websocket.accept()
    try:
        hello = Hello.model_validate_json(await asyncio.wait_for(websocket.receive_text(), HELLO_SECONDS))
    except (TimeoutError, ValidationError):
        await websocket.close(code=1008, reason="hello")
        return
    except WebSocketDisconnect:
        return
    if not hmac.compare_digest(hello.csrf.encode(), who.csrf.encode()):
        await websocket.close(code=4403, reason="csrf")
        return
    with parts.db.read() as conn:
        held = books.live(conn, conversation_id)
        conv = repository.load(conn, conversation_id) if held is not None and held["staff_id"] == who.id else None
    if conv is None:
        await websocket.close(code=4404, reason="gone")
        return

    async def still() -> bool:
        found = await asyncio.to_thread(_signed_in, parts, cookie)
        return found is not None and found.id == who.id

    resume = (call, max(0, after))
    await Line(parts, calls_of(parts), websocket, conv, Party.STAFF, page, who, still, resume).run()


@router.put("/recordings/{recording_id}/pieces/{number}")
async def put_piece(
    recording_id: str, number: Annotated[int, Path(ge=0, lt=MOST_PIECES)], who: ActingAtDesk, request: Request
) -> Done:
    """Keep one piece of a recording of mine; the same again changes nothing. 409 where another came under its number."""
    parts = parts_of(request)
    found = await asyncio.to_thread(_mine, parts, who, recording_id)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise Problem(413, "too_large")
    try:
        await asyncio.to_thread(recordings.put, parts.db, parts.blobs, found, number, bytes(data))
    except PieceRefused as refused:
        raise _refused(refused) from None
    return Done()


@router.post("/recordings/{recording_id}/finish")
async def finish(recording_id: str, body: Finish, who: ActingAtDesk, request: Request) -> Wanted:
    """All pieces were made: which have not come."""
    return await asyncio.to_thread(_finish, parts_of(request), who, recording_id, body.pieces)


@router.get("/conversations/{conversation_id}/recordings")
async def listed(conversation_id: str, who: Watching, request: Request) -> list[RecordingOut]:
    """The recordings of a conversation's calls, the deleted ones too."""
    return await asyncio.to_thread(_listed, parts_of(request), conversation_id)


@router.post("/recordings/{recording_id}/open")
async def opened(recording_id: str, body: Reason, who: ActingWatcher, request: Request) -> Opened:
    """Look at a recording: that goes into the audit chain, why into the conversation's notes."""
    return await asyncio.to_thread(_open, parts_of(request), who, recording_id, body.reason.strip())


@router.get("/recordings/{recording_id}/media")
async def media(
    recording_id: str, who: Watching, request: Request, ticket: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The picture and sound, for whoever has given a reason within the last half hour; 404 for anybody else."""
    parts = parts_of(request)
    if not _opens(parts, ticket, recording_id, who.id):
        raise Problem(404, "not_found")
    found, files = await asyncio.to_thread(_files, parts, recording_id)
    if found is None or not files:
        raise Problem(404, "not_found")
    return StreamingResponse(recordings.played(parts.blobs, files), media_type=found.media_type, headers=_PLAYED)


def _readable(parts: Parts, who: Operator, conversation_id: str) -> None:
    with parts.db.read() as conn:
        held = books.live(conn, conversation_id)
        if held is None or not (parts.desk.may_read(conn, conversation_id, who.id) or who.may("desk.supervise")):
            raise Problem(404, "gone", detail=t("desk.gone"))


def _signed_in(parts: Parts, cookie: str | None) -> Operator | None:
    if not cookie:
        return None
    with parts.db.read() as conn:
        return sessions.signed_in(conn, cookie, parts.clock.now())


def _mine(parts: Parts, who: Operator, recording_id: str) -> Recording:
    """A recording of a call I had; any other is as unknown as one that never was."""
    with parts.db.read() as conn:
        found = recordings.find(conn, recording_id)
    if found is None or found.staff_id != who.id:
        raise Problem(404, "not_found")
    return found


def _finish(parts: Parts, who: Operator, recording_id: str, count: int) -> Wanted:
    found = _mine(parts, who, recording_id)
    try:
        with parts.db.write() as conn:
            return Wanted(missing=recordings.finish(conn, found, count))
    except PieceRefused as refused:
        raise _refused(refused) from None


def _listed(parts: Parts, conversation_id: str) -> list[RecordingOut]:
    with parts.db.read() as conn:
        found = recordings.of_conversation(conn, conversation_id)
    return [
        RecordingOut(
            id=one.id, agreed_at=one.agreed_at.isoformat(), stopped_at=one.stopped_at.isoformat() if one.stopped_at else None,
            state=one.state, size=one.size, words=one.words,
        )
        for one in found
    ]  # fmt: skip


def _open(parts: Parts, who: Operator, recording_id: str, reason: str) -> Opened:
    now = parts.clock.now()
    with parts.db.write() as conn:
        found = recordings.find(conn, recording_id)
        if found is None or found.state == recordings.DELETED:
            raise Problem(404, "not_found")
        books.note(conn, found.conversation_id, who.id, "note", t("video.note_opened", reason=reason), now)
        detail: dict[str, Any] = {"recording": found.id, "call": found.call_id}
        actor, subject = f"staff:{who.id}", found.conversation_id
        audit.append(conn, at=now, actor=actor, action="video.recording_opened", subject=subject, detail=detail)
    until = now + TICKET
    plain = f"{int(until.timestamp())}"
    ticket = f"{plain}.{parts.services.sign(_plain(found.id, who.id, plain))}"
    return Opened(url=f"/console/api/recordings/{found.id}/media?ticket={ticket}", until=until.isoformat())


def _opens(parts: Parts, ticket: str, recording_id: str, staff_id: str) -> bool:
    until, _, mark = ticket.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > 12:
        return False
    fits = hmac.compare_digest(mark.encode(), parts.services.sign(_plain(recording_id, staff_id, until)).encode())
    return fits and datetime.fromtimestamp(int(until), parts.clock.now().tzinfo) > parts.clock.now()


def _plain(recording_id: str, staff_id: str, until: str) -> str:
    return f"recording:{recording_id}:{staff_id}:{until}"


def _files(parts: Parts, recording_id: str) -> tuple[Recording | None, list[str]]:
    with parts.db.read() as conn:
        return recordings.find(conn, recording_id), recordings.blobs_of(conn, recording_id)


def _refused(refused: PieceRefused) -> Problem:
    return Problem(409, f"recording_{refused.code}", detail=t(f"video.recording_{refused.code}"))
