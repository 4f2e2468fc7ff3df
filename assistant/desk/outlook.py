"""What a citizen can be told of the queue: her place, how long it may take, when people come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, tuple_

from assistant.desk import books
from assistant.desk.arrangement import Arrangement
from assistant.desk.books import RELEASED, WAITING
from assistant.desk.estimates import waiting_seconds
from assistant.desk.hours import open_seconds, opens_at
from assistant.desk.seats import AVAILABLE, Seats
from assistant.foundation.desk_tables import desk_entry as entries

RECENT = timedelta(days=3)
MOST = 20
"""Stays looked at for an estimate: the last ones, of the last days."""


@dataclass(frozen=True)
class Outlook:
    """Place in the group's queue (from 1), seconds to wait (None: not known), who is there, and when the group opens.

    ``opens_at`` is None while it is open.
    """

    group: str
    place: int
    wait: int | None
    there: int
    opens_at: datetime | None


class Outlooks:
    """All operations take the transaction they belong to."""

    def __init__(self, arrangement: Arrangement, seats: Seats) -> None:
        self._arrangement, self._seats = arrangement, seats

    def of(
        self, conn: Connection, conversation_id: str, now: datetime, *, reason: str = "to_human", item: str | None = None
    ) -> Outlook:
        """The outlook of a conversation that waits, or of one that would begin to wait now for this reason."""
        held = books.live(conn, conversation_id)
        waiting = select(func.count()).select_from(entries).where(entries.c.state == WAITING)
        if held is not None and held["state"] == WAITING:
            group = self._arrangement.known(held["skill_group"])
            ahead = tuple_(*books.ORDER) < (held["priority"], held["queued_at"], held["id"])
            queue = held["skill_group"]
        else:
            queue = group = books.belongs(conn, self._arrangement, conversation_id, item)[0]
            ahead = entries.c.priority <= self._arrangement.priority(reason)
        place = int(conn.execute(waiting.where(entries.c.skill_group == queue, ahead)).scalar_one()) + 1
        there = [one for one in self._seats.there(conn, now) if one.state == AVAILABLE and one.serves(group)]
        opens = opens_at(self._arrangement.group(group).hours, now)
        wait = None
        if opens is None:
            waits, stays = self._recent(conn, queue, now)
            free = sum(max(0, one.free) for one in there)
            wait = waiting_seconds(place, free, sum(one.capacity for one in there), waits, stays)
        return Outlook(group, place, wait, len(there), opens)

    def _recent(self, conn: Connection, queue: str, now: datetime) -> tuple[list[float], list[float]]:
        """Seconds from queue to claim, and from claim to end, of the last stays of a group."""
        rows = conn.execute(
            select(entries.c.queued_at, entries.c.claimed_at, entries.c.released_at)
            .where(
                entries.c.skill_group == queue, entries.c.state == RELEASED, entries.c.claimed_at.is_not(None),
                entries.c.released_at > now - RECENT,
            )
            .order_by(entries.c.released_at.desc())
            .limit(MOST)
        ).all()  # fmt: skip
        hours = self._arrangement.group(queue).hours
        return (
            [open_seconds(hours, row.queued_at, row.claimed_at) for row in rows],
            [open_seconds(hours, row.claimed_at, row.released_at) for row in rows],
        )
