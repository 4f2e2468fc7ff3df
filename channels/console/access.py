"""Sessions of the console: a cookie for who, a header for intent."""

from __future__ import annotations

import asyncio
import hmac
from typing import Annotated

from fastapi import Cookie, Depends, Header, Request

from assistant.desk import accounts
from assistant.desk.accounts import DESK_ROLES, Operator
from assistant.foundation.messages import t
from channels.parts import Parts, parts_of
from channels.problems import Problem

COOKIE = "bandao_staff"


async def operator(request: Request, bandao_staff: Annotated[str | None, Cookie()] = None) -> Operator:
    """Who is signed in; 401 if nobody is."""
    found = await asyncio.to_thread(_find, parts_of(request), bandao_staff)
    if found is None:
        raise Problem(401, "staff_unauthorised")
    return found


async def changing(who: Annotated[Operator, Depends(operator)], x_csrf_token: Annotated[str, Header()] = "") -> Operator:
    """As ``operator``, for requests that change something: the page must send the token only it can read."""
    if not hmac.compare_digest(x_csrf_token.encode(), who.csrf.encode()):
        raise Problem(403, "csrf")
    return who


def _find(parts: Parts, token: str | None) -> Operator | None:
    if not token:
        return None
    with parts.db.read() as conn:
        return accounts.signed_in(conn, token, parts.clock.now())


async def at_desk(who: Annotated[Operator, Depends(operator)]) -> Operator:
    """Who talks with citizens: those who only write guides see nothing of what citizens say. 403 for them."""
    return _at_desk(who)


async def acting_at_desk(who: Annotated[Operator, Depends(changing)]) -> Operator:
    """As ``at_desk``, for requests that change something."""
    return _at_desk(who)


def _at_desk(who: Operator) -> Operator:
    if who.role not in DESK_ROLES:
        raise Problem(403, "desk_role", detail=t("desk.desk_role"))
    return who


Reading = Annotated[Operator, Depends(operator)]
Changing = Annotated[Operator, Depends(changing)]
AtDesk = Annotated[Operator, Depends(at_desk)]
ActingAtDesk = Annotated[Operator, Depends(acting_at_desk)]
