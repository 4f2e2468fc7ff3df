"""What an operator reads beside a conversation: papers handed in, the package, and the guide its case is on.

Small pictures are too small to be read and only show what is there. A large one shows all of a paper, so it goes into the
audit chain like any look at something whole.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParam
from pydantic import BaseModel
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.model import Case
from assistant.casework.package.press import PressError, press
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import CHINESE, t
from channels.console.access import AtDesk
from channels.console.guides_preview import FRAMED
from channels.console.packet import may_read
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.web.guide_pages import Reader, guide_html

router = APIRouter(prefix="/console/api/conversations/{conversation_id}", include_in_schema=False)
WIDTHS = {"small": 120, "large": 1200}
"""Pixels. At 120 an A4 page has letters of one pixel."""
Size = Literal["small", "large"]
Page = Annotated[int, PathParam(ge=1, le=2000)]


class PackagePageOut(BaseModel):
    """A page of the package that can be looked at; ``page`` counts from 1 over all of it."""

    page: int
    title: str
    file: str


class PackageOut(BaseModel):
    """The package the citizen sees, and the offices get."""

    version: int
    sha256: str
    built_at: str
    signed: bool
    pages: list[PackagePageOut]


@router.get("/uploads/{upload_id}/pages/{page}")
async def upload_page(
    conversation_id: str, upload_id: str, page: Page, who: AtDesk, request: Request, size: Annotated[Size, Query()] = "small"
) -> Response:
    """A page of a paper the citizen handed in, as a picture; 404 for what has none (Word and Excel files)."""
    data = await asyncio.to_thread(_upload_page, parts_of(request), who, conversation_id, upload_id, page, size)
    return _picture(data, "image/jpeg")


@router.get("/package")
async def package(conversation_id: str, who: AtDesk, request: Request) -> PackageOut:
    """The pages of the case's package; 409 while there is none."""
    return await asyncio.to_thread(_package, parts_of(request), who, conversation_id)


@router.get("/package/pages/{page}")
async def package_page(
    conversation_id: str, page: Page, who: AtDesk, request: Request, size: Annotated[Size, Query()] = "small"
) -> Response:
    """A page of the package as a picture."""
    return _picture(await asyncio.to_thread(_package_page, parts_of(request), who, conversation_id, page, size), "image/png")


@router.get("/guide")
async def guide(conversation_id: str, who: AtDesk, request: Request) -> Response:
    """The guide, with its sources, in the version the case is on: the content of the citizen's page, for a frame."""
    parts = parts_of(request)
    page = await asyncio.to_thread(_guide, parts, request, who, conversation_id)
    # Links leave the frame, but for those that lead to another place of the same page.
    html = bytes(page.body).replace(b'href="#', b'target="_self" href="#')
    html = html.replace(b"<head>", b'<head>\n  <base target="_blank">', 1)
    return Response(html, page.status_code, media_type="text/html; charset=utf-8", headers=FRAMED)


def _picture(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers={"Cache-Control": "private, no-store"})


def _open(app: Parts, conn: Connection, who: Operator, conversation_id: str) -> tuple[Conversation, Case | None]:
    """A conversation this member of staff may read now, and its case.

    Raises:
        Problem: 404 for any other.
    """
    conv = repository.load(conn, conversation_id) if may_read(app, conn, who, conversation_id) else None
    if conv is None:
        raise Problem(404, "gone", detail=t("desk.gone"))
    found = cases.find(conn, conv.active_case) if conv.active_case else None
    return conv, found[0] if found else None


def _upload_page(app: Parts, who: Operator, conversation_id: str, upload_id: str, page: int, size: Size) -> bytes:
    with app.db.read() as conn:
        conv, _case = _open(app, conn, who, conversation_id)
        row = next((one for one in cases.uploads_of(conn, conv.id) if one["id"] == upload_id), None)
    kind = _kind(row["media_type"]) if row else None
    if row is None or kind is None:
        raise Problem(404, "not_found")
    try:
        data = press.look(kind, app.blobs.get(row["blob_id"]), page - 1, WIDTHS[size])
    except PressError as error:
        raise (Problem(404, "not_found") if error.code == "no_page" else Problem(503, "page_not_drawn")) from None
    if size == "large":
        _looked(app, who, "upload.shown", upload_id, conversation_id, page)
    return data


def _kind(media_type: str) -> Literal["pdf", "picture"] | None:
    if media_type == "application/pdf":
        return "pdf"
    return "picture" if media_type.startswith("image/") else None


def _packed(app: Parts, who: Operator, conversation_id: str) -> Case:
    with app.db.read() as conn:
        _conv, case = _open(app, conn, who, conversation_id)
    if case is None or case.package is None:
        raise Problem(409, "no_package")
    return case


def _package(app: Parts, who: Operator, conversation_id: str) -> PackageOut:
    case = _packed(app, who, conversation_id)
    assert case.package is not None
    pages = app.services.packages.pages(case.package.blob_id)
    return PackageOut(
        version=case.package.version, sha256=case.package.sha256, built_at=case.package.built_at.isoformat(),
        signed=case.signature is not None,
        pages=[PackagePageOut(page=one.number, title=one.title, file=one.path) for one in pages],
    )  # fmt: skip


def _package_page(app: Parts, who: Operator, conversation_id: str, page: int, size: Size) -> bytes:
    case = _packed(app, who, conversation_id)
    assert case.package is not None
    try:
        data: bytes = app.services.packages.picture(case.package.blob_id, page, WIDTHS[size])
    except KeyError:
        raise Problem(404, "not_found") from None
    except PressError:
        raise Problem(503, "page_not_drawn") from None
    if size == "large":
        _looked(app, who, "package.shown", case.case_no, conversation_id, page)
    return data


def _looked(app: Parts, who: Operator, action: str, subject: str, conversation_id: str, page: int) -> None:
    with app.db.write() as conn:
        detail = {"conversation": conversation_id, "page": page}
        audit.append(conn, at=app.clock.now(), actor=f"staff:{who.id}", action=action, subject=subject, detail=detail)


def _guide(app: Parts, request: Request, who: Operator, conversation_id: str) -> Response:
    with app.db.read() as conn:
        conv, case = _open(app, conn, who, conversation_id)
    seen = Reader(app, conv.region or app.settings.region, CHINESE, None)
    found = app.services.guide_of(case) if case else seen.catalogue.get(conv.state.context_guide or "")
    if found is None:
        raise Problem(404, "not_found")
    return guide_html(request, seen, found, None, embedded=True)
