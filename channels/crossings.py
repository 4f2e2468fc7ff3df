"""A conversation crosses over into our own page, from a page of somebody else's: by an address that works once, for a moment.

The address has the ticket behind ``#``, which no browser sends to any server. The ticket is sealed with the key ring, and tied to
the token the conversation has at that moment. Whoever shows it gets another token and the former one opens nothing any more: so a
ticket works once without being kept anywhere, no page of somebody else's can go on reading what is said in ours, and who lures
somebody into a conversation of his own has lost it as soon as she arrives.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta

import orjson

from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation import audit
from assistant.foundation.crypto import KeyRing
from assistant.foundation.tokens import new_token
from channels.parts import Parts

LASTS = timedelta(minutes=2)
_BOUND_TO = b"crossing"


class NoCrossing(Exception):
    """The ticket is none of ours, too old, or used."""


def address(keyring: KeyRing, conversation_id: str, token_hash: str, now: datetime, lasts: timedelta = LASTS) -> str:
    """The path of our page at which this conversation goes on; ``lasts`` is longer where it has to be read and tapped first."""
    sealed = keyring.encrypt(orjson.dumps([conversation_id, token_hash, now, lasts.total_seconds()]), _BOUND_TO)
    return f"/#go={base64.urlsafe_b64encode(sealed).decode()}"


def arrive(parts: Parts, ticket: str) -> tuple[Conversation, str]:
    """The conversation a ticket is for, and its new token.

    Raises:
        NoCrossing: see there.
    """
    now = parts.clock.now()
    try:
        held = orjson.loads(parts.db.keyring.decrypt(base64.urlsafe_b64decode(ticket), _BOUND_TO))
    except (binascii.Error, ValueError):
        raise NoCrossing from None
    conversation_id, token_hash, made, lasts = held
    if not timedelta() <= now - datetime.fromisoformat(made) <= timedelta(seconds=lasts):
        raise NoCrossing
    token, fresh = new_token()
    with parts.db.write() as conn:
        until = now + timedelta(days=parts.settings.token_days)
        if not repository.exchange_token(conn, conversation_id, token_hash, fresh, now, until):
            raise NoCrossing
        conv = repository.load(conn, conversation_id)
        assert conv is not None
        detail = {"channel": conv.channel}
        audit.append(conn, at=now, actor="citizen", action="conversation.crossed", subject=conversation_id, detail=detail)
    parts.announce(conversation_id)
    return conv, token
