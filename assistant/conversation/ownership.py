"""Who speaks in a conversation: the one audited place where people take over and give back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.tables import conversation as conversations


class Ownership:
    """Changes of owner and words said outside a turn, in the transaction of whoever makes them."""

    def hand_over(self, conn: Connection, conversation_id: str, owner: str, actor: str, at: datetime, text: str) -> None:
        """Change the owner. The revision grows, so a turn that was thinking meanwhile starts again on what is true now."""
        row = select(conversations.c.owner).where(conversations.c.id == conversation_id).with_for_update()
        before = conn.execute(row).scalar_one()
        conn.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(owner=owner, updated_at=at, revision=conversations.c.revision + 1)
        )
        data: dict[str, Any] = {"owner": owner, "at": at.isoformat(), "text": text}
        repository.append_events(conn, conversation_id, [("owner", data)], at)
        audit.append(
            conn, at=at, actor=actor, action="conversation.owner", subject=conversation_id, detail={"from": before, "to": owner}
        )

    def tell(self, conn: Connection, conversation_id: str, data: dict[str, Any], at: datetime) -> None:
        """Put a message, by whomever, on the conversation's event stream."""
        repository.append_events(conn, conversation_id, [("message", data)], at)

    def pending_label(self, conn: Connection, conversation_id: str) -> str | None:
        """What the bot was asking for, in words, or None."""
        conv = repository.load(conn, conversation_id)
        return conv.state.ask.label if conv and conv.state.ask else None
