"""Where WeChat and WeCom send callbacks: opened, kept, acknowledged. What they ask for is worked off behind that."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from assistant.foundation.logging import get_logger
from channels.parts import parts_of
from channels.problems import Problem
from channels.rendering import Told
from channels.wechat import arriving, reading
from channels.wechat.arriving import Arrived
from channels.wechat.door import Door
from channels.wechat.envelope import LARGEST, Envelope, NotGenuine
from channels.wechat.reading import BadXml, Xml, text_of

router = APIRouter(include_in_schema=False)
log = get_logger(__name__)

_SUCCESS = b"success"
Signed = Annotated[str, Query(max_length=128)]


def door_of(request: Request) -> Door:
    """The doors of the app a request came to."""
    door: Door = request.app.state.wechat
    return door


@router.get("/api/v1/wechat/official")
async def verify_official(
    request: Request, signature: Signed = "", timestamp: Signed = "", nonce: Signed = "", echostr: Signed = ""
) -> Response:
    """The platform asks once, when the address is entered there, whether it is ours."""
    parts, door = parts_of(request), door_of(request)
    try:
        door.official_envelope.check(signature, timestamp, nonce, now=parts.clock.now())
    except NotGenuine as error:
        raise _refused("official", error.code) from None
    return Response(echostr, media_type="text/plain")


@router.post("/api/v1/wechat/official")
async def take_official(request: Request, msg_signature: Signed = "", timestamp: Signed = "", nonce: Signed = "") -> Response:
    """A message or event of the official account, in safe mode (安全模式); answered ``success``, or with the answer itself where
    the settings have it wait.

    Unsigned, forged, stale (five minutes), unreadable ones and those for another account are 401. One that came before is
    acknowledged again and changes nothing.
    """
    door = door_of(request)
    found = await _opened(request, door.official_envelope, "official", msg_signature, timestamp, nonce)
    parts = parts_of(request)
    try:
        arrived = arriving.official(found, door.official.appid, parts.db.keyring, parts.clock.now())
    except NotGenuine as error:
        raise _refused("official", error.code) from None
    seconds = parts.settings.wechat_passive_seconds
    if seconds <= 0 or arrived.kind == "event":
        await door.intake.put(arrived)
        return Response(_SUCCESS, media_type="text/plain")
    return await _answered(door, arrived, seconds, text_of(found, "ToUserName"))


@router.get("/api/v1/wechat/service")
async def verify_service(
    request: Request, msg_signature: Signed = "", timestamp: Signed = "", nonce: Signed = "",
    echostr: Annotated[str, Query(max_length=1024)] = "",
) -> Response:  # fmt: skip
    """As WeCom asks: what it wants back is sealed."""
    parts, door = parts_of(request), door_of(request)
    try:
        door.work_envelope.check(msg_signature, timestamp, nonce, echostr, now=parts.clock.now())
        plain = door.work_envelope.open(echostr)
    except NotGenuine as error:
        raise _refused("service", error.code) from None
    return Response(plain, media_type="text/plain")


@router.post("/api/v1/wechat/service")
async def take_service(request: Request, msg_signature: Signed = "", timestamp: Signed = "", nonce: Signed = "") -> Response:
    """WeCom says that there is news at a customer-service account; what it is, is fetched behind the acknowledgement."""
    parts, door = parts_of(request), door_of(request)
    found = await _opened(request, door.work_envelope, "service", msg_signature, timestamp, nonce)
    try:
        arrived = arriving.news_of_service(found, door.work.appid, parts.db.keyring, parts.clock.now())
    except NotGenuine as error:
        raise _refused("service", error.code) from None
    if arrived is not None:
        await door.intake.put(arrived)
    return Response(_SUCCESS, media_type="text/plain")


async def _opened(request: Request, envelope: Envelope, door: str, signature: str, timestamp: str, nonce: str) -> Xml:
    """The XML inside a callback's envelope.

    Raises:
        Problem: 401, it is not the platform's; 413, it is larger than any callback.
    """
    body = await _body(request)
    try:
        ciphertext = text_of(reading.read(body), "Encrypt")
        if not ciphertext:
            raise NotGenuine("unsigned")
        envelope.check(signature, timestamp, nonce, ciphertext, now=parts_of(request).clock.now())
        return reading.read(envelope.open(ciphertext))
    except (NotGenuine, BadXml) as error:
        raise _refused(door, error.code) from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise Problem(413, "too_large")
    return bytes(body)


def _refused(door: str, code: str) -> Problem:
    """All of them alike to whoever sent it; why, is in the log."""
    log.warning("wechat.callback_refused", component=door, code=code)
    return Problem(401, "webhook_refused")


async def _answered(door: Door, arrived: Arrived, seconds: float, ours: str) -> Response:
    """Keep it, and wait for its answer as long as the settings say; what is not there by then is sent when it is."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Told | None] = loop.create_future()
    until = time.monotonic() + seconds

    def take(told: Told) -> bool:
        """Called in a thread; only a plain text in time fits into a reply."""

        async def hand_over() -> bool:
            fits = not answer.done() and not told.picks and time.monotonic() < until
            if not answer.done():
                answer.set_result(told if fits else None)
            return fits

        return asyncio.run_coroutine_threadsafe(hand_over(), loop).result(timeout=2)

    door.worker.passive[arrived.peer] = take
    try:
        await door.intake.put(arrived)
        async with asyncio.timeout(until - time.monotonic()):
            told = await answer
    except TimeoutError:
        answer.cancel()
        told = None
    finally:
        if door.worker.passive.get(arrived.peer) is take:
            del door.worker.passive[arrived.peer]
    if told is None:
        return Response(_SUCCESS, media_type="text/plain")
    return Response(_sealed(door, arrived, told, ours), media_type="application/xml")


def _sealed(door: Door, arrived: Arrived, told: Told, ours: str) -> bytes:
    envelope, now = door.official_envelope, str(int(door.parts.clock.now().timestamp()))
    inner = reading.written({
        "ToUserName": arrived.openid, "FromUserName": ours, "CreateTime": now, "MsgType": "text", "Content": told.text,
    })  # fmt: skip
    sealed, nonce = envelope.seal(inner), arriving.short(arrived.dedup)
    signature = envelope.signature(now, nonce, sealed)
    return reading.written({"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": now, "Nonce": nonce})
