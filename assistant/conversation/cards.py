"""Cards: what staff put before a citizen to be done on her own screen while they have the conversation, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from assistant.foundation.desk_tables import desk_card as table

Kind = Literal["upload", "form", "edit", "package"]
OPEN, DONE, DECLINED, UNDONE = "open", "done", "declined", "undone"


@dataclass
class Card:
    """One card. ``shown`` is what both sides may see of it; ``kept`` what only we need, such as the answer before a change."""

    id: str
    conversation_id: str
    staff_id: str
    kind: Kind
    case_no: str | None
    shown: dict[str, Any]
    kept: dict[str, Any]
    sent_at: datetime
    state: str = OPEN
    opened_at: datetime | None = None
    done_at: datetime | None = None

    def told(self, **more: Any) -> dict[str, Any]:
        """The card as it goes into the event stream."""
        return {"id": self.id, "kind": self.kind, "state": self.state, **self.shown, **more}

    def becomes(self, state: str, at: datetime) -> None:
        """It was answered."""
        self.state, self.done_at = state, at


def add(conn: Connection, card: Card) -> None:
    """Keep a new card."""
    conn.execute(
        insert(table).values(
            id=card.id, conversation_id=card.conversation_id, staff_id=card.staff_id, kind=card.kind, case_no=card.case_no,
            state=card.state, content=_content(card), sent_at=card.sent_at, opened_at=card.opened_at, done_at=card.done_at,
        )
    )  # fmt: skip


def save(conn: Connection, card: Card) -> None:
    """Keep what became of a card."""
    values = {"state": card.state, "content": _content(card), "opened_at": card.opened_at, "done_at": card.done_at}
    conn.execute(update(table).where(table.c.id == card.id).values(**values))


def find(conn: Connection, conversation_id: str, card_id: str) -> Card | None:
    """A card of this conversation, or None."""
    row = conn.execute(select(table).where(table.c.id == card_id, table.c.conversation_id == conversation_id)).mappings().first()
    return _read(row) if row else None


def opened(conn: Connection, conversation_id: str, card_id: str, at: datetime) -> bool:
    """Note that she has opened it; whether this was the first time."""
    query = update(table).where(table.c.id == card_id, table.c.conversation_id == conversation_id, table.c.opened_at.is_(None))
    return conn.execute(query.values(opened_at=at)).rowcount > 0


def _content(card: Card) -> dict[str, Any]:
    return {"shown": card.shown, "kept": card.kept}


def _read(row: RowMapping) -> Card:
    return Card(
        id=row["id"], conversation_id=row["conversation_id"], staff_id=row["staff_id"], kind=row["kind"], case_no=row["case_no"],
        shown=row["content"]["shown"], kept=row["content"]["kept"], sent_at=row["sent_at"], state=row["state"],
        opened_at=row["opened_at"], done_at=row["done_at"],
    )  # fmt: skip
