"""帮办代办 at the console: begin a case for a citizen with her consent, answer for her, hand it over to her.

No account can confirm or send what it filled in: that is refused where the turn is worked out (``conversation.on_behalf``).
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any

import orjson
import segno
from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.behalf import OnBehalf
from assistant.casework.model import Case
from assistant.casework.notices import store as notices
from assistant.casework.notices.notice import Words
from assistant.casework.resuming import identity_tail, new_code
from assistant.conversation import on_behalf, repository
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.unanswered import engine_down_turn
from assistant.desk import assisting
from assistant.desk.accounts import Operator
from assistant.desk.assisting import Assistance, Consent
from assistant.desk.queue import NotYours
from assistant.engine.gateway import EngineDown
from assistant.foundation.messages import t
from channels.api.handovers import end_assistance
from channels.api.messages import attached
from channels.api.models import Uploaded
from channels.api.uploads import keep_upload, read_upload
from channels.console.access import ActingAtDesk, AtDesk
from channels.console.assisted_models import (
    AssistedDetail,
    AssistedItem,
    Begin,
    Begun,
    Ended,
    Ending,
    HandOver,
    LinkOut,
    SayFor,
    WordsOut,
)
from channels.console.changing import why_not
from channels.parts import Parts, parts_of
from channels.problems import Problem
from channels.served import region_of

router = APIRouter(prefix="/console/api", include_in_schema=False)
RECENT = 30
"""Events looked through for the last turn."""


@router.get("/assisted")
async def listed(who: AtDesk, request: Request) -> list[AssistedItem]:
    """What I began for citizens lately."""
    return await asyncio.to_thread(_listed, parts_of(request), who)


@router.get("/assisted/words")
async def words(
    who: AtDesk, request: Request, item: Annotated[str, Query(max_length=80)], lookup: bool = False, sms: bool = False
) -> WordsOut:
    """What is to be read out to her before she agrees."""
    return WordsOut(words=_words(parts_of(request), who, item, lookup, sms))


@router.post("/assisted", status_code=201)
async def begin(body: Begin, who: ActingAtDesk, request: Request) -> Begun:
    """Begin a case for a citizen who agreed to it."""
    parts = parts_of(request)
    if not body.agreed:
        raise Problem(422, "no_consent", detail=t("assisted.no_consent"))
    if body.sms and not body.phone:
        raise Problem(422, "phone_needed", detail=t("assisted.phone_needed"))
    try:
        return await asyncio.to_thread(_begin, parts, who, body, region_of(parts, None))
    except NotYours as refused:
        raise why_not(parts, "", refused.code) from None


@router.get("/assisted/{conversation_id}")
async def detail(conversation_id: str, who: AtDesk, request: Request) -> AssistedDetail:
    """How far one of mine is, and what is asked now."""
    return await asyncio.to_thread(_detail, parts_of(request), who, conversation_id)


@router.post("/assisted/{conversation_id}/messages")
async def say_for(conversation_id: str, body: SayFor, who: ActingAtDesk, request: Request) -> Response:
    """Answer for her: the turn it led to, as she would get it."""
    parts = parts_of(request)
    conv, by = await asyncio.to_thread(_speaking, parts, who, conversation_id)
    said = orjson.dumps(body.model_dump(exclude={"client_message_id"}), option=orjson.OPT_SORT_KEYS)
    message = Message(
        body.client_message_id,
        hashlib.sha256(said).hexdigest(),
        body.text,
        [body.choice] if isinstance(body.choice, str) else body.choice,
        await asyncio.to_thread(attached, parts, conv, body.attachments or []),
        by,
    )
    try:
        turn = await parts.runner.run(conv.id, message)
    except TurnRefused as refused:
        raise _refused(parts, conv.id, refused.code) from None
    except EngineDown:
        turn = await asyncio.to_thread(engine_down_turn, parts.runner, conv.id)
    return Response(turn, media_type="application/json")


@router.post("/assisted/{conversation_id}/uploads", status_code=201)
async def upload_for(
    conversation_id: str, who: ActingAtDesk, request: Request, file: Annotated[UploadFile, File()],
    material: Annotated[str | None, Form(max_length=64)] = None,
) -> Uploaded:  # fmt: skip
    """Keep a paper she handed in, scanned at the counter, to be attached."""
    parts = parts_of(request)
    conv, by = await asyncio.to_thread(_speaking, parts, who, conversation_id)
    data = await read_upload(file, parts.settings.upload_max_bytes)
    return await asyncio.to_thread(
        keep_upload, parts, conv, data, file.filename or "", file.content_type or "", material or None, f"staff:{by.staff_id}"
    )


@router.post("/assisted/{conversation_id}/link")
async def hand_over(conversation_id: str, body: HandOver, who: ActingAtDesk, request: Request) -> LinkOut:
    """A new link for her own device; the former one no longer opens anything."""
    return await asyncio.to_thread(_hand_over, parts_of(request), who, conversation_id, body)


@router.post("/assisted/{conversation_id}/end")
async def end(conversation_id: str, body: Ending, who: ActingAtDesk, request: Request) -> Ended:
    """She says, at the counter or on the phone, that she does not want it any more."""
    parts = parts_of(request)
    ended = await asyncio.to_thread(_end, parts, who, conversation_id, body.keep)
    parts.hub.ring(conversation_id)
    return ended


def _words(parts: Parts, who: Operator, item: str, lookup: bool, sms: bool) -> str:
    guide = parts.services.catalogue.get(item)
    if guide is None:
        raise Problem(404, "not_found")
    said = [t("assisted.consent_fill", name=who.name, item=guide.name)]
    said += [t("assisted.consent_lookup")] if lookup else []
    said += [t("assisted.consent_sms")] if sms else []
    return "".join([*said, t("assisted.consent_rights")])


def _begin(parts: Parts, who: Operator, body: Begin, region: str) -> Begun:
    now = parts.clock.now()
    consent = Consent(_words(parts, who, body.item, body.lookup, body.sms), body.lookup, body.sms, body.phone)
    conv = on_behalf.opened(body.channel, region, now)
    guide = parts.services.catalogue_in(region).get(body.item)
    if guide is None:
        raise Problem(404, "not_found")
    with parts.db.write() as conn:
        repository.create(conn, conv)
        assisting.begin(
            conn, parts.desk, conv.id, staff_id=who.id, name=who.name, item=guide.code, channel=body.channel, given=body.given,
            consent=consent, at=now,
        )  # fmt: skip
        fresh = repository.load(conn, conv.id)
        assert fresh is not None
        by = OnBehalf(who.id, who.name, "", body.lookup)
        on_behalf.begin(conn, parts.services, fresh, guide, by, now, body.phone if body.sms else None)
    parts.announce(conv.id)
    return Begun(conversation_id=conv.id)


def _mine(parts: Parts, conn: Connection, who: Operator, conversation_id: str) -> tuple[Assistance, Conversation, Case | None]:
    """One that I began; any other is as unknown as one that never was."""
    found = assisting.of(conn, conversation_id)
    conv = repository.load(conn, conversation_id) if found is not None and found.staff_id == who.id else None
    if found is None or conv is None:
        raise Problem(404, "gone", detail=t("desk.gone"))
    return found, conv, on_behalf.begun(conn, conversation_id, found.item)


def _speaking(parts: Parts, who: Operator, conversation_id: str) -> tuple[Conversation, OnBehalf]:
    """The conversation, and who speaks in it for her: whoever has it at the desk, until she has it herself or ends it."""
    with parts.db.read() as conn:
        found, conv, case = _mine(parts, conn, who, conversation_id)
        _live(found)
        if case is None or not on_behalf.still_open(case):
            raise Problem(409, "not_open", detail=t("assisted.not_open"))
        try:
            parts.desk.check_holder(conn, conversation_id, who.id)
        except NotYours:
            raise Problem(409, "not_held", detail=t("desk.not_held")) from None
    return conv, OnBehalf(who.id, who.name, case.case_no, found.consent.lookup)


def _live(found: Assistance) -> None:
    if found.ended_at is not None:
        raise Problem(409, "ended", detail=t("assisted.ended"))
    if found.opened_at is not None:
        raise Problem(409, "hers", detail=t("assisted.hers"))


def _refused(parts: Parts, conversation_id: str, code: str) -> Problem:
    match code:
        case "only_applicant":
            return Problem(403, code, detail=t("assisted.only_applicant"))
        case "other_case":
            return Problem(409, code, detail=t("assisted.other_case"))
        case "conflict":
            return Problem(409, "message_conflict")
    return why_not(parts, conversation_id, "")


def _hand_over(parts: Parts, who: Operator, conversation_id: str, body: HandOver) -> LinkOut:
    now, code = parts.clock.now(), new_code() + new_code()
    url = f"{parts.settings.public_url}/handover#{code}"
    with parts.db.write() as conn:
        found, _conv, case = _mine(parts, conn, who, conversation_id)
        _live(found)
        if case is None or not on_behalf.still_open(case):
            raise Problem(409, "not_open", detail=t("assisted.not_open"))
        tail = identity_tail(parts.services.guide_of(case), case) or body.tail
        if not tail:
            raise Problem(422, "tail_needed", detail=t("assisted.tail_needed"))
        keyed = parts.db.keyring.blind_index
        until = assisting.hand_over(conn, found, staff_id=who.id, code=code, tail=tail, keyed=keyed, at=now)
        sent = body.sms and found.consent.sms and found.consent.phone is not None
        if sent:
            text = t("assisted.sms_text", item=case.guide_name)
            message = Words(title=t("assisted.sms_title"), text=text, link=url, until=until)
            notices.plan(conn, f"handover:{now.isoformat()}", case.case_no, "sms", "handover", found.consent.phone, message, now)
    rows = ["".join("1" if cell else "0" for cell in row) for row in segno.make(url, error="m", micro=False).matrix]
    return LinkOut(url=url, code=code, qr=rows, until=until.isoformat(), sent=sent)


def _end(parts: Parts, who: Operator, conversation_id: str, keep: bool) -> Ended:
    now = parts.clock.now()
    with parts.db.write() as conn:
        found, _conv, case = _mine(parts, conn, who, conversation_id)
        _live(found)
        code = new_code() if keep and case is not None else None
        if case is not None and code is not None:
            case.resume_code_hash = parts.services.hash_resume_code(code)
            cases.save(conn, case, conversation_id, now)
        blobs = end_assistance(parts, conn, found, case, keep=keep, actor=f"staff:{who.id}")
    for blob_id in blobs:
        parts.blobs.delete(blob_id)
    return Ended(case_no=case.case_no if case else None, resume_code=code)


def _listed(parts: Parts, who: Operator) -> list[AssistedItem]:
    now = parts.clock.now()
    with parts.db.read() as conn:
        return [_item(parts, conn, found, now) for found in assisting.listed(conn, who.id, now)]


def _item(parts: Parts, conn: Connection, found: Assistance, now: Any) -> AssistedItem:
    case = on_behalf.begun(conn, found.conversation_id, found.item)
    return AssistedItem(
        conversation_id=found.conversation_id, item=parts.services.name_of(found.item) or found.item, channel=found.channel,
        state=found.state(now), case_status=case.status.value if case else None, begun_at=found.begun_at.isoformat(),
        until=found.link_until.isoformat() if found.handed and found.link_until else None,
    )  # fmt: skip


def _detail(parts: Parts, who: Operator, conversation_id: str) -> AssistedDetail:
    now = parts.clock.now()
    with parts.db.read() as conn:
        found, conv, _case = _mine(parts, conn, who, conversation_id)
        item = _item(parts, conn, found, now)
        live = found.opened_at is None and found.ended_at is None
        events = repository.events_after(conn, conv.id, max(0, conv.last_event - RECENT)) if live else []
    turn = next((event.data for event in reversed(events) if event.kind == "turn"), {})
    case = turn.get("case") or {}
    return AssistedDetail(
        **item.model_dump(), given=found.given, words=found.consent.words, sms=found.consent.sms, filled=case.get("filled", 0),
        total=case.get("total", 0), ask=turn.get("ask"), replies=turn.get("replies", []),
    )  # fmt: skip
