"""What a kiosk hears and touches, said to the conversation as a message is that comes by POST; and what it asks."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from assistant.conversation.model import Conversation, Message
from assistant.conversation.needs import TurnRefused
from assistant.conversation.unanswered import engine_down_turn
from assistant.engine.gateway import EngineDown
from assistant.foundation import metrics
from assistant.foundation.logging import get_logger
from assistant.speech.frames import Wish
from assistant.speech.room import WishFailed
from channels.parts import Parts

log = get_logger(__name__)


class Brain:
    """One conversation, by the same road as `POST …/messages`: one turn runner, message ids that are not taken twice, limits."""

    def __init__(self, parts: Parts, conv: Conversation, address: str) -> None:
        self._parts, self._conversation, self._address = parts, conv.id, address
        self._prefix = secrets.token_hex(6)
        self._count = 0

    async def __call__(self, wish: Wish) -> Mapping[str, Any]:
        """The finished turn, as the API has it.

        Raises:
            WishFailed: why it was not taken.
        """
        parts = self._parts
        for limit, limiter, key in (
            ("address", parts.per_address, self._address),
            ("conversation", parts.per_conversation, self._conversation),
        ):
            if limiter.take(key) > 0:
                metrics.limited_total.labels(limit=limit).inc()
                raise WishFailed("too_fast")
        self._count += 1
        message_id = wish.message_id or f"voice-{self._prefix}-{self._count}"
        choice = [wish.choice] if isinstance(wish.choice, str) else list(wish.choice) if wish.choice is not None else None
        body = {"text": wish.text, "choice": wish.choice if isinstance(wish.choice, str) else choice, "attachments": None}
        digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        message = Message(message_id, digest, wish.text, choice, spoken=wish.spoken)
        try:
            turn = await asyncio.shield(parts.runner.run(self._conversation, message))
        except TurnRefused as refused:
            raise WishFailed("not_taken") from refused
        except EngineDown:
            turn = await asyncio.to_thread(engine_down_turn, parts.runner, self._conversation)
        except SQLAlchemyError as error:
            log.exception("voice.turn_failed")
            raise WishFailed("engine") from error
        return dict(orjson.loads(turn))

