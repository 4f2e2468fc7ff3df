"""What the widget loads, and the way over from it into our own page."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from channels import crossings
from channels.access import Own
from channels.api.limits import by_address
from channels.api.models import In
from channels.parts import parts_of
from channels.problems import Problem, documented
from channels.widget.script import script

router = APIRouter(tags=["widget"])


class Crossing(BaseModel):
    """``address`` is a path of ours, good for one visit within two minutes."""

    address: str


class Ticket(In):
    """What stood behind ``#go=`` in the address."""

    ticket: Annotated[str, Field(min_length=1, max_length=1000)]


class Crossed(BaseModel):
    """The conversation, its new token, and the language it is held in."""

    conversation_id: str
    token: str
    locale: str


@router.api_route("/static/widget/bandao.js", methods=["GET", "HEAD"], include_in_schema=False)
async def widget_script(request: Request) -> Response:
    """The script other sites' pages load; 404 where no origin may embed it."""
    if not parts_of(request).settings.widget_origins.split():
        raise Problem(404, "not_found")
    made = script()
    headers = {
        "ETag": made.tag, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff",
        # The one thing of ours that pages of other sites may load
        "Cross-Origin-Resource-Policy": "cross-origin",
    }  # fmt: skip
    if request.headers.get("if-none-match") == made.tag:
        return Response(status_code=304, headers=headers)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(made.packed if packed else made.plain, headers=headers, media_type="text/javascript; charset=utf-8")


@router.post(
    "/api/v1/conversations/{conversation_id}/crossing",
    response_model=Crossing,
    responses=documented(401, 404),
    operation_id="begin_crossing",
)
async def begin_crossing(conv: Own, request: Request, response: Response) -> Crossing:
    """An address of our own page at which this conversation goes on; who arrives there gets its token, and this one ends."""
    parts = parts_of(request)
    response.headers["Cache-Control"] = "no-store"
    return Crossing(address=crossings.address(parts.db.keyring, conv.id, conv.token_hash, parts.clock.now()))


@router.post("/api/v1/crossings", response_model=Crossed, responses=documented(410, 422, 429), operation_id="cross_over")
async def cross_over(body: Ticket, request: Request, response: Response) -> Crossed:
    """Go on here with a conversation that was elsewhere; the ticket is used up, and the former token opens nothing more."""
    parts = parts_of(request)
    by_address(parts, request)
    try:
        conv, token = await asyncio.to_thread(crossings.arrive, parts, body.ticket)
    except crossings.NoCrossing:
        raise Problem(410, "crossing_over") from None
    response.headers["Cache-Control"] = "no-store"
    return Crossed(conversation_id=conv.id, token=token, locale=conv.locale)
