"""What the database has in the end: read past the app, with the product's own tables and keys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from assistant.desk import accounts
from assistant.desk.arrangement import arrangement
from assistant.desk.books import CLAIMED
from assistant.desk.seats import Seats
from assistant.foundation import audit
from assistant.foundation.clock import SystemClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry, desk_moment
from assistant.foundation.settings import Settings
from assistant.foundation.tables import event
from benchmarks.desk.hall import group_of
from benchmarks.desk.ledger import Side, stays


@dataclass
class Found:
    """``said``: what either side said, by conversation, with the numbers of the events."""

    said: dict[str, list[tuple[int, Side, str]]]
    claims: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def accounts_of(data_dir: Path, arranged: Path, count: int) -> list[tuple[str, str]]:
    """Make so many operators; their logins and passwords. Every third serves the group that is not given its conversations."""
    made = [(f"zhuo-{number}", accounts.new_password()) for number in range(1, count + 1)]
    now, seats = SystemClock().now(), Seats(arrangement(arranged, "24h"), 0)
    with _opened(data_dir) as db, db.write() as conn:
        for number, (login, password) in enumerate(made):
            staff_id = accounts.add(conn, login, password, f"{number + 1}号坐席", "operator", now)
            if only := group_of(number):
                seats.set_groups(conn, staff_id, [only], now)
    return made


def claimed(data_dir: Path) -> set[str]:
    """Conversations somebody has just now."""
    with _opened(data_dir) as db, db.read() as conn:
        return set(conn.execute(select(desk_entry.c.conversation_id).where(desk_entry.c.state == CLAIMED)).scalars())


def read(data_dir: Path) -> Found:
    """Everything said, and what is wrong with the stays, the numbers of the events and the audit chain."""
    said: defaultdict[str, list[tuple[int, Side, str]]] = defaultdict(list)
    happened: defaultdict[str, list[tuple[str, str | None]]] = defaultdict(list)
    found = Found(said)
    last: Counter[str] = Counter()
    with _opened(data_dir) as db, db.read() as conn:
        for row in conn.execute(select(event).order_by(event.c.conversation_id, event.c.seq)):
            found.faults["event_numbers"] += row.seq != last[row.conversation_id] + 1
            last[row.conversation_id] = row.seq
            if row.kind == "message" and row.data.get("from") in ("citizen", "staff"):
                said[row.conversation_id].append((row.seq, row.data["from"], row.data["text"]))
        for row in conn.execute(select(desk_moment).order_by(desk_moment.c.entry_id, desk_moment.c.seq)):
            happened[row.entry_id].append((row.kind, row.staff_id))
            found.claims += row.kind == "claimed"
        for moments in happened.values():
            found.faults += stays(moments)
        found.faults["audit_chain_broken"] += not audit.verify(conn).ok
    found.faults = +found.faults
    return found


@contextmanager
def _opened(data_dir: Path) -> Iterator[Database]:
    settings = Settings(data_dir=data_dir)
    db = Database(settings.database_url, KeyRing.open(settings.keyring_path))
    try:
        yield db
    finally:
        db.dispose()
