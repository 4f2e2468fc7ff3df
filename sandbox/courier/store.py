"""The courier's own database (SQLite, one file): orders by number and key. Every query is here."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sandbox.onefile import OneFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS parcel (
  tracking_no TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, ordered_at TEXT NOT NULL, lost INTEGER NOT NULL)
"""


@dataclass(frozen=True)
class Parcel:
    """One order. What is in it and where it goes matters to nobody here, so it is not kept: only that it is the same.

    ``fate`` is 0 for one that arrives, 1 for one that is lost, 2 for one that comes back.
    """

    tracking_no: str
    digest: str
    ordered_at: datetime
    fate: int


class CourierStore:
    """Reads and writes."""

    def __init__(self, data_dir: Path) -> None:
        self._file = OneFile(data_dir / "courier.sqlite", lambda conn: conn.execute(_SCHEMA))

    def keep(self, key: str, digest: str, at: datetime, *, fate: int) -> tuple[Parcel, bool]:
        """Take an order in by its key; the one there was where it came before. Whether it is new is said beside."""
        with self._file.write() as conn:
            held = _one(conn, "key", key)
            if held is None:
                count = conn.execute("SELECT count(*) FROM parcel").fetchone()[0]
                number = f"YS{at:%Y%m%d}{count + 1:06d}"
                conn.execute("INSERT INTO parcel VALUES (?, ?, ?, ?, ?)", (number, key, digest, at.isoformat(), fate))
            found = _one(conn, "key", key)
        assert found is not None
        return found, held is None

    def find(self, tracking_no: str) -> Parcel | None:
        """The order with this number."""
        with self._file.read() as conn:
            return _one(conn, "tracking_no", tracking_no)


def _one(conn: sqlite3.Connection, column: str, value: str) -> Parcel | None:
    query = f"SELECT tracking_no, digest, ordered_at, lost FROM parcel WHERE {column} = ?"
    row = conn.execute(query, (value,)).fetchone()
    return Parcel(row[0], row[1], datetime.fromisoformat(row[2]), row[3]) if row else None
