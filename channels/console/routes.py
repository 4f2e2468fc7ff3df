"""The console's API, the part that changes something: sign in and out, claim, talk, hand back. ``updates`` is what it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Request, Response
from sqlalchemy import Connection

from assistant.conversation import repository
from assistant.desk import accounts
from assistant.desk.accounts import AccountError, Operator
from assistant.desk.queue import CLAIMED, LEFT, RELEASED, WAITING, NotYours
from assistant.foundation.messages import t
from channels.api.limits import by_address
from channels.console import clocks, guides, guides_preview, guides_revisions, labels, misread, page, ratings, stuck, updates
from channels.console.access import COOKIE, ActingAtDesk, Changing, Reading
from channels.console.models import Done, Me, NewPassword, Say, SignIn
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/console/api", include_in_schema=False)
RECENT = 50
"""Events looked through for a message that may be coming a second time."""


@api.post("/login")
async def login(body: SignIn, request: Request, response: Response) -> Me:
    """Sign in; slow on purpose, and limited by address."""
    parts = parts_of(request)
    by_address(parts, request)
    _few_tries(parts, request)
    token, who = await asyncio.to_thread(_sign_in, parts, body)
    response.set_cookie(
        COOKIE, token, max_age=parts.settings.staff_session_hours * 3600, path="/console", httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return _me(parts, who)


@api.get("/me")
async def me(who: Reading, request: Request) -> Me:
    """Who am I."""
    return _me(parts_of(request), who)


@api.post("/logout")
async def logout(_who: Changing, request: Request, response: Response, bandao_staff: Annotated[str, Cookie()] = "") -> Done:
    """Sign out; conversations nobody looks after any more go back to the queue."""
    parts = parts_of(request)
    now = parts.clock.now()

    def leave(conn: Connection) -> list[str]:
        accounts.sign_out(conn, bandao_staff)
        alone = list(parts.desk.left_alone(conn, now))
        parts.desk.requeue(conn, alone, now)
        return alone

    for conversation_id in await asyncio.to_thread(_write, parts, leave):
        parts.hub.ring(conversation_id)
    response.delete_cookie(COOKIE, path="/console")
    return Done()


@api.put("/password")
async def password(body: NewPassword, who: Changing, request: Request, bandao_staff: Annotated[str, Cookie()] = "") -> Done:
    """Change my password; other sessions of mine end."""
    parts = parts_of(request)
    _few_tries(parts, request)
    await asyncio.to_thread(_password, parts, who, body, bandao_staff)
    return Done()


@api.post("/conversations/{conversation_id}/claim")
async def claim(conversation_id: str, who: ActingAtDesk, request: Request) -> Done:
    """Take a waiting conversation."""
    parts = parts_of(request)
    return await _change(
        parts, who, conversation_id, lambda conn: parts.desk.claim(conn, conversation_id, who.id, who.name, parts.clock.now())
    )


@api.post("/conversations/{conversation_id}/release")
async def release(conversation_id: str, who: ActingAtDesk, request: Request) -> Done:
    """Give it back to the bot."""
    parts = parts_of(request)
    return await _change(
        parts, who, conversation_id, lambda conn: parts.desk.release(conn, conversation_id, who.id, parts.clock.now())
    )


@api.post("/conversations/{conversation_id}/messages")
async def say(conversation_id: str, body: Say, who: ActingAtDesk, request: Request) -> Done:
    """Say something to the citizen."""
    parts = parts_of(request)

    def tell(conn: Connection) -> None:
        if body.message_id is None or not _said_before(conn, conversation_id, body.message_id):
            parts.desk.say(conn, conversation_id, who.id, who.name, body.text, parts.clock.now(), body.message_id)

    return await _change(parts, who, conversation_id, tell)


async def _change(parts: Parts, who: Operator, conversation_id: str, change: Callable[[Connection], Any]) -> Done:
    try:
        await asyncio.to_thread(_write, parts, change)
    except NotYours:
        raise await asyncio.to_thread(_why_not, parts, who, conversation_id) from None
    parts.hub.ring(conversation_id)
    return Done()


def _why_not(parts: Parts, who: Operator, conversation_id: str) -> Problem:
    """What to say to somebody who wants to change a conversation that is not hers."""
    with parts.db.read() as conn:
        state, name = parts.desk.where_is(conn, conversation_id) or (None, None)
    reasons = {
        CLAIMED: ("taken", t("desk.taken", name=name or "")),
        WAITING: ("not_held", t("desk.not_held")),
        LEFT: ("left", t("desk.left")),
        RELEASED: ("released", t("desk.released")),
    }
    if state not in reasons:
        return Problem(404, "gone", detail=t("desk.gone"))
    code, detail = reasons[state]
    return Problem(409, code, detail=detail)


def _said_before(conn: Connection, conversation_id: str, message_id: str) -> bool:
    conv = repository.load(conn, conversation_id)
    recent = repository.events_after(conn, conversation_id, max(0, conv.last_event - RECENT)) if conv else []
    return any(event.kind == "message" and event.data.get("client_message_id") == message_id for event in recent)


def _few_tries(parts: Parts, request: Request) -> None:
    if parts.sign_in_tries.take(request.client.host if request.client else "unknown") > 0:
        raise Problem(429, "too_fast", seconds=60, headers={"Retry-After": "60"})


def _me(parts: Parts, who: Operator) -> Me:
    opens = parts.desk.opens_at(parts.clock.now())
    return Me(
        login=who.login, name=who.name, role=who.role, csrf=who.csrf, hours=parts.settings.desk_hours,
        opens_at=opens.isoformat() if opens else None,
    )  # fmt: skip


def _write(parts: Parts, change: Callable[[Connection], Any]) -> Any:
    with parts.db.write() as conn:
        return change(conn)


def _sign_in(parts: Parts, body: SignIn) -> tuple[str, Operator]:
    now = parts.clock.now()
    with parts.db.read() as conn:
        staff_id = accounts.check(conn, body.login.strip().lower(), body.password)
    if staff_id is None:
        raise Problem(401, "wrong_login")
    with parts.db.write() as conn:
        token, _csrf = accounts.sign_in(conn, staff_id, now, parts.settings.staff_session_hours)
        who = accounts.signed_in(conn, token, now)
    assert who is not None
    return token, who


def _password(parts: Parts, who: Operator, body: NewPassword, token: str) -> None:
    with parts.db.read() as conn:
        fits = accounts.check(conn, who.login, body.current) == who.id
    if not fits:
        raise Problem(403, "wrong_password", detail=t("desk.wrong_password"))
    try:
        with parts.db.write() as conn:
            accounts.change_password(conn, who.id, body.new, parts.clock.now(), f"staff:{who.id}", keep=token)
    except AccountError as weak:
        raise Problem(422, weak.code, detail=str(weak)) from None


router.include_router(api)
router.include_router(updates.router)
router.include_router(labels.router)
router.include_router(misread.router)
router.include_router(ratings.router)
router.include_router(clocks.router)
router.include_router(stuck.router)
router.include_router(guides.router)
router.include_router(guides_revisions.router)
router.include_router(guides_preview.router)
router.include_router(page.router)
