"""WeCom's customer service (微信客服), below ``/wecom``: messages fetched by cursor, sent, and the states of its sessions."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.wechat.api import OK, answered, media_routes, with_token
from sandbox.wechat.callbacks import Callbacks
from sandbox.wechat.world import TWO_DAYS, Refusal, World

_LATE = Refusal(95002, "send msg out of time limit")
_MANY = Refusal(95001, "send msg count limit")
BOT, POOL, SERVICER, ENDED = 1, 2, 3, 4
_ALLOWED: dict[int, set[int]] = {0: {1, 2, 3, 4}, 1: {1, 2, 3, 4}, 2: {2, 3, 4}, 3: {3, 4}, 4: set()}
"""Which state of a session may follow which by the interface."""
_PAGE = 1000


class Writes(BaseModel):
    """A customer does something: ``message`` is the part of a message that depends on its kind, with ``msgtype``."""

    model_config = ConfigDict(extra="forbid")
    external_userid: str = Field(pattern=r"^[\w-]{6,64}$")
    message: dict[str, Any]
    origin: int = Field(default=3, ge=3, le=5)
    tell: bool = True


class Changes(BaseModel):
    """A servicer takes a session over (3) or ends it (4) in WeCom."""

    model_config = ConfigDict(extra="forbid")
    external_userid: str
    state: int = Field(ge=2, le=4)
    servicer: str = "zhangsan"


def routes(world: World, callbacks: Callbacks) -> APIRouter:
    """All of ``/wecom``."""
    router = APIRouter(prefix="/wecom")
    corp, service = world.config.corpid, world.config.open_kfid

    @router.get("/cgi-bin/gettoken")
    async def gettoken(request: Request, corpid: str = "", corpsecret: str = "") -> Response:
        async def run() -> Any:
            token, seconds = world.token(corpid, corpsecret, anew=False, stable=True)
            return {**OK, "access_token": token, "expires_in": seconds}

        return await answered(world, request, run)

    @router.post("/cgi-bin/kf/sync_msg")
    async def sync(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            if given.get("open_kfid") != service:
                raise Refusal(95004, "open kfid not exist")
            cursor = str(given.get("cursor") or "0")
            if not cursor.isdigit():
                raise Refusal(95007, "invalid msg token")
            begin, most = int(cursor), min(int(given.get("limit") or _PAGE), _PAGE)
            page = world.service[begin : begin + most]
            end = begin + len(page)
            return {**OK, "next_cursor": str(end), "has_more": int(end < len(world.service)), "msg_list": page}

        return await answered(world, request, with_token(world, request, run))

    @router.post("/cgi-bin/kf/send_msg")
    async def send(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            one = world.person(corp, str(given.get("touser", "")))
            if one.state not in (0, BOT):
                raise Refusal(95018, "send msg session status invalid")
            key = str(given.get("msgid", ""))
            if key and any(held.get("msgid") == key for held in world.sent):
                return {**OK, "msgid": key}  # the same once more
            world.take(corp, {"door": "service", **given}, late=_LATE, many=_MANY)
            return {**OK, "msgid": key or secrets.token_hex(16)}

        return await answered(world, request, with_token(world, request, run))

    @router.post("/cgi-bin/kf/send_msg_on_event")
    async def welcome(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            means = world.use_code("welcome", str(given.get("code", "")))
            world.note(corp, {"door": "welcome", "touser": means["external_userid"], **given})
            return {**OK, "msgid": secrets.token_hex(16)}

        return await answered(world, request, with_token(world, request, run))

    @router.post("/cgi-bin/kf/service_state/get")
    async def state(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            one = world.person(corp, str(given.get("external_userid", "")))
            return {**OK, "service_state": one.state, "servicer_userid": one.servicer}

        return await answered(world, request, with_token(world, request, run))

    @router.post("/cgi-bin/kf/service_state/trans")
    async def trans(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            one = world.person(corp, str(given.get("external_userid", "")))
            wanted = given.get("service_state")
            if wanted not in _ALLOWED[one.state]:
                raise Refusal(95016, "not allowed to trans session status")
            one.state, one.servicer = wanted, str(given.get("servicer_userid", ""))
            return {**OK, "msg_code": world.give_code("welcome", {"external_userid": one.openid})}

        return await answered(world, request, with_token(world, request, run))

    media_routes(world, router)

    async def news() -> list[str]:
        return await callbacks.service({
            "ToUserName": corp, "CreateTime": int(world.now().timestamp()), "MsgType": "event", "Event": "kf_msg_or_event",
            "Token": secrets.token_urlsafe(24), "OpenKfId": service,
        })  # fmt: skip

    @router.post("/admin/messages")
    async def writes(given: Writes) -> dict[str, Any]:
        one = world.person(corp, given.external_userid)
        if given.origin == 3:
            if one.state == ENDED:
                one.state = 0  # writing again begins a new session
            world.acts(corp, given.external_userid, 5, TWO_DAYS)
        about = {"open_kfid": service, "external_userid": given.external_userid, "origin": given.origin}
        made = world.add_service({**about, **given.message})
        return {"msgid": made["msgid"], "outcomes": await news() if given.tell else []}

    @router.post("/admin/enters")
    async def enters(given: Writes) -> dict[str, Any]:
        one = world.person(corp, given.external_userid)
        one.state = 0 if one.state == ENDED else one.state
        code = world.give_code("welcome", {"external_userid": given.external_userid})
        event = {
            "event_type": "enter_session", "open_kfid": service, "external_userid": given.external_userid, "welcome_code": code,
        }  # fmt: skip
        made = world.add_service({"origin": 4, "msgtype": "event", "event": {**event, **given.message}})
        return {"msgid": made["msgid"], "outcomes": await news()}

    @router.post("/admin/changes")
    async def changes(given: Changes) -> dict[str, Any]:
        one = world.person(corp, given.external_userid)
        kind = {POOL: 2, SERVICER: 1, ENDED: 3}[given.state]
        one.state, one.servicer = given.state, given.servicer
        event = {
            "event_type": "session_status_change", "open_kfid": service, "external_userid": given.external_userid,
            "change_type": kind, "old_servicer_userid": "", "new_servicer_userid": given.servicer,
        }  # fmt: skip
        made = world.add_service({"origin": 4, "msgtype": "event", "event": event})
        return {"msgid": made["msgid"], "outcomes": await news()}

    return router


