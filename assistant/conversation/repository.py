"""Reading and writing conversations, turns and events. SQL lives here and nowhere else in this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from assistant.casework.flow.talk import DialogueState
from assistant.conversation.model import Conversation, Event
from assistant.foundation.desk_tables import desk_card as cards
from assistant.foundation.tables import conversation as conversations
from assistant.foundation.tables import event as events
from assistant.foundation.tables import turn as turns


class Conflict(RuntimeError):
    """Somebody else saved this conversation since it was loaded; the turn has to be run again."""


def create(conn: Connection, conv: Conversation) -> None:
    """Store a new conversation."""
    conn.execute(
        insert(conversations).values(
            id=conv.id,
            token_hash=conv.token_hash,
            token_expires_at=conv.token_expires_at,
            channel=conv.channel,
            locale=conv.locale,
            region=conv.region,
            owner=conv.owner,
            created_at=conv.created_at,
            updated_at=conv.updated_at,
            revision=conv.revision,
            turn_count=conv.turn_count,
            state=conv.state.model_dump(mode="json"),
            active_case=conv.active_case,
            last_event=conv.last_event,
        )
    )


def load(conn: Connection, conversation_id: str) -> Conversation | None:
    """The conversation, or None."""
    return _found(conn, conversations.c.id == conversation_id)


def of_token(conn: Connection, token_hash: str) -> Conversation | None:
    """The conversation a token opens or opened, or None."""
    return _found(conn, conversations.c.token_hash == token_hash)


def _found(conn: Connection, which: ColumnElement[bool]) -> Conversation | None:
    row = conn.execute(select(conversations).where(which)).mappings().first()
    if row is None:
        return None
    return Conversation(**{**row, "state": DialogueState.model_validate(row["state"])})


def save(conn: Connection, conv: Conversation, now: datetime) -> None:
    """Store a changed conversation, all but its owner: that is changed in ``ownership`` only.

    Raises:
        Conflict: its revision is no longer the one that was loaded.
    """
    changed = conn.execute(
        update(conversations)
        .where(conversations.c.id == conv.id, conversations.c.revision == conv.revision)
        .values(
            locale=conv.locale,
            updated_at=now,
            revision=conv.revision + 1,
            turn_count=conv.turn_count,
            state=conv.state.model_dump(mode="json"),
            active_case=conv.active_case,
        )
    )
    if changed.rowcount != 1:
        raise Conflict(conv.id)
    conv.revision += 1
    conv.updated_at = now


def give_token(conn: Connection, conversation_id: str, token_hash: str, until: datetime) -> None:
    """Let another token open the conversation; the former one no longer does."""
    conn.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(token_hash=token_hash, token_expires_at=until)
    )


def exchange_token(
    conn: Connection, conversation_id: str, held: str, token_hash: str, now: datetime, until: datetime
) -> bool:
    """As ``give_token``, if ``held`` is the hash of the token that opens it now; False where it is not, or has run out."""
    which = (conversations.c.id == conversation_id, conversations.c.token_hash == held, conversations.c.token_expires_at > now)
    return conn.execute(update(conversations).where(*which).values(token_hash=token_hash, token_expires_at=until)).rowcount == 1


def end_token(conn: Connection, conversation_id: str, token_hash: str, now: datetime) -> None:
    """From now on this token opens nothing; one that was given since stays as it is."""
    held = (conversations.c.id == conversation_id, conversations.c.token_hash == token_hash)
    conn.execute(update(conversations).where(*held).values(token_expires_at=now))


def erase_talk(conn: Connection, conversation_id: str, now: datetime) -> None:
    """Delete everything said in a conversation and what the dialogue remembers; its numbers go on where they were."""
    conn.execute(delete(events).where(events.c.conversation_id == conversation_id))
    conn.execute(delete(turns).where(turns.c.conversation_id == conversation_id))
    conn.execute(delete(cards).where(cards.c.conversation_id == conversation_id))
    conn.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(
            state=DialogueState().model_dump(mode="json"),
            active_case=None,
            updated_at=now,
            revision=conversations.c.revision + 1,
        )
    )


def stored_turn(conn: Connection, conversation_id: str, client_message_id: str) -> tuple[str, str] | None:
    """Request hash and response of a turn already taken, or None."""
    row = conn.execute(
        select(turns.c.request_hash, turns.c.response).where(
            turns.c.conversation_id == conversation_id, turns.c.client_message_id == client_message_id
        )
    ).first()
    return (row.request_hash, row.response) if row else None


def save_turn(
    conn: Connection, conversation_id: str, number: int, client_message_id: str, request_hash: str, response: str, at: datetime
) -> None:
    """Store a finished turn with the exact text that was sent."""
    conn.execute(
        insert(turns).values(
            conversation_id=conversation_id,
            turn=number,
            client_message_id=client_message_id,
            request_hash=request_hash,
            response=response,
            created_at=at,
        )
    )


def append_events(
    conn: Connection, conversation_id: str, items: Sequence[tuple[str, dict[str, Any]]], at: datetime
) -> list[Event]:
    """Number and store events. The conversation's row is locked meanwhile, so numbers have no gaps and no doubles."""
    if not items:
        return []
    last = conn.execute(
        select(conversations.c.last_event).where(conversations.c.id == conversation_id).with_for_update()
    ).scalar_one()
    made = [Event(last + i, kind, data, at) for i, (kind, data) in enumerate(items, 1)]
    conn.execute(
        insert(events),
        [{"conversation_id": conversation_id, "seq": e.seq, "kind": e.kind, "data": e.data, "at": at} for e in made],
    )
    conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(last_event=made[-1].seq))
    return made


def events_after(conn: Connection, conversation_id: str, after: int, limit: int = 500) -> list[Event]:
    """Events numbered above ``after``, oldest first."""
    rows = conn.execute(
        select(events.c.seq, events.c.kind, events.c.data, events.c.at)
        .where(events.c.conversation_id == conversation_id, events.c.seq > after)
        .order_by(events.c.seq)
        .limit(limit)
    )
    return [Event(row.seq, row.kind, row.data, row.at) for row in rows]
