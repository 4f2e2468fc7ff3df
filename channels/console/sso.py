"""Signing in at the organisation's identity provider, and out again: the ways there and back through the browser.

What belongs to one way (state, nonce, PKCE verifier) travels in a cookie of its own, once (``channels.trips``); the session's
stays strict.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.desk import identities, sessions
from assistant.desk.accounts import AccountError
from assistant.desk.identities import Rules
from assistant.desk.sessions import Elsewhere
from assistant.foundation.clock import Clock
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from assistant.identity.provider import IdentityProvider, Person, ProviderAway, SignInRefused, Trip
from channels import trips
from channels.api.limits import by_address
from channels.console.access import COOKIE, lives
from channels.console.models import Ways
from channels.console.page import PAGE_HEADERS, STATIC_DIR
from channels.parts import Parts, parts_of
from channels.problems import Problem

log = get_logger(__name__)
router = APIRouter(prefix="/console", include_in_schema=False)
TRIP_COOKIE = "bandao_sso"
TRIP_PATH = "/console/sso"
TRIP_LASTS = trips.LASTS
TRIP = trips.Place(TRIP_COOKIE, TRIP_PATH, b"cookie.sso")
_PAGES = {"desk": "/console/"} | {name: f"/console/{name}/" for name in ("guides", "reports", "accounts", "audit")}
_jinja = Environment(loader=FileSystemLoader(STATIC_DIR.with_name("pages")), autoescape=True, undefined=StrictUndefined)


def provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    """The provider that is set, if one is."""
    if not settings.oidc_issuer:
        return None
    return IdentityProvider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, f"{settings.public_url}{TRIP_PATH}/back",
        scope=settings.oidc_scope, wanted_claim=settings.oidc_roles_claim if settings.oidc_roles else "", now=clock.now,
    )  # fmt: skip


def rules(settings: Settings) -> Rules:
    """What is made of a person's claims here.

    Raises:
        ValueError: the mapping that is set is none.
    """
    return Rules(settings.oidc_roles_claim, identities.mapping(settings.oidc_roles), settings.oidc_unknown == "create")


@router.get("/api/ways")
async def ways(request: Request) -> Ways:
    """How one may sign in."""
    settings = parts_of(request).settings
    return Ways(provider=settings.oidc_name if settings.oidc_issuer else None, passwords=settings.staff_passwords == "all")


@router.get("/sso/begin")
async def begin(request: Request, to: Literal["desk", "guides", "reports", "accounts", "audit"] = "desk") -> Response:
    """Off to the provider."""
    parts = parts_of(request)
    by_address(parts, request)
    trip = Trip.new()
    try:
        address = await asyncio.to_thread(_provider(parts).begin, trip)
    except ProviderAway:
        return _sorry(503, t("desk.sso_away", name=parts.settings.oidc_name))
    response = RedirectResponse(address, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    trips.set_out(parts, response, TRIP, trip, to)
    return response


@router.get("/sso/back")
async def back(request: Request, bandao_sso: Annotated[str, Cookie()] = "") -> Response:
    """Back from the provider: a session, or why there is none. The way is used up either way."""
    parts = parts_of(request)
    by_address(parts, request)
    response = await asyncio.to_thread(_back, parts, bandao_sso, dict(request.query_params))
    response.delete_cookie(TRIP_COOKIE, path=TRIP_PATH)
    return response


@router.post("/sso/ended")
async def ended(request: Request, logout_token: Annotated[str, Form(max_length=20_000)]) -> Response:
    """The provider says, from server to server, that somebody's session is over there: so it is here."""
    parts = parts_of(request)
    by_address(parts, request)

    def end() -> None:
        held = _provider(parts)
        try:
            subject, sid = held.ended(logout_token)
        except ProviderAway:
            raise Problem(503, "sso_away", detail=t("desk.sso_away", name=parts.settings.oidc_name)) from None
        except SignInRefused as bad:
            log.warning("identity.refused", reason=bad.why)
            raise Problem(400, "sso_refused", detail=t("desk.sso_refused")) from None
        now = parts.clock.now()
        with parts.db.write() as conn:
            identities.ended_there(conn, held.issuer, subject, sid, now)
            alone = list(parts.desk.left_alone(conn, now))
            parts.desk.requeue(conn, alone, now)
        for conversation_id in alone:
            parts.announce(conversation_id)

    await asyncio.to_thread(end)
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def leaving(parts: Parts, elsewhere: Elsewhere | None) -> str | None:
    """Where the browser goes after signing out here, to sign out at the provider as well."""
    if elsewhere is None or parts.identity is None:
        return None
    return parts.identity.leave(elsewhere.id_token, f"{parts.settings.public_url}/console/")


def _back(parts: Parts, sealed: str, answer: dict[str, str]) -> Response:
    try:
        trip, to = trips.come_back(parts, TRIP, sealed)
        person = _provider(parts).finish(trip, answer)
        token = _session(parts, person)
    except ProviderAway:
        return _sorry(503, t("desk.sso_away", name=parts.settings.oidc_name))
    except SignInRefused as refused:
        log.warning("identity.refused", reason=refused.why)
        return _sorry(403, t("desk.sso_denied" if refused.why == "denied" else "desk.sso_refused"))
    except AccountError as none:
        log.info("identity.no_account", reason=none.code)
        return _sorry(403, str(none))
    response = RedirectResponse(_PAGES[str(to)], 303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE, token, max_age=parts.settings.staff_session_hours * 3600, path="/console", httponly=True, samesite="strict",
        secure=trips.secure(parts),
    )  # fmt: skip
    return response


def _session(parts: Parts, person: Person) -> str:
    now = parts.clock.now()
    with parts.db.write() as conn:
        staff_id = identities.account_for(conn, person, rules(parts.settings), now)
        token, _csrf = sessions.sign_in(conn, staff_id, now, lives(parts.settings), Elsewhere(person.sid, person.id_token))
    return token


def _provider(parts: Parts) -> IdentityProvider:
    if parts.identity is None:
        raise Problem(404, "not_found")
    return parts.identity


def _sorry(status: int, why: str) -> HTMLResponse:
    page = _jinja.get_template("sorry.html").render(why=why)
    return HTMLResponse(page, status, headers={**PAGE_HEADERS, "Cache-Control": "no-store"})
