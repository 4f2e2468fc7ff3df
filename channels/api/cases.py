"""GET /api/v1/cases/{case_no}, its package; POST …/resume on another channel."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParam

from assistant.casework import receipts, repository
from assistant.casework.flow.summary import case_view, field_view
from assistant.casework.interview.table_question import sheet_of
from assistant.casework.model import Case, CasePart, CaseStatus, PackageRef
from assistant.casework.package import handing
from assistant.casework.package.errors import PackageError
from assistant.casework.submission import parts as submission_parts
from assistant.casework.upload_checks.kinds import EXCEL
from assistant.conversation import taking_up
from assistant.conversation.model import Conversation
from assistant.conversation.replying import rendered
from assistant.conversation.resumption import take_over
from assistant.foundation.messages import ENGLISH, use_language
from assistant.identity import misuse
from channels.access import Holder
from channels.api.limits import by_address
from channels.api.models import CaseDetail, Resume, Turn
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["case"])
_SHOWN: Any = {
    **dict.fromkeys(("item", "name", "department", "after", "office_ref", "withdrawing", "verdict"), True),
    "correction": {"text", "wanting", "due"},
}


def own_case(parts: Parts, conv: Conversation, case_no: str) -> Case:
    """A case of the token's conversation.

    Raises:
        Problem: 404; a foreign case is as unknown as one that never was.
    """
    with parts.db.read() as conn:
        found = repository.find(conn, case_no)
    if found is None or found[1] != conv.id:
        strange_number(parts, case_no)
        raise Problem(404, "not_found")
    return found[0]


def strange_number(parts: Parts, case_no: str) -> None:
    """Count a case number that is none of hers; the answer is 404 however many are tried."""
    now = parts.clock.now()
    with parts.db.read() as conn:
        known = misuse.slowed(conn, ("case_numbers",), now) is not None
    if not known:
        with parts.db.write() as conn:
            misuse.note(conn, "case_numbers", case_no, now)


def slower(wait: int) -> Problem:
    """Too much was tried from this address: 429, with the seconds to wait."""
    return Problem(429, "too_fast", seconds=wait, headers={"Retry-After": str(wait)})


@router.get("/api/v1/cases/{case_no}", response_model=CaseDetail, responses=documented(401, 404, 422), operation_id="get_case")
async def get_case(case_no: str, conv: Holder, request: Request) -> CaseDetail:
    """A case with its answers, identity numbers and phones masked."""
    parts = parts_of(request)
    case = await asyncio.to_thread(own_case, parts, conv, case_no)
    guide = parts.services.guide_of(case)
    if conv.locale == ENGLISH:
        guide = parts.services.catalogue.in_english(guide)
    with use_language(conv.locale):
        view = rendered({**case_view(guide, case), "fields": field_view(guide, case)}, conv.locale)
        shares = rendered({"parts": _shares(case)}, conv.locale)
        more = {"packages": _departments(case), "receipts": _receipts(case), "signed_at": _signed_at(case)}
        return CaseDetail.model_validate({**view, **shares, **more})


def _shares(case: Case) -> list[dict[str, object]]:
    """How the case stands at each department, once it was sent."""
    held = submission_parts.held(case)
    blocked = submission_parts.blocked(held)
    return [
        {
            **part.model_dump(mode="json", include=_SHOWN),
            "status": _standing(part, blocked),
            "received_at": part.received_at.isoformat() if part.received_at else None,
            "package_version": part.package.version if part.package else None,
        }
        for part in held
    ]


def _standing(part: CasePart, blocked: set[str]) -> str:
    if part.item in blocked:
        return "blocked"
    return "waiting" if part.status is CaseStatus.READY else part.status.value


def _departments(case: Case) -> list[dict[str, object]]:
    """The departments' own packages, once there are any."""
    url = f"/api/v1/cases/{case.case_no}/package"
    return [
        {**part.model_dump(include={"item", "name", "department", "after", "sha256"}), "url": f"{url}?part={part.item}"}
        for part in (case.packages if case.package else [])
    ]


def _receipts(case: Case) -> list[dict[str, object]]:
    """What receiving offices gave for its packages, oldest first."""
    return [
        {
            **held.model_dump(include={"number", "part", "version", "sha256"}),
            "at": held.at.isoformat(),
            "url": receipts.url(case, held),
        }
        for held in case.receipts
    ]


def _signed_at(case: Case) -> str | None:
    return case.signature.signed_at.isoformat() if case.signature else None


