"""The package looked at and signed: /api/v1/cases/{case_no}/package/pages, …/signature, and the keys packages are signed with."""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParam
from PIL import Image

from assistant.casework.flow.talk import PackageFailed
from assistant.casework.package.forms import Drawn
from assistant.casework.package.press import PressError, press
from assistant.casework.repository import CaseConflict
from assistant.conversation.model import Conversation
from assistant.conversation.signature import NotHers, NotNow, sign
from assistant.foundation.messages import render
from channels.access import Holder
from channels.api.cases import own_case
from channels.api.limits import by_address, by_conversation
from channels.api.package_models import PackageKey, PackageKeyList, PackagePage, PackagePages, Signature, Signed
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["package"])
_PNG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}}
_REFUSED = {"too_large": "signature_too_large", "broken": "signature_unreadable", "too_complex": "signature_unreadable"}


@router.get(
    "/api/v1/cases/{case_no}/package/pages",
    response_model=PackagePages,
    responses=documented(401, 404, 409, 422),
    operation_id="list_package_pages",
)
async def list_package_pages(case_no: str, conv: Holder, request: Request) -> PackagePages:
    """The pages of the confirmed package's own papers, in order; each can be had as a picture."""
    parts = parts_of(request)
    return await asyncio.to_thread(_pages, parts, conv, case_no)


def _pages(parts: Parts, conv: Conversation, case_no: str) -> PackagePages:
    case = own_case(parts, conv, case_no)
    if case.package is None:
        raise Problem(409, "no_package")
    base = f"/api/v1/cases/{case.case_no}/package/pages"
    items = [
        PackagePage(page=page.number, title=page.title, file=page.path, file_page=page.page, url=f"{base}/{page.number}.png")
        for page in parts.services.packages.pages(case.package.blob_id)
    ]
    signed_at = case.signature.signed_at.isoformat() if case.signature else None
    return PackagePages(items=items, total=len(items), version=case.package.version, signed_at=signed_at)


@router.get(
    "/api/v1/cases/{case_no}/package/pages/{page}.png",
    response_class=Response,
    operation_id="get_package_page",
    responses={**documented(401, 404, 409, 422, 503), **_PNG},
)
async def get_package_page(
    case_no: str,
    page: Annotated[int, PathParam(ge=1, le=2000)],
    conv: Holder,
    request: Request,
    width: Annotated[int, Query(ge=200, le=1600)] = 800,
) -> Response:
    """A page as a picture, ``width`` pixels wide; ``page`` is a number of the list."""
    parts = parts_of(request)
    data, tag = await asyncio.to_thread(_picture, parts, conv, case_no, page, width)
    return Response(data, media_type="image/png", headers={"Cache-Control": "private, no-store", "ETag": tag})


def _picture(parts: Parts, conv: Conversation, case_no: str, page: int, width: int) -> tuple[bytes, str]:
    case = own_case(parts, conv, case_no)
    if case.package is None:
        raise Problem(409, "no_package")
    try:
        data = parts.services.packages.picture(case.package.blob_id, page, width)
    except KeyError:
        raise Problem(404, "not_found") from None
    except PressError:
        raise Problem(503, "page_not_drawn") from None
    return data, f'"{case.package.sha256[:16]}-{page}-{width}"'


@router.post(
    "/api/v1/cases/{case_no}/signature",
    response_model=Signed,
    responses=documented(401, 404, 409, 422, 429, 503),
    operation_id="sign_case",
)
async def sign_case(case_no: str, body: Signature, conv: Holder, request: Request) -> Signed:
    """Give the applicant's signature, as strokes or as a PNG. A package that is there is made again with it, one version on;
    a draft keeps it for its package. Not once the case has been handed over."""
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    return await asyncio.to_thread(_sign, parts, conv, case_no, body)


@router.delete(
    "/api/v1/cases/{case_no}/signature",
    response_model=Signed,
    responses=documented(401, 404, 409, 422, 429, 503),
    operation_id="withdraw_signature",
)
async def withdraw_signature(case_no: str, conv: Holder, request: Request) -> Signed:
    """Take the signature back; a package that is there is made again without it."""
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    return await asyncio.to_thread(_sign, parts, conv, case_no, None)


def _sign(parts: Parts, conv: Conversation, case_no: str, body: Signature | None) -> Signed:
    case = own_case(parts, conv, case_no)
    drawn = _drawn(body) if body else None
    try:
        case = sign(parts.db, parts.blobs, parts.services, case, conv.id, drawn, parts.clock.now())
    except NotNow:
        raise Problem(409, "signature_too_late") from None
    except NotHers:
        raise Problem(409, "signature_by_agent") from None
    except CaseConflict:
        raise Problem(409, "busy") from None
    except PackageFailed as failed:
        raise Problem(503, "package_failed", detail=render(failed.message, conv.locale)) from None
    parts.announce(conv.id)
    package, signature = case.package, case.signature
    return Signed(
        case_no=case.case_no, signed_at=signature.signed_at.isoformat() if signature else None,
        version=package.version if package else None, sha256=package.sha256 if package else None,
    )  # fmt: skip


def _drawn(body: Signature) -> Drawn:
    try:
        png = press.ink(strokes=body.strokes) if body.strokes else press.ink(png=_decoded(body.image or ""))
    except PressError as error:
        if error.code == "busy":
            raise Problem(503, "page_not_drawn") from None
        raise Problem(422, _REFUSED.get(error.code, "signature_empty")) from None
    with Image.open(io.BytesIO(png)) as image:  # made by our own helper a moment ago
        return Drawn(png, image.width, image.height)


def _decoded(image: str) -> bytes:
    try:
        return base64.b64decode(image.removeprefix("data:image/png;base64,"), validate=True)
    except (binascii.Error, ValueError):
        raise Problem(422, "signature_unreadable") from None


@router.get("/api/v1/package-keys", response_model=PackageKeyList, operation_id="list_package_keys")
async def list_package_keys(request: Request) -> PackageKeyList:
    """The public keys packages are and were signed with, the newest first, for `bandao package verify --key`."""
    keys = await asyncio.to_thread(parts_of(request).services.packages.keys.public)
    items = [PackageKey.model_validate(key.model_dump(mode="json")) for key in keys]
    return PackageKeyList(items=items, total=len(items))
