"""The doors for programs: sending packages, asking about them, withdrawing; and staff actions as JSON for tests."""

from __future__ import annotations

import hmac
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from sandbox.config import SandboxConfig
from sandbox.office import bookings_api, service, shown
from sandbox.office.bookings import Bookings
from sandbox.office.decisions import Decision
from sandbox.office.faults import Fault, Faults
from sandbox.office.service import Office
from sandbox.problems import Problem

_METADATA_BYTES = 64 * 1024
_FORM_OVERHEAD = 128 * 1024


class WithdrawRequest(BaseModel):
    """Why the applicant takes the file back."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(default="", max_length=10_000)


def routes(config: SandboxConfig, office: Office, faults: Faults) -> APIRouter:
    """All of ``/office/v1``; every route asks for the X-Api-Key header."""

    def authorised(x_api_key: Annotated[str, Header()] = "") -> None:
        # Bytes, because comparing text refuses anything but ASCII with an exception.
        if not hmac.compare_digest(x_api_key.encode(), config.office_key.encode()):
            raise Problem(401, "not-authorised", "X-Api-Key 缺失或不对")

    router = APIRouter(prefix="/office/v1", dependencies=[Depends(authorised)])

    @router.post("/submissions", status_code=201)
    async def send(request: Request, idempotency_key: Annotated[str, Header()] = "") -> Response:
        package, metadata = await _parts(request, config)
        try:
            held, taken, new = await run_in_threadpool(
                office.receive, package.file, service.parse_metadata(metadata), idempotency_key
            )
        finally:
            await package.close()
        return JSONResponse(shown.receipt(held, taken), status_code=201 if new else 200)

    @router.get("/submissions")
    def find(case_no: Annotated[str, Query(min_length=1, max_length=64)]) -> dict[str, Any]:
        return {"items": [shown.file(held) for held in office.find(case_no)]}

    @router.get("/submissions/{receipt_no}")
    def status(receipt_no: str) -> dict[str, Any]:
        return shown.file(office.get(receipt_no))

    @router.get("/submissions/{receipt_no}/result")
    def result(receipt_no: str) -> Response:
        record, data = office.result(receipt_no)
        name = quote(f"{record['title']}_{record['number']}.pdf")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(data, media_type=record["media_type"], headers=headers)

    @router.get("/submissions/{receipt_no}/result/record")
    def result_record(receipt_no: str) -> dict[str, Any]:
        return office.result(receipt_no)[0]

    @router.post("/submissions/{receipt_no}/withdraw")
    def withdraw(receipt_no: str, body: WithdrawRequest) -> dict[str, Any]:
        return shown.file(office.withdraw(receipt_no, body.text))

    @router.post("/admin/submissions/{receipt_no}/actions")
    def act(receipt_no: str, body: Decision) -> dict[str, Any]:
        return shown.file(office.act(receipt_no, body))

    @router.post("/admin/faults")
    def set_fault(body: Fault) -> Fault:
        faults.set(body)
        return faults.fault

    bookings_api.add(router, config, Bookings(config, office.store))
    return router


async def _parts(request: Request, config: SandboxConfig) -> tuple[UploadFile, str]:
    """The two parts of a sending, read only once the request's size is known to be bearable."""
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise Problem(411, "length-required", "须注明 Content-Length")
    if int(length) > config.max_package_bytes + _FORM_OVERHEAD:
        raise Problem(413, "package-too-large", "申请包超过大小上限", f"上限 {config.max_package_bytes} 字节")
    try:
        form = await request.form(max_files=1, max_fields=1, max_part_size=_METADATA_BYTES)
    except HTTPException as error:
        raise Problem(422, "form-invalid", "表单须有 package 与 metadata 两部分") from error
    package, metadata = form.get("package"), form.get("metadata")
    if not isinstance(package, UploadFile) or not isinstance(metadata, str):
        await form.close()
        raise Problem(422, "form-invalid", "表单须有 package 与 metadata 两部分")
    return package, metadata
