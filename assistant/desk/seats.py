"""Who is at the desk: presence, skill groups, and how many conversations one person has at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.desk.arrangement import Arrangement
from assistant.desk.books import CLAIMED
from assistant.foundation import audit
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_member as members
from assistant.foundation.desk_tables import desk_seat as seats
from assistant.foundation.desk_tables import staff, staff_session

AVAILABLE, AWAY, OFFLINE = "available", "away", "offline"
STATES = (AVAILABLE, AWAY, OFFLINE)
SILENCE = 0.8
"""Of the time after which hers have returned, this much is silence; the rest is for noticing it and giving them back."""


_GROUPS = select(members.c.skill_group).where(members.c.staff_id == bindparam("who"))
_CAPACITY = select(seats.c.capacity).where(seats.c.staff_id == bindparam("who")).with_for_update()
_HELD = select(func.count()).select_from(entries).where(entries.c.staff_id == bindparam("who"), entries.c.state == CLAIMED)
_EACH = (
    select(entries.c.staff_id, func.count().label("held"))
    .where(entries.c.state == CLAIMED)
    .group_by(entries.c.staff_id)
    .subquery()
)
_THERE = (
    select(staff.c.id, staff.c.display_name, seats, func.coalesce(_EACH.c.held, 0).label("held"))
    .join(staff, staff.c.id == seats.c.staff_id)
    .join(_EACH, _EACH.c.staff_id == staff.c.id, isouter=True)
    .where(
        staff.c.active,
        exists().where(staff_session.c.staff_id == staff.c.id, staff_session.c.expires_at > bindparam("now")),
        seats.c.state != OFFLINE,
        seats.c.seen_at >= bindparam("heard"),
    )
    .order_by(staff.c.id)
)
"""Made once: everybody who waits asks for it with every sentence, and to make it costs more than to run it."""


@dataclass(frozen=True)
class Seat:
    """A member of staff at the desk just now. ``groups`` is empty for somebody who serves all."""

    staff_id: str
    name: str
    state: str
    since: datetime
    capacity: int
    held: int
    groups: frozenset[str]

    @property
    def free(self) -> int:
        """Conversations she can still take; below 0 where her capacity was lowered meanwhile."""
        return self.capacity - self.held

    def serves(self, group: str) -> bool:
        """Whether she is one of the group."""
        return not self.groups or group in self.groups


def back(conn: Connection, staff_id: str, at: datetime, *, said: Collection[str] = (AWAY, OFFLINE)) -> None:
    """She signed in: whatever she said when she went, she is available. With ``said`` only if that was it."""
    gone = update(seats).where(seats.c.staff_id == staff_id, seats.c.state.in_(said))
    conn.execute(gone.values(state=AVAILABLE, since=at))


class Seats:
    """Presence, membership and capacity. All operations take the transaction they belong to.

    Args:
        arrangement: groups and the usual capacity.
        vanished_after: seconds within which the conversations of somebody whose page is not heard of any more have returned.
    """

    def __init__(self, arrangement: Arrangement, vanished_after: int) -> None:
        self.arrangement = arrangement
        self.vanished_after = timedelta(seconds=vanished_after)
        self._silence = SILENCE * self.vanished_after
        self.listening_since: datetime | None = None
        """When pages could be heard of again after a start: before that, silence says nothing of who is there."""

    def seen(self, conn: Connection, staff_id: str, at: datetime) -> None:
        """Her page was heard of. Who has never been seen is available from now on."""
        self._upsert(conn, staff_id, {"seen_at": at}, {"state": AVAILABLE, "since": at})

    def acts(self, conn: Connection, staff_id: str, at: datetime) -> None:
        """She takes a conversation: whatever she said before, she is not offline."""
        self.seen(conn, staff_id, at)
        back(conn, staff_id, at, said=(OFFLINE,))

    def say(self, conn: Connection, staff_id: str, state: str, at: datetime) -> None:
        """She says that she is available, away (keeps what she has, is given nothing) or offline (what she has goes back).

        Raises:
            ValueError: there is no such state.
        """
        if state not in STATES:
            raise ValueError(state)
        self._upsert(conn, staff_id, {"seen_at": at, "state": state, "since": at}, {})

    def seen_at(self, conn: Connection, staff_id: str) -> datetime | None:
        """When her page was last heard of."""
        return conn.execute(select(seats.c.seen_at).where(seats.c.staff_id == staff_id)).scalar()

    def state(self, conn: Connection, staff_id: str, now: datetime) -> str:
        """What she is now: what she said, or offline where she is not signed in or her page is not heard of any more."""
        signed_in = exists().where(
            staff_session.c.staff_id == seats.c.staff_id, staff_session.c.expires_at > now,
            staff.c.id == seats.c.staff_id, staff.c.active,
        )  # fmt: skip
        row = conn.execute(select(seats.c.state, seats.c.seen_at).where(seats.c.staff_id == staff_id, signed_in)).first()
        if row is None or row.seen_at is None or row.seen_at < now - self._silence:
            return OFFLINE
        return str(row.state)

    def gone(self, now: datetime) -> ColumnElement[bool]:
        """SQL: whoever has claimed the entry is not there any more: session over, account closed, vanished, or offline."""
        signed_in = exists().where(
            staff_session.c.staff_id == entries.c.staff_id,
            staff_session.c.expires_at > now,
            staff.c.id == entries.c.staff_id,
            staff.c.active,
        )
        silent = seats.c.state == OFFLINE
        if self.listening_since is None or now - self._silence >= self.listening_since:
            silent |= seats.c.seen_at < now - self._silence
        away = exists().where(seats.c.staff_id == entries.c.staff_id, silent)
        return ~signed_in | away

    def there(self, conn: Connection, now: datetime) -> list[Seat]:
        """Everybody at the desk now, available or away."""
        rows = conn.execute(_THERE, {"now": now, "heard": now - self._silence}).all()
        groups: dict[str, set[str]] = {}
        for staff_id, group in conn.execute(select(members.c.staff_id, members.c.skill_group)):
            groups.setdefault(staff_id, set()).add(group)
        return [
            Seat(
                row.id, row.display_name, row.state, row.since, row.capacity or self.arrangement.capacity, row.held,
                frozenset(groups.get(row.id, ())),
            )
            for row in rows
        ]  # fmt: skip

    def groups_of(self, conn: Connection, staff_id: str) -> frozenset[str]:
        """Her skill groups; none: she serves all."""
        return frozenset(conn.execute(_GROUPS, {"who": staff_id}).scalars())

    def serves(self, conn: Connection, staff_id: str, group: str) -> bool:
        """Whether she is one of the group."""
        groups = self.groups_of(conn, staff_id)
        return not groups or group in groups

    def room(self, conn: Connection, staff_id: str) -> int:
        """Conversations she, who was seen, can still take. Her seat stays locked: two at once cannot both find room."""
        own = conn.execute(_CAPACITY, {"who": staff_id}).scalar()
        held = conn.execute(_HELD, {"who": staff_id}).scalar_one()
        return int(own or self.arrangement.capacity) - int(held)

    def set_groups(self, conn: Connection, staff_id: str, groups: Collection[str], at: datetime) -> None:
        """Make somebody one of these groups and of no other; none: of all.

        Raises:
            ValueError: there is no such group; its text is the code.
        """
        for group in groups:
            if group not in self.arrangement.groups:
                raise ValueError(group)
        conn.execute(delete(members).where(members.c.staff_id == staff_id))
        if groups:
            conn.execute(insert(members), [{"staff_id": staff_id, "skill_group": group} for group in sorted(set(groups))])
        detail = {"groups": sorted(set(groups))}
        audit.append(conn, at=at, actor="system", action="staff.groups", subject=staff_id, detail=detail)

    def set_capacity(self, conn: Connection, staff_id: str, capacity: int | None, at: datetime) -> None:
        """Say how many conversations somebody has at a time; None: as many as usual.

        Raises:
            ValueError: it is not from 1 to 100.
        """
        if capacity is not None and not 1 <= capacity <= 100:
            raise ValueError(capacity)
        self._upsert(conn, staff_id, {"capacity": capacity}, {"state": AVAILABLE, "since": at})
        audit.append(conn, at=at, actor="system", action="staff.capacity", subject=staff_id, detail={"capacity": capacity or 0})

    def _upsert(self, conn: Connection, staff_id: str, values: dict[str, Any], first: dict[str, Any]) -> None:
        changed = conn.execute(update(seats).where(seats.c.staff_id == staff_id).values(**values))
        if not changed.rowcount:
            insert_ = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
            made = insert_(seats).values(staff_id=staff_id, **first, **values)
            conn.execute(made.on_conflict_do_update(index_elements=[seats.c.staff_id], set_=values))
