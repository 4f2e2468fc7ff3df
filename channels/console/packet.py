"""The packet of a conversation: what whoever takes over sees at once, and one value unmasked when it is needed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection, RowMapping

from assistant.casework import repository as cases
from assistant.casework.flow.summary import whole
from assistant.conversation import packet as packets
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.conversation.packet import Brief, Promise
from assistant.desk import books
from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from channels.console.access import ActingAtDesk, AtDesk
from channels.console.models import In
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api/conversations/{conversation_id}", include_in_schema=False)
EVENTS = 40
"""The last events looked through."""
IDENTITY = ("identity", "identity_number")


class Unmask(In):
    """The field whose value is needed (``identity`` and ``identity_number`` are who signed in), and what for."""

    field: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Annotated[str, Field(min_length=2, max_length=200, pattern=r"\S")]


class Unmasked(BaseModel):
    field: str
    value: str


@router.get("/packet")
async def packet(conversation_id: str, who: AtDesk, request: Request) -> Brief:
    """The packet of a conversation that waits, that I have, or that I supervise; 404 for any other."""
    return await asyncio.to_thread(_packet, parts_of(request), who, conversation_id)


@router.post("/unmask")
async def unmask(conversation_id: str, body: Unmask, who: ActingAtDesk, request: Request) -> Unmasked:
    """One value of the case whole, for whoever has the conversation; it goes into the audit chain, with the reason noted."""
    return await asyncio.to_thread(_unmask, parts_of(request), who, conversation_id, body)


def _packet(app: Parts, who: Operator, conversation_id: str) -> Brief:
    with app.db.read() as conn:
        at_desk = books.live(conn, conversation_id)
        conv = repository.load(conn, conversation_id)
        if at_desk is None or conv is None or not may_read(app, conn, who, conversation_id):
            raise Problem(404, "gone", detail=t("desk.gone"))
        found = cases.find(conn, conv.active_case) if conv.active_case else None
        events = repository.events_after(conn, conv.id, max(0, conv.last_event - EVENTS))
        files = cases.uploads_of(conn, conv.id)
    case = found[0] if found else None
    guide = app.services.guide_of(case) if case else app.services.guide_for(conv.state.context_guide or "")
    guides = app.services.catalogue_in(conv.region)
    return packets.brief(
        conv, case, guide, events, files, at_desk["reason"], app.clock.now(), _promise(at_desk), guides.get
    )


def _promise(at_desk: RowMapping) -> Promise | None:
    """The call or appointment a stay is for; the number whole is given by ``contact`` only."""
    if at_desk["kind"] == books.TALK or at_desk["promised_at"] is None:
        return None
    number = mask_value("phone", at_desk["contact"]) if at_desk["contact"] else None
    return Promise(kind=at_desk["kind"], at=at_desk["promised_at"], number=number)


def _unmask(app: Parts, who: Operator, conversation_id: str, body: Unmask) -> Unmasked:
    now = app.clock.now()
    with app.db.write() as conn:
        books.lock(conn, conversation_id)
        held, conv = books.live(conn, conversation_id), repository.load(conn, conversation_id)
        mine = held is not None and held["state"] == books.CLAIMED and held["staff_id"] == who.id
        found = _value(app, conn, conv, body.field) if mine and conv is not None else None
        if found is None:
            raise Problem(404, "gone", detail=t("desk.gone"))
        subject, label, value = found
        books.note(conn, conversation_id, who.id, "note", t("handing.note_unmasked", field=label, reason=body.reason), now)
        detail = {"conversation": conversation_id, "field": body.field}
        audit.append(conn, at=now, actor=f"staff:{who.id}", action="case.value_shown", subject=subject, detail=detail)
    return Unmasked(field=body.field, value=value)


def _value(app: Parts, conn: Connection, conv: Conversation, key: str) -> tuple[str, str, str] | None:
    """(what the audit chain names, what it is called, the value whole); None where there is no such value."""
    if key in IDENTITY:
        who = conv.state.identity
        return (conv.id, t(f"handing.{key}"), who.name if key == "identity" else who.id_number) if who else None
    found = cases.find(conn, conv.active_case) if conv.active_case else None
    answer = found[0].answers.get(key) if found else None
    if found is None or answer is None or answer.skipped:
        return None
    field = app.services.guide_of(found[0]).field(key)
    return found[0].case_no, field.label if field else key, whole(field, answer) if field else answer.display


def may_read(app: Parts, conn: Connection, who: Operator, conversation_id: str) -> bool:
    """Whether it waits, she has it or has joined it, or she supervises."""
    allowed: bool = app.desk.may_read(conn, conversation_id, who.id)
    return allowed or who.may("desk.supervise")
