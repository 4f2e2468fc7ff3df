"""POST /api/v1/conversations: begin a conversation; POST …/leave: hand its token back."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request

from assistant.casework import recommending
from assistant.casework.flow.talk import DialogueState
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.conversation.replying import rendered
from assistant.foundation import audit
from assistant.foundation.messages import CHINESE, ENGLISH, language_of, t, use_language
from assistant.foundation.tokens import new_token
from assistant.identity import persons
from channels.access import Departing
from channels.api.limits import by_address
from channels.api.models import OpenConversation, Opened
from channels.parts import Parts, parts_of
from channels.problems import documented
from channels.served import region_of
from knowledge.replies import Choices, Option, Text
from knowledge.translation import called, told_in_full

router = APIRouter(tags=["conversation"])


@router.post(
    "/api/v1/conversations",
    status_code=201,
    response_model=Opened,
    response_model_exclude_none=True,
    responses=documented(422, 429),
    operation_id="open_conversation",
)
async def open_conversation(body: OpenConversation, request: Request) -> Opened:
    """Begin a conversation; keep the token, it is shown once."""
    parts = parts_of(request)
    by_address(parts, request)
    return await asyncio.to_thread(begin, parts, body, region_of(parts, body.region))


@router.post(
    "/api/v1/conversations/{conversation_id}/leave",
    status_code=204,
    responses=documented(401, 404),
    operation_id="leave_conversation",
)
async def leave(conv: Departing, request: Request) -> None:
    """From now on the token opens nothing: said where others come after her. Saying it again changes nothing.

    The case, its number and its resume code stay.
    """
    parts = parts_of(request)
    if await asyncio.to_thread(_leave, parts, conv):
        parts.hub.ring(conv.id)


def _leave(parts: Parts, conv: Conversation) -> bool:
    now = parts.clock.now()
    if conv.token_expires_at is not None and conv.token_expires_at <= now:
        return False
    with parts.db.write() as conn:
        repository.end_token(conn, conv.id, conv.token_hash, now)
        persons.let_go(conn, [conv.id])
        audit.append(conn, at=now, actor="citizen", action="conversation.left", subject=conv.id, detail={"channel": conv.channel})
    return True


def begin(
    parts: Parts, body: OpenConversation, region: str, *, openid: str | None = None, conversation_id: str | None = None
) -> Opened:
    """Begin a conversation, from whichever door.

    Args:
        openid: who she is to WeChat, where notices go; only a door that WeChat itself told may say so, never a request's body.
        conversation_id: where the door has one that must not be there twice.

    Raises:
        sqlalchemy.exc.IntegrityError: there is a conversation of this id.
    """
    now = parts.clock.now()
    token, token_hash = new_token()
    conv = Conversation(
        id=conversation_id or str(uuid.uuid4()),
        channel=body.channel,
        locale=body.locale,
        region=region,
        owner="bot",
        created_at=now,
        updated_at=now,
        revision=1,
        turn_count=0,
        last_event=0,
        state=DialogueState(locale_chosen=body.locale_chosen, openid=openid),
        active_case=None,
        token_hash=token_hash,
        token_expires_at=now + timedelta(days=parts.settings.token_days),
    )
    with use_language(conv.locale):
        replies = _greeting(parts, conv.locale)
    said = rendered({"replies": replies}, conv.locale)
    with parts.db.write() as conn:
        repository.create(conn, conv)
        repository.append_events(
            conn,
            conv.id,
            [
                (
                    "message",
                    {
                        "from": "bot",
                        "text": said["replies"][0]["text"],
                        "replies": said["replies"],
                        "turn": 0,
                        "at": now.isoformat(),
                    },
                )
            ],
            now,
        )
        audit.append(
            conn, at=now, actor="citizen", action="conversation.opened", subject=conv.id, detail={"channel": conv.channel}
        )
    return Opened.model_validate({"conversation_id": conv.id, "token": token, "replies": said["replies"]})


def _greeting(parts: Parts, locale: str) -> list[dict[str, Any]]:
    """Hello, and ways to begin. A tapped way is sent back as its ``value``, the same in every language."""
    catalogue = parts.services.catalogue
    often = recommending.most_used(catalogue, parts.usage.started())
    ready = [guide for held, _ in often if (guide := catalogue.get(held.code, language_of(locale)))]
    # an English speaker is offered first what is told in English to the end
    ready.sort(
        key=lambda guide: (
            locale == ENGLISH and not told_in_full(catalogue.guides[guide.code], catalogue.translations.get(guide.code))
        )
    )
    options = [Option(value=guide.name, label=called(guide)) for guide in ready[:3]]
    with use_language(CHINESE):
        values = [t("conversation.start_progress"), t("conversation.start_person")]
    labels = [t("conversation.start_progress"), t("conversation.start_person")]
    options += [Option(value=value, label=label) for value, label in zip(values, labels, strict=True)]
    return [
        Text(text=t("conversation.greeting")).model_dump(exclude_none=True),
        Choices(text=t("conversation.welcome_choices"), options=options).model_dump(),
    ]
