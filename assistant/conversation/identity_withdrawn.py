"""She takes back that we may use who she is: what came from signing in goes, what she said stays, and she goes on as a guest.

What was handed in already stays as it is: it is not changed behind the office's back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import interview
from assistant.casework import repository as cases
from assistant.casework.flow import asking, choosing
from assistant.casework.flow.summary import case_view
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case
from assistant.casework.prefill import filling
from assistant.casework.prefill.identity import REF
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.conversation.turn import TurnRunner
from assistant.conversation.understanding import Understanding
from assistant.foundation import audit
from assistant.foundation.messages import language_of, t, use_language
from assistant.identity import persons


def withdraw(runner: TurnRunner, conn: Connection, conversation_id: str, now: datetime) -> dict[str, Any]:
    """Forget who she is, in this conversation and its open cases; the question that follows, as a turn.

    Raises:
        repository.Conflict, cases.CaseConflict: something changed meanwhile; do it again.
    """
    conv = repository.load(conn, conversation_id)
    assert conv is not None
    held = cases.cases_of(conn, conversation_id)
    active = next((case for case in held if case.case_no == conv.active_case), None)
    conv.state.identity = conv.state.signed_in = None
    persons.let_go(conn, [conversation_id])
    talk = Talk(
        conversation_id=conversation_id, turn=conv.turn_count + 1, now=now, text="", state=conv.state, services=runner.services,
        case=active, other_cases=[case for case in held if case is not active], region=conv.region, owner=conv.owner,
        language=language_of(conv.locale), intent="deny", confidence=1.0,
    )  # fmt: skip
    with use_language(talk.language):
        talk.say(t("signin.withdrawn"))
        for case in held:
            if case.status in choosing.OPEN and (gone := _take_out(runner, case, now)):
                cases.save(conn, case, conversation_id, now)
                if case is active:
                    _ask_anew(talk, gone)
        asking.say_question(talk)
    guide = talk.guide
    body = rendered(
        {
            "turn": talk.turn,
            "owner": conv.owner,
            "status": talk.status or "answered",
            "understanding": Understanding(intent="deny", confidence=1.0).model_dump(),
            "replies": [reply.model_dump(mode="json") for reply in talk.replies],
            "ask": talk.state.ask.model_dump(mode="json") if talk.state.ask else None,
            "case": case_view(guide, talk.case) if guide and talk.case else None,
        },
        conv.locale,
    )
    conv.turn_count = talk.turn
    repository.append_events(conn, conversation_id, [("turn", body)], now)
    repository.save(conn, conv, now)
    audit.append(conn, at=now, actor="citizen", action="citizen.identity_withdrawn", subject=conversation_id, detail={})
    return body


def _take_out(runner: TurnRunner, case: Case, now: datetime) -> list[str]:
    """Take out the answers that came from signing in; their fields' keys. The package is made anew then."""
    gone = [key for key, answer in case.answers.items() if answer.source.ref == REF]
    for key in gone:
        del case.answers[key]
        if key in case.asked:
            case.asked.remove(key)
    case.fallen = {key: answer for key, answer in case.fallen.items() if answer.source.ref != REF}
    case.changes = [one for one in case.changes if one.before is None or one.before.source.ref != REF]
    if case.consent is not None:
        filling.withdraw(case.consent, REF)
        case.consent.filled = [key for key in case.consent.filled if key not in gone]
    if gone:
        interview.follow(runner.services.guide_of(case), case, now)
        interview.unconfirm(case)
    return gone


def _ask_anew(talk: Talk, gone: list[str]) -> None:
    """Say what was removed; the pending question stays if it is still open, else what is wanting now is asked."""
    guide = talk.guide
    assert guide is not None
    labels = [field.label for key in gone if (field := guide.field(key)) is not None]
    talk.notice("info", t("signin.withdrawn_fields", labels=t("fields.list_separator").join(labels)))
    talk.status = "collecting"
    if talk.asking is None or guide.field(talk.asking) is None:
        asking.advance(talk)
