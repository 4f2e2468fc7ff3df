"""What guides are used for, in numbers: how many cases were started, and what was started next.

Only counts of guide codes leave the database; a count of fewer than five conversations is not told, because it may be about
somebody one knows. Numbers are kept for a minute, so that asking for them often costs the database nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from assistant.casework import repository
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database

FEWEST = 5
"""The least number that is told, and that says something about what people do."""
STARTED_WITHIN = timedelta(days=90)
FOLLOWED_WITHIN = timedelta(days=365)
KEPT = timedelta(minutes=1)


class Usage:
    """The counts of one database. Thread-safe."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, dict[str, int]]] = {}

    def started(self) -> dict[str, int]:
        """Cases started in the last 90 days, by guide code."""
        return self._counted("", lambda conn, now: repository.started_since(conn, now - STARTED_WITHIN))

    def afterwards(self, guide_code: str) -> dict[str, int]:
        """What at least five conversations started after a case of this guide, by guide code, the most frequent first.

        ``guide_code`` must be that of a guide: counts are kept for every code asked for.
        """
        found = self._counted(
            guide_code, lambda conn, now: repository.started_afterwards(conn, guide_code, now - FOLLOWED_WITHIN)
        )
        told = [(code, count) for code, count in found.items() if count >= FEWEST]
        return dict(sorted(told, key=lambda pair: (-pair[1], pair[0])))

    def _counted(self, key: str, count: Callable[[Connection, datetime], dict[str, int]]) -> dict[str, int]:
        with self._lock:
            now = self._clock.now()
            held = self._kept.get(key)
            if held is None or now - held[0] >= KEPT:
                with self._db.read() as conn:
                    held = self._kept[key] = (now, count(conn, now))
            return held[1]
