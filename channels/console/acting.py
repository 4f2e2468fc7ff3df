"""Doing something together with the citizen: cards for her own screen, and answers changed while she watches.

Only whoever has the conversation may; what is hers alone, confirming and sending, she does on her card.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.behalf import OnBehalf
from assistant.casework.model import Case
from assistant.conversation import acting, card_making, cards, repository
from assistant.conversation.acting import CardRefused
from assistant.conversation.cards import Card
from assistant.conversation.model import CardAct, Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.desk.accounts import Operator
from assistant.desk.queue import NotYours
from assistant.foundation import audit
from assistant.foundation.messages import ENGLISH, t, use_language
from channels.console.access import ActingAtDesk, AtDesk
from channels.console.changing import why_not
from channels.console.models import In
from channels.parts import Parts, parts_of
from channels.problems import Problem
from knowledge.schema import Guide

router = APIRouter(prefix="/console/api/conversations/{conversation_id}", include_in_schema=False)
PAGES = ("web", "miniprogram", "kiosk")
"""Channels whose pages show cards."""


class SendCard(In):
    """``upload`` wants a ``material`` of the checklist or a ``label`` in words, ``form`` the keys of ``fields``."""

    kind: Literal["upload", "form", "package"]
    material: Annotated[str, Field(max_length=64)] | None = None
    label: Annotated[str, Field(max_length=60)] = ""
    fields: Annotated[list[Annotated[str, Field(max_length=128)]], Field(max_length=card_making.MOST_FIELDS)] = Field(default=[])


Value = Annotated[str, Field(min_length=1, max_length=4000)]


class EditField(In):
    """An answer as it would be typed or picked; ``insist``: the doubted value is meant so."""

    field: Annotated[str, Field(min_length=1, max_length=128)]
    value: Value | Annotated[list[Value], Field(min_length=1, max_length=50)]
    insist: bool = False


class FieldOut(BaseModel):
    """A question that may be put on a form or changed; ``value`` is masked, null while it is open."""

    field: str
    label: str
    type: str
    optional: bool
    example: str | None
    options: list[dict[str, Any]]
    value: str | None


class MaterialOut(BaseModel):
    code: str
    name: str
    status: str


class Doable(BaseModel):
    """What can be put before her now. ``why_not`` says in words why no card can be sent; ``stage`` is how far the package is, and
    ``wanting`` what is missing before she can confirm it.
    """

    why_not: str | None
    fields: list[FieldOut] = []
    materials: list[MaterialOut] = []
    stage: str = "open"
    wanting: list[str] = []


class Edited(BaseModel):
    """Empty ``errors``: it was changed. Else what is wrong, and whether it is taken when it is sent again with ``insist``."""

    errors: list[dict[str, Any]] = []


class Sent(BaseModel):
    card_id: str


@router.get("/acting")
async def doable(conversation_id: str, who: AtDesk, request: Request) -> Doable:
    """What can be put before the citizen of a conversation that I have."""
    return await asyncio.to_thread(_doable, parts_of(request), who, conversation_id)


@router.post("/cards", status_code=201)
async def send_card(conversation_id: str, body: SendCard, who: ActingAtDesk, request: Request) -> Sent:
    """Send a card: the words with it are mine, what is done with it is hers."""
    parts = parts_of(request)
    try:
        card = await asyncio.to_thread(_send, parts, who, conversation_id, body)
    except NotYours as refused:
        raise await asyncio.to_thread(why_not, parts, conversation_id, refused.code) from None
    parts.hub.ring(conversation_id)
    return Sent(card_id=card.id)


@router.post("/fields")
async def edit_field(conversation_id: str, body: EditField, who: ActingAtDesk, request: Request) -> Edited:
    """Change one answer, checked as in the interview; the citizen is told at once and may change it back."""
    parts = parts_of(request)
    try:
        case_no = await asyncio.to_thread(_case_no, parts, who, conversation_id)
        act = CardAct("", "edit", {body.field: body.value}, frozenset({body.field} if body.insist else ()))
        number = f"edit-{uuid.uuid4()}"
        said = Message(number, hashlib.sha256(number.encode()).hexdigest(), by=OnBehalf(who.id, who.name, case_no), card=act)
        await parts.runner.run(conversation_id, said)
    except (NotYours, TurnRefused):
        raise await asyncio.to_thread(why_not, parts, conversation_id, "") from None
    except CardRefused as refused:
        if refused.code == "not_taken":
            return Edited(errors=refused.errors)
        raise _no(refused) from None
    return Edited()


def _mine(parts: Parts, conn: Connection, who: Operator, conversation_id: str) -> tuple[Conversation, Guide | None, Case | None]:
    """A conversation that I have, with its case.

    Raises:
        NotYours: I have not.
    """
    parts.desk.check_holder(conn, conversation_id, who.id)
    conv = repository.load(conn, conversation_id)
    if conv is None:
        raise NotYours(conversation_id)
    found = cases.find(conn, conv.active_case) if conv.active_case else None
    return (conv, parts.services.guide_of(found[0]), found[0]) if found else (conv, None, None)


def _doable(parts: Parts, who: Operator, conversation_id: str) -> Doable:
    try:
        with parts.db.read() as conn:
            conv, guide, case = _mine(parts, conn, who, conversation_id)
    except NotYours as refused:
        raise why_not(parts, conversation_id, refused.code) from None
    if guide is None or case is None:
        return Doable(why_not=t("acting.staff_no_case"))
    stage = acting.stage_of(guide, case)
    if stage == "sent":
        return Doable(why_not=t("acting.staff_too_late"), stage=stage)
    return Doable(
        why_not=None if conv.channel in PAGES else t("acting.staff_no_page"),
        fields=[FieldOut.model_validate(card_making.field_view(field, case)) for field in card_making.fields_of(guide, case)],
        materials=[MaterialOut(code=code, name=name, status=met) for code, name, met in card_making.uploadable(guide, case)],
        stage=stage,
        wanting=card_making.wanting(guide, case) if stage == "open" else [],
    )


def _send(parts: Parts, who: Operator, conversation_id: str, body: SendCard) -> Card:
    now = parts.clock.now()
    try:
        with parts.db.write() as conn:
            conv, guide, case = _mine(parts, conn, who, conversation_id)
            if guide is None or case is None:
                raise CardRefused("no_case")
            if conv.channel not in PAGES:
                raise CardRefused("no_page")
            if acting.stage_of(guide, case) == "sent":
                raise CardRefused("too_late")
            if body.kind == "package":
                card_making.confirmable(guide, case)  # refused in the operator's language
            # she reads it, so it is in her language
            guide = parts.services.catalogue.in_english(guide) if conv.locale == ENGLISH else guide
            with use_language(conv.locale):
                card = _made(parts, who, conv, guide, case, body)
                text = card_making.words(card)
            cards.add(conn, card)
            parts.desk.say(conn, conv.id, who.id, who.name, text, now, card=card.told())
            detail = {"card": card.id, "kind": card.kind}
            audit.append(conn, at=now, actor=f"staff:{who.id}", action="desk.card_sent", subject=conv.id, detail=detail)
    except CardRefused as refused:
        raise _no(refused) from None
    return card


def _made(parts: Parts, who: Operator, conv: Conversation, guide: Guide, case: Case, body: SendCard) -> Card:
    now = parts.clock.now()
    match body.kind:
        case "upload":
            if not body.material and not body.label.strip():
                raise CardRefused("not_material")
            most = parts.settings.upload_max_bytes
            return card_making.upload(conv.id, who.id, guide, case, body.material, body.label.strip(), most, now)
        case "form":
            return card_making.form(conv.id, who.id, guide, case, body.fields, now)
    return card_making.package(conv.id, who.id, guide, case, now)


def _case_no(parts: Parts, who: Operator, conversation_id: str) -> str:
    with parts.db.read() as conn:
        _, _, case = _mine(parts, conn, who, conversation_id)
    if case is None:
        raise _no(CardRefused("no_case"))
    return case.case_no


def _no(refused: CardRefused) -> Problem:
    """Why it cannot be, in words for staff."""
    wanting = t("fields.list_separator").join(one["message"] for one in refused.errors)
    return Problem(409, f"card_{refused.code}", detail=t(f"acting.staff_{refused.code}", wanting=wanting))
