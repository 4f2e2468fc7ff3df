"""Who speaks in a conversation: the one audited place where its owner changes, in turns and outside them.

Nobody else writes ``conversation.owner`` (a test holds that). Every change is an event both the citizen and staff are shown, so
a human stretch is marked on both its ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.tables import conversation as conversations


class Ownership:
    """Changes of owner, and words said outside a turn, in the transaction of whoever makes them."""

    def hand_over(self, conn: Connection, conversation_id: str, owner: str, actor: str, at: datetime, text: str) -> None:
        """Change the owner outside a turn. The revision grows: a turn thinking meanwhile starts again on what is true now."""
        row = select(conversations.c.owner).where(conversations.c.id == conversation_id).with_for_update()
        before = conn.execute(row).scalar_one()
        conn.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(owner=owner, updated_at=at, revision=conversations.c.revision + 1)
        )
        self._changed(conn, conversation_id, before, owner, actor, at, text)

    def in_turn(self, conn: Connection, conversation_id: str, before: str, owner: str, at: datetime, text: str) -> None:
        """Change the owner as a turn decided, in the transaction that has just saved it and so holds the conversation."""
        conn.execute(update(conversations).where(conversations.c.id == conversation_id).values(owner=owner))
        self._changed(conn, conversation_id, before, owner, "citizen", at, text)

    def mark(self, conn: Connection, conversation_id: str, owner: str, at: datetime, text: str) -> None:
        """Show both sides a change among people while the owner stays: somebody joined or went."""
        repository.append_events(conn, conversation_id, [("owner", {"owner": owner, "at": at.isoformat(), "text": text})], at)

    def owner(self, conn: Connection, conversation_id: str) -> str:
        """Who speaks now."""
        return str(conn.execute(select(conversations.c.owner).where(conversations.c.id == conversation_id)).scalar_one())

    def tell(self, conn: Connection, conversation_id: str, data: dict[str, Any], at: datetime) -> None:
        """Put a message, by whomever, on the conversation's event stream."""
        repository.append_events(conn, conversation_id, [("message", data)], at)

    def pending_label(self, conn: Connection, conversation_id: str) -> str | None:
        """What the bot was asking for, in words, or None."""
        conv = repository.load(conn, conversation_id)
        return conv.state.ask.label if conv and conv.state.ask else None

    def _changed(
        self, conn: Connection, conversation_id: str, before: str, owner: str, actor: str, at: datetime, text: str
    ) -> None:
        self.mark(conn, conversation_id, owner, at, text)
        audit.append(
            conn, at=at, actor=actor, action="conversation.owner", subject=conversation_id, detail={"from": before, "to": owner}
        )
