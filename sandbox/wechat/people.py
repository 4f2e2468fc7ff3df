"""What people do at the sandbox's WeChat, for demonstration and tests: write, tap, scan, send files; and what goes wrong."""

from __future__ import annotations

import asyncio
import base64
import secrets
from datetime import timedelta
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sandbox.wechat.callbacks import Callbacks
from sandbox.wechat.world import A_MINUTE, TWO_DAYS, World

_ACTS: dict[str, tuple[int, timedelta]] = {
    "subscribe": (3, A_MINUTE), "SCAN": (3, A_MINUTE), "CLICK": (3, A_MINUTE),
}  # fmt: skip


class Given(BaseModel):
    """``wait``: answer when the callback has been answered, with how; otherwise at once."""

    model_config = ConfigDict(extra="forbid")
    openid: str = Field(pattern=r"^[\w-]{6,64}$")
    members: dict[str, Any]
    wait: bool = True
    repeat: int = Field(default=1, ge=1, le=5)


class Crowd(BaseModel):
    """People who may be sent as much as anybody likes, for load."""

    model_config = ConfigDict(extra="forbid")
    openids: list[str] = Field(max_length=100_000)


class Media(BaseModel):
    """A file, in Base64."""

    model_config = ConfigDict(extra="forbid")
    data: str
    kind: str
    name: str = "file"


class Code(BaseModel):
    """``session`` (wx.login) or ``phone`` (getPhoneNumber) of somebody."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["session", "phone"]
    openid: str = Field(pattern=r"^[\w-]{6,64}$")
    phone: str = ""


class Fault(BaseModel):
    """What goes wrong with calls: ``count`` of them, or all until changed."""

    model_config = ConfigDict(extra="forbid")
    mode: Literal["ok", "down", "slow", "busy", "quota", "stale", "broken_json"]
    count: int | None = Field(default=None, ge=1)
    seconds: float = Field(default=10, ge=0, le=600)


def routes(world: World, callbacks: Callbacks) -> APIRouter:
    """All of ``/wechat/admin``."""
    router = APIRouter(prefix="/wechat/admin")
    running: set[asyncio.Task[Any]] = set()

    @router.post("/official")
    async def official(given: Given) -> dict[str, Any]:
        account = world.config.official_appid
        event = given.members.get("Event", "")
        if given.members.get("MsgType") != "event":
            world.acts(account, given.openid, 5, TWO_DAYS).subscribed = True
        elif event in _ACTS:
            world.acts(account, given.openid, *_ACTS[event]).subscribed = True
        if event == "unsubscribe":
            world.person(account, given.openid).subscribed = False
        members = {
            "ToUserName": "gh_sandbox", "FromUserName": given.openid, "CreateTime": int(world.now().timestamp()),
            **({} if given.members.get("MsgType") == "event" else {"MsgId": secrets.randbits(62)}), **given.members,
        }  # fmt: skip

        async def all_of_them() -> list[list[str]]:
            return [await callbacks.official(members) for _ in range(given.repeat)]

        if given.wait:
            return {"outcomes": await all_of_them()}
        task = asyncio.create_task(all_of_them())
        running.add(task)
        task.add_done_callback(running.discard)
        return {}

    @router.post("/people")
    async def crowd(given: Crowd) -> dict[str, Any]:
        for openid in given.openids:
            world.acts(world.config.official_appid, openid, 1_000_000, TWO_DAYS)
        return {}

    @router.post("/media")
    async def media(given: Media) -> dict[str, Any]:
        return {"media_id": world.keep_media(base64.b64decode(given.data), given.kind, given.name)}

    @router.post("/codes")
    async def codes(given: Code) -> dict[str, Any]:
        world.person(world.config.mini_appid, given.openid)
        means = {"openid": given.openid, "session_key": base64.b64encode(secrets.token_bytes(16)).decode()}
        if given.kind == "phone":
            means = {"phoneNumber": f"+86{given.phone}", "purePhoneNumber": given.phone}
        return {"code": world.give_code(given.kind, means)}

    @router.get("/sent")
    async def sent(openid: str = "") -> dict[str, Any]:
        return {"items": [one for one in world.sent if not openid or one.get("touser") == openid]}

    @router.post("/faults")
    async def faults(given: Fault) -> dict[str, Any]:
        world.fault = given.model_dump(exclude_none=True)
        if given.mode == "stale":
            world.forget_tokens()
            world.fault = {"mode": "ok"}
        return {}

    @router.get("/tokens")
    async def tokens() -> dict[str, Any]:
        return {"fetched": world.fetched}

    return router
