"""What is promised for a certain time: call-backs and appointments at the desk. When the time comes they wait in the queue.

A conversation has one promise at most; a new one takes the place of the old.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.desk import books
from assistant.desk.arrangement import PROMISED as RANK
from assistant.desk.arrangement import Arrangement
from assistant.desk.books import CALLBACK, CLAIMED, LEFT, PROMISED, RELEASED, SLOT, WAITING, NotYours
from assistant.desk.hours import after_open_seconds, opens_at, shifts_from
from assistant.desk.limits import QUEUED
from assistant.foundation import audit
from assistant.foundation.desk_tables import desk_entry as entries

SOON = 1800
"""Seconds of opening time in which somebody is called back who named no time."""
DAYS = 7
"""Days ahead appointments may be taken for."""
STEP = timedelta(minutes=5)
"""Promised times are on whole five minutes."""


@dataclass(frozen=True)
class Promise:
    """What a citizen was promised: a call or an appointment (``kind``), and when."""

    kind: str
    at: datetime
    group: str


class Promises:
    """All operations take the transaction they belong to."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement

    def when(
        self, conn: Connection, conversation_id: str, at: datetime, *, wanted: datetime | None = None, item: str | None = None
    ) -> datetime:
        """When she would be called if that were promised now: what ``callback`` promises, asked for beforehand."""
        group, _ = books.belongs(conn, self._arrangement, conversation_id, item)
        return self._callable_at(group, at, wanted)

    def callback(
        self, conn: Connection, conversation_id: str, number: str, at: datetime, *, wanted: datetime | None = None,
        reason: str = CALLBACK, item: str | None = None,
    ) -> datetime:  # fmt: skip
        """Promise a call to ``number`` and return when: at ``wanted`` if the desk is open then, else at the next opening.

        Without ``wanted`` it is within ``SOON`` of opening time. Who was waiting does not wait any more; the turn that does so
        gives her back to the bot.
        """
        group, item = books.belongs(conn, self._arrangement, conversation_id, item)
        moment = self._callable_at(group, at, wanted)
        self._promise(conn, conversation_id, CALLBACK, reason, at, moment, group, item, contact=number)
        return moment

    def slots(self, conn: Connection, conversation_id: str, now: datetime, *, item: str | None = None) -> list[datetime]:
        """Appointments to be had at the group this conversation belongs to, the next ``DAYS`` days, earliest first."""
        group, _ = books.belongs(conn, self._arrangement, conversation_id, item)
        offered = self._offered(group, now)
        query = select(entries.c.slot).where(entries.c.slot.in_([_key(group, begins) for begins in offered]))
        taken = set(conn.execute(query).scalars())
        return [begins for begins in offered if _key(group, begins) not in taken]

    def book(
        self, conn: Connection, conversation_id: str, begins: datetime, at: datetime, *, number: str | None = None,
        reason: str = SLOT, item: str | None = None,
    ) -> bool:  # fmt: skip
        """Take an appointment, with a number to call where she wants that; whether it was to be had.

        On PostgreSQL somebody else may take it between looking and taking: the second waits for the first, and gets none.
        """
        group, item = books.belongs(conn, self._arrangement, conversation_id, item)
        if begins not in self._offered(group, at):
            return False
        slot = _key(group, begins)
        return self._promise(conn, conversation_id, SLOT, reason, at, begins, group, item, contact=number, slot=slot)

    def of(self, conn: Connection, conversation_id: str) -> Promise | None:
        """What this conversation is promised and has not been given yet."""
        row = self._standing(conn, conversation_id)
        return Promise(row["kind"], row["promised_at"], row["skill_group"]) if row else None

    def all(self, conn: Connection) -> list[books.Entry]:
        """Everything that is promised for later, soonest first."""
        return sorted(books.listed(conn, entries.c.state == PROMISED), key=lambda one: one.queued_at)

    def numbers(self, conn: Connection) -> dict[str, str]:
        """The numbers left for what is promised for later, by the stay's id: to be masked, for nobody has these yet."""
        found = conn.execute(select(entries.c.id, entries.c.contact).where(entries.c.state == PROMISED))
        return {row.id: row.contact for row in found if row.contact}

    def cancel(self, conn: Connection, conversation_id: str, at: datetime) -> bool:
        """The citizen does not want it any more; whether there was anything to cancel."""
        row = self._standing(conn, conversation_id)
        if row is not None:
            books.end(conn, row["id"], LEFT, at, detail="cancelled")
        return row is not None

    def settle(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        """What she wanted was solved before: nobody calls any more."""
        row = self._standing(conn, conversation_id)
        if row is not None and row["state"] == PROMISED:
            books.end(conn, row["id"], RELEASED, at, detail="solved_before")

    def due(self, conn: Connection, now: datetime) -> list[str]:
        """Conversations whose promised time has come and that are not at the desk already."""
        here = select(entries.c.conversation_id).where(entries.c.state.in_(books.LIVE))
        query = select(entries.c.conversation_id).where(
            entries.c.state == PROMISED, entries.c.promised_at <= now, entries.c.conversation_id.not_in(here)
        )
        return books.ids(conn.execute(query))

    def wake(self, conn: Connection, conversation_ids: Iterable[str]) -> None:
        """Put what is due into the queue, with the priority of what was promised, since the moment that was promised."""
        for conversation_id in conversation_ids:
            books.lock(conn, conversation_id)
            row = self._standing(conn, conversation_id)
            if row is None or row["state"] != PROMISED or books.live(conn, conversation_id) is not None:
                continue
            conn.execute(update(entries).where(entries.c.id == row["id"]).values(state=WAITING))
            books.moment(conn, row["id"], QUEUED, row["promised_at"], detail=row["skill_group"])

    def contact(self, conn: Connection, conversation_id: str, staff_id: str, at: datetime) -> str:
        """The number to call, for whoever has the conversation; that it was seen goes into the audit chain.

        Raises:
            NotYours: she has not, or no number was left.
        """
        row = books.live(conn, conversation_id)
        if row is None or row["state"] != CLAIMED or row["staff_id"] != staff_id or not row["contact"]:
            raise NotYours(conversation_id)
        audit.append(conn, at=at, actor=f"staff:{staff_id}", action="desk.contact_shown", subject=conversation_id, detail={})
        return str(row["contact"])

    def _callable_at(self, group: str, at: datetime, wanted: datetime | None) -> datetime:
        """A moment at which people are there; for a moment this has given, the same."""
        hours = self._arrangement.group(group).hours
        earliest = max(wanted, at) if wanted else after_open_seconds(hours, at, SOON)
        moment = _rounded(opens_at(hours, earliest) or earliest)
        closed = opens_at(hours, moment)  # rounding may have led past the end of a shift
        return moment if closed is None else _rounded(closed)

    def _offered(self, group: str, now: datetime) -> list[datetime]:
        arranged = self._arrangement.group(group)
        found = []
        for begin, end in shifts_from(arranged.hours, now, DAYS) if arranged.slots else ():
            length = (end - begin) / arranged.slots
            found += [begin + _whole(length * number) for number in range(arranged.slots)]
        return sorted({moment for moment in found if moment > now})

    def _standing(self, conn: Connection, conversation_id: str) -> RowMapping | None:
        """The promise that stands: for later, or due and waiting in the queue."""
        query = select(entries).where(
            entries.c.conversation_id == conversation_id, entries.c.kind != books.TALK, entries.c.state.in_((PROMISED, WAITING))
        )
        return conn.execute(query).mappings().first()

    def _promise(
        self, conn: Connection, conversation_id: str, kind: str, reason: str, at: datetime, moment: datetime, group: str,
        item: str | None, **more: Any,
    ) -> bool:  # fmt: skip
        """Whether it could be promised: of two who take the same appointment, one gets it."""
        books.lock(conn, conversation_id)
        earlier = self._standing(conn, conversation_id)
        waiting = books.live(conn, conversation_id)
        entry_id = str(uuid.uuid4())
        insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        made = conn.execute(
            insert(entries)
            .values(
                id=entry_id, conversation_id=conversation_id, reason=reason, queued_at=moment, promised_at=moment, state=PROMISED,
                kind=kind, item=item, skill_group=group, priority=self._arrangement.priority(reason, RANK), **more,
            )
            .on_conflict_do_nothing(index_elements=[entries.c.slot])
            .returning(entries.c.id)  # how many rows it made is not known on PostgreSQL
        )  # fmt: skip
        if made.first() is None:
            return False
        books.moment(conn, entry_id, PROMISED, at, detail=kind)
        if earlier is not None:
            books.end(conn, earlier["id"], LEFT, at, detail="promised_anew")
        if waiting is not None and waiting["state"] == WAITING and waiting["kind"] == books.TALK:
            books.end(conn, waiting["id"], LEFT, at, detail="promised")
        return True


def _key(group: str, begins: datetime) -> str:
    return f"{group}@{begins.isoformat()}"


def _whole(length: timedelta) -> timedelta:
    return length - length % STEP


def _rounded(moment: datetime) -> datetime:
    """The next whole five minutes."""
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + STEP if over else moment
