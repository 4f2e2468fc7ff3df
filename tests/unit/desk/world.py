"""A desk with people and conversations in a database of the test's own; real owners, a clock that only moves when told to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from assistant.conversation import repository
from assistant.conversation.ownership import Ownership
from assistant.desk import accounts, sessions
from assistant.desk.arrangement import Arrangement
from assistant.desk.lead import Lead
from assistant.desk.queue import Desk
from assistant.desk.rounds import DeskRounds
from assistant.desk.sessions import Lives
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry, staff
from assistant.foundation.settings import Settings
from assistant.foundation.tables import conversation
from tests.unit.foundation.rows import add_conversation

PASSWORD = "Fictitious-Pass-2026"
CALM: dict[str, Any] = {"first_answer": 0, "next_answer": 0, "resolution": 0}


def arranged(**groups: dict[str, Any]) -> Arrangement:
    """An arrangement of these groups, open from 9:00 to 11:30 and 13:00 to 17:00; the last one takes everything."""
    usual = {"hours": "09:00-11:30,13:00-17:00"}
    return Arrangement.model_validate({
        "capacity": 2, "groups": {code: usual | {"name": code} | one for code, one in (groups or {"general": {}}).items()},
    })  # fmt: skip


class World:
    """``desk`` and what is needed to try it."""

    def __init__(self, db: Database, clock: FixedClock, settings: Settings, arrangement: Arrangement) -> None:
        self.db, self.clock = db, clock
        self.desk = Desk(settings, Ownership(), arrangement)
        self.chief = Lead(self.desk, Ownership())
        self.rounds = DeskRounds(db, self.desk, clock, lambda _: None)
        self._count = 0

    def operator(self, login: str, *groups: str, available: bool = True) -> str:
        """Somebody signed in; her id."""
        now = self.clock.now()
        with self.db.write() as conn:
            staff_id = accounts.add(conn, login, PASSWORD, f"坐席{login}", "operator", now)
            sessions.sign_in(conn, staff_id, now, Lives(12, 12 * 60))
            self.desk.seats.set_groups(conn, staff_id, groups, now)
            if available:
                self.desk.seats.seen(conn, staff_id, now)
        return staff_id

    def citizen(self, reason: str | None = "to_human", **about: Any) -> str:
        """A conversation, one second after the last; it waits for a reason, or is with the bot (None)."""
        self._count += 1
        self.wait(1)
        conversation_id = add_conversation(self.db, self.clock.now(), f"c{self._count}", state={}, **about)
        if reason is not None:
            self.asks(conversation_id, reason)
        return conversation_id

    def asks(self, conversation_id: str, reason: str = "to_human") -> None:
        """She asks for a person, as a turn would note it."""
        now = self.clock.now()
        with self.db.write() as conn:
            self.desk.enqueue(conn, conversation_id, reason, now)
            if self.owner(conversation_id, conn) != "queue":
                Ownership().hand_over(conn, conversation_id, "queue", "citizen", now, "…")

    def do(self, what: Any, *args: Any, **more: Any) -> Any:
        """An operation of the desk in a transaction of its own."""
        with self.db.write() as conn:
            return what(conn, *args, **more)

    def claim(self, conversation_id: str, staff_id: str) -> None:
        """Claim it."""
        self.do(self.desk.claim, conversation_id, staff_id, self.name(staff_id), self.clock.now())

    def name(self, staff_id: str) -> str:
        """Her name."""
        with self.db.read() as conn:
            return str(conn.execute(select(staff.c.display_name).where(staff.c.id == staff_id)).scalar_one())

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.advance(timedelta(seconds=seconds))

    def owner(self, conversation_id: str, conn: Connection | None = None) -> str:
        """Who speaks."""
        query = select(conversation.c.owner).where(conversation.c.id == conversation_id)
        if conn is not None:
            return str(conn.execute(query).scalar_one())
        with self.db.read() as reading:
            return str(reading.execute(query).scalar_one())

    def stay(self, conversation_id: str) -> Any:
        """The latest stay."""
        with self.db.read() as conn:
            query = select(desk_entry).where(desk_entry.c.conversation_id == conversation_id)
            return conn.execute(query.order_by(desk_entry.c.queued_at.desc())).first()

    def marks(self, conversation_id: str) -> list[str]:
        """Owner events so far, as both sides see them."""
        with self.db.read() as conn:
            return [one.data["owner"] for one in repository.events_after(conn, conversation_id, 0) if one.kind == "owner"]

    def waiting(self, staff_id: str = "") -> list[str]:
        """Who waits, in the queue's order."""
        with self.db.read() as conn:
            return [one.conversation_id for one in self.desk.list(conn, staff_id) if one.place]
