"""Canned replies with their fields filled for one conversation."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from assistant.casework import repository as cases
from assistant.conversation import repository
from assistant.desk import replies
from assistant.desk.accounts import Operator
from assistant.foundation.messages import t
from channels.console.access import AtDesk
from channels.parts import Parts, parts_of
from channels.problems import Problem

router = APIRouter(prefix="/console/api", include_in_schema=False)


class ReplyOut(BaseModel):
    """One reply. ``then`` names the dialog that opens once it was sent."""

    code: str
    title: str
    text: str
    then: str | None


@router.get("/conversations/{conversation_id}/replies")
async def canned(conversation_id: str, who: AtDesk, request: Request) -> list[ReplyOut]:
    """What I could say in a conversation I have or have joined."""
    return await asyncio.to_thread(_canned, parts_of(request), who, conversation_id)


def _canned(parts: Parts, who: Operator, conversation_id: str) -> list[ReplyOut]:
    with parts.db.read() as conn:
        if not parts.desk.may_read(conn, conversation_id, who.id):
            raise Problem(404, "gone", detail=t("desk.gone"))
        conv = repository.load(conn, conversation_id)
        found = cases.find(conn, conv.active_case) if conv and conv.active_case else None
    case = found[0] if found else None
    values = replies.values(parts.services.guide_of(case) if case else None, case, who.name)
    return [
        ReplyOut(code=one.code, title=one.title, text=replies.filled(one.text, values), then=one.then) for one in replies.canned()
    ]
