"""What the console offers to choose from when an operator says how a sentence should have been read."""

from __future__ import annotations

from fastapi import APIRouter, Request

from assistant.conversation.labels import INTENTS, takes_item
from assistant.foundation.messages import t
from channels.console.access import AtDesk
from channels.console.models import IntentLabel, ItemLabel, Labels
from channels.parts import parts_of

router = APIRouter(prefix="/console/api", include_in_schema=False)


@router.get("/labels")
async def labels(_who: AtDesk, request: Request) -> Labels:
    """Every intent with its word and hint, and every item by name."""
    guides = sorted(parts_of(request).services.catalogue.all(), key=lambda guide: guide.name)
    return Labels(
        intents=[
            IntentLabel(code=code, word=t(f"nlu.intent_{code}"), hint=t(f"nlu.hint_{code}"), item=takes_item(code))
            for code in INTENTS
        ],
        items=[ItemLabel(code=guide.code, name=guide.name) for guide in guides],
    )
