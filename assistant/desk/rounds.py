"""What the desk looks after by itself: promises that are due, people who have gone, assignment, limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, select, update

from assistant.desk import books
from assistant.desk.books import WAITING
from assistant.desk.letters import Letters
from assistant.desk.queue import Desk, NotYours
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry as entries

EVERY_S, LIMITS_EVERY_S = 1.0, 5.0
"""Who waits is looked after at once; limits are counted in minutes."""


class DeskRounds:
    """See the module. Everything may be done again; nothing is written where nothing is to be done.

    Args:
        announce: wakes who listens to a conversation.
        letters: what supervisors are written; None: nothing.
    """

    def __init__(
        self, db: Database, desk: Desk, clock: Clock, announce: Callable[[str], None], letters: Letters | None = None
    ) -> None:
        self._db, self._desk, self._clock, self._announce, self._letters = db, desk, clock, announce, letters

    def run(self) -> None:
        """One round; each part is a transaction of its own, which locks conversations in the order of their ids.

        Where many are to be assigned and many write, that takes longer than anybody ought to be left alone: what else there is
        to do is looked for again in between.
        """
        settled, changed = self._clock.now(), self._settle()
        while (given := self._assign()) is not None:
            changed.add(given)
            if self._clock.now() - settled >= timedelta(seconds=EVERY_S):
                self._tell(changed)  # not one by one: each wakes every console
                settled, changed = self._clock.now(), self._settle()
        self._tell(changed)

    def _tell(self, changed: set[str]) -> None:
        for conversation_id in changed:
            self._announce(conversation_id)

    def _settle(self) -> set[str]:
        """Promises that are due, conversations left alone, and stays that wait for somebody who has gone; what has changed."""
        now = self._clock.now()
        with self._db.read() as conn:
            due = self._desk.promises.due(conn, now)
            alone = self._desk.left_alone(conn, now)
            astray = self._astray(conn)
        if due:
            with self._db.write() as conn:
                self._desk.promises.wake(conn, due)
        if alone:
            with self._db.write() as conn:
                self._desk.requeue(conn, self._desk.left_alone(conn, now), now)
        if astray:
            with self._db.write() as conn:
                self._set_free(conn)
        return {*due, *alone}

    def watch(self) -> None:
        """Limits that are near or past are put before the managers."""
        now = self._clock.now()
        with self._db.read() as conn:
            near = self._desk.watch.near(conn, now)
        if near:
            with self._db.write() as conn:
                told = self._desk.watch.escalate(conn, now)
                if self._letters is not None:
                    self._letters.plan(conn, told, now)
            for conversation_id in sorted({entry.conversation_id for entry, _, _ in told}):
                self._announce(conversation_id)

    def write(self) -> None:
        """Letters to supervisors are sent, apart from the rest: a mail server may take its time."""
        if self._letters is not None:
            self._letters.send(self._clock.now())

    def _assign(self) -> str | None:
        """One assignment, in a transaction of its own; the conversation."""
        now = self._clock.now()
        with self._db.read() as conn:
            if self._desk.assignment(conn, now) is None:
                return None
        try:
            with self._db.write() as conn:
                given = self._desk.assign(conn, now)
        except NotYours:  # somebody was quicker; the next round looks again
            return None
        return given[0] if given else None

    def _astray(self, conn: Connection) -> list[tuple[str, str]]:
        """Stays that wait for somebody who has gone: conversation and stay, in the order in which all lock them."""
        now = self._clock.now()
        columns = (entries.c.conversation_id, entries.c.id, entries.c.for_staff)
        reserved = select(*columns).where(entries.c.state == WAITING, entries.c.for_staff.is_not(None))
        gone = [row for row in conn.execute(reserved) if self._desk.seats.state(conn, row.for_staff, now) == "offline"]
        return sorted((row.conversation_id, row.id) for row in gone)

    def _set_free(self, conn: Connection) -> None:
        """They wait for their group then."""
        for conversation_id, entry_id in self._astray(conn):
            books.lock(conn, conversation_id)
            waiting = update(entries).where(entries.c.id == entry_id, entries.c.state == WAITING)
            if conn.execute(waiting.values(for_staff=None)).rowcount > 0:
                books.moment(conn, entry_id, "set_free", self._clock.now())