@router.get(
    "/api/v1/cases/{case_no}/package",
    response_class=Response,
    operation_id="get_package",
    responses={
        **documented(401, 404, 409, 422),
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_package(
    case_no: str, conv: Holder, request: Request, part: Annotated[str | None, Query(max_length=80)] = None
) -> Response:
    """The confirmed package, as a zip. ``part`` (a guide's code) asks for one department's own package of a 一件事."""
    parts = parts_of(request)
    case = await asyncio.to_thread(own_case, parts, conv, case_no)
    held: PackageRef | None = case.package
    if held is None:
        raise Problem(409, "no_package")
    if part is not None:
        held = next((package for package in case.packages if package.item == part), None)
        if held is None:
            raise Problem(404, "not_found")
    data = await asyncio.to_thread(parts.blobs.get, held.blob_id)
    return Response(
        data,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{case.case_no}{f"-{part}" if part else ""}.zip"',
            "Cache-Control": "no-store",
            "ETag": f'"{held.sha256}"',
        },
    )


@router.get(
    "/api/v1/cases/{case_no}/receipts/{number}",
    response_class=Response,
    operation_id="get_receipt",
    responses={
        **documented(401, 404, 422, 503),
        200: {"content": {receipts.PDF: {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_receipt(case_no: str, number: Annotated[int, PathParam(ge=1, le=1000)], conv: Holder, request: Request) -> Response:
    """The receiving office's receipt (收件回执) as PDF; ``number`` counts from 1 in the case. It is a file beside the package."""
    parts = parts_of(request)
    case = await asyncio.to_thread(own_case, parts, conv, case_no)
    try:
        data = await asyncio.to_thread(receipts.page, case, parts.services.guide_of(case), number)
    except KeyError:
        raise Problem(404, "not_found") from None
    except PackageError as error:
        raise Problem(503, "receipt_not_made") from error
    return Response(
        data,
        media_type=receipts.PDF,
        headers={
            "Content-Disposition": f'attachment; filename="{case.case_no}-receipt-{number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get(
    "/api/v1/cases/{case_no}/handing-sheet",
    response_class=Response,
    operation_id="get_handing_sheet",
    responses={
        **documented(401, 404, 422, 503),
        200: {"content": {receipts.PDF: {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_handing_sheet(
    case_no: str, conv: Holder, request: Request, part: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """The sheet that goes on top of papers brought to a window or posted (交件单) as PDF, with the slot as it is booked now.

    404 where the case, or this ``part`` of it (an item's code), is not handed in on paper.
    """
    parts = parts_of(request)
    case = await asyncio.to_thread(own_case, parts, conv, case_no)
    url = f"{parts.settings.public_url}/progress"
    try:
        data = await asyncio.to_thread(handing.sheet, case, parts.services.guide_of(case), part, url)
    except KeyError:
        raise Problem(404, "not_found") from None
    except PackageError as error:
        raise Problem(503, "sheet_not_made") from error
    name = f"{case.case_no}{f'-{part}' if part else ''}-handing-sheet.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(data, media_type=receipts.PDF, headers=headers)


@router.get(
    "/api/v1/cases/{case_no}/fields/{field}/sheet",
    response_class=Response,
    operation_id="get_sheet",
    responses={
        **documented(401, 404, 422),
        200: {"content": {EXCEL: {"schema": {"type": "string", "format": "binary"}}}},
    },
)
async def get_sheet(case_no: str, field: str, conv: Holder, request: Request) -> Response:
    """A sheet (.xlsx) of a table field, to fill in and attach: headings, the rows so far or one example row, and lists."""
    parts = parts_of(request)
    case = await asyncio.to_thread(own_case, parts, conv, case_no)
    guide = parts.services.guide_of(case)
    if conv.locale == ENGLISH:
        guide = parts.services.catalogue.in_english(guide)
    table = guide.field(field)
    if table is None or table.type != "table":
        raise Problem(404, "not_found")
    with use_language(conv.locale):
        data = await asyncio.to_thread(sheet_of, table, case)
    return Response(
        data,
        media_type=EXCEL,
        headers={"Content-Disposition": f'attachment; filename="{field}.xlsx"', "Cache-Control": "no-store"},
    )


@router.post(
    "/api/v1/cases/{case_no}/resume",
    response_model=Turn,
    responses=documented(401, 404, 409, 422, 423, 429),
    operation_id="resume_case",
)
async def resume_case(case_no: str, body: Resume, conv: Holder, request: Request) -> Response:
    """Go on with a draft in this conversation. ``proof``: the last four characters of the identity number given in the
    case (if any was), then the resume code. Five wrong tries lock the case for an
    hour; a number that never was answers as a wrong try does."""
    parts = parts_of(request)
    by_address(parts, request)
    turn = await asyncio.to_thread(_resume, parts, conv, case_no, body.proof)
    parts.announce(conv.id)
    return Response(orjson.dumps(turn), media_type="application/json")


def _resume(parts: Parts, conv: Conversation, case_no: str, proof: str) -> dict[str, object]:
    now = parts.clock.now()
    with parts.db.write() as conn:
        verdict = taking_up.judge(conn, parts.services, case_no, proof, now)
        turn = take_over(parts.runner, conn, conv.id, verdict.case, now) if verdict.kind == "fits" and verdict.case else None
        taking_up.keep(conn, verdict, conv.id, conv.channel, now)
    if turn is not None:
        if verdict.holder:
            parts.announce(verdict.holder)
        return turn
    if verdict.kind == "slowed":
        raise slower(verdict.wait)
    if verdict.kind == "locked":
        raise Problem(423, "resume_locked", headers={"Retry-After": str(int(taking_up.LOCKED.total_seconds()))})
    if verdict.kind == "not_draft":
        raise Problem(409, "resume_not_draft")
    raise Problem(404, "resume_wrong")
