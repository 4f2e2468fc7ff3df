"""The page behind the link staff give a citizen (/handover): it asks for her proof and opens what was filled in for her.

The code stands behind the ``#`` of the link, so it never reaches a server's log; the page sends it with the proof.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from channels.web.guide_pages import reader_of, show_page

router = APIRouter(include_in_schema=False)


@router.get("/handover")
async def handover_page(request: Request) -> HTMLResponse:
    """The form; it holds nothing about anybody."""
    page = show_page(request, reader_of(request), "handover.html.j2")
    page.headers["Cache-Control"] = "no-store"
    return page
