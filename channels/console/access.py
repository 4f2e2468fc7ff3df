"""Sessions of the console: a cookie for who, a header for intent, and for every route the permission it needs."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Cookie, Depends, Header, Request

from assistant.desk import sessions
from assistant.desk.accounts import Operator
from assistant.desk.roles import OWN, PERMISSIONS
from assistant.desk.sessions import Lives
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.parts import Parts, parts_of
from channels.problems import Problem

COOKIE = "bandao_staff"
PERMISSION_OF: dict[Callable[..., Any], str] = {}
"""Dependency → the permission it asks for: so that every route can be asked what it needs."""


async def operator(request: Request, bandao_staff: Annotated[str | None, Cookie()] = None) -> Operator:
    """Who is signed in; 401 if nobody is."""
    parts = parts_of(request)
    found = await parts.lookout.run(_find, parts, bandao_staff)
    if found is None:
        raise Problem(401, "staff_unauthorised")
    return found


async def changing(
    request: Request,
    who: Annotated[Operator, Depends(operator)],
    x_csrf_token: Annotated[str, Header()] = "",
    bandao_staff: Annotated[str, Cookie()] = "",
) -> Operator:
    """As ``operator``, for requests that change something: the page must send the token only it can read.

    Somebody is there, so the session goes on; what the page fetches by itself puts its end off by nothing.
    """
    if not hmac.compare_digest(x_csrf_token.encode(), who.csrf.encode()):
        raise Problem(403, "csrf")
    await asyncio.to_thread(_renew, parts_of(request), bandao_staff)
    return who


def lives(settings: Settings) -> Lives:
    """How long sessions last here."""
    return Lives(settings.staff_session_hours, settings.staff_idle_minutes)


def _find(parts: Parts, token: str | None) -> Operator | None:
    if not token:
        return None
    with parts.db.read() as conn:
        return sessions.signed_in(conn, token, parts.clock.now())


def _renew(parts: Parts, token: str) -> None:
    now = parts.clock.now()
    with parts.db.read() as conn:
        end = sessions.renewal(conn, token, now, lives(parts.settings))
    if end is not None:
        with parts.db.write() as conn:
            sessions.renew(conn, token, now, end)


def require(who: Operator, permission: str) -> None:
    """403 for somebody whose roles do not give this."""
    if not who.may(permission):
        raise Problem(403, "role", detail=t("desk.role" if who.roles else "desk.role_none"))


def needs(permission: str, *, change: bool = False) -> Callable[..., Awaitable[Operator]]:
    """A dependency: who is signed in and has this permission. With ``change`` the request must carry the CSRF token, too.

    Raises:
        KeyError: there is no such permission.
    """
    PERMISSIONS[permission]

    async def read(who: Annotated[Operator, Depends(operator)]) -> Operator:
        require(who, permission)
        return who

    async def write(who: Annotated[Operator, Depends(changing)]) -> Operator:
        require(who, permission)
        return who

    made = write if change else read
    PERMISSION_OF[made] = permission
    return made


Reading = Annotated[Operator, Depends(needs(OWN))]
Changing = Annotated[Operator, Depends(needs(OWN, change=True))]
AtDesk = Annotated[Operator, Depends(needs("desk.read"))]
ActingAtDesk = Annotated[Operator, Depends(needs("desk.talk", change=True))]
Supervising = Annotated[Operator, Depends(needs("desk.supervise"))]
ActingSupervisor = Annotated[Operator, Depends(needs("desk.supervise", change=True))]
SeeingFigures = Annotated[Operator, Depends(needs("figures.read"))]
