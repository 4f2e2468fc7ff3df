"""Making the register misbehave on request: it is slow, breaks off, speaks nonsense, or answers about somebody else."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.problems import Problem

Mode = Literal["ok", "down", "slow", "error500", "broken_json", "wrong_record", "expired_token"]
_ASKING = ("/register/v1/enterprises", "/register/v1/persons", "/register/v1/licences")


class Fault(BaseModel):
    """What goes wrong. ``count`` is for how many requests (None: until changed); ``seconds`` how long slow answers take.

    ``down``, ``slow`` and ``error500`` concern the token endpoint too, and ``down`` the health check, which is not counted.
    ``broken_json`` breaks an answer off in the middle, ``wrong_record`` answers with another subject's data,
    ``expired_token`` says of every token that it has ended.
    """

    model_config = ConfigDict(extra="forbid")
    mode: Mode
    count: int | None = Field(default=None, ge=1, le=1_000_000)
    seconds: float = Field(default=30.0, ge=0, le=600)


class RegisterFaults:
    """The present fault. Used from the event loop only, hence without a lock."""

    def __init__(self) -> None:
        self.fault = Fault(mode="ok")

    def take(self, *, token: bool) -> Fault:
        """The fault to apply to one request, counted."""
        fault = self.fault
        if token and fault.mode not in ("down", "slow", "error500"):
            return Fault(mode="ok")
        if fault.count is not None:
            self.fault = fault.model_copy(update={"count": fault.count - 1}) if fault.count > 1 else Fault(mode="ok")
        return fault


class FaultyRegister:
    """Wraps the application. What only the register itself can do wrong is left for it on the request's state."""

    def __init__(self, app: ASGIApp, faults: RegisterFaults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and path == "/register/healthz" and self.faults.fault.mode == "down":
            return await _down().response()(scope, receive, send)
        token = path == "/register/oauth/token"
        if scope["type"] != "http" or not (token or path.startswith(_ASKING)):
            return await self.app(scope, receive, send)
        fault = self.faults.take(token=token)
        match fault.mode:
            case "down":
                return await _down().response()(scope, receive, send)
            case "error500":
                return await Problem(500, "fault", "内部错误（演示故障）", room="register").response()(scope, receive, send)
            case "broken_json":
                return await Response('{"uscc": "91310', media_type="application/json")(scope, receive, send)
            case "slow":
                await asyncio.sleep(fault.seconds)
            case "wrong_record" | "expired_token":
                scope.setdefault("state", {})["register_fault"] = fault.mode
            case "ok":
                pass
        await self.app(scope, receive, send)


def _down() -> Problem:
    return Problem(503, "down", "系统维护中（演示故障）", headers={"Retry-After": "60"}, room="register")
