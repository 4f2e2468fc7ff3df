"""Booking a slot at a window: as often repeated as a network asks for, and never for more people than the window takes."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sandbox.config import SandboxConfig
from sandbox.office import windows
from sandbox.office.store import Store
from sandbox.problems import Problem

LONGEST_DAYS = 31
"""Most days one question about slots may span."""

AHEAD_DAYS = 60
"""How far ahead slots are given out."""


class Booking(BaseModel):
    """What a sender asks for; ``key`` is the same for every repeat of one booking."""

    model_config = ConfigDict(extra="forbid")
    case_no: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    slot: str = Field(min_length=1, max_length=80)
    key: str = Field(pattern=r"^[\x21-\x7e]{1,128}$")


class Bookings:
    """The office's book of slots."""

    def __init__(self, config: SandboxConfig, store: Store) -> None:
        self._now = config.now
        self._store = store

    def free(self, department: str, window: str, first: date, last: date) -> list[dict[str, Any]]:
        """The slots still to come between two days, those included, with how many places are left.

        Raises:
            Problem: 422 when the days are the wrong way round or too far apart.
        """
        if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
            raise Problem(422, "dates-invalid", f"起止日期不对，最多查 {LONGEST_DAYS} 天")
        offered = [
            slot
            for held in windows.windows_of(department)
            if window in ("", held.code)
            for days in range((last - first).days + 1)
            for slot in windows.slots_on(held, first + timedelta(days=days))
            if self._open(slot.starts)
        ]
        with self._store.read() as conn:
            query = "SELECT slot, count(*) FROM booking WHERE status = 'booked' GROUP BY slot"
            taken = {row[0]: row[1] for row in conn.execute(query).fetchall()}
        return [
            {**slot.as_json(), "capacity": slot.window.capacity, "free": slot.window.capacity - taken.get(slot.code, 0)}
            for slot in offered
        ]

    def book(self, wish: Booking) -> tuple[dict[str, Any], bool]:
        """Book a slot.

        Returns:
            The booking, and whether it is new (False: the same asked for again).

        Raises:
            Problem: 404 unknown slot; 409 when it is full or past, the key was used for something else, or the case has a
                booking at this window that is still to come.
        """
        slot = windows.slot(wish.slot)
        if slot is None:
            raise Problem(404, "no-slot", "没有这个时段")
        with self._store.write() as conn:
            if (held := self._row(conn, "key", wish.key)) is not None:
                if (held["case_no"], held["slot"]) != (wish.case_no, wish.slot):
                    raise Problem(409, "key-reused", "同一 key 已用于另一次预约")
                return self._shown(held), False
            if not self._open(slot.starts):
                raise Problem(409, "slot-closed", "这个时段不能预约了")
            mine = "SELECT count(*) FROM booking WHERE case_no = ? AND window = ? AND status = 'booked' AND starts > ?"
            if conn.execute(mine, (wish.case_no, slot.window.code, self._now().timestamp())).fetchone()[0]:
                raise Problem(409, "already-booked", "这个办件在这个窗口已有预约，请先取消")
            taken = "SELECT count(*) FROM booking WHERE slot = ? AND status = 'booked'"
            if conn.execute(taken, (slot.code,)).fetchone()[0] >= slot.window.capacity:
                raise Problem(409, "slot-full", "这个时段已经约满")
            now = self._now()
            number = f"YY{now:%Y%m%d}{self._store.count_up(conn, f'booking:{now:%Y%m%d}'):06d}"
            conn.execute(
                "INSERT INTO booking (booking_no, key, case_no, slot, window, starts, status, at)"
                " VALUES (?, ?, ?, ?, ?, ?, 'booked', ?)",
                (number, wish.key, wish.case_no, slot.code, slot.window.code, slot.starts.timestamp(), now.isoformat()),
            )
            return self._shown(self._get(conn, number)), True

    def get(self, booking_no: str) -> dict[str, Any]:
        """A booking; Problem 404 when there is none of this number."""
        with self._store.read() as conn:
            return self._shown(self._get(conn, booking_no))

    def of_case(self, case_no: str) -> list[dict[str, Any]]:
        """All bookings of a case, the earliest slot first."""
        with self._store.read() as conn:
            rows = conn.execute("SELECT * FROM booking WHERE case_no = ? ORDER BY starts, booking_no", (case_no,)).fetchall()
        return [self._shown(row) for row in rows]

    def cancel(self, booking_no: str) -> dict[str, Any]:
        """Give a place back; one given back already stays so, one whose time has come is a Problem 409."""
        with self._store.write() as conn:
            held = self._get(conn, booking_no)
            if held["status"] == "booked":
                if held["starts"] <= self._now().timestamp():
                    raise Problem(409, "slot-closed", "预约的时间已到，不能取消")
                conn.execute("UPDATE booking SET status = 'cancelled' WHERE booking_no = ?", (booking_no,))
            return self._shown(self._get(conn, booking_no))

    def _open(self, starts: datetime) -> bool:
        return self._now() < starts <= self._now() + timedelta(days=AHEAD_DAYS)

    def _row(self, conn: sqlite3.Connection, column: str, value: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = conn.execute(f"SELECT * FROM booking WHERE {column} = ?", (value,)).fetchone()
        return row

    def _get(self, conn: sqlite3.Connection, booking_no: str) -> sqlite3.Row:
        row = self._row(conn, "booking_no", booking_no)
        if row is None:
            raise Problem(404, "not-found", "没有这个预约")
        return row

    def _shown(self, row: sqlite3.Row) -> dict[str, Any]:
        slot = windows.slot(row["slot"])
        assert slot is not None  # only slots that exist are booked
        where = {"name": slot.window.name, "address": slot.window.address, "phone": slot.window.phone}
        head = {"booking_no": row["booking_no"], "case_no": row["case_no"], "status": row["status"]}
        return {**head, **slot.as_json(), **where}
