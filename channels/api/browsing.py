"""Finding without words: GET /api/v1/categories, /guides/popular, /guides/{code}/next and a conversation's recommendations.

Only codes, names and counts are told; counts of fewer than five are not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from assistant.casework import recommending, repository
from assistant.casework.recommending import Suggestion
from assistant.casework.usage import FEWEST
from assistant.conversation.model import Conversation
from assistant.foundation.messages import language_of, render, use_language
from channels.access import Own
from channels.api.guides import Region, guide_item, known_guide
from channels.api.models import CategoryList, PopularItem, PopularList, SuggestedItem, SuggestionList
from channels.parts import Parts, parts_of
from channels.problems import documented
from channels.served import catalogue_of, region_of
from knowledge.browsing import directory

router = APIRouter(tags=["knowledge"])
_A_MINUTE = "public, max-age=60"


@router.get("/api/v1/categories", response_model=CategoryList, responses=documented(422), operation_id="list_categories")
async def list_categories(request: Request, region: Region = None) -> CategoryList:
    """Themes, life events, departments and applicants, each with how many guides it has; those without any are left out."""
    parts = parts_of(request)
    return CategoryList.model_validate(asdict(directory(catalogue_of(parts, region_of(parts, region)).all())))


@router.get("/api/v1/guides/popular", response_model=PopularList, responses=documented(422), operation_id="popular_guides")
async def popular_guides(
    request: Request, response: Response, region: Region = None, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> PopularList:
    """The items most cases were started of in the last 90 days; among equals in the order of a life."""
    parts = parts_of(request)
    catalogue = catalogue_of(parts, region_of(parts, region))
    started = await asyncio.to_thread(parts.usage.started)
    found = recommending.most_used(catalogue, started)[:limit]
    response.headers["Cache-Control"] = _A_MINUTE
    items = [
        PopularItem.model_validate({**guide_item(guide), "count": count if count >= FEWEST else None}) for guide, count in found
    ]
    return PopularList(items=items, total=len(items))


@router.get(
    "/api/v1/guides/{code}/next", response_model=SuggestionList, responses=documented(404, 422), operation_id="next_guides"
)
async def next_guides(code: str, request: Request, response: Response, region: Region = None) -> SuggestionList:
    """What people who did this needed next: counted where at least five did, then what the guide itself says."""
    parts = parts_of(request)
    guide = known_guide(request, code, region)
    after = await asyncio.to_thread(parts.usage.afterwards, guide.code)
    response.headers["Cache-Control"] = _A_MINUTE
    return _listed(recommending.needed_next(guide, catalogue_of(parts, region_of(parts, region)), after))


@router.get(
    "/api/v1/conversations/{conversation_id}/recommendations",
    response_model=SuggestionList,
    responses=documented(401, 404, 422),
    operation_id="recommendations",
)
async def recommendations(conv: Own, request: Request) -> SuggestionList:
    """At most four items that fit the conversation's cases, each with its reason; never one that is in hand or done."""
    return await asyncio.to_thread(_recommended, parts_of(request), conv)


def _recommended(parts: Parts, conv: Conversation) -> SuggestionList:
    with parts.db.read() as conn:
        cases = repository.cases_of(conn, conv.id)
    with use_language(conv.locale):
        catalogue = catalogue_of(parts, conv.region or parts.settings.region, language_of(conv.locale))
        found = recommending.recommended(cases, catalogue, parts.usage.afterwards, parts.usage.started())
    return _listed(found, conv.locale)


def _listed(found: Iterable[Suggestion], locale: str | None = None) -> SuggestionList:
    items = [
        SuggestedItem(code=guide.code, name=guide.name, version=guide.version, reason=render(one.reason, locale), count=one.count)
        for one in found
        for guide in [one.guide]
    ]
    return SuggestionList(items=items, total=len(items))
