"""From somebody at an account to her conversation: opened once, turns by the one turn runner, and words beside them."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import orjson

from assistant.casework.flow.talk import Attachment
from assistant.conversation import repository
from assistant.conversation.model import Conversation, Message
from assistant.foundation.messages import CHINESE, render, t, use_language
from assistant.foundation.tokens import new_token
from channels.api.conversations import begin
from channels.api.models import OpenConversation
from channels.parts import Parts
from channels.wechat import inbox
from channels.wechat.inbox import Peer

_SOON = timedelta(days=1)


def conversation_of(parts: Parts, peer: Peer, *, greet: bool, openid: str | None) -> Conversation:
    """Her conversation at this account; begun if there is none, with a greeting only if she has not said anything yet.

    Args:
        openid: who she is to WeChat, for notices; None where notices go by another account, or the account's ids are none.
    """
    if peer.conversation_id is not None:
        with parts.db.read() as conn:
            held = repository.load(conn, peer.conversation_id)
        if held is not None:
            _keep_open(parts, held)
            return held
    opened = begin(parts, OpenConversation(channel="wechat"), parts.settings.region, openid=openid)
    with parts.db.write() as conn:
        conv = repository.load(conn, opened.conversation_id)
        assert conv is not None
        seen = 0 if greet else conv.last_event
        inbox.change(conn, peer.id, conversation_id=conv.id, sent_seq=seen, batch_seq=seen, sent_part=0)
    return conv


def _keep_open(parts: Parts, conv: Conversation) -> None:
    """Links into a conversation hold only while its token does; here nobody has the token, so it simply goes on."""
    now = parts.clock.now()
    if conv.token_expires_at is not None and conv.token_expires_at < now + _SOON:
        _, token_hash = new_token()
        with parts.db.write() as conn:
            repository.give_token(conn, conv.id, token_hash, now + timedelta(days=parts.settings.token_days))


async def turn(
    parts: Parts, conversation_id: str, message_id: str, text: str | None = None, choice: list[str] | None = None,
    attachments: list[Attachment] | None = None,
) -> None:  # fmt: skip
    """One turn, by the same road as `POST …/messages`; the same id again changes nothing.

    Raises:
        EngineDown: the engine is away, and nothing has happened.
        TurnRefused: the conversation is not there.
    """
    files = [one.upload_id for one in attachments or []]
    body: dict[str, Any] = {"text": text, "choice": choice, "attachments": files or None}
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    await asyncio.shield(parts.runner.run(conversation_id, Message(message_id, digest, text, choice, attachments or [])))


def say(parts: Parts, conversation_id: str, text: str, **more: Any) -> None:
    """Put words on the conversation's stream that belong to no turn."""
    now = parts.clock.now()
    with parts.db.write() as conn:
        data = {"from": "bot", "text": text, "at": now.isoformat(), **more}
        repository.append_events(conn, conversation_id, [("message", data)], now)
    parts.announce(conversation_id)


def locale_of(conv: Conversation | None) -> str:
    """The language words of ours are said in."""
    return conv.locale if conv is not None else CHINESE


def sorry(parts: Parts, conversation_id: str) -> None:
    """Say that her last message could not be worked off."""
    with parts.db.read() as conn:
        conv = repository.load(conn, conversation_id)
    if conv is not None:
        with use_language(conv.locale):
            say(parts, conversation_id, render(t("wechat.trouble"), conv.locale))
