"""POST /api/v1/conversations/{id}/messages: one turn."""

from __future__ import annotations

import asyncio
import hashlib

import orjson
from fastapi import APIRouter, Request, Response

from assistant.casework import repository as cases
from assistant.casework.flow.talk import Attachment
from assistant.casework.papers import background, verdict
from assistant.casework.papers.reading import Read
from assistant.casework.upload_checks.kinds import EXCEL
from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.unanswered import engine_down_turn
from assistant.engine.gateway import EngineDown
from channels.access import Own
from channels.api.limits import by_address, by_conversation
from channels.api.models import PostMessage, Turn
from channels.parts import Parts, parts_of
from channels.problems import Problem, documented

router = APIRouter(tags=["conversation"])
ATTACH_SECONDS = 3.0
"""So long the turn that attaches a file waits for it to be read."""


@router.post(
    "/api/v1/conversations/{conversation_id}/messages",
    response_model=Turn,
    responses=documented(401, 404, 409, 422, 429),
    operation_id="post_message",
)
async def post_message(body: PostMessage, conv: Own, request: Request) -> Response:
    """Say, choose or attach something. The same ``client_message_id`` gives the same turn again, byte for byte."""
    parts = parts_of(request)
    by_address(parts, request)
    by_conversation(parts, conv.id)
    message = Message(
        body.client_message_id,
        _hash(body),
        body.text,
        _values(body.choice),
        await asyncio.to_thread(attached, parts, conv, body.attachments or []),
    )
    try:
        turn = await parts.runner.run(conv.id, message)
    except TurnRefused as refused:
        raise Problem(409, "message_conflict") if refused.code == "conflict" else Problem(404, "not_found") from refused
    except EngineDown:
        # Nothing of the turn has happened and nothing is stored: the same message may simply be sent again.
        turn = await asyncio.to_thread(engine_down_turn, parts.runner, conv.id)
    return Response(turn, media_type="application/json")


def _hash(body: PostMessage) -> str:
    return hashlib.sha256(orjson.dumps(body.model_dump(exclude={"client_message_id"}), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _values(choice: str | list[str] | None) -> list[str] | None:
    return [choice] if isinstance(choice, str) else choice


def attached(parts: Parts, conv: Conversation, upload_ids: list[str]) -> list[Attachment]:
    """The uploads of a conversation that a message attaches.

    Raises:
        Problem: 422, one of them is not of this conversation.
    """
    if not upload_ids:
        return []
    background.wait(upload_ids, ATTACH_SECONDS)
    with parts.db.read() as conn:
        rows = {row["id"]: row for row in cases.uploads_of(conn, conv.id)}
    missing = [upload_id for upload_id in upload_ids if upload_id not in rows]
    if missing:
        raise Problem(422, "unknown_attachment")
    return [
        Attachment(
            upload_id=i,
            name=rows[i]["file_name"],
            material=rows[i]["material"],
            ok=all(c["ok"] for c in rows[i]["checks"]),
            sheet=parts.blobs.get(rows[i]["blob_id"]) if rows[i]["media_type"] == EXCEL else None,
            problems=[c["message"] for c in rows[i]["checks"] if not c["ok"] and c["code"] != verdict.DOCUMENT],
            paper=Read.model_validate(rows[i]["reading"]) if rows[i]["reading"] else None,
        )
        for i in dict.fromkeys(upload_ids)
    ]
