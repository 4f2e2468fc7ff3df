"""A draft as citizens would see it: the guide's page, made from a text that is not kept, for a frame of the editor."""

from __future__ import annotations

import hmac
from typing import Annotated

import yaml
from fastapi import APIRouter, Form, Request, Response

from assistant.foundation.messages import CHINESE, ENGLISH
from channels.console.guides import place_of
from channels.console.guides_access import Reader as GuideReader
from channels.console.guides_models import LONGEST
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.served import region_of
from channels.web.guide_pages import Reader, guide_html, sorry
from channels.web.routes import CONTENT_SECURITY_POLICY, SECURITY_HEADERS
from knowledge.editing.places import Place, tidy
from knowledge.editing.trial import trial
from knowledge.guide_file import guide_of, quickly
from knowledge.overlay import Overlay
from knowledge.resolving import COMPONENTS
from knowledge.schema import Guide
from knowledge.translation import Translation, translated

router = APIRouter(prefix="/console/api/guides", include_in_schema=False)
#: Only our own pages may frame it, and nothing in it runs.
FRAMED = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'none'").replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}


@router.post("/preview")
async def preview(
    who: GuideReader, request: Request,
    code: Annotated[str, Form(max_length=64)], place: Annotated[str, Form(max_length=16)],
    text: Annotated[str, Form(max_length=LONGEST)], csrf: Annotated[str, Form(max_length=64)],
    region: Annotated[str, Form(max_length=40)] = "", language: Annotated[str, Form(max_length=8)] = CHINESE,
) -> Response:  # fmt: skip
    """The page of a text in a region and a language. A frame cannot send headers, so the token stands in the form."""
    if not hmac.compare_digest(csrf.encode(), who.csrf.encode()):
        raise Problem(403, "csrf")
    parts, where = parts_of(request), place_of(code, place)
    seen = Reader(parts, region_of(parts, region or where.region), ENGLISH if language == ENGLISH else CHINESE, None)
    page = _page(parts, request, seen, where, tidy(text))
    html = bytes(page.body).replace(b"<head>", b'<head>\n  <base target="_blank">', 1)
    return Response(html, page.status_code, media_type="text/html; charset=utf-8", headers=FRAMED)


def _page(parts: Parts, request: Request, seen: Reader, where: Place, text: str) -> Response:
    found = _guide(parts, seen, where, text)
    if found is None:
        return sorry(request, seen, 422, "draft")
    guide, translation = found
    shown = translated(guide, translation, ENGLISH) if seen.language == ENGLISH else guide
    return guide_html(request, seen, shown, translation)


def _guide(parts: Parts, seen: Reader, where: Place, text: str) -> tuple[Guide, Translation | None] | None:
    """The guide a text makes in the reader's region, and what its English comes from; None if it makes none."""
    served = parts.guides.catalogue
    translation = served.translations.get(where.code)
    base = served.guides.get(where.code) or served.components.get(where.code)
    try:
        if where.place == ENGLISH:
            translation = Translation.model_validate(quickly(text))
            tried = trial(served, guide=base) if base else None
        elif where.region is not None:
            tried = trial(served, overlay=(where.code, Overlay.model_validate(quickly(text)))) if base else None
        else:
            guide = guide_of(text, "").guide
            tried = trial(served, guide=guide, component=where.place == COMPONENTS) if guide else None
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if tried is None or tried.unfit:
        return None
    found = tried.served(seen.region, where.code)
    return (found, translation) if found else None
