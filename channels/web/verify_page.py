"""The public verification page (/verify): a code typed from a paper, or come by its QR code, and what is known of it.

Rendered on the server and readable without scripts; the script beside it only compares a file with the hash shown, in the
browser: no file is sent anywhere.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.casework.results.codes import grouped
from channels.api.results import verified
from channels.parts import parts_of
from channels.problems import Problem
from channels.web.guide_pages import reader_of, show_page

router = APIRouter(include_in_schema=False)
_LONGEST = 80


@router.get("/verify")
async def verify_page(request: Request, code: str = "") -> HTMLResponse:
    """The form, and below it what came of the code given."""
    reader = reader_of(request)
    said, found, problem = code.strip()[:_LONGEST], None, None
    if said:
        try:
            found = await asyncio.to_thread(verified, parts_of(request), request, said)
        except Problem as error:
            problem = error
    page = show_page(
        request, reader, "verify.html.j2", problem.status if problem else 200, said=grouped(found.code) if found else said,
        found=found, problem=problem.detail if problem else "",
    )  # fmt: skip
    page.headers.update((problem.headers if problem else None) or {})
    # Whom a code belongs to is nobody's business but the reader's: not kept by any cache.
    page.headers["Cache-Control"] = "no-store"
    return page
