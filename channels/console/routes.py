"""The console's API, the part that changes something: sign in and out, claim, talk, hand back. ``updates`` is what it reads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Request, Response
from sqlalchemy import Connection

from assistant.conversation import repository
from assistant.desk import accounts, sessions
from assistant.desk.accounts import AccountError, Operator
from assistant.desk.roles import ordered, permissions
from assistant.desk.sessions import Elsewhere
from assistant.foundation.messages import t
from channels.api.limits import by_address
from channels.console import (
    accounts as account_pages,
)
from channels.console import (
    acting,
    assisted,
    auditing,
    bookings,
    clocks,
    desk,
    guides,
    guides_preview,
    guides_revisions,
    labels,
    misread,
    misuse,
    packet,
    page,
    papers,
    past,
    ratings,
    replies,
    reports,
    sso,
    stuck,
    unsent,
    updates,
)
from channels.console.access import COOKIE, ActingAtDesk, Changing, Reading, lives
from channels.console.changing import changed
from channels.console.models import Done, Left, Me, NewPassword, Say, SignIn
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


@api.post("/active")
async def active(_who: Changing) -> Done:
    """Somebody is there: the page says so while keys or the mouse are used, and the session goes on."""
    return Done()


@api.post("/logout")
async def logout(_who: Changing, request: Request, response: Response, bandao_staff: Annotated[str, Cookie()] = "") -> Left:
    """Sign out; conversations nobody looks after any more go back to the queue."""
    parts = parts_of(request)
    now = parts.clock.now()

    def leave(conn: Connection) -> tuple[list[str], Elsewhere | None]:
        elsewhere = sessions.sign_out(conn, bandao_staff)
        alone = list(parts.desk.left_alone(conn, now))
        parts.desk.requeue(conn, alone, now)
        return alone, elsewhere

    alone, elsewhere = await asyncio.to_thread(_write, parts, leave)
    for conversation_id in alone:
        parts.hub.ring(conversation_id)
    response.delete_cookie(COOKIE, path="/console")
    return Left(next=await asyncio.to_thread(sso.leaving, parts, elsewhere))


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
    return await changed(
        parts, conversation_id, lambda conn: parts.desk.claim(conn, conversation_id, who.id, who.name, parts.clock.now())
    )


@api.post("/conversations/{conversation_id}/release")
async def release(conversation_id: str, who: ActingAtDesk, request: Request) -> Done:
    """Give it back to the bot."""
    parts = parts_of(request)
    return await changed(
        parts, conversation_id, lambda conn: parts.desk.release(conn, conversation_id, who.id, parts.clock.now())
    )


@api.post("/conversations/{conversation_id}/messages")
async def say(conversation_id: str, body: Say, who: ActingAtDesk, request: Request) -> Done:
    """Say something to the citizen."""
    parts = parts_of(request)

    def tell(conn: Connection) -> None:
        if body.message_id is None or not _said_before(conn, conversation_id, body.message_id):
            parts.desk.say(conn, conversation_id, who.id, who.name, body.text, parts.clock.now(), body.message_id)

    return await changed(parts, conversation_id, tell)


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
        id=who.id, login=who.login, name=who.name, roles=ordered(who.roles), may=permissions(who.roles), csrf=who.csrf,
        hours=parts.settings.desk_hours, opens_at=opens.isoformat() if opens else None,
        messages=_sandbox_messages(parts),
    )  # fmt: skip


def _sandbox_messages(parts: Parts) -> str | None:
    at = parts.settings.sandbox_url
    return f"{at}/office/messages" if parts.settings.messages_url == f"{at}/messages" else None


def _write(parts: Parts, change: Callable[[Connection], Any]) -> Any:
    with parts.db.write() as conn:
        return change(conn)


def _sign_in(parts: Parts, body: SignIn) -> tuple[str, Operator]:
    now = parts.clock.now()
    login = body.login.strip().lower()
    settings = parts.settings
    if settings.staff_passwords == "emergency" and login != settings.staff_emergency_login:
        raise Problem(403, "passwords_off", detail=t("desk.passwords_off", name=settings.oidc_name))
    with parts.db.read() as conn:
        staff_id = accounts.check(conn, login, body.password)
    if staff_id is None:
        raise Problem(401, "wrong_login")
    with parts.db.write() as conn:
        token, _csrf = sessions.sign_in(conn, staff_id, now, lives(parts.settings))
        who = sessions.signed_in(conn, token, now)
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
router.include_router(acting.router)
router.include_router(sso.router)
router.include_router(updates.router)
router.include_router(desk.router)
router.include_router(labels.router)
router.include_router(misread.router)
router.include_router(packet.router)
router.include_router(papers.router)
router.include_router(ratings.router)
router.include_router(replies.router)
router.include_router(reports.router)
router.include_router(clocks.router)
router.include_router(bookings.router)
router.include_router(assisted.router)
router.include_router(stuck.router)
router.include_router(unsent.router)
router.include_router(guides.router)
router.include_router(guides_revisions.router)
router.include_router(guides_preview.router)
router.include_router(account_pages.router)
router.include_router(auditing.router)
router.include_router(past.router)
router.include_router(misuse.router)
router.include_router(page.router)
