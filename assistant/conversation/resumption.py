"""A draft begun elsewhere goes on in this conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow import acts, asking
from assistant.casework.flow.summary import case_view
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.conversation.turn import TurnRunner
from assistant.conversation.understanding import Understanding
from assistant.foundation.messages import language_of, use_language


def take_over(
    runner: TurnRunner, conn: Connection, conversation_id: str, case: Case, now: datetime
) -> dict[str, Any]:
    """Ask the case's next question here, and return that as a turn. The code is used up.

    Raises:
        repository.Conflict: somebody else changed the conversation meanwhile.
    """
    conv = repository.load(conn, conversation_id)
    assert conv is not None
    held = [c for c in cases.cases_of(conn, conversation_id) if c.case_no != case.case_no]
    case.resume_code_hash = None
    talk = Talk(
        conversation_id=conversation_id,
        turn=conv.turn_count + 1,
        now=now,
        text="",
        state=conv.state,
        services=runner.services,
        case=case,
        other_cases=held,
        region=conv.region,
        owner=conv.owner,
        language=language_of(conv.locale),
        intent="resume",
        confidence=1.0,
    )
    with use_language(talk.language):
        asking.ask(talk, None)
        acts.perform(talk, "resume")
        asking.say_question(talk)
    guide = talk.guide
    body = rendered(
        {
            "turn": talk.turn,
            "owner": conv.owner,
            "status": talk.status or "collecting",
            "understanding": Understanding(intent="resume", confidence=1.0).model_dump(),
            "replies": [r.model_dump(mode="json") for r in talk.replies],
            "ask": talk.state.ask.model_dump(mode="json") if talk.state.ask else None,
            "case": case_view(guide, case) if guide else None,
        },
        conv.locale,
    )
    conv.active_case, conv.turn_count = case.case_no, talk.turn
    cases.save(conn, case, conversation_id, now)
    repository.append_events(conn, conversation_id, [("turn", body)], now)
    repository.save(conn, conv, now)
    return body
