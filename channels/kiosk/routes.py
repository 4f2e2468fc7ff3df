"""The kiosk's page (/kiosk): static files like the chat page's, its settings, and the QR code that takes a case to the phone.

Nothing here holds anything about anybody: the page speaks the public API like any other client, and wipes itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from fastapi import APIRouter, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.staticfiles import StaticFiles

from assistant.casework.package.book import qr_svg
from channels.parts import parts_of
from channels.voice.engines import engines_of
from channels.web.routes import CHAT_HEADERS, MEDIA_TYPES

STATIC_DIR: Final = Path(__file__).parent / "static"

# The chat page's policy, and the two things only this page does: it hears, and looks whether somebody stands before it.
KIOSK_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **CHAT_HEADERS,
        # The devices of the kiosk's own machine (``channels.kiosk.devices``), which take this page's calls only.
        "Content-Security-Policy": CHAT_HEADERS["Content-Security-Policy"].replace(
            "connect-src 'self'", "connect-src 'self' http://127.0.0.1:*"
        ),
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
    }
)

_CASE_NO: Final = re.compile(r"BD[0-9A-Z-]{6,30}")
_RESUME: Final = re.compile(r"[2-9A-HJ-NP-Z]{6}")

router = APIRouter(include_in_schema=False)
_files = StaticFiles(directory=STATIC_DIR)


async def _serve(request: Request, path: str) -> Response:
    try:
        response = await _files.get_response(path, request.scope)
    except StarletteHTTPException as error:
        raise HTTPException(error.status_code, headers=dict(KIOSK_HEADERS)) from error
    response.headers.update(KIOSK_HEADERS)
    media_type = MEDIA_TYPES.get(Path(path).suffix)
    if media_type is not None and response.status_code == 200:
        response.headers["Content-Type"] = media_type if media_type.startswith("image/") else f"{media_type}; charset=utf-8"
    return response


@router.api_route("/kiosk", methods=["GET", "HEAD"])
async def kiosk_page(request: Request) -> Response:
    """The kiosk's page."""
    return await _serve(request, "index.html")


@router.api_route("/kiosk/figure", methods=["GET", "HEAD"])
async def figure_page(request: Request) -> Response:
    """Every viseme and state of the figure beside each other."""
    return await _serve(request, "figure.html")


@router.get("/kiosk/settings")
async def kiosk_settings(request: Request) -> JSONResponse:
    """How long the page waits for somebody who does nothing, in seconds; it has defaults of its own for when this is away.

    ``address`` is ours as phones open it, none where there is none: it is on receipts, and tells our codes from others'.

    Who asks this is about to want a voice: the engines begin to load.
    """
    parts = parts_of(request)
    settings = parts.settings
    engines_of(request).warm(parts)
    return JSONResponse(
        {
            "idle_seconds": settings.kiosk_idle_seconds,
            "countdown_seconds": settings.kiosk_countdown_seconds,
            "address": settings.citizens_url,
        },
        headers={**KIOSK_HEADERS, "Cache-Control": "no-store"},
    )


@router.get("/kiosk/qr")
async def hand_over_code(
    request: Request, case: str, resume: Annotated[str, Header(alias="Bandao-Resume-Code")] = ""
) -> Response:
    """The QR code that opens a case on the phone, which asks there for proof that it is hers.

    The other way round, on her phone for a kiosk's scanner, it holds the resume code too: behind the ``#``, which no browser
    sends on, and told us in a header, which is in no log.
    404 for what is no number of a case or no code, and where no address of ours is known that a phone can open.
    """
    address = parts_of(request).settings.citizens_url
    if address is None or not _CASE_NO.fullmatch(case) or (resume and not _RESUME.fullmatch(resume)):
        raise HTTPException(404, headers=dict(KIOSK_HEADERS))
    link = f"{address}/?case={case}"
    # one that holds a code is not kept in memory
    drawn = qr_svg.__wrapped__(f"{link}#resume={resume}") if resume else qr_svg(link)
    drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return Response(drawn, media_type="image/svg+xml", headers={**KIOSK_HEADERS, "Cache-Control": "no-store"})


@router.api_route("/static/kiosk/{path:path}", methods=["GET", "HEAD"])
async def kiosk_static(request: Request, path: str) -> Response:
    """Scripts and styles of the page; 404 for anything outside its folder."""
    return await _serve(request, path)
