"""What a supervisor does at the desk: look over it, join, whisper, take over. Who may is for the door to say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert

from assistant.desk import books
from assistant.desk.arrangement import PULLED
from assistant.desk.books import CLAIMED, Conversations, Entry, NotYours
from assistant.desk.queue import Desk
from assistant.foundation import audit
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_party as parties
from assistant.foundation.messages import t


class Lead:
    """All operations take the transaction they belong to."""

    def __init__(self, desk: Desk, conversations: Conversations) -> None:
        self._desk, self._conversations = desk, conversations

    def board(self, conn: Connection) -> list[Entry]:
        """Everything at the desk: who waits, in the queue's order, then what everybody has."""
        return books.listed(conn, entries.c.state.in_(books.LIVE))

    def join(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        """Talk in a conversation that somebody else has; the citizen sees it. Joining twice is joining once.

        Raises:
            NotYours: nobody has it, or she herself does.
        """
        held = self._held_by_another(conn, conversation_id, staff_id)
        if self._desk.has_joined(conn, held["id"], staff_id):
            return
        conn.execute(insert(parties).values(entry_id=held["id"], staff_id=staff_id, at=at))
        self._note(conn, held, staff_id, at, "joined")
        self._conversations.mark(conn, conversation_id, "staff", at, t("desk.supervisor_joined", name=name))

    def part(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        """Leave it again; the citizen sees that, too.

        Raises:
            NotYours: she has not joined it.
        """
        held = self._held_by_another(conn, conversation_id, staff_id)
        gone = conn.execute(delete(parties).where(parties.c.entry_id == held["id"], parties.c.staff_id == staff_id))
        if not gone.rowcount:
            raise NotYours(conversation_id)
        self._note(conn, held, staff_id, at, "parted")
        self._conversations.mark(conn, conversation_id, "staff", at, t("desk.supervisor_left", name=name))

    def whisper(self, conn: Connection, conversation_id: str, staff_id: str, text: str, at: datetime) -> None:
        """Tell whoever has the conversation something the citizen does not see.

        Raises:
            NotYours: nobody has it, or she herself does.
        """
        held = self._held_by_another(conn, conversation_id, staff_id)
        books.note(conn, conversation_id, staff_id, "whisper", text, at)
        self._note(conn, held, staff_id, at, "whispered")

    def take_over(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        """Take a conversation from whoever has it, or one that waits for somebody else.

        Raises:
            NotYours: it is not at the desk, she has it already, or has as many as she can (``full``).
        """
        books.lock(conn, conversation_id)
        held = books.live(conn, conversation_id)
        if held is None or held["staff_id"] == staff_id:
            raise NotYours(conversation_id)
        conn.execute(delete(parties).where(parties.c.entry_id == held["id"], parties.c.staff_id == staff_id))
        self._note(conn, held, staff_id, at, "taken_over")
        self._desk.seats.acts(conn, staff_id, at)
        self._desk.give(conn, held, staff_id, name, at)

    def pull(self, conn: Connection, conversation_id: str, staff_id: str, name: str, why: str, at: datetime) -> None:
        """Take a conversation that nobody asked a person for; one that is at the desk is taken over.

        ``why`` is kept for staff, encrypted; the audit chain has who pulled it, not the words.

        Raises:
            NotYours: she has it already, or has as many as she can (``full``).
        """
        books.lock(conn, conversation_id)
        held = books.live(conn, conversation_id)
        if held is None:
            self._desk.enqueue(conn, conversation_id, PULLED, at)
        self.take_over(conn, conversation_id, staff_id, name, at)
        books.note(conn, conversation_id, staff_id, "note", t("desk.note_pulled", why=why), at)
        audit.append(
            conn, at=at, actor=f"staff:{staff_id}", action="desk.pulled", subject=conversation_id,
            detail={"from": "bot" if held is None else held["staff_id"] or "queue"},
        )  # fmt: skip

    def _held_by_another(self, conn: Connection, conversation_id: str, staff_id: str) -> RowMapping:
        books.lock(conn, conversation_id)
        held = books.live(conn, conversation_id)
        if held is None or held["state"] != CLAIMED or held["staff_id"] == staff_id:
            raise NotYours(conversation_id)
        return held

    def _note(self, conn: Connection, held: RowMapping, staff_id: str, at: datetime, what: str) -> None:
        books.moment(conn, held["id"], what, at, staff_id)
        audit.append(
            conn, at=at, actor=f"staff:{staff_id}", action=f"desk.{what}", subject=held["conversation_id"],
            detail={"from": held["staff_id"] or "queue"},
        )  # fmt: skip
