"""Staff speak for a citizen in her conversation (帮办代办): what differs in a turn, how her case begins, how it is deleted.

What staff say for her goes the way her own words go: the same questions, the same checks. The conversation stays theirs
meanwhile, and what only she may do is refused before anything of the turn is kept.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow import asking, choosing
from assistant.casework.flow.behalf import OnBehalf
from assistant.casework.flow.closing import HERS_ALONE
from assistant.casework.flow.summary import case_view
from assistant.casework.flow.talk import DialogueState, Services, Talk
from assistant.casework.model import Case, CaseStatus, IllegalTransition
from assistant.casework.notices.wishes import NoticeWishes
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.conversation.needs import TurnRefused
from assistant.conversation.replying import rendered
from assistant.conversation.understanding import Understanding
from assistant.foundation import audit
from assistant.foundation.messages import t
from assistant.foundation.tokens import hash_token
from knowledge.schema import Guide


def speaker(by: OnBehalf | None) -> dict[str, Any]:
    """Who said a message, as the event stream names it."""
    return {"from": "staff", "name": by.name, "for": "citizen"} if by else {"from": "citizen"}


def owner(conv: Conversation, by: OnBehalf | None) -> str | None:
    """Who speaks while staff answer for her: the bot asks on; None where she speaks herself.

    Raises:
        TurnRefused: staff have not got the conversation, or it has gone on to another case.
    """
    if by is None:
        return None
    if conv.owner != "staff":
        raise TurnRefused("not_held")
    if conv.active_case != by.case_no:
        raise TurnRefused("other_case")
    return "bot"


def settle(talk: Talk, conv: Conversation) -> None:
    """The conversation stays with staff, and they have done nothing that is hers to do.

    Raises:
        TurnRefused: they have; nothing of the turn is kept.
    """
    if talk.by is None:
        return
    talk.owner, talk.wants_person = conv.owner, None
    if not talk.replies:
        talk.say(t("conversation.not_understood"))
        talk.status = "clarify"
    error = talk.state.ask.error if talk.state.ask else None
    hers = error is not None and error.code == HERS_ALONE
    if hers or talk.submit or talk.withdraw or talk.rating or talk.posted or talk.slots:
        raise TurnRefused("only_applicant")
    if talk.case is None or talk.case.case_no != talk.by.case_no:
        raise TurnRefused("other_case")


def opened(channel: str, region: str, now: datetime) -> Conversation:
    """A conversation that no token opens: it is handed over to her later."""
    return Conversation(
        id=str(uuid.uuid4()), channel=channel, locale="zh-CN", region=region, owner="bot", created_at=now, updated_at=now,
        revision=1, turn_count=0, last_event=0, state=DialogueState(locale_chosen=True), active_case=None,
        token_hash=hash_token(secrets.token_urlsafe(32)), token_expires_at=now,
    )  # fmt: skip


def begin(
    conn: Connection, services: Services, conv: Conversation, guide: Guide, by: OnBehalf, now: datetime, sms: str | None
) -> dict[str, Any]:
    """Begin her case in a new conversation; the turn with its first question. ``sms`` is where she agreed to be told."""
    conv.turn_count += 1
    talk = Talk(
        conversation_id=conv.id, turn=conv.turn_count, now=now, text="", state=conv.state, services=services, region=conv.region,
        intent="apply", confidence=1.0, by=by,
    )  # fmt: skip
    choosing.begin(talk, guide)
    assert talk.case is not None
    case = talk.case
    talk.by = replace(by, case_no=case.case_no)
    if talk.asking is None:
        asking.advance(talk)
    asking.say_question(talk)
    if sms is not None:
        case.notices = NoticeWishes(channels=["sms"], addresses={"sms": sms}, at=now)
    body = rendered(
        {
            "turn": talk.turn,
            "owner": "staff",
            "status": talk.status or "collecting",
            "understanding": Understanding(intent="apply", confidence=1.0).model_dump(),
            "replies": [reply.model_dump(mode="json") for reply in talk.replies],
            "ask": talk.state.ask.model_dump(mode="json") if talk.state.ask else None,
            "case": case_view(guide, case),
        },
        conv.locale,
    )
    conv.active_case = case.case_no
    cases.save(conn, case, conv.id, now)
    repository.append_events(conn, conv.id, [("turn", body)], now)
    repository.save(conn, conv, now)
    for note in talk.audit:
        audit.append(conn, at=now, actor=talk.actor, action=note.action, subject=note.subject, detail=note.detail)
    return body


def still_open(case: Case | None) -> bool:
    """Whether there is anything left to answer for her."""
    return case is not None and case.status in choosing.OPEN


def begun(conn: Connection, conversation_id: str, item: str) -> Case | None:
    """The case that staff began in a conversation: she may have begun others in it since."""
    held = [case for case in cases.cases_of(conn, conversation_id) if case.guide_code == item]
    return min(held, key=lambda case: case.created_at, default=None)


def erase(conn: Connection, conversation_id: str, case: Case, actor: str, now: datetime) -> list[str]:
    """Delete what was filled in, said and uploaded; the blobs that are to go too. The case's number stays, withdrawn and empty.

    Raises:
        IllegalTransition: it was submitted.
    """
    uploads = [row for row in cases.uploads_of(conn, conversation_id) if row["case_no"] == case.case_no]
    blobs = [row[key] for row in uploads for key in ("blob_id", "straight_blob_id")]
    blobs += [made.blob_id for made in (case.package, case.signature, *case.packages) if made is not None]
    if case.status not in (CaseStatus.DRAFT, CaseStatus.READY):
        raise IllegalTransition(f"{case.case_no}: {case.status} is not a draft")
    case.move(CaseStatus.WITHDRAWN)
    bare = Case(
        case_no=case.case_no, guide_code=case.guide_code, guide_name=case.guide_name, guide_version=case.guide_version,
        region=case.region, status=case.status, created_at=case.created_at, updated_at=now, revision=case.revision,
    )  # fmt: skip
    bare.record("", CaseStatus.WITHDRAWN, None)
    cases.save(conn, bare, conversation_id, now)
    cases.drop_uploads(conn, case.case_no)
    repository.erase_talk(conn, conversation_id, now)
    audit.append(conn, at=now, actor=actor, action="case.erased", subject=case.case_no, detail={"uploads": len(uploads)})
    return [blob for blob in blobs if blob]
