"""读错了: an operator says what a citizen's sentence meant; masked, it goes to the review list."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request

from assistant.casework import repository as cases
from assistant.conversation import repository
from assistant.conversation.exchanges import exchanges
from assistant.conversation.labels import NO_ITEM, WHICH, fits
from assistant.conversation.review_list import RECENT, ReviewList, personal_of, relabelled
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk
from channels.console.models import Done, Misread
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)


@router.post("/conversations/{conversation_id}/misread")
async def misread(conversation_id: str, body: Misread, who: ActingAtDesk, request: Request) -> Done:
    """Say what the sentence of an event meant, in a conversation that waits or that I have."""
    await asyncio.to_thread(_relabel, parts_of(request), who, conversation_id, body)
    return Done()


def _relabel(parts: Parts, who: Operator, conversation_id: str, body: Misread) -> None:
    known_item = body.item in (WHICH, NO_ITEM) or parts.services.catalogue.get(body.item) is not None
    if not known_item or not fits(body.intent, body.item):
        raise Problem(422, "bad_label", detail=t("nlu.bad_label"))
    now = parts.clock.now()
    with parts.db.write() as conn:
        if not parts.desk.may_read(conn, conversation_id, who.id):
            raise Problem(404, "gone", detail=t("desk.gone"))
        events = repository.events_after(conn, conversation_id, max(0, body.event - RECENT), 2 * RECENT)
        if not any(event.seq == body.event and event.data.get("from") == "citizen" for event in events):
            raise Problem(404, "not_said", detail=t("nlu.not_said"))
        said = exchanges(events).get(body.event)
        held = [(case, parts.services.guide_of(case)) for case in cases.cases_of(conn, conversation_id)]
        found = relabelled(said, personal_of(held), body.intent, body.item) if said else None
        if found is None:
            raise Problem(422, "not_kept", detail=t("nlu.not_kept"))
        ReviewList(parts.db.keyring, parts.settings.review_days).keep(conn, [found], now)
        item = {WHICH: "which", NO_ITEM: "none"}.get(body.item, body.item)
        detail = {"event": body.event, "intent": body.intent, "item": item}
        audit.append(conn, at=now, actor=f"staff:{who.id}", action="sentence.relabelled", subject=conversation_id, detail=detail)
