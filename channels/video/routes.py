"""The citizen's side of a call: what there is, and the socket of her page."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Literal

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel

from assistant.desk import books
from channels.access import Own, socket_conversation
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.video import store
from channels.video.call import Party
from channels.video.calls import Calls, view
from channels.video.servers import addresses
from channels.video.socket import PAGE, Line

router = APIRouter(tags=["conversation"])


class CallState(BaseModel):
    """A call that is not over: asked, ringing or live; who asked for it, and the name of who is at the other end."""

    id: str
    state: Literal["asked", "ringing", "live"]
    kind: Literal["video", "voice"]
    asked_by: Literal["citizen", "staff"]
    name: str | None
    recording: str


class CallOut(BaseModel):
    """Whether calls are possible here, whether they reach beyond this network, and the one under way."""

    available: bool
    crosses_networks: bool
    call: CallState | None


def calls_of(parts: Parts) -> Calls:
    """The calls of an app's parts."""
    return Calls(parts.settings, parts.db, parts.desk, parts.clock, parts.announce)


@router.get(
    "/api/v1/conversations/{conversation_id}/call",
    response_model=CallOut,
    responses=documented(401, 404),
    operation_id="call_state",
)
async def call_state(conv: Own, request: Request) -> CallOut:
    """Whether she can talk to staff by picture and voice, and the call under way. Signalling is a socket (docs/video.md)."""
    return await asyncio.to_thread(state_of, parts_of(request), conv.id, Party.CITIZEN)


@router.websocket("/api/v1/conversations/{conversation_id}/call/ws")
async def call_socket(websocket: WebSocket, conversation_id: str, page: str = "", call: str = "", after: int = 0) -> None:
    """Closes with 4401 or 4404 like the socket of events, 4400 without a name for the page (8 to 64 letters, digits, dashes).

    ``call`` and ``after`` are the call and the number of what the page heard last, where it comes back after a break.
    """
    parts = parts_of(websocket)
    try:
        conv = await socket_conversation(parts, websocket, conversation_id)
    except Problem as problem:
        await websocket.close(code=4401 if problem.status == 401 else 4404, reason=problem.code)
        return
    if not re.match(PAGE, page):
        await websocket.close(code=4400, reason="page")
        return
    await websocket.accept()
    await Line(parts, calls_of(parts), websocket, conv, Party.CITIZEN, page, resume=(call, max(0, after))).run()


def state_of(parts: Parts, conversation_id: str, party: Party) -> CallOut:
    """What there is, for one of the parties."""
    with parts.db.read() as conn:
        call = store.live_of(conn, conversation_id)
        name = books.name_of(conn, call.staff_id) if call and call.staff_id else None
    shown: dict[str, Any] | None = view(call, party, "", name)
    return CallOut(
        available=parts.settings.video_calls,
        crosses_networks=bool(addresses(parts.settings.video_turn_urls) and parts.settings.video_turn_secret),
        call=CallState.model_validate(shown) if shown else None,
    )
