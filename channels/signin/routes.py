"""Signing in and out: the ways there and back through the browser, and what a conversation may ask about it.

A way begins with the conversation's token and ends in that conversation: which one, and how surely it was asked for, travels in
the sealed cookie of the way. What the provider gives us stays on the server; the browser gets a session cookie that no script
reads. The page goes on with the conversation it has.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from assistant.casework.signing import LEVELS, Level
from assistant.conversation import repository, signing_in
from assistant.conversation.model import Conversation
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import render, t, use_language
from assistant.identity import persons
from assistant.identity.claims import proven
from assistant.identity.persons import Session
from assistant.identity.provider import ProviderAway, SignInRefused, Trip
from channels import trips
from channels.access import Own
from channels.api.limits import by_address
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.signin import serving
from channels.signin.models import Begun, Left, SignIn, SignOut, Standing
from channels.signin.page import told
from channels.web.routes import SECURITY_HEADERS

log = get_logger(__name__)
router = APIRouter(tags=["signing in"])
COOKIE = "bandao_citizen"
COOKIE_PATH = "/api/v1/conversations"
TRIP = trips.Place("bandao_signin", "/signin", b"cookie.signin")
#: Doors at which many people use one browser: nothing that signs in again is left there.
SHARED = ("kiosk", "counter")
Held = Annotated[str, Cookie(alias=COOKIE, max_length=200)]
_PATH = "/api/v1/conversations/{conversation_id}"


@router.get(f"{_PATH}/sign-in", response_model=Standing, responses=documented(401, 404, 422), operation_id="get_sign_in")
async def get_sign_in(conv: Own, request: Request) -> Standing:
    """Who is in this conversation, and whether what is asked now wants somebody to sign in."""
    return await asyncio.to_thread(serving.standing, parts_of(request), conv)


@router.post(
    f"{_PATH}/sign-in", response_model=Begun, responses=documented(401, 404, 409, 422, 429, 503), operation_id="begin_sign_in"
)
async def begin_sign_in(body: SignIn, conv: Own, request: Request, response: Response, held: Held = "") -> Begun:
    """Begin to sign in, or to prove more; the question and everything answered stay. 409 where one cannot sign in here."""
    parts = parts_of(request)
    by_address(parts, request)
    if not body.again and held and await asyncio.to_thread(_by_session, parts, conv, body, held):
        parts.announce(conv.id)
        return Begun(signed_in=True, address=None)
    there, trip = serving.provider_of(parts), Trip.new()
    acr = serving.names(parts.settings).levels[body.level][0]
    asked = {"acr_values": acr, **({"prompt": "login"} if body.again or conv.channel in SHARED else {})}
    try:
        address = await asyncio.to_thread(lambda: there.begin(trip, **asked))
    except ProviderAway:
        raise Problem(503, "signin_away", detail=t("signin.away", name=parts.settings.citizen_name)) from None
    trips.set_out(parts, response, TRIP, trip, [conv.id, body.level, body.enterprise])
    response.headers["Cache-Control"] = "no-store"
    return Begun(signed_in=False, address=address)


@router.get(serving.BACK, include_in_schema=False)
async def back(request: Request, bandao_signin: Annotated[str, Cookie(max_length=4000)] = "") -> Response:
    """Back from the provider: into the conversation one came from, or with why not. The way is used up either way."""
    parts = parts_of(request)
    by_address(parts, request)
    response = await asyncio.to_thread(_back, parts, bandao_signin, dict(request.query_params))
    response.delete_cookie(TRIP.cookie, path=TRIP.path)
    return response


@router.post("/signin/ended", include_in_schema=False)
async def ended(request: Request, logout_token: Annotated[str, Form(max_length=20_000)]) -> Response:
    """The provider says, from server to server, that somebody's session is over there: so it is here."""
    parts = parts_of(request)
    by_address(parts, request)
    there = serving.provider_of(parts)
    try:
        subject, sid = await asyncio.to_thread(there.ended, logout_token)
    except ProviderAway:
        raise Problem(503, "signin_away", detail=t("signin.away", name=parts.settings.citizen_name)) from None
    except SignInRefused as bad:
        log.warning("identity.refused", reason=bad.why)
        raise Problem(400, "signin_refused", detail=t("signin.refused")) from None
    await asyncio.to_thread(_shut, parts, "provider", there=(there.issuer, subject, sid))
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


