"""The doors of the register: a token, then enterprises, persons, licences. Numbers of persons travel in bodies, never in URLs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from sandbox.config import SandboxConfig
from sandbox.problems import Problem
from sandbox.register import codes, conduct
from sandbox.register.access import Access, OAuthProblem
from sandbox.register.faults import Fault, RegisterFaults
from sandbox.register.records import Record
from sandbox.register.store import RegisterStore

_LARGEST_FORM = 8 * 1024
Bearer = Annotated[str, Header(alias="Authorization", max_length=4096)]


class PersonAsked(BaseModel):
    """Whom somebody asks about: number and name, both."""

    model_config = ConfigDict(extra="forbid")
    id_number: str = Field(min_length=15, max_length=24)
    name: str = Field(min_length=1, max_length=200)


class HolderAsked(BaseModel):
    """Whose licences: a credit code or identity number."""

    model_config = ConfigDict(extra="forbid")
    holder: str = Field(min_length=15, max_length=24)


def routes(config: SandboxConfig, store: RegisterStore, faults: RegisterFaults) -> APIRouter:
    """All of ``/register``."""
    router = APIRouter(prefix="/register")
    access = Access(config, store)

    def judge(request: Request, authorization: str, scope: str) -> bool:
        """Let pass or raise; whether the answer is to be somebody else's."""
        fault = getattr(request.state, "register_fault", "")
        access.check(authorization, scope, ended=fault == "expired_token")
        return fault == "wrong_record"

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.post("/oauth/token")
    async def token(request: Request, authorization: Bearer = "") -> Response:
        body = await _body(request)
        form = dict(parse_qsl(body.decode("utf-8", errors="replace")))
        access.check_client(authorization, form)
        granted = await run_in_threadpool(access.grant, form)
        return JSONResponse(granted, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    @router.get("/v1/enterprises/{uscc}")
    def enterprise(request: Request, uscc: str, authorization: Bearer = "") -> Record:
        wrong = judge(request, authorization, "register:enterprise")
        key = codes.compact(uscc)
        found = _first(store.another("enterprise", key)) if wrong else store.enterprise(key)
        return _there(found)

    @router.get("/v1/enterprises/{uscc}/conduct")
    def conduct_of(
        request: Request, uscc: str, start: Annotated[date, Query(alias="from")], to: date, authorization: Bearer = ""
    ) -> dict[str, Any]:
        wrong = judge(request, authorization, "register:enterprise")
        key = codes.compact(uscc)
        found = _there(_first(store.another("enterprise", key)) if wrong else store.enterprise(key))
        return conduct.of(found, start, to, config.now().isoformat(timespec="seconds"))

    @router.get("/v1/enterprises")
    def enterprises(
        request: Request, name: Annotated[str, Query(min_length=1, max_length=200)], authorization: Bearer = ""
    ) -> dict[str, Any]:
        wrong = judge(request, authorization, "register:enterprise")
        found = store.enterprises_named(name)
        return {"items": store.another("enterprise", found[0]["uscc"] if found else "")[:1] if wrong else found}

    @router.post("/v1/persons/lookup")
    def person(request: Request, asked: PersonAsked, authorization: Bearer = "") -> Record:
        wrong = judge(request, authorization, "register:person")
        number = codes.compact(asked.id_number)
        found = _first(store.another("person", number)) if wrong else store.person(number, asked.name)
        # A wrong name and an unknown number are answered alike: nobody can find out whose number one is.
        return _there(found)

    @router.post("/v1/licences/lookup")
    def licences(request: Request, asked: HolderAsked, authorization: Bearer = "") -> dict[str, Any]:
        wrong = judge(request, authorization, "register:licence")
        holder = codes.compact(asked.holder)
        found = store.another("licence", holder) if wrong else store.licences(holder)
        return {"items": [_judged(licence, config.now().date()) for licence in found]}

    @router.post("/v1/admin/faults")
    async def set_fault(body: Fault, authorization: Bearer = "") -> Fault:
        access.check_client(authorization, {})
        faults.fault = body
        return faults.fault

    return router


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise OAuthProblem(400, "invalid_request", "请求过长")
    return body


def _there(record: Record | None) -> Record:
    if record is None:
        raise Problem(404, "not-found", "没有这条登记信息", room="register")
    return record


def _first(found: list[Record]) -> Record | None:
    return found[0] if found else None


def _judged(licence: Record, today: date) -> Record:
    """The licence with its status of today: one whose last day is over has expired, whatever was once written."""
    over = licence.get("expires", "9999") < today.isoformat()
    status = licence.get("status", "valid")
    return {**licence, "status": "expired" if over and status == "valid" else status}
