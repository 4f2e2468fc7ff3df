"""Making the office misbehave on request, so that senders can be tested against what real offices do.

An ASGI wrapper round the sending API, because the worst fault is one no route can show: the package is taken in and the
answer never comes.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.problems import Problem

Mode = Literal["ok", "down", "slow", "error500", "accept_then_timeout"]


class Fault(BaseModel):
    """What goes wrong. ``count`` is for how many requests (None: until changed); ``seconds`` is how long slow answers
    and lost answers take. ``accept_then_timeout`` concerns sending only; the other modes every request of the sending
    API; ``down`` the health check too, without using up the count.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    seconds: float = Field(default=30.0, ge=0, le=600)


class Faults:
    """The present fault, shared by the wrapper and the route that sets it."""

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

    def take(self, *, sending: bool) -> Fault:
        """The fault to apply to one request, counted."""
        with self._lock:
            fault = self._fault
            if fault.mode == "accept_then_timeout" and not sending:
                return Fault(mode="ok")
            if fault.count is not None:
                self._fault = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else Fault(mode="ok")
            return fault


class FaultyOffice:
    """Wraps the application; only the sending API and the health check can be faulty."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/healthz" and self.faults.fault.mode == "down":
            return await _down().response()(scope, receive, send)
        if scope["type"] != "http" or not path.startswith("/office/v1/submissions"):
            return await self.app(scope, receive, send)
        fault = self.faults.take(sending=scope["method"] == "POST" and path == "/office/v1/submissions")
        match fault.mode:
            case "down":
                await _down().response()(scope, receive, send)
            case "error500":
                await Problem(500, "fault", "内部错误（演示故障）").response()(scope, receive, send)
            case "slow":
                await asyncio.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case "accept_then_timeout":
                await self._answer_late(fault.seconds, scope, receive, send)
            case "ok":
                await self.app(scope, receive, send)

    async def _answer_late(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        """Do everything, then keep the answer back."""
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self.app(scope, receive, keep)
        await asyncio.sleep(seconds)
        for message in kept:
            await send(message)


def _down() -> Problem:
    return Problem(503, "down", "系统维护中（演示故障）", headers={"Retry-After": "60"})
