"""The console's pages and their static assets. They hold no data: what they show comes through the API.

The desk is a file of its own; all other pages share the frame of ``pages/frame.html.j2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from channels.web.routes import CALLS, CONTENT_SECURITY_POLICY, MEDIA_TYPES, SECURITY_HEADERS

STATIC_DIR: Final = Path(__file__).parent / "static"

# No markup is ever built from strings here, so the browser may refuse every attempt to.
PAGE_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SECURITY_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'",
        "Cache-Control": "no-cache",
    }
)

FRAMES: Final = "; frame-src 'self'"

router = APIRouter(include_in_schema=False)
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("pages")), undefined=StrictUndefined, autoescape=True, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_files = StaticFiles(directory=STATIC_DIR)


async def _serve(request: Request, path: str) -> Response:
    try:
        response = await _files.get_response(path, request.scope)
    except StarletteHTTPException as error:
        raise HTTPException(error.status_code, headers=dict(PAGE_HEADERS)) from error
    response.headers.update(PAGE_HEADERS)
    media_type = MEDIA_TYPES.get(Path(path).suffix)
    if media_type is not None and response.status_code == 200:
        response.headers["Content-Type"] = media_type if media_type.startswith("image/") else f"{media_type}; charset=utf-8"
    return response


async def _framing(request: Request, path: str) -> Response:
    response = await _serve(request, path)
    response.headers["Content-Security-Policy"] += FRAMES
    response.headers["Permissions-Policy"] = CALLS
    return response


@cache
def _html(name: str) -> str:
    """A page put into the frame, once."""
    return _pages.get_template(f"{name}.html.j2").render()


def _page(name: str, besides: str = "") -> Response:
    policy = PAGE_HEADERS["Content-Security-Policy"] + besides
    return HTMLResponse(_html(name), headers={**PAGE_HEADERS, "Content-Security-Policy": policy})


@router.api_route("/console/", methods=["GET", "HEAD"])
async def console_page(request: Request) -> Response:
    """The console, from which citizens are called; guides in it are pages of ours in a frame that runs no scripts."""
    return await _framing(request, "index.html")


@router.api_route("/console/guides/", methods=["GET", "HEAD"])
async def guides_page() -> Response:
    """The guide editor; the preview in it is a page of ours in a frame that runs no scripts."""
    return _page("guides", FRAMES)


@router.api_route("/console/accounts/", methods=["GET", "HEAD"])
async def accounts_page() -> Response:
    """Accounts, for administrators."""
    return _page("accounts")


@router.api_route("/console/audit/", methods=["GET", "HEAD"])
async def audit_page() -> Response:
    """The audit chain, for auditors."""
    return _page("audit")


@router.api_route("/console/past/", methods=["GET", "HEAD"])
async def past_page() -> Response:
    """Past conversations, for whoever may look for some; recordings of calls are played there."""
    return _page("past", "; media-src 'self'")


@router.api_route("/console/misuse/", methods=["GET", "HEAD"])
async def misuse_page() -> Response:
    """Alarms of misuse, for supervisors and auditors."""
    return _page("misuse")


@router.api_route("/console/reports/", methods=["GET", "HEAD"])
async def reports_page() -> Response:
    """Figures, for those who see to it how the hall does."""
    return _page("reports")


@router.api_route("/console/static/{path:path}", methods=["GET", "HEAD"])
async def console_static(request: Request, path: str) -> Response:
    """Scripts and styles of the console; 404 for anything outside its folder."""
    return await _serve(request, path)
