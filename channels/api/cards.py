"""POST /api/v1/conversations/{id}/cards/{card}: the citizen acts on a card that staff sent her."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.conversation import acting, cards, repository
from assistant.conversation.acting import CardRefused
from assistant.conversation.model import CardAct, Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.replying import readable, rendered
from assistant.foundation import audit
from assistant.foundation.messages import ENGLISH, t, use_language
from channels.access import Own
from channels.api.limits import by_address, by_conversation
from channels.api.messages import attached
from channels.api.models import In, MessageId
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["conversation"])
_STATUS = {
    "gone": 404, "over": 409, "done": 409, "other_case": 409, "too_late": 409, "needless": 409, "changed": 409,
    "changed_since": 409,
}  # fmt: skip
Value = Annotated[str, Field(max_length=4000)]


class ActOnCard(In):
    """What she does. ``open``: she looks at it. ``answer``: with files she uploaded, or with the form's ``fields``; ``insist``
    names those whose doubted values are meant so. ``yes`` and ``no``: to the package as she has ``seen`` it, or no to anything
    asked of her. ``undo``: a change of staff's is taken back.
    """

    client_message_id: MessageId
    action: Literal["open", "answer", "yes", "no", "undo"]
    attachments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)] = Field(default=[])
    fields: dict[Annotated[str, Field(max_length=128)], Value | Annotated[list[Value], Field(max_length=50)]] = Field(default={})
    insist: Annotated[list[Annotated[str, Field(max_length=128)]], Field(max_length=50)] = Field(default=[])
    seen: Annotated[str, Field(max_length=64)] = ""


class CardError(BaseModel):
    """What is wrong with one field ("": with all of it); ``insist`` whether the value is taken when it is sent again so."""

    field: str
    message: str
    insist: bool = False


class CardRow(BaseModel):
    label: str
    value: str
    source: str | None = None


class CardOut(BaseModel):
    """The card now. Of a package also how far it is (``stage``: open, review, submit or sent), every answer, what to heed, and
    ``seen``, to be sent with yes.
    """

    id: str
    kind: str
    state: str
    errors: list[CardError] = []
    stage: str | None = None
    title: str | None = None
    rows: list[CardRow] = []
    notes: list[str] = []
    seen: str | None = None


@router.post(
    "/api/v1/conversations/{conversation_id}/cards/{card_id}",
    responses=documented(401, 404, 409, 422, 429),
    operation_id="act_on_card",
)
async def act_on_card(card_id: Annotated[str, Path(max_length=64)], body: ActOnCard, conv: Own, request: Request) -> CardOut:
    """Look at a card of staff's, answer it, or take a change back. Nothing is said: what came of it is a ``card`` event."""
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    errors: list[dict[str, Any]] = []
    if body.action == "open":
        await asyncio.to_thread(_opened, parts, conv, card_id)
    else:
        act = CardAct(card_id, body.action, body.fields, frozenset(body.insist), body.seen)
        said = orjson.dumps([card_id, body.model_dump(exclude={"client_message_id"})], option=orjson.OPT_SORT_KEYS)
        files = await asyncio.to_thread(attached, parts, conv, body.attachments)
        message = Message(body.client_message_id, hashlib.sha256(said).hexdigest(), attachments=files, card=act)
        try:
            await parts.runner.run(conv.id, message)
        except CardRefused as refused:
            if refused.code in _STATUS:
                raise _problem(conv, refused) from None
            errors = refused.errors or [{"field": "", "message": _words(conv, refused.code)}]
        except TurnRefused as refused:
            raise Problem(409, "message_conflict") if refused.code == "conflict" else Problem(404, "not_found") from refused
    return await asyncio.to_thread(_card, parts, conv, card_id, errors)


def _words(conv: Conversation, code: str) -> str:
    with use_language(conv.locale):
        return t(f"acting.{'other_case_card' if code == 'other_case' else code}")


def _problem(conv: Conversation, refused: CardRefused) -> Problem:
    return Problem(_STATUS[refused.code], f"card_{refused.code}", detail=_words(conv, refused.code))


def _opened(parts: Parts, conv: Conversation, card_id: str) -> None:
    """Staff see that she has opened it, the first time."""
    now = parts.clock.now()
    with parts.db.write() as conn:
        if not cards.opened(conn, conv.id, card_id, now):
            return
        found = cards.find(conn, conv.id, card_id)
        assert found is not None
        told = {"id": found.id, "kind": found.kind, "state": found.state, "opened": True, "at": now.isoformat()}
        repository.append_events(conn, conv.id, [("card", told)], now)
        detail = {"card": card_id, "kind": found.kind}
        audit.append(conn, at=now, actor="citizen", action="desk.card_opened", subject=conv.id, detail=detail)
    parts.announce(conv.id)


def _card(parts: Parts, conv: Conversation, card_id: str, errors: list[dict[str, Any]]) -> CardOut:
    with parts.db.read() as conn:
        found = cards.find(conn, conv.id, card_id)
        if found is None:
            raise Problem(404, "card_gone", detail=_words(conv, "gone"))
        looks = _looks(parts, conn, conv, found.case_no) if found.kind == "package" else {}
    out = {"id": found.id, "kind": found.kind, "state": found.state, "errors": errors, **looks}
    out["notes"] = [readable(note, conv.locale) for note in looks.get("notes", [])]
    return CardOut.model_validate(rendered(out, conv.locale))


def _looks(parts: Parts, conn: Connection, conv: Conversation, case_no: str | None) -> dict[str, Any]:
    held = cases.find(conn, case_no) if case_no else None
    if held is None:
        return {}
    guide = parts.services.guide_of(held[0])
    with use_language(conv.locale):
        return acting.looks(parts.services.catalogue.in_english(guide) if conv.locale == ENGLISH else guide, held[0])
