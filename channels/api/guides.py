"""GET /api/v1/guides, /guides/{code} and /search."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from channels.api.models import GuideItem, GuideList, SearchItem, SearchList
from channels.parts import parts_of
from channels.problems import Problem, documented
from knowledge.regions import region_code
from knowledge.schema import Guide

router = APIRouter(tags=["knowledge"])


def _item(guide: Guide) -> dict[str, Any]:
    return {
        "code": guide.code,
        "name": guide.name,
        "version": guide.version,
        "aliases": guide.names.aliases,
        "applicant": list(guide.applicant),
        "themes": guide.themes,
        "department": guide.department,
        "region": guide.region,
    }


@router.get("/api/v1/guides", response_model=GuideList, operation_id="list_guides")
async def list_guides(request: Request) -> GuideList:
    """Every item of the catalogue."""
    items = [GuideItem.model_validate(_item(g)) for g in parts_of(request).services.catalogue.all()]
    return GuideList(items=items, total=len(items))


@router.get("/api/v1/guides/{code}", responses=documented(404, 422), operation_id="get_guide")
async def get_guide(code: str, request: Request) -> dict[str, Any]:
    """One guide, whole, as it is kept."""
    guide = parts_of(request).services.catalogue.get(code)
    if guide is None:
        raise Problem(404, "not_found")
    return {**guide.model_dump(mode="json", by_alias=True, exclude_none=True), **_item(guide)}


@router.get("/api/v1/search", response_model=SearchList, responses=documented(422), operation_id="search")
async def search(
    request: Request,
    q: Annotated[str, Query(max_length=20_000)],
    region: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> SearchList:
    """Items a sentence may mean, best first, with a score of 0 to 1 and why."""
    parts = parts_of(request)
    code = None
    if region is not None:
        code = region_code(region)
        if code is None:
            raise Problem(422, "unknown_region")
    hits = await asyncio.to_thread(parts.services.search.search, q, limit, code) if q.strip() else []
    guides = {g.code: g for g in parts.services.catalogue.all()}
    items = [SearchItem.model_validate({**_item(guides[h.code]), "score": h.score, "because": h.because}) for h in hits]
    return SearchList(items=items, total=len(items))
