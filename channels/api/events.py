"""GET …/events and WS …/ws: what happens in a conversation, from any point on, as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from assistant.conversation import repository
from assistant.conversation.model import Conversation, Event
from assistant.conversation.replying import told
from channels.access import Streaming, socket_conversation
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["conversation"])
HEARTBEAT_SECONDS = 12.0
_PAGE = 500


@router.get(
    "/api/v1/conversations/{conversation_id}/events",
    response_class=StreamingResponse,
    operation_id="events",
    responses={**documented(401, 404, 422), 200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def events(
    conv: Streaming,
    request: Request,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
    follow: Annotated[bool, Query()] = True,
) -> StreamingResponse:
    """Server-sent events numbered above ``after``; a browser that reconnects sends the number it has in Last-Event-ID.

    ``follow=false`` ends the stream after what is there now.
    """
    start = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    lines = _lines(parts_of(request), conv, max(after, min(start, 2**31 - 1)), follow)
    return StreamingResponse(
        lines, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


@router.websocket("/api/v1/conversations/{conversation_id}/ws")
async def socket(websocket: WebSocket, conversation_id: str, after: int = 0) -> None:
    """The same objects as the event stream: ``{id, event, data}``."""
    parts = parts_of(websocket)
    try:
        conv = await socket_conversation(parts, websocket, conversation_id)
    except Problem as problem:
        await websocket.close(code=4401 if problem.status == 401 else 4404, reason=problem.code)
        return
    await websocket.accept()
    sending = asyncio.create_task(_send(parts, websocket, conv, max(after, 0)))
    try:
        while True:
            await websocket.receive_text()  # nothing is said this way; receiving is how a closed socket is noticed
    except WebSocketDisconnect:
        pass
    finally:
        sending.cancel()


async def _send(parts: Parts, websocket: WebSocket, conv: Conversation, after: int) -> None:
    async for event in follow_events(parts, conv, after, True):
        body: dict[str, Any] = {"event": "ping"} if event is None else {"id": event.seq, "event": event.kind, "data": event.data}
        await websocket.send_text(orjson.dumps(body).decode())


async def _lines(parts: Parts, conv: Conversation, after: int, follow: bool) -> AsyncIterator[bytes]:
    yield b": hello\n\n"
    async for event in follow_events(parts, conv, after, follow):
        if event is None:
            yield b": still here\n\n"
        else:
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.kind.encode(), orjson.dumps(event.data))


async def follow_events(parts: Parts, opened: Conversation, after: int, follow: bool) -> AsyncIterator[Event | None]:
    """Events above ``after``, then each as it comes; None as a sign of life after 12 quiet seconds (15 are promised).

    The bell only says that there may be news; the database is asked each time, also after every quiet stretch, so news
    from another process of the app is late but never lost. It ends where the token that opened it was handed back, ran out,
    or gave way to another.
    """
    bell = parts.hub.subscribe(opened.id)
    try:
        while True:
            found = await asyncio.to_thread(_read, parts, opened, after)
            if found is None:
                return
            for event in found:
                after = event.seq
                yield event
            if found:
                continue
            if not follow:
                return
            if not await parts.hub.wait(bell, HEARTBEAT_SECONDS):
                yield None
    finally:
        parts.hub.unsubscribe(opened.id, bell)


def _read(parts: Parts, opened: Conversation, after: int) -> list[Event] | None:
    with parts.db.read() as conn:
        found = repository.events_after(conn, opened.id, after, _PAGE)
        conv = repository.load(conn, opened.id)
    if conv is None or conv.token_hash != opened.token_hash:
        return None
    if conv.token_expires_at is None or conv.token_expires_at <= parts.clock.now():
        return None
    return [told(event, conv.locale) for event in found]
