"""The turn a citizen sees when the language engine is away: it says so, and changes nothing."""

from __future__ import annotations

import orjson

from assistant.casework import repository as cases
from assistant.casework.flow.summary import case_view
from assistant.conversation import repository
from assistant.conversation.needs import TurnRefused
from assistant.conversation.replying import rendered
from assistant.conversation.turn import TurnRunner
from assistant.conversation.understanding import Understanding
from assistant.foundation import metrics
from assistant.foundation.messages import ENGLISH, t
from knowledge.replies import Notice


def engine_down_turn(runner: TurnRunner, conversation_id: str) -> bytes:
    """A turn with status ``error_engine``; question and case are as they were, and the turn is not counted."""
    with runner.db.read() as conn:
        conv = repository.load(conn, conversation_id)
        if conv is None:
            raise TurnRefused("not_found")
        case = next((c for c in cases.cases_of(conn, conversation_id) if c.case_no == conv.active_case), None)
    metrics.turns_total.labels(status="error_engine").inc()
    guide = runner.services.guide_of(case) if case else None
    if guide and conv.locale == ENGLISH:
        guide = runner.services.catalogue.in_english(guide)
    body = {
        "turn": conv.turn_count + 1,
        "owner": conv.owner,
        "status": "error_engine",
        "understanding": Understanding(intent="", confidence=0.0).model_dump(),
        "replies": [Notice(level="error", text=t("conversation.engine_down")).model_dump()],
        "ask": conv.state.ask.model_dump(mode="json") if conv.state.ask else None,
        "case": case_view(guide, case) if case and guide else None,
    }
    return orjson.dumps(rendered(body, conv.locale))
