"""Booked slots in the background: given back where nobody comes, and those the citizen is to be reminded of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from assistant.casework import repository
from assistant.casework.bookings import store
from assistant.casework.bookings.client import WindowsAway
from assistant.casework.bookings.counter import Counter
from assistant.casework.notices.reminders import Booking as Reminded
from assistant.casework.submission import parts
from assistant.casework.submission.backoff import Backoff
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database

_BATCH = 50


class BookingRounds:
    """See the module. ``run`` is called every now and then by one thread."""

    def __init__(self, db: Database, counter: Counter, clock: Clock, backoff: Backoff | None = None) -> None:
        self._db, self._counter, self._clock = db, counter, clock
        self._backoff = backoff or Backoff(first_s=5.0)

    def run(self) -> int:
        """Tell the offices which slots are free again; how many were told."""
        with self._db.read() as conn:
            rows = store.to_give_back(conn, self._clock.now(), _BATCH)
        told = 0
        for row in rows:
            try:
                self._counter.give_up(row.office, row.booking_no)
            except WindowsAway:
                with self._db.write() as conn:
                    now = self._clock.now()
                    store.later(conn, row, now + timedelta(seconds=self._backoff.delay_s(row.attempts + 1)), now)
                continue
            with self._db.write() as conn:
                store.leave(conn, row.office, row.booking_no, self._clock.now(), told=True)
            told += 1
        return told

    def on(self, day: date) -> Iterator[Reminded]:
        """The slots of a day whose papers have not come yet, to be reminded of (``notices.reminders.Bookings``)."""
        with self._db.read() as conn:
            rows = store.booked_on(conn, day)
            cases = {row.case_no: found[0] for row in rows if (found := repository.find(conn, row.case_no))}
        for row in rows:
            part = parts.named(cases[row.case_no], row.part) if row.case_no in cases else None
            expected = part is not None and part.handing is not None and part.handing.received_at is None
            if expected and part is not None and part.status in parts.WITHDRAWABLE:
                yield Reminded(row.case_no, row.starts, row.place)
