"""The progress page (/progress): how far a case is, for whoever holds it here or shows its proof; live, without reload.

The frame is rendered on the server and holds nothing of any case; its script asks the API, as the chat page does.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from channels.web.guide_pages import reader_of, show_page

router = APIRouter(include_in_schema=False)
_LONGEST = 40


@router.get("/progress")
async def progress_page(request: Request, case: str = "") -> HTMLResponse:
    """The frame, with the number that came by the QR code or a link."""
    return show_page(request, reader_of(request), "progress.html.j2", number=case.strip()[:_LONGEST])
