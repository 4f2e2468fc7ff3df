"""What staff filled in for a citizen (帮办代办) comes into her hands: a code opens it once, and she may end it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from assistant.casework.model import Case, IllegalTransition
from assistant.conversation import on_behalf, repository
from assistant.conversation.model import Conversation
from assistant.desk import assisting
from assistant.desk.assisting import Assistance
from assistant.foundation.messages import t, use_language
from assistant.foundation.tokens import new_token
from channels.access import Own
from channels.api.limits import by_address, take
from channels.api.models import In
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["handover"])
_REFUSED = {"wrong": (404, "handover_wrong"), "expired": (410, "handover_expired"), "locked": (423, "handover_locked")}


class OpenHandover(In):
    """``code`` is in the link staff gave her, ``proof`` the last four characters of the identity number in the case."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    proof: Annotated[str, Field(min_length=1, max_length=20)]


class OpenedHandover(BaseModel):
    """The conversation is hers from now on; ``token`` is shown once. ``agreed`` are the words she agreed to."""

    conversation_id: str
    token: str
    locale: str
    agreed: str


class EndAssistance(In):
    """``keep``: the draft stays hers; else it is deleted with everything said and uploaded."""

    keep: bool


class AssistanceItem(BaseModel):
    """How a conversation was assisted. ``given``: oral, written or scan; ``state``: opened or ended."""

    state: str
    given: str
    agreed: str
    begun_at: str


@router.post(
    "/api/v1/handovers",
    response_model=OpenedHandover,
    responses=documented(404, 410, 422, 423, 429),
    operation_id="open_handover",
)
async def open_handover(body: OpenHandover, request: Request) -> OpenedHandover:
    """Open what staff filled in. The code works once; five wrong proofs lock it, an unknown one answers as a wrong proof.

    From then on nobody else answers in this conversation, and only its token confirms and submits.
    """
    parts = parts_of(request)
    by_address(parts, request)
    take(parts.verify_tries, request, "handover")
    opened = await asyncio.to_thread(_open, parts, body)
    parts.hub.ring(opened.conversation_id)
    return opened


@router.get(
    "/api/v1/conversations/{conversation_id}/assistance",
    response_model=AssistanceItem,
    responses=documented(401, 404),
    operation_id="get_assistance",
)
async def get_assistance(conv: Own, request: Request) -> AssistanceItem:
    """What she agreed to; 404 where nobody filled in anything for her."""
    parts = parts_of(request)
    found = await asyncio.to_thread(_found, parts, conv)
    return AssistanceItem(
        state=found.state(parts.clock.now()), given=found.given, agreed=found.consent.words, begun_at=found.begun_at.isoformat()
    )


@router.post(
    "/api/v1/conversations/{conversation_id}/assistance/end",
    response_model=AssistanceItem,
    responses=documented(401, 404, 409, 422),
    operation_id="end_assistance",
)
async def end(body: EndAssistance, conv: Own, request: Request) -> AssistanceItem:
    """Take the consent back: the draft stays hers, or everything is deleted. 409 where it was submitted or ended before."""
    parts = parts_of(request)
    found = await asyncio.to_thread(_end, parts, conv, body.keep)
    parts.hub.ring(conv.id)
    return AssistanceItem(state="ended", given=found.given, agreed=found.consent.words, begun_at=found.begun_at.isoformat())


def end_assistance(
    parts: Parts, conn: Connection, found: Assistance, case: Case | None, *, keep: bool, actor: str
) -> list[str]:
    """End it in a transaction; the blobs to be deleted once that is committed.

    Raises:
        Problem: 409, it is to be deleted and was submitted.
    """
    now, blobs = parts.clock.now(), []
    assisting.end(conn, found, keep=keep, actor=actor, at=now)
    if not keep and case is not None:
        try:
            blobs = on_behalf.erase(conn, found.conversation_id, case, actor, now)
        except IllegalTransition:
            raise Problem(409, "cannot_delete", detail=t("assisted.cannot_delete")) from None
    text = t("assisted.kept" if keep else "assisted.deleted")
    assisting.let_go(conn, parts.runner.owners, found.conversation_id, text, actor, now)
    return blobs


def _open(parts: Parts, body: OpenHandover) -> OpenedHandover:
    now = parts.clock.now()
    token, token_hash = new_token()
    locale = ""
    with parts.db.write() as conn:
        opening = assisting.open_with(conn, body.code, body.proof, keyed=parts.db.keyring.blind_index, at=now)
        if opening.kind == "fits" and opening.found is not None:
            held = opening.found.conversation_id
            conv = repository.load(conn, held)
            assert conv is not None
            locale = conv.locale
            repository.give_token(conn, held, token_hash, now + timedelta(days=parts.settings.token_days))
            with use_language(locale):
                text = t("assisted.opened")
            assisting.let_go(conn, parts.runner.owners, held, text, "citizen", now)
    if opening.kind != "fits" or opening.found is None:
        raise Problem(*_REFUSED[opening.kind])
    found = opening.found
    return OpenedHandover(conversation_id=found.conversation_id, token=token, locale=locale, agreed=found.consent.words)


def _found(parts: Parts, conv: Conversation) -> Assistance:
    with parts.db.read() as conn:
        found = assisting.of(conn, conv.id)
    if found is None:
        raise Problem(404, "not_found")
    return found


def _end(parts: Parts, conv: Conversation, keep: bool) -> Assistance:
    with parts.db.write() as conn:
        found = assisting.of(conn, conv.id)
        if found is None:
            raise Problem(404, "not_found")
        if found.ended_at is not None:
            raise Problem(409, "ended", detail=t("assisted.ended"))
        case = on_behalf.begun(conn, conv.id, found.item)
        blobs = end_assistance(parts, conn, found, case, keep=keep, actor="citizen")
    for blob_id in blobs:
        parts.blobs.delete(blob_id)
    return found
