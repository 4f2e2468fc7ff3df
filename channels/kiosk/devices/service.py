"""The devices' service of one kiosk: a small HTTP application on 127.0.0.1, which only the kiosk's page may call (``access``).

What goes wrong with a device is 409 ``{"code"}``, one of ``interfaces.Code``. The bodies of calls and answers are in no log.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from assistant.foundation.logging import get_logger
from assistant.foundation.masking import mask_value
from channels.kiosk.devices import paper
from channels.kiosk.devices.access import Door
from channels.kiosk.devices.fitting import Secrets
from channels.kiosk.devices.interfaces import DeviceFault, Kind, Receipt, State
from channels.kiosk.devices.machine import MOST_COPIES, Machine
from channels.kiosk.devices.statement import stated

log = get_logger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")
_Line = Annotated[str, Field(max_length=120)]
_SWEEP_SECONDS = 60.0


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ForWhom(_Body):
    """The conversation a card is read for."""

    conversation: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")


class ToPrint(_Body):
    """A receipt; see ``interfaces.Receipt``."""

    title: _Line
    lines: list[tuple[_Line, _Line]] = Field(max_length=12)
    code: str = Field(default="", max_length=400)
    code_words: _Line = ""
    foot: _Line = ""


class Copies(_Body):
    """How often."""

    copies: int = Field(default=1, ge=1, le=MOST_COPIES)


def create_app(machine: Machine, secrets: Secrets, port: int) -> FastAPI:
    """The service of this machine."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep(machine))
        yield
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        await asyncio.to_thread(machine.forget)

    app = FastAPI(title="bandao kiosk devices", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Door, port=port, pages=machine.fitting.pages, pairing=secrets.pairing)

    @app.exception_handler(DeviceFault)
    async def faulty(request: Request, wrong: Exception) -> Response:
        assert isinstance(wrong, DeviceFault)
        if wrong.code not in ("cancelled", "timeout"):
            log.warning("kiosk.device_fault", at=request.url.path, code=wrong.code)
        return JSONResponse({"code": wrong.code}, 409)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, wrong: Exception) -> Response:
        return JSONResponse({"code": "malformed"}, 422)  # says nothing of what was sent

    @app.get("/v1/devices")
    async def devices() -> dict[str, Any]:
        states = await asyncio.to_thread(machine.states)
        return {"machine": machine.fitting.name, "devices": {kind: _shown(state) for kind, state in states.items()}}

    @app.post("/v1/devices/{kind}/self-test")
    async def self_test(kind: Kind) -> dict[str, Any]:
        return _shown(await asyncio.to_thread(machine.self_test, kind))

    @app.post("/v1/card")
    async def card(body: ForWhom) -> dict[str, Any]:
        """Waits for a card. The statement goes to the server, which alone decides what it is good for."""
        read = await asyncio.to_thread(machine.read_card)
        return {
            "statement": stated(secrets.key, machine.fitting.name, body.conversation, read),
            "name": mask_value("person_name", read.name),
            "number": mask_value("id_number", read.number),
        }

    @app.post("/v1/scan")
    async def scan() -> dict[str, str]:
        return {"text": await asyncio.to_thread(machine.scan)}

    @app.get("/v1/camera/preview")
    async def preview() -> Response:
        return Response(await asyncio.to_thread(machine.preview), media_type="image/jpeg")

    @app.post("/v1/camera/picture")
    async def picture() -> Response:
        return Response(await asyncio.to_thread(machine.picture), media_type="image/jpeg")

    @app.post("/v1/receipt")
    async def receipt(body: ToPrint) -> dict[str, bool]:
        slip = Receipt(body.title, tuple(body.lines), body.code, body.code_words, body.foot)
        await asyncio.to_thread(machine.print_receipt, slip)
        return {"ok": True}

    @app.post("/v1/jobs")
    async def prepare(request: Request) -> dict[str, Any]:
        """A package's zip, or a PDF, as the body; answers how many pages it has, and prints nothing yet."""
        data = await _limited(request)
        pdf, pages = await asyncio.to_thread(paper.to_print, data)
        digest = hashlib.sha256(data).hexdigest()
        return {"job": machine.prepare(pdf, pages, digest), "pages": pages, "sha256": digest, "most_copies": MOST_COPIES}

    @app.post("/v1/jobs/{key}/print")
    async def print_job(key: str, body: Copies) -> dict[str, Any]:
        await _of_job(machine.print_job, key, body.copies)
        return await job(key)

    @app.get("/v1/jobs/{key}")
    async def job(key: str) -> dict[str, Any]:
        how = await _of_job(machine.job, key)
        return {"state": how.state, "code": how.code}

    @app.delete("/v1/jobs/{key}")
    async def cancel_job(key: str) -> dict[str, Any]:
        await _of_job(machine.cancel_job, key)
        return await job(key)

    @app.post("/v1/stop")
    async def stop() -> dict[str, bool]:
        """Whoever waits for a card or a code does not any more."""
        machine.stop_waiting()
        return {"ok": True}

    @app.post("/v1/forget")
    async def forget() -> dict[str, bool]:
        await asyncio.to_thread(machine.forget)
        return {"ok": True}

    return app


def _shown(state: State) -> dict[str, Any]:
    return {"state": state.standing, "code": state.code}


async def _limited(request: Request) -> bytes:
    held = bytearray()
    async for piece in request.stream():
        held += piece
        if len(held) > paper.MOST_BYTES:
            raise DeviceFault("too_large")
    return bytes(held)


async def _of_job(act: Callable[_P, _T], *args: _P.args, **named: _P.kwargs) -> _T:
    try:
        return await asyncio.to_thread(act, *args, **named)
    except KeyError:
        raise HTTPException(404) from None


async def _sweep(machine: Machine) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        machine.sweep()
