"""The server's part of the mini-program: signing in by WeChat's code, and her phone number if she gives it.

The session key WeChat hands out with it is not used and not kept: what it would decrypt is had by codes instead.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.masking import mask_value
from assistant.foundation.tokens import new_token
from channels.access import Holder
from channels.api.conversations import begin
from channels.api.limits import by_address
from channels.api.models import OpenConversation, Opened
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented
from channels.served import region_of
from channels.wechat import inbox
from channels.wechat.api import Failed
from channels.wechat.arriving import Arrived, peer_of
from channels.wechat.routes import door_of
from knowledge.replies import Reply

router = APIRouter(tags=["miniprogram"])
_FRESH = timedelta(days=7)
Code = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(BaseModel):
    """``code`` is what ``wx.login`` gave; ``anew``: a new conversation, whatever there is."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    locale: Literal["zh-CN", "zh-Hant", "en"] = "zh-CN"
    region: Annotated[str, Field(max_length=40)] | None = None
    anew: bool = False


class SignedIn(BaseModel):
    """As opening a conversation; ``resumed``: it is the one she had, and its former token no longer opens it."""

    conversation_id: str
    token: str
    replies: list[Reply]
    resumed: bool


class PhoneCode(BaseModel):
    """``code`` is what the button ``getPhoneNumber`` gave when she agreed; ``consent`` says that she was told what it is for."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    consent: Literal[True]


class Phone(BaseModel):
    """Her number, for the form she is filling in; ``masked`` is what to show. It is not kept here."""

    phone: str
    masked: str


@router.post(
    "/api/v1/wechat/sessions",
    status_code=201,
    response_model=SignedIn,
    response_model_exclude_none=True,
    responses=documented(401, 422, 429, 503),
    operation_id="sign_in_by_wechat",
)
async def sign_in(body: SignIn, request: Request) -> SignedIn:
    """Open or go on with her conversation in the mini-program: who she is WeChat says, never the page."""
    parts = parts_of(request)
    by_address(parts, request)
    account = door_of(request).mini
    try:
        answer = await asyncio.to_thread(
            account.get, "/sns/jscode2session", {"js_code": body.code, "grant_type": "authorization_code"}
        )
    except Failed as failed:
        raise _problem(failed) from None
    openid = answer.get("openid")
    if not isinstance(openid, str) or not 6 <= len(openid) <= 64:
        raise Problem(503, "wechat_away")
    return await asyncio.to_thread(_signed_in, parts, account.appid, openid, body, region_of(parts, body.region))


@router.post(
    "/api/v1/wechat/phone",
    response_model=Phone,
    responses=documented(401, 404, 422, 429, 503),
    operation_id="phone_by_wechat",
)
async def phone(body: PhoneCode, conv: Holder, request: Request) -> Phone:
    """The number WeChat has of her, with her consent, which is recorded; the page offers it as an answer, and she sends it."""
    parts = parts_of(request)
    by_address(parts, request)
    if conv.channel != "miniprogram":
        raise Problem(404, "not_found")
    try:
        answer = await asyncio.to_thread(door_of(request).mini.post, "/wxa/business/getuserphonenumber", {"code": body.code})
    except Failed as failed:
        raise _problem(failed) from None
    found = answer.get("phone_info")
    number = found.get("purePhoneNumber") if isinstance(found, dict) else None
    if not isinstance(number, str) or not (number.isascii() and number.isdigit() and len(number) <= 20):
        raise Problem(503, "wechat_away")
    await asyncio.to_thread(_consented, parts, conv.id)
    return Phone(phone=number, masked=mask_value("phone", number))


def _signed_in(parts: Parts, appid: str, openid: str, body: SignIn, region: str) -> SignedIn:
    now = parts.clock.now()
    peer = peer_of(parts.db.keyring, appid, openid)
    with parts.db.read() as conn:
        held = inbox.by_openid(conn, peer)
        conv = repository.load(conn, held) if held else None
    if conv is not None and not body.anew and (conv.active_case or now - conv.updated_at < _FRESH):
        token, token_hash = new_token()
        with parts.db.write() as conn:
            repository.give_token(conn, conv.id, token_hash, now + timedelta(days=parts.settings.token_days))
            _note(conn, now, "conversation.signed_in", conv.id)
        return SignedIn(conversation_id=conv.id, token=token, replies=[], resumed=True)
    told = openid if parts.settings.wechat_notices != "official" else None  # an openid means nothing at another account
    opened: Opened = begin(parts, OpenConversation(channel="miniprogram", locale=body.locale), region, openid=told)
    with parts.db.write() as conn:
        inbox.know(conn, [Arrived(appid, openid, peer, "", "", now, {})], now)
        inbox.change(conn, peer, conversation_id=opened.conversation_id, heard_at=now)
        _note(conn, now, "conversation.signed_in", opened.conversation_id)
    return SignedIn(conversation_id=opened.conversation_id, token=opened.token, replies=opened.replies, resumed=False)


def _consented(parts: Parts, conversation_id: str) -> None:
    with parts.db.write() as conn:
        _note(conn, parts.clock.now(), "consent.phone", conversation_id)


def _note(conn: Connection, now: datetime, action: str, conversation_id: str) -> None:
    audit.append(conn, at=now, actor="citizen", action=action, subject=conversation_id, detail={"by": "wechat"})


def _problem(failed: Failed) -> Problem:
    """A code that is wrong, used or too old is hers to get anew; everything else is the far side's."""
    return Problem(401, "wechat_code") if failed.kind == "code" else Problem(503, "wechat_away")
