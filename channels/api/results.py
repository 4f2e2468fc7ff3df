"""Results: …/cases/{case_no}/results for the citizen, /verify/{code} for whoever was shown one."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from assistant.casework.results import store
from assistant.casework.results.codes import BadCode, grouped
from assistant.casework.results.store import Result
from assistant.casework.results.verifying import Verified, look_up
from assistant.conversation.model import Conversation
from assistant.foundation import metrics
from assistant.foundation.messages import t
from channels.access import Holder
from channels.api.cases import own_case
from channels.api.limits import take
from channels.api.result_models import ResultItem, ResultList, Verification
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["result"])
_NO_CODE = {"length": "code_length", "sign": "code_sign", "check": "code_check"}
_FILE = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
_BINARY: dict[int | str, dict[str, Any]] = {200: {"content": _FILE}}


@router.get(
    "/api/v1/cases/{case_no}/results", response_model=ResultList, responses=documented(401, 404, 422), operation_id="list_results"
)
async def list_results(case_no: str, conv: Holder, request: Request) -> ResultList:
    """The results handed over in a case. What an office sent that was not what it said is not among them."""
    parts = parts_of(request)
    rows = await asyncio.to_thread(_of_case, parts, conv, case_no)
    items = [_item(parts, row) for row in rows]
    return ResultList(items=items, total=len(items))


@router.get(
    "/api/v1/cases/{case_no}/results/{result_id}",
    response_class=Response,
    responses={**documented(401, 404, 422), **_BINARY},
    operation_id="get_result",
)
async def get_result(case_no: str, result_id: str, conv: Holder, request: Request) -> Response:
    """A result, byte for byte as it was handed over."""
    parts = parts_of(request)
    held = await asyncio.to_thread(_one, parts, conv, case_no, result_id)
    data = await asyncio.to_thread(parts.blobs.get, held.blob_id)
    headers = _headers(f"{case_no}-{result_id}.pdf") | {"ETag": f'"{held.sha256}"'}
    return Response(data, media_type=held.media_type, headers=headers)


@router.get(
    "/api/v1/cases/{case_no}/results/{result_id}/proof",
    response_class=Response,
    responses={**documented(401, 404, 422), 200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    operation_id="get_result_proof",
)
async def get_result_proof(case_no: str, result_id: str, conv: Holder, request: Request) -> Response:
    """The result's proof: a signed statement of what the file is, to be checked offline (`bandao result verify`)."""
    held = await asyncio.to_thread(_one, parts_of(request), conv, case_no, result_id)
    headers = _headers(f"{case_no}-{result_id}.proof.json")
    return Response(held.said.proof.encode(), media_type="application/json", headers=headers)


@router.get(
    "/api/v1/verify/{code}", response_model=Verification, responses=documented(404, 422, 429), operation_id="verify_result"
)
async def verify_result(code: str, request: Request) -> Verification:
    """Whether a result with this anti-forgery code (防伪码) was issued, and whether it still holds. Public, limited per address.

    A code that cannot be one (its check character does not fit) is a 422 at once; one that was never given out is a 404.
    """
    parts = parts_of(request)
    found = await asyncio.to_thread(verified, parts, request, code)
    return Verification(
        **found.model_dump(exclude={"code"}), code=grouped(found.code), text=t(f"results.standing_{found.standing}"),
        checked_at=parts.clock.now().isoformat(),
    )  # fmt: skip


def verified(parts: Parts, request: Request, code: str) -> Verified:
    """What is known of a code, for this address.

    Raises:
        Problem: 422 for what is no code, 404 for one that was never given out, 429.
    """
    take(parts.verify_tries, request, "verify")
    try:
        with parts.db.read() as conn:
            found = look_up(conn, parts.db.keyring, code, parts.clock.now().date())
    except BadCode as bad:
        metrics.verified_total.labels("no_code").inc()
        raise Problem(422, _NO_CODE[bad.reason], sign=bad.sign) from None
    metrics.verified_total.labels(found.standing if found else "unknown").inc()
    if found is None:
        raise Problem(404, "code_unknown")
    return found


def _of_case(parts: Parts, conv: Conversation, case_no: str) -> list[Result]:
    own_case(parts, conv, case_no)
    with parts.db.read() as conn:
        return store.of_case(conn, case_no)


def _one(parts: Parts, conv: Conversation, case_no: str, result_id: str) -> Result:
    held = next((row for row in _of_case(parts, conv, case_no) if row.id == result_id), None)
    if held is None:
        raise Problem(404, "not_found")
    return held


def _item(parts: Parts, row: Result) -> ResultItem:
    said, base = row.said, f"/api/v1/cases/{row.case_no}/results/{row.id}"
    return ResultItem.model_validate({
        "id": row.id, "part": row.part, "state": row.state, "sha256": row.sha256, "size": row.size, "media_type": row.media_type,
        **said.model_dump(include={"title", "number", "kind", "issuer", "issued", "expires"}), "code": grouped(said.code),
        "received_at": row.created_at.isoformat(), "url": base, "proof_url": f"{base}/proof",
        "verify_url": f"{parts.settings.public_url}/verify?code={said.code}",
    })  # fmt: skip


def _headers(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
