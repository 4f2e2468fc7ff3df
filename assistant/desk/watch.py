"""Keeping an eye on the limits: how they stand, and telling a manager before one runs out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from assistant.desk import books
from assistant.desk.arrangement import Arrangement
from assistant.desk.books import Entry
from assistant.desk.limits import Limit, Moment, limits
from assistant.foundation.desk_tables import desk_entry as entries

WARNED, MISSED = "warned", "missed"


class Watch:
    """All operations take the transaction they belong to."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement

    def limits(self, conn: Connection, found: Sequence[Entry], now: datetime) -> dict[str, list[Limit]]:
        """The limits of these stays, by the entry's id."""
        happened = books.moments_of(conn, [one.id for one in found])
        return {one.id: self.of(one, happened.get(one.id, []), now) for one in found}

    def of(self, entry: Entry, happened: Sequence[Moment], now: datetime) -> list[Limit]:
        """The limits of a stay in which this happened: targets and shifts are those of its group now."""
        group = self._arrangement.group(entry.group)
        return limits(happened, group.limits.targets(), group.hours, now)

    def near(self, conn: Connection, now: datetime) -> list[tuple[Entry, str, Limit]]:
        """Limits of live stays that are near (``warned``) or past (``missed``) and of which nobody was told yet."""
        if not any(group.limits.any() for group in self._arrangement.groups.values()):
            return []
        found = books.listed(conn, entries.c.state.in_(books.LIVE))
        happened = books.moments_of(conn, [one.id for one in found])
        return [
            (one, what, limit)
            for one in found
            for limit in self.of(one, happened.get(one.id, []), now)
            for what in _untold(limit, happened[one.id])
        ]

    def escalated(self, conn: Connection) -> list[str]:
        """The conversations at the desk that are before the managers, oldest such thing first."""
        query = select(entries.c.conversation_id).where(entries.c.state.in_(books.LIVE), entries.c.escalated_at.is_not(None))
        return books.ids(conn.execute(query.order_by(entries.c.escalated_at, entries.c.id)))

    def escalate(self, conn: Connection, now: datetime) -> list[tuple[Entry, str, Limit]]:
        """Write down what is near or past, and say what it is. The first such thing puts a stay before the managers."""
        told = self.near(conn, now)
        for entry in sorted({one.id: one for one, _, _ in told}.values(), key=lambda one: one.conversation_id):
            books.lock(conn, entry.conversation_id)
            if entry.escalated_at is None:
                conn.execute(update(entries).where(entries.c.id == entry.id).values(escalated_at=now))
        for entry, what, limit in told:
            books.moment(conn, entry.id, what, now, entry.staff_id, limit.name)
        return told


def _untold(limit: Limit, happened: Sequence[Moment]) -> list[str]:
    """What is to be told of a limit that still runs."""
    if limit.ended is not None:
        return []
    known = {one.kind for one in happened if one.detail == limit.name and one.at >= limit.began}
    what = MISSED if limit.state == "missed" else WARNED if limit.near else None
    return [what] if what and what not in known else []
