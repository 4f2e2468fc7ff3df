"""A container opens our page: who holds the phone is signed in, in a conversation begun for it, and the page goes on there."""

from __future__ import annotations

import asyncio
import uuid
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError

from assistant.foundation.logging import get_logger
from assistant.foundation.messages import render, t, use_language
from assistant.foundation.tokens import hash_token
from assistant.identity.claims import Proven
from assistant.identity.provider import SignInRefused
from channels import crossings, trips
from channels.api.conversations import begin
from channels.api.limits import by_address
from channels.api.models import OpenConversation
from channels.container.door import Door
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.served import region_of
from channels.signin import serving
from channels.signin.page import told
from channels.signin.routes import COOKIE, COOKIE_PATH
from channels.web.routes import SECURITY_HEADERS

log = get_logger(__name__)
router = APIRouter(include_in_schema=False)
Locale = Literal["zh-CN", "zh-Hant", "en"]
_LONGEST = 8000
_NAMESPACE = uuid.UUID("6d1f6a0e-2f0c-4a55-9e55-3f9f6f1f0c11")
"""Of the ids that follow from tickets; any would do, it must only stay the same."""
Opening = Annotated[str, Query(max_length=_LONGEST)]


@router.get("/container")
async def opened(
    request: Request, ticket: Opening = "", locale: Locale = "zh-CN", region: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """As a web view opens an address: ``?ticket=``. The ticket is used up by it."""
    return await _open(request, ticket, locale, region)


@router.post("/container")
async def posted(
    request: Request, ticket: Annotated[str, Form(max_length=_LONGEST)] = "", locale: Annotated[Locale, Form()] = "zh-CN",
    region: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """The same with the ticket in a form, where it stands in nobody's log."""
    return await _open(request, ticket, locale, region)


async def _open(request: Request, ticket: str, locale: Locale, region: str) -> Response:
    parts, door = parts_of(request), cast(Door, request.app.state.container)
    if not door.open:
        raise Problem(404, "not_found")
    by_address(parts, request)
    try:
        shown, ticket_id = await asyncio.to_thread(door.read, ticket)
        served = region_of(parts, region or None)
        address, token = await asyncio.to_thread(_sign_in, parts, shown, ticket_id, locale, served)
    except SignInRefused as refused:
        log.warning("identity.refused", reason=refused.why)
        with use_language(locale):
            words = t("signin.slowed" if refused.why == "slowed" else "signin.container")
        headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
        return HTMLResponse(told(render(words, locale), locale), 403, headers=headers)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    response = RedirectResponse(address, 303, headers=headers)
    response.set_cookie(
        COOKIE, token, max_age=int(serving.lasts(parts).total_seconds()), path=COOKIE_PATH, httponly=True, samesite="strict",
        secure=trips.secure(parts),
    )  # fmt: skip
    return response


def _sign_in(parts: Parts, shown: Proven, ticket_id: str, locale: Locale, region: str) -> tuple[str, str]:
    """Where her page is, and the session's token.

    The conversation's id follows from the ticket's, and there is one conversation of an id: so a ticket comes once, whichever
    process it comes to and however often at the same moment, and for good.

    Raises:
        SignInRefused: ``used``, ``slowed``.
    """
    known = parts.db.keyring.blind_index(f"container:{shown.issuer} {ticket_id}")
    conversation_id = str(uuid.uuid5(_NAMESPACE, known))
    try:
        begun = begin(parts, OpenConversation(channel="web", locale=locale), region, conversation_id=conversation_id)
    except IntegrityError:
        raise SignInRefused("used") from None
    _, token = serving.sign_in(parts, conversation_id, shown)
    return crossings.address(parts.db.keyring, conversation_id, hash_token(begun.token), parts.clock.now()), token
