"""Signing in at a kiosk or counter by one's own phone: a QR code on the screen, a page on the phone that names the place.

The mini-program opens the same page: it is no browser, and what it shows of the web shares nothing with it.

A code is for one conversation, once, for three minutes. The phone names the place and asks for the number on that screen, which
the QR code does not carry: a code that was photographed, printed or sent on signs nobody in where she does not stand. The
phone's browser keeps nothing of it, and gets no session.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Form, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from assistant.casework.package.book import qr_svg
from assistant.casework.signing import Level, PhoneCode
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation import audit
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import CHINESE, render, t, use_language
from assistant.foundation.tokens import hash_token
from assistant.identity import misuse
from assistant.identity.provider import ProviderAway, Trip
from channels import trips
from channels.access import Own
from channels.api.limits import by_address
from channels.api.models import In
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.signin import serving
from channels.signin.routes import SHARED, TRIP
from channels.web.routes import SECURITY_HEADERS

log = get_logger(__name__)
router = APIRouter(tags=["signing in"])
LASTS = timedelta(minutes=3)
DIGITS, TRIES = 3, 3
PAGE = "/signin/phone"
DOORS = (*SHARED, "miniprogram")
_OWN = ("asks", "only_there", "number", "wrong", "over")  # said otherwise where no machine stands before her
COOKIE = "bandao_phone"
_pages = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True, undefined=StrictUndefined)


class CodeAsked(In):
    """``level`` and ``enterprise`` as for signing in; ``place`` is where the screen stands, as its own address calls it."""

    level: Level = "real_name"
    enterprise: bool = False
    place: Annotated[str, Field(max_length=40)] = ""


class CodeShown(BaseModel):
    """``qr`` is SVG of ``address``, which phones open; ``number`` is for the screen alone; both hold until ``until``."""

    address: str = Field(repr=False)
    qr: str = Field(repr=False)
    number: str = Field(repr=False)
    until: datetime


@router.post(
    "/api/v1/conversations/{conversation_id}/sign-in/code", status_code=201, response_model=CodeShown,
    responses=documented(401, 404, 409, 422, 429, 503), operation_id="show_sign_in_code",
)  # fmt: skip
async def show_code(body: CodeAsked, conv: Own, request: Request) -> CodeShown:
    """A code for signing in here by phone; the one shown before holds no more. 409 but at a kiosk, at a counter or in the
    mini-program, and where phones cannot open our address."""
    parts = parts_of(request)
    by_address(parts, request)
    serving.provider_of(parts)
    ours = parts.settings.citizens_url
    if conv.channel not in DOORS or ours is None:
        raise Problem(409, "signin_off", detail=t("by_phone.elsewhere" if ours else "by_phone.no_address"))
    code, number = secrets.token_urlsafe(24), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    place = " ".join("".join(sign for sign in body.place if sign.isprintable()).split())

    def keep(conn: Connection, now: datetime) -> datetime:
        until = now + LASTS
        kept = PhoneCode(
            code_hash=hash_token(code), number=number, place=place, until=until, level=body.level, enterprise=body.enterprise
        )
        _change(conn, conv.id, kept, now)
        return until

    until = await asyncio.to_thread(serving.writing, parts, keep)
    address = f"{ours}{PAGE}?code={conv.id}.{code}"
    drawn = qr_svg.__wrapped__(address).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return CodeShown(address=address, qr=drawn, number=number, until=until)


@router.get(PAGE, include_in_schema=False)
async def confirm_page(request: Request, code: str = "") -> HTMLResponse:
    """Where the QR code leads: which screen wants her, and the question for its number. Looking uses nothing up: what
    scans codes opens their pages before anybody has seen them."""
    parts = parts_of(request)
    by_address(parts, request)
    conv, held = await asyncio.to_thread(_found, parts, code)
    if conv is None or held is None:
        return _page("told.html", CHINESE if conv is None else conv.locale, "over", 410, own=_own(conv))
    return _asked(parts, conv, held, code)


@router.post(PAGE, include_in_schema=False)
async def confirm(
    request: Request, code: Annotated[str, Form(max_length=200)] = "", number: Annotated[str, Form(max_length=20)] = "",
    mark: Annotated[str, Form(max_length=100)] = "", bandao_phone: Annotated[str, Cookie(max_length=100)] = "",
) -> HTMLResponse:  # fmt: skip
    """She stands there: with the right number the code is used up, and her browser goes to the identity provider."""
    parts = parts_of(request)
    by_address(parts, request)
    conv, held = await asyncio.to_thread(_found, parts, code)
    if conv is None or held is None:
        return _page("told.html", CHINESE if conv is None else conv.locale, "over", 410, own=_own(conv))
    if not mark or not hmac.compare_digest(mark.encode(), bandao_phone.encode()):
        return _asked(parts, conv, held, code)  # not sent by our page in this browser
    how = await asyncio.to_thread(serving.writing, parts, lambda conn, now: _tried(conn, conv.id, code, number, now))
    if how == "wrong":
        return _asked(parts, conv, held, code, wrong=True)
    if how != "right":
        return _page("told.html", conv.locale, how, 429 if how == "slowed" else 410, own=_own(conv))
    there, trip = serving.provider_of(parts), Trip.new()
    acr = serving.names(parts.settings).levels[held.level][0]
    try:
        address = await asyncio.to_thread(lambda: there.begin(trip, acr_values=acr, prompt="login"))
    except ProviderAway:
        return _page("told.html", conv.locale, "away", 503, name=parts.settings.citizen_name)
    # A page that goes on by itself: a form of ours may not lead to another site (form-action), redirected or not.
    response = _page("going.html", conv.locale, "going", 200, address=address, name=parts.settings.citizen_name)
    trips.set_out(parts, response, TRIP, trip, [conv.id, held.level, held.enterprise])
    response.delete_cookie(COOKIE, path=PAGE)
    return response


def _found(parts: Parts, code: str) -> tuple[Conversation | None, PhoneCode | None]:
    """The conversation a code names, and what is to be confirmed there if the code holds."""
    conversation_id, _, secret = code.partition(".")
    with parts.db.read() as conn:
        conv = repository.load(conn, conversation_id) if 0 < len(conversation_id) <= 64 and conversation_id.isascii() else None
    now = parts.clock.now()
    held = _holds(conv, secret, now)
    return (conv, held) if conv is not None and conv.channel in DOORS else (None, None)


def _holds(conv: Conversation | None, secret: str, now: datetime) -> PhoneCode | None:
    held = conv.state.phone_code if conv is not None else None
    if conv is None or held is None or held.until <= now or held.wrong >= TRIES:
        return None
    if conv.token_expires_at is None or conv.token_expires_at <= now:
        return None  # who was at that screen has gone
    return held if hmac.compare_digest(hash_token(secret), held.code_hash) else None


def _tried(conn: Connection, conversation_id: str, code: str, number: str, now: datetime) -> str:
    """What came of a number: ``right``, and the code is used up; ``wrong``; ``over``; ``slowed``."""
    conv = repository.load(conn, conversation_id)
    held = _holds(conv, code.partition(".")[2], now)
    if held is None:
        return "over"
    if misuse.slowed(conn, ("proofs",), now) is not None:
        return "slowed"
    if hmac.compare_digest(number.strip().encode(), held.number.encode()):
        _change(conn, conversation_id, None, now)
        detail = {"level": held.level, "wrong": held.wrong}
        audit.append(conn, at=now, actor="citizen", action="citizen.phone_confirmed", subject=conversation_id, detail=detail)
        return "right"
    misuse.note(conn, "proofs", f"phone {conversation_id}", now)
    log.warning("identity.refused", reason="number")
    _change(conn, conversation_id, held.model_copy(update={"wrong": held.wrong + 1}), now)
    return "wrong" if held.wrong + 1 < TRIES else "over"


def _change(conn: Connection, conversation_id: str, held: PhoneCode | None, now: datetime) -> None:
    conv = repository.load(conn, conversation_id)
    assert conv is not None
    conv.state.phone_code = held
    repository.save(conn, conv, now)


def _asked(parts: Parts, conv: Conversation, held: PhoneCode, code: str, *, wrong: bool = False) -> HTMLResponse:
    mark = secrets.token_urlsafe(24)
    with use_language(conv.locale):
        place = t("by_phone.mini") if _own(conv) else held.place or t("by_phone.somewhere")
    named = {"code": code, "mark": mark, "place": place, "wrong": wrong, "digits": DIGITS}
    response = _page("phone.html", conv.locale, "title", 200, own=_own(conv), **named)
    lasts = int(LASTS.total_seconds())
    response.set_cookie(COOKIE, mark, max_age=lasts, path=PAGE, httponly=True, samesite="strict", secure=trips.secure(parts))
    return response


def _own(conv: Conversation | None) -> bool:
    """Whether what she signs in to is on her own phone."""
    return conv is not None and conv.channel not in SHARED


def _page(template: str, locale: str, key: str, status: int, *, own: bool = False, **named: Any) -> HTMLResponse:
    """A page of ours in somebody's language; ``key`` names what it says above all."""
    with use_language(locale):

        def said(which: str, **params: Any) -> str:
            return render(t(f"by_phone.{which}_own" if own and which in _OWN else f"by_phone.{which}", **params), locale)

        words = said(key, **{one: value for one, value in named.items() if isinstance(value, str)})
        made = _pages.get_template(template).render(words=words, title=said("title"), locale=locale, said=said, **named)
    return HTMLResponse(made, status, headers={**SECURITY_HEADERS, "Cache-Control": "no-store"})