@router.post(f"{_PATH}/sign-out", response_model=Left, responses=documented(401, 404, 422, 503), operation_id="sign_out")
async def sign_out(body: SignOut, conv: Own, request: Request, response: Response) -> Left:
    """Sign out. This conversation's token opens nothing any more, nor do those of the others that were signed in with the same
    session, or ``everywhere``; cases stay, and are on her list when she signs in again."""
    parts = parts_of(request)
    session = await asyncio.to_thread(_session_of, parts, conv)
    if session is not None:
        which, whole = (None, session.citizen_id) if body.everywhere else (session.id, None)
        await asyncio.to_thread(_shut, parts, "herself", session_id=which, citizen_id=whole)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    leave = parts.citizens.leave if parts.citizens is not None and session is not None else None
    home = f"{parts.settings.public_url}/"
    return Left(next=await asyncio.to_thread(leave, None, home) if leave else None)


def _by_session(parts: Parts, conv: Conversation, body: SignIn, token: str) -> bool:
    """Whether the browser's session is as sure as is asked for; this conversation is hers then."""

    def bind(conn: Connection, now: datetime) -> bool:
        session = persons.session(conn, token, now)
        if session is None or not session.standing.reaches(body.level, now):
            return False
        if body.enterprise and session.standing.authority is None:
            return False
        signing_in.bind(conn, conv.id, session, now)
        return True

    if conv.channel in SHARED:
        return False
    try:
        return serving.writing(parts, bind)
    except signing_in.SomebodyElses:
        raise Problem(409, "signin_other", detail=t("signin.other")) from None


def _back(parts: Parts, sealed: str, answer: dict[str, str]) -> Response:
    channel, locale = "web", "zh-CN"
    try:
        trip, besides = trips.come_back(parts, TRIP, sealed)
        conversation_id, level, _enterprise = cast(tuple[str, Level, bool], besides)
        with parts.db.read() as conn:
            conv = repository.load(conn, conversation_id)
        if conv is None or conv.token_expires_at is None or conv.token_expires_at <= parts.clock.now():
            raise SignInRefused("conversation")
        channel, locale = conv.channel, conv.locale
        person = serving.provider_of(parts).finish(trip, answer)
        shown = proven(person, serving.names(parts.settings), parts.clock.now())
        session, token = serving.sign_in(parts, conv.id, shown)
    except ProviderAway:
        return _arrive(channel, locale, "away", name=parts.settings.citizen_name)
    except SignInRefused as refused:
        log.warning("identity.refused", reason=refused.why)
        return _arrive(channel, locale, refused.why if refused.why in ("denied", "slowed") else "refused")
    except signing_in.SomebodyElses:
        return _arrive(channel, locale, "other")
    parts.announce(conv.id)
    enough = LEVELS.index(session.standing.level) >= LEVELS.index(level)
    response = _arrive(channel, locale, "done" if enough else "weak")
    if channel not in (*SHARED, "miniprogram"):  # what a web view keeps the mini-program cannot use, and signing out not remove
        lasts = int(serving.lasts(parts).total_seconds())
        response.set_cookie(
            COOKIE, token, max_age=lasts, path=COOKIE_PATH, httponly=True, samesite="strict", secure=trips.secure(parts)
        )
    return response


def _arrive(channel: str, locale: str, how: str, **named: str) -> Response:
    """Back at the page one came from; where that is no page of ours, one that says what came of it."""
    if channel == "web":
        return RedirectResponse(f"/?{urlencode({'signin': how})}", 303, headers={"Cache-Control": "no-store"})
    with use_language(locale):
        words = t(f"signin.{how}", **named)
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
    return HTMLResponse(told(render(words, locale), locale), 200 if how == "done" else 403, headers=headers)


def _session_of(parts: Parts, conv: Conversation) -> Session | None:
    with parts.db.read() as conn:
        return persons.session_of(conn, conv.id, parts.clock.now())


def _shut(
    parts: Parts, by: str, *, session_id: str | None = None, citizen_id: str | None = None,
    there: tuple[str, str | None, str | None] | None = None,
) -> None:  # fmt: skip
    def shut(conn: Connection, now: datetime) -> list[str]:
        ids = persons.end(conn, parts.db.keyring, session_id=session_id, citizen_id=citizen_id, there=there)
        signing_in.shut(conn, ids, now, by)
        return ids

    for conversation_id in serving.writing(parts, shut):
        parts.announce(conversation_id)


