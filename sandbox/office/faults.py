"""Making the office misbehave on request, so that senders can be tested against what real offices do.

An ASGI wrapper round the sending API, because the worst faults are ones no route can show: the package is taken in and the
answer never comes, or comes and is not true. What goes wrong with webhooks is left to whoever sends them.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.office import lies
from sandbox.problems import Problem

Mode = Literal[
    "ok",
    "down",
    "slow",
    "error500",
    "accept_then_timeout",
    "accept_then_error500",
    "broken_json",
    "lying_number",
    "wrong_case",
    "history_twice",
    "history_impossible",
    "wrong_result",
    "webhook_twice",
    "webhook_out_of_order",
    "webhook_forged",
    "webhook_unsigned",
    "webhook_stale",
    "webhook_unknown",
]
Where = Literal["send", "file", "result", "other", "webhook"]

_ANYWHERE = frozenset({"down", "slow", "error500", "broken_json"})
_PLACES: dict[str, frozenset[Where]] = {
    "accept_then_timeout": frozenset({"send"}),
    "accept_then_error500": frozenset({"send"}),
    "lying_number": frozenset({"send"}),
    "wrong_case": frozenset({"file"}),
    "history_twice": frozenset({"file"}),
    "history_impossible": frozenset({"file"}),
    "wrong_result": frozenset({"result"}),
}
_SENDING = "/office/v1/submissions"
_FAULTY = (_SENDING, "/office/v1/windows", "/office/v1/slots", "/office/v1/bookings")


class Fault(BaseModel):
    """What goes wrong. ``count`` is for how many requests (None: until changed); ``seconds`` is how long slow answers
    and lost answers take, and how long webhooks are held back to be sent in the wrong order.

    ``sandbox/README.md`` says what each mode does and which calls it concerns; a call it does not concern is neither
    touched nor counted. ``down`` is for the health check too, without using up the count.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    seconds: float = Field(default=30.0, ge=0, le=600)


class Faults:
    """The present fault, shared by the wrapper, the courier and the route that sets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault = Fault(mode="ok")

    @property
    def fault(self) -> Fault:
        """The fault as it stands, its count what is left."""
        with self._lock:
            return self._fault

    def set(self, fault: Fault) -> None:
        """From now on misbehave like this."""
        with self._lock:
            self._fault = fault

    def take(self, where: Where) -> Fault:
        """The fault to apply to one request or webhook, counted."""
        with self._lock:
            fault = self._fault
            if not _concerns(fault.mode, where):
                return Fault(mode="ok")
            if fault.count is not None:
                self._fault = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else Fault(mode="ok")
            return fault


def _concerns(mode: Mode, where: Where) -> bool:
    if where == "webhook" or mode.startswith("webhook_"):
        return where == "webhook" and mode.startswith("webhook_")
    return mode in _ANYWHERE or where in _PLACES.get(mode, ())


class FaultyOffice:
    """Wraps the application; only the API for programs and the health check can be faulty.

    ``other`` names another file than the one of a receipt number, as its number and case number, for the lies.
    """

    def __init__(self, app: ASGIApp, faults: Faults, other: Callable[[str], tuple[str, str] | None]) -> None:
        self.app = app
        self.faults = faults
        self.other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/healthz" and self.faults.fault.mode == "down":
            return await _down().response()(scope, receive, send)
        if scope["type"] != "http" or not path.startswith(_FAULTY):
            return await self.app(scope, receive, send)
        fault = self.faults.take(_where(scope["method"], path))
        match fault.mode:
            case "down":
                await _down().response()(scope, receive, send)
            case "error500":
                await _broken().response()(scope, receive, send)
            case "slow":
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case "accept_then_timeout":
                kept = await self._acted_on(scope, receive)
                await asyncio.sleep(fault.seconds)
                for message in kept:
                    await send(message)
            case "accept_then_error500":
                await self._acted_on(scope, receive)
                await _broken().response()(scope, receive, send)
            case "ok":
                await self.app(scope, receive, send)
            case lie:
                messages = await asyncio.to_thread(lies.told, lie, await self._acted_on(scope, receive), self.other)
                for message in messages:
                    await send(message)

    async def _acted_on(self, scope: Scope, receive: Receive) -> list[Message]:
        """Do everything, but keep the answer back."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        return kept


def _where(method: str, path: str) -> Where:
    if not path.startswith(_SENDING):
        return "other"
    if path == _SENDING:
        return "send" if method == "POST" else "file"
    rest = path.removeprefix(f"{_SENDING}/").split("/")
    if method == "GET" and rest[1:] == ["result"]:
        return "result"
    return "file" if method == "GET" and len(rest) == 1 else "other"


def _down() -> Problem:
    return Problem(503, "down", "系统维护中（演示故障）", headers={"Retry-After": "60"})


def _broken() -> Problem:
    return Problem(500, "fault", "内部错误（演示故障）")
