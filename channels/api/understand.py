"""POST /api/v1/understand: the product's reading of one sentence, nothing stored."""

from __future__ import annotations

from fastapi import APIRouter, Request

from assistant.conversation.reading import SentenceReader
from assistant.conversation.understanding import Reading
from assistant.engine.gateway import EngineDown
from channels.api.limits import by_address
from channels.api.models import Understand
from channels.parts import parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["knowledge"])


@router.post("/api/v1/understand", response_model=Reading, responses=documented(422, 429, 503), operation_id="understand")
async def understand(body: Understand, request: Request) -> Reading:
    """Intent and item of one sentence, as a first message of a conversation would be read, and the values in it."""
    parts = parts_of(request)
    by_address(parts, request)
    try:
        return await SentenceReader(parts.engine, parts.services).read(body.text)
    except EngineDown:
        raise Problem(503, "engine_down", headers={"Retry-After": "5"}) from None
