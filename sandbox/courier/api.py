"""The courier's doors: order, track. Every call carries the key; an order is idempotent by its ``Idempotency-Key``.

A parcel moves on by itself, a step every ``courier_step_s`` seconds: ordered, collected, in_transit, delivered.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from sandbox.config import SandboxConfig
from sandbox.courier.faults import CourierFault, CourierFaults
from sandbox.courier.store import CourierStore, Parcel
from sandbox.problems import Problem

STEPS = (
    ("ordered", "已下单，等待揽收"),
    ("collected", "快递员已揽收"),
    ("in_transit", "运输中"),
    ("delivered", "已签收"),
)
#: How an order ends that does not arrive, by what was the matter.
ENDS = {1: ("failed", "快件丢失（演示故障），请联系寄件单位"), 2: ("failed", "收件人联系不上，快件已退回（演示故障）")}
_FATES = {"lose": 1, "return": 2}
Key = Annotated[str, Header(alias="X-Api-Key", max_length=200)]
Once = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=128)]


class Order(BaseModel):
    """``delivery`` goes from the office to the address, ``envelope`` is a prepaid one from the address to the office."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["delivery", "envelope"]
    name: str = Field(min_length=1, max_length=100)
    phone: str = Field(pattern=r"^\+?\d{7,15}$")
    address: str = Field(min_length=5, max_length=300)
    contents: str = Field(min_length=1, max_length=200)


def routes(config: SandboxConfig, store: CourierStore, faults: CourierFaults) -> APIRouter:
    """All of ``/courier/v1``."""
    router = APIRouter(prefix="/courier/v1")

    def judge(key: str) -> None:
        if not config.courier_key or not hmac.compare_digest(key.encode(), config.courier_key.encode()):
            raise Problem(401, "unauthorised", "接口密钥不对", room="courier")

    async def misbehave(*, ordering: bool) -> CourierFault:
        fault = faults.take(ordering=ordering)
        if fault.mode == "down":
            raise Problem(503, "down", "系统维护中（演示故障）", headers={"Retry-After": "60"}, room="courier")
        if fault.mode == "error500":
            raise Problem(500, "fault", "内部错误（演示故障）", room="courier")
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        return fault

    def told(parcel: Parcel) -> dict[str, Any]:
        step = timedelta(seconds=config.courier_step_s)
        steps = (*STEPS[:3], ENDS[parcel.fate]) if parcel.fate else STEPS
        passed = [(parcel.ordered_at + step * number, *line) for number, line in enumerate(steps)]
        history = [
            {"at": at.isoformat(timespec="seconds"), "status": status, "text": text}
            for at, status, text in passed if at <= config.now()
        ]  # fmt: skip
        return {"tracking_no": parcel.tracking_no, "status": history[-1]["status"], "history": history}

    @router.post("/orders")
    async def order(body: Order, once: Once, key: Key = "") -> Response:
        judge(key)
        fault = await misbehave(ordering=True)
        digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
        parcel, new = await run_in_threadpool(store.keep, once, digest, config.now(), fate=_FATES.get(fault.mode, 0))
        if parcel.digest != digest:
            raise Problem(409, "key-reused", "同一个键已用于另一张单", room="courier")
        if fault.mode == "accept_then_timeout":
            await asyncio.sleep(fault.seconds)
            raise Problem(504, "timeout", "处理超时（演示故障）", room="courier")
        return JSONResponse(told(parcel), status_code=201 if new else 200)

    @router.get("/orders/{tracking_no}")
    async def track(tracking_no: str, key: Key = "") -> dict[str, Any]:
        judge(key)
        await misbehave(ordering=False)
        parcel = await run_in_threadpool(store.find, tracking_no)
        if parcel is None:
            raise Problem(404, "not-found", "没有这个单号", room="courier")
        return told(parcel)

    @router.post("/admin/faults")
    async def set_fault(body: CourierFault, key: Key = "") -> CourierFault:
        judge(key)
        faults.fault = body
        return body

    return router
