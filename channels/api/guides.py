"""GET /api/v1/guides, /guides/{code} and /search."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request

from assistant.foundation.messages import ENGLISH
from channels.api.models import GuideItem, GuideList, SearchItem, SearchList
from channels.parts import parts_of
from channels.problems import Problem, documented
from channels.served import catalogue_of, region_of
from knowledge.browsing import UnknownCategory, category_name, filtered, theme_names
from knowledge.schema import Guide

router = APIRouter(tags=["knowledge"])
Region = Annotated[str | None, Query(max_length=40, description="A GB/T 2260 code or a name; the service's own where not given.")]
CategoryCode = Annotated[str | None, Query(max_length=40, description="A code of /api/v1/categories.")]


def guide_item(guide: Guide) -> dict[str, Any]:
    """A guide as lists show it; ``themes`` in words."""
    return {
        "code": guide.code,
        "name": guide.name,
        "version": guide.version,
        "aliases": guide.names.aliases,
        "applicant": list(guide.applicant),
        "themes": theme_names(guide),
        "department": guide.department,
        "region": guide.region,
    }


@router.get("/api/v1/guides", response_model=GuideList, responses=documented(422), operation_id="list_guides")
async def list_guides(
    request: Request, theme: CategoryCode = None, life_event: CategoryCode = None, sector: CategoryCode = None,
    applicant: CategoryCode = None, region: Region = None,
) -> GuideList:  # fmt: skip
    """The items of the catalogue; those in every category given. Without any: all of them."""
    parts = parts_of(request)
    served = catalogue_of(parts, region_of(parts, region)).all()
    try:
        found = filtered(served, theme=theme, life_event=life_event, sector=sector, applicant=applicant)
    except UnknownCategory as unknown:
        raise Problem(422, "unknown_category", kind=str(unknown)) from None
    items = [GuideItem.model_validate(guide_item(guide)) for guide in found]
    return GuideList(items=items, total=len(items))


@router.get("/api/v1/guides/{code}", responses=documented(404, 422), operation_id="get_guide")
async def get_guide(
    code: str, request: Request, region: Region = None, locale: Annotated[Literal["zh-CN", "en"], Query()] = "zh-CN"
) -> dict[str, Any]:
    """One guide, whole, as it is served in a region. In English (``en``) what is shown of it is translated as far as it has been;
    codes, values and ``name`` are the same."""
    guide = known_guide(request, code, region)
    if locale == ENGLISH:
        guide = parts_of(request).services.catalogue.in_english(guide)
    return {**guide.model_dump(mode="json", by_alias=True, exclude_none=True), **guide_item(guide)}


def known_guide(request: Request, code: str, region: str | None) -> Guide:
    """A guide as it is served in a region.

    Raises:
        Problem: 404 where there is none of this code there, 422 for an unknown region.
    """
    parts = parts_of(request)
    guide = catalogue_of(parts, region_of(parts, region)).get(code)
    if guide is None:
        raise Problem(404, "not_found")
    return guide


@router.get("/api/v1/search", response_model=SearchList, responses=documented(422), operation_id="search")
async def search(
    request: Request,
    q: Annotated[str, Query(max_length=20_000)],
    region: Region = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    applicant: CategoryCode = None,
    day: Annotated[date | None, Query(description="Only guides in force on this day; any where not given.")] = None,
) -> SearchList:
    """Items a sentence may mean, best first, with a score of 0 to 1 and why."""
    parts = parts_of(request)
    if applicant is not None and category_name("applicant", applicant) is None:
        raise Problem(422, "unknown_category", kind="applicant")
    code = None if region is None else region_of(parts, region)
    search_ = parts.services.search.search
    hits = await asyncio.to_thread(search_, q, limit, code, applicant, day) if q.strip() else []
    guides = catalogue_of(parts, code or parts.settings.region).guides
    found = [(guides[hit.code], hit) for hit in hits if hit.code in guides]
    items = [SearchItem.model_validate({**guide_item(guide), "score": hit.score, "because": hit.because}) for guide, hit in found]
    return SearchList(items=items, total=len(items))
