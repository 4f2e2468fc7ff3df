"""WeChat's interface for accounts and mini-programs, below ``/wechat``; errors are ``errcode`` and ``errmsg`` with status 200."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse, Response

from sandbox.wechat.world import Refusal, World

OK = {"errcode": 0, "errmsg": "ok"}
_LATE = Refusal(45015, "response out of time limit or subscription is canceled")
_MANY = Refusal(45047, "out of response count limit")

Call = Callable[[dict[str, Any], str], Any]
"""(body, account) → the answer's members."""


async def answered(world: World, request: Request, work: Callable[[], Awaitable[Any]]) -> Response:
    """Run a call with the present fault; refusals become what the platform says."""
    fault = world.misbehave()
    if fault["mode"] == "slow":
        await asyncio.sleep(float(fault.get("seconds", 10)))
    if fault["mode"] == "down":
        return Response(status_code=503)
    if fault["mode"] == "broken_json":
        return Response(b'{"errcode": 0, "errm', media_type="application/json")
    refusals = {"busy": Refusal(-1, "system error"), "quota": Refusal(45009, "reach max api daily quota limit")}
    try:
        if fault["mode"] in refusals:
            raise refusals[fault["mode"]]
        made = await work()
    except Refusal as refusal:
        return JSONResponse({"errcode": refusal.code, "errmsg": refusal.text})
    return made if isinstance(made, Response) else JSONResponse(made)


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON of a request."""
    try:
        given = json.loads(await request.body())
    except ValueError:
        raise Refusal(47001, "data format error") from None
    if not isinstance(given, dict):
        raise Refusal(47001, "data format error")
    return given


def with_token(world: World, request: Request, work: Call) -> Callable[[], Awaitable[Any]]:
    """A call that takes JSON and an access token."""

    async def run() -> Any:
        account = world.account(request.query_params.get("access_token", ""))
        return work(await body_of(request), account)

    return run


def routes(world: World) -> APIRouter:
    """All of ``/wechat`` but what people do there."""
    router = APIRouter(prefix="/wechat")

    @router.post("/cgi-bin/stable_token")
    async def stable_token(request: Request) -> Response:
        async def run() -> Any:
            given = await body_of(request)
            token, seconds = world.token(
                str(given.get("appid", "")), str(given.get("secret", "")), anew=bool(given.get("force_refresh")), stable=True
            )
            return {"access_token": token, "expires_in": seconds}

        return await answered(world, request, run)

    @router.get("/cgi-bin/token")
    async def plain_token(request: Request, appid: str = "", secret: str = "") -> Response:
        async def run() -> Any:
            token, seconds = world.token(appid, secret, anew=True, stable=False)
            return {"access_token": token, "expires_in": seconds}

        return await answered(world, request, run)

    @router.post("/cgi-bin/message/custom/send")
    async def custom_send(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            if len(str(given.get("text", {}).get("content", "")).encode()) > 2048:
                raise Refusal(45002, "content size out of limit")
            world.take(account, {"door": "custom", **given}, late=_LATE, many=_MANY)
            return OK

        return await answered(world, request, with_token(world, request, run))

    @router.post("/cgi-bin/message/subscribe/send")
    async def subscribe_send(request: Request) -> Response:
        return await answered(world, request, with_token(world, request, _templated(world, "subscribe")))

    @router.post("/cgi-bin/message/template/send")
    async def template_send(request: Request) -> Response:
        return await answered(world, request, with_token(world, request, _templated(world, "template")))

    @router.get("/sns/jscode2session")
    async def code2session(request: Request, appid: str = "", secret: str = "", js_code: str = "") -> Response:
        async def run() -> Any:
            if appid != world.config.mini_appid or not secret or secret != world.config.mini_secret:
                raise Refusal(40125, "invalid appsecret")
            return world.use_code("session", js_code)

        return await answered(world, request, run)

    @router.post("/wxa/business/getuserphonenumber")
    async def phone_number(request: Request) -> Response:
        def run(given: dict[str, Any], account: str) -> Any:
            if account != world.config.mini_appid:
                raise Refusal(48001, "api unauthorized")
            phone = world.use_code("phone", str(given.get("code", "")))
            stamp = {"timestamp": int(world.now().timestamp()), "appid": account}
            return {**OK, "phone_info": {**phone, "countryCode": "86", "watermark": stamp}}

        return await answered(world, request, with_token(world, request, run))

    media_routes(world, router)
    return router


def media_routes(world: World, router: APIRouter) -> None:
    """Files in and out, alike at WeChat and WeCom."""

    @router.get("/cgi-bin/media/get")
    async def media_get(request: Request, media_id: str = "", access_token: str = "") -> Response:
        async def run() -> Any:
            world.account(access_token)
            data, kind, name = world.media(media_id)
            return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

        return await answered(world, request, run)

    @router.post("/cgi-bin/media/upload")
    async def media_upload(request: Request, media: UploadFile, access_token: str = "", type: str = "") -> Response:
        async def run() -> Any:
            world.account(access_token)
            media_id = world.keep_media(await media.read(), media.content_type or "", media.filename or "file")
            return {"type": type, "media_id": media_id, "created_at": int(world.now().timestamp())}

        return await answered(world, request, run)


def _templated(world: World, door: str) -> Call:
    def run(given: dict[str, Any], account: str) -> Any:
        one = world.people.get((account, str(given.get("touser", ""))))
        if not given.get("template_id"):
            raise Refusal(40037, "invalid template_id")
        if one is None:
            raise Refusal(40003, "invalid openid")
        if not one.subscribed:
            raise Refusal(43101 if door == "subscribe" else 43004, "user refuse to accept the msg")
        world.note(account, {"door": door, **given})
        return {**OK, "msgid": len(world.sent)}

    return run
