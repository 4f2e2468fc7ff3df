"""The message gateway: SMS and WeChat subscription messages, signed, once by key; and what it knows of a key."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from sandbox.config import SandboxConfig
from sandbox.messages.faults import MessageFault, MessageFaults
from sandbox.messages.store import Channel, Message, MessageStore, OtherMessage
from sandbox.problems import Problem

_LARGEST = 16 * 1024
_STALE_S = 300
_PHONE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_LONGEST_SMS = 500
_Asked = TypeVar("_Asked", bound=BaseModel)
Key = Annotated[str, Path(pattern=r"^[\w.:-]{8,128}$")]


class SmsAsked(BaseModel):
    """A short message: ``sign`` stands before ``text`` in 【】."""

    model_config = ConfigDict(extra="forbid")
    to: str = Field(max_length=32)
    sign: str = Field(min_length=2, max_length=12)
    text: str = Field(min_length=1, max_length=_LONGEST_SMS)


class WeChatAsked(BaseModel):
    """A subscription message: a template, what fills it in, and the page it opens."""

    model_config = ConfigDict(extra="forbid")
    to: str = Field(min_length=6, max_length=64, pattern=r"^[\w-]+$")
    template: str = Field(min_length=1, max_length=64)
    page: str = Field(default="", max_length=500)
    data: dict[str, str]


def routes(config: SandboxConfig, store: MessageStore, faults: MessageFaults) -> APIRouter:
    """All of ``/messages/v1``."""
    router = APIRouter(prefix="/messages/v1")

    async def judged(request: Request) -> tuple[str, bytes]:
        """The key and body of a request whose signature is right."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                raise Problem(413, "too-large", "消息过长", room="messages")
        return _check(config, request, body), body

    async def misbehave(channel: Channel) -> MessageFault:
        """Apply the part of a fault that comes before anything is read."""
        fault = faults.take(channel)
        if fault.mode == "down":
            raise Problem(503, "down", "系统维护中（演示故障）", headers={"Retry-After": "60"}, room="messages")
        if fault.mode == "error500":
            raise Problem(500, "fault", "内部错误（演示故障）", room="messages")
        if fault.mode == "reject":
            raise Problem(422, "recipient-refused", "对方拒收（演示故障）", room="messages")
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        return fault

    async def take(channel: Channel, key: str, body: bytes, to: str, title: str, text: str, link: str) -> Response:
        fault = await misbehave(channel)
        times = 2 if fault.mode == "twice" else 1
        try:
            for _ in range(times):
                digest = hashlib.sha256(body).hexdigest()
                held, new = await run_in_threadpool(store.keep, channel, key, digest, to, title, text, link, config.now())
        except OtherMessage:
            raise Problem(409, "key-reused", "同一个键已用于另一条消息", room="messages") from None
        if fault.mode == "accept_then_timeout":
            await asyncio.sleep(fault.seconds)
            raise Problem(504, "timeout", "处理超时（演示故障）", room="messages")
        return JSONResponse(_receipt(held), status_code=201 if new else 200)

    @router.post("/sms")
    async def sms(request: Request) -> Response:
        key, body = await judged(request)
        asked = _read(SmsAsked, body)
        if not _PHONE.fullmatch(asked.to):
            raise Problem(422, "invalid-number", "手机号码不对", room="messages")
        return await take("sms", key, body, asked.to, "", f"【{asked.sign}】{asked.text}", "")

    @router.post("/wechat")
    async def wechat(request: Request) -> Response:
        key, body = await judged(request)
        asked = _read(WeChatAsked, body)
        text = asked.data.get("text", "")
        return await take("wechat", key, body, asked.to, asked.data.get("title", asked.template), text, asked.page)

    @router.get("/admin/messages")
    async def sent(request: Request, channel: str = "", text: str = "") -> dict[str, Any]:
        await judged(request)
        found = await run_in_threadpool(store.page, channel, text, 500)
        return {"items": [{name: getattr(one, name) for name in _SHOWN} for one in found]}

    @router.post("/admin/faults")
    async def set_fault(request: Request) -> MessageFault:
        _, body = await judged(request)
        fault = _read(MessageFault, body)
        faults.set(fault)
        return fault

    @router.get("/{channel}/{key}")
    async def known(request: Request, channel: Channel, key: Key) -> Response:
        signed, _ = await judged(request)
        held = await run_in_threadpool(store.find, channel, key) if signed == key else None
        if held is None:
            raise Problem(404, "not-found", "没有这条消息", room="messages")
        return JSONResponse(_receipt(held))

    return router


_SHOWN = ("id", "channel", "key", "recipient", "title", "body", "link", "received_at", "handed_over")


def _check(config: SandboxConfig, request: Request, body: bytes) -> str:
    """The key a signed request speaks about.

    Raises:
        Problem: 401, whatever is wrong with it.
    """
    held = {name: request.headers.get(name, "") for name in ("x-client-id", "x-timestamp", "x-signature", "idempotency-key")}
    moment, key = held["x-timestamp"], held["idempotency-key"]
    signed = "\n".join((request.method, request.url.path, moment, key, hashlib.sha256(body).hexdigest()))
    wanted = base64.b64encode(hmac.digest(config.messages_secret.encode(), signed.encode(), "sha256"))
    fresh = moment.isascii() and moment.isdigit() and abs(int(moment) - config.now().timestamp()) <= _STALE_S
    right = hmac.compare_digest(wanted, held["x-signature"].encode())
    if not (config.messages_secret and right and fresh and held["x-client-id"] == config.messages_client_id and key):
        raise Problem(401, "not-authorised", "账号、签名或时间不对", room="messages")
    return key


def _read(model: type[_Asked], body: bytes) -> _Asked:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        where = "; ".join(".".join(map(str, one["loc"])) for one in error.errors()[:10])
        raise Problem(422, "invalid-request", "请求内容不符合要求", where, room="messages") from None


def _receipt(held: Message) -> dict[str, str]:
    return {"id": f"M{held.id:08d}", "key": held.key, "status": "accepted", "received_at": held.received_at}
