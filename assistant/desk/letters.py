"""What supervisors are told outside the console: that a limit is near or missed, by mail, once for each stay and limit.

The letter is planned in the transaction that puts the stay before them, and sent afterwards by whatever ``Post`` the app has.
A crash in between repeats it under the same key, by which the receiving mail program knows it again. It says nothing about the
citizen: what it is about is to be read in the console.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from assistant.desk import books
from assistant.desk.books import Entry
from assistant.desk.limits import Limit
from assistant.desk.queue import Desk
from assistant.desk.roles import SUPERVISOR
from assistant.desk.watch import MISSED
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_letter as letters
from assistant.foundation.desk_tables import staff, staff_role
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

Posted = Literal["sent", "later", "refused"]
When = Literal["near", "missed"]
PLANNED, SENT, SUPPRESSED, FAILED = "planned", "sent", "suppressed", "failed"
_FIRST_S, _CAP_S = 10.0, 1800.0
"""Seconds the mail server is left alone after it did not answer, doubling up to the second: other rounds wait behind it."""

log = get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """One mail. ``key`` is the same for every repeat and says nothing about anybody."""

    key: str
    address: str = field(repr=False)
    title: str
    text: str
    link: str


Post = Callable[[Letter], Posted]
"""Sends a letter: ``later`` where nobody knows whether it went, ``refused`` where repeating it changes nothing."""


class Letters:
    """See the module. ``plan`` takes the transaction it belongs to; ``send`` is a round of its own.

    Args:
        when: from which point on a limit is written about: near, or only when missed.
        link: where the console is.
    """

    def __init__(self, db: Database, desk: Desk, post: Post, when: When, link: str) -> None:
        self._db, self._desk, self._post, self._when, self._link = db, desk, post, when, link
        self._failures = 0
        self._not_before: datetime | None = None

    def plan(self, conn: Connection, told: Sequence[tuple[Entry, str, Limit]], now: datetime) -> None:
        """Note a letter to each supervisor with an address who serves the group; one noted before is not noted again."""
        wanted = [(one, limit) for one, what, limit in told if self._when == "near" or what == MISSED]
        if not wanted:
            return
        supervisors = _supervisors(conn)
        for one, limit in wanted:
            group = self._desk.arrangement.known(one.group)
            for staff_id in supervisors:
                key = _key(one.id, limit.name, staff_id)
                known = conn.execute(select(letters.c.key).where(letters.c.key == key)).first()
                if known is None and self._desk.seats.serves(conn, staff_id, group):
                    conn.execute(insert(letters).values(
                        key=key, entry_id=one.id, staff_id=staff_id, limit_name=limit.name, due_at=limit.due, planned_at=now,
                        state=PLANNED,
                    ))  # fmt: skip

    def send(self, now: datetime) -> int:
        """Send what is planned and still true; how many letters were settled. The first silence ends the round."""
        if self._not_before is not None and now < self._not_before:
            return 0
        with self._db.read() as conn:
            planned = _planned(conn)
        for done, row in enumerate(planned):
            with self._db.read() as conn:
                letter = self._letter(conn, row, now)
            outcome: Posted | None = self._post(letter) if letter is not None else None
            if outcome == "later":
                self._not_before = now + timedelta(seconds=min(_CAP_S, _FIRST_S * 2.0 ** min(self._failures, 20)))
                self._failures += 1
                log.warning("desk.letter_not_sent", attempts=self._failures)
                return done
            self._failures, self._not_before = 0, None
            if outcome == "refused":
                log.error("desk.letter_refused", staff_id=row["staff_id"])
            state = {None: SUPPRESSED, "sent": SENT, "refused": FAILED}[outcome]
            with self._db.write() as conn:
                open_still = update(letters).where(letters.c.key == row["key"], letters.c.state == PLANNED)
                conn.execute(open_still.values(state=state, settled_at=now))
        return len(planned)

    def _letter(self, conn: Connection, row: RowMapping, now: datetime) -> Letter | None:
        """The letter as it is to be sent now; None where the limit does not run any more, or she is no supervisor any more."""
        one = next(iter(books.listed(conn, entries.c.id == row["entry_id"])), None)
        address = _supervisors(conn).get(row["staff_id"])
        if one is None or address is None or one.state not in books.LIVE:
            return None
        runs = [limit for limit in self._desk.watch.limits(conn, [one], now)[one.id] if limit.ended is None]
        limit = next((limit for limit in runs if limit.name == row["limit_name"]), None)
        if limit is None:
            return None
        said = {
            "limit": t(f"desk.limit_{limit.name}"),
            "group": self._desk.arrangement.group(one.group).name,
            "due": f"{limit.due.astimezone(SHANGHAI):%m-%d %H:%M}",
            "since": f"{one.queued_at.astimezone(SHANGHAI):%m-%d %H:%M}",
        }
        how = "missed" if limit.state == "missed" else "near"
        return Letter(row["key"], address, t(f"desk.letter_{how}", **said), t(f"desk.letter_{how}_text", **said), self._link)


def _planned(conn: Connection) -> Sequence[RowMapping]:
    found = select(letters).where(letters.c.state == PLANNED).order_by(letters.c.planned_at, letters.c.key)
    return conn.execute(found.limit(50)).mappings().all()


def _supervisors(conn: Connection) -> dict[str, str]:
    """Open accounts of supervisors with an address: id and address."""
    lead = select(staff.c.id, staff.c.email).join(staff_role, staff_role.c.staff_id == staff.c.id)
    lead = lead.where(staff_role.c.role == SUPERVISOR, staff.c.active, staff.c.email.is_not(None))
    return {row.id: row.email for row in conn.execute(lead.order_by(staff.c.id))}


def _key(entry_id: str, limit: str, staff_id: str) -> str:
    return hashlib.sha256(f"{entry_id}\n{limit}\n{staff_id}".encode()).hexdigest()[:40]
