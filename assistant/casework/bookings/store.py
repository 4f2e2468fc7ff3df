"""Rows of booked slots, for reminders, for staff and for giving back; the case itself holds its booking, too. SQL lives here.

States: ``booked`` · ``leaving`` (no longer wanted, the office is still to be told) · ``left``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Connection, insert, select, update

from assistant.casework.bookings.model import Booking
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.office_tables import window_booking

State = Literal["booked", "leaving", "left"]


@dataclass(frozen=True)
class Row:
    """One booked slot. ``office`` is its name in the routing file, ``place`` the window's name and address."""

    office: str
    booking_no: str
    case_no: str
    part: str
    state: State
    starts: datetime
    ends: datetime
    place: str
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    updated_at: datetime


def keep(conn: Connection, office: str, case_no: str, part: str, booking: Booking, now: datetime) -> None:
    """Note a booking; noting it twice is noting it once. What the part had booked before at this office is over."""
    c = window_booking.c
    own = (c.office == office, c.case_no == case_no, c.part == part, c.booking_no != booking.booking_no)
    over = {"state": "left", "next_attempt_at": None, "updated_at": now}
    conn.execute(update(window_booking).where(*own, c.state == "booked").values(**over))
    if conn.execute(select(c.state).where(c.office == office, c.booking_no == booking.booking_no)).scalar() is not None:
        return
    place = f"{booking.place.name}（{booking.place.address}）"
    values = {"starts": booking.slot.starts, "ends": booking.slot.ends, "place": place, "created_at": now, "updated_at": now}
    name = {"office": office, "booking_no": booking.booking_no, "case_no": case_no, "part": part}
    conn.execute(insert(window_booking).values(**name, state="booked", attempts=0, **values))


def leave(conn: Connection, office: str, booking_no: str, now: datetime, *, told: bool) -> None:
    """A slot is no longer wanted; ``told`` says that the office knows."""
    where = (window_booking.c.office == office, window_booking.c.booking_no == booking_no)
    values = {"state": "left", "next_attempt_at": None} if told else {"state": "leaving", "next_attempt_at": now}
    conn.execute(update(window_booking).where(*where).values(**values, updated_at=now))


def to_give_back(conn: Connection, now: datetime, limit: int) -> list[Row]:
    """Slots the office is still to be told of."""
    c = window_booking.c
    return list(_found(conn, c.state == "leaving", c.next_attempt_at <= now, limit=limit))


def later(conn: Connection, row: Row, at: datetime, now: datetime) -> None:
    """The office could not be told: again at ``at``."""
    where = (window_booking.c.office == row.office, window_booking.c.booking_no == row.booking_no)
    conn.execute(update(window_booking).where(*where).values(attempts=row.attempts + 1, next_attempt_at=at, updated_at=now))


def booked_on(conn: Connection, day: date, limit: int | None = None) -> list[Row]:
    """The slots of a day (Asia/Shanghai) that hold, the earliest first."""
    start = datetime.combine(day, time.min, SHANGHAI)
    c = window_booking.c
    return list(_found(conn, c.state == "booked", c.starts >= start, c.starts < start + timedelta(days=1), limit=limit))


def upcoming(conn: Connection, now: datetime, limit: int) -> list[Row]:
    """The slots that are not over yet and hold, the earliest first."""
    return list(_found(conn, window_booking.c.state == "booked", window_booking.c.ends > now, limit=limit))


def _found(conn: Connection, *where: ColumnElement[bool], limit: int | None) -> Iterator[Row]:
    c = window_booking.c
    columns = [c[name] for name in Row.__dataclass_fields__]
    query = select(*columns).where(*where).order_by(c.starts, c.booking_no).limit(limit)
    return (Row(**row) for row in conn.execute(query).mappings())
