"""The citizen's chat page: one HTML file and its static assets, served with a strict content security policy.

Nothing here is rendered on the server: the page speaks the public API like any other client, so these routes need no
authentication and hold no data. ``SECURITY_HEADERS`` is the base other pages (the staff console) answer with too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

STATIC_DIR: Final = Path(__file__).parent / "static"

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

SECURITY_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
"""Headers of every page this product serves to a browser; read-only, merge it to add to it."""

CALLS: Final = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"
"""The Permissions-Policy of pages people can call from: what the browser asks her for, and only she can give."""

# The chat page never builds markup from strings, so the browser may refuse every attempt to.
CHAT_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SECURITY_HEADERS,
        "Content-Security-Policy": CONTENT_SECURITY_POLICY + "; require-trusted-types-for 'script'; trusted-types 'none'",
        "Permissions-Policy": CALLS,
        # File names carry no hash: browsers keep a copy but ask each time, and the ETag makes the answer a short 304.
        "Cache-Control": "no-cache",
    }
)

# The machine's own MIME table decides otherwise, and a module script with the wrong type is refused under nosniff.
MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}

router = APIRouter(include_in_schema=False)
_files = StaticFiles(directory=STATIC_DIR)


async def _serve(request: Request, path: str) -> Response:
    """One static file with its validators and security headers; 304 when the browser's copy is current, else 404."""
    try:
        response = await _files.get_response(path, request.scope)
    except StarletteHTTPException as error:
        raise HTTPException(error.status_code, headers=dict(CHAT_HEADERS)) from error
    response.headers.update(CHAT_HEADERS)
    media_type = MEDIA_TYPES.get(Path(path).suffix)
    if media_type is not None and response.status_code == 200:
        response.headers["Content-Type"] = media_type if media_type.startswith("image/") else f"{media_type}; charset=utf-8"
    return response


@router.api_route("/", methods=["GET", "HEAD"])
async def chat_page(request: Request) -> Response:
    """The chat page."""
    return await _serve(request, "index.html")


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
async def favicon(request: Request) -> Response:
    """The icon browsers ask for by themselves; it is drawn, not a bitmap."""
    return await _serve(request, "img/favicon.svg")


@router.api_route("/static/chat/{path:path}", methods=["GET", "HEAD"])
async def chat_static(request: Request, path: str) -> Response:
    """Scripts, styles and drawings of the chat page; 404 for anything outside its folder."""
    return await _serve(request, path)
