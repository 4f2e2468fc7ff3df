"""Access tokens, one row an account for all processes: who finds it about to run out fetches the next, the others go on with it.

The platform keeps a former token valid for five minutes after a new one was made, so that nobody has to wait for the fetching.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.wechat_tables import wechat_token as tokens

EARLY = timedelta(minutes=3)
"""So long before its end a token is replaced."""
LEASE = timedelta(seconds=10)
"""So long one process may take to fetch one."""
_POLL_S, _POLLS = 0.1, 120

Fetch = Callable[[bool], tuple[str, int]]
"""(whether the old one is known to be stale) → token and seconds it is valid."""


class NoToken(Exception):
    """Another process is fetching one, and has not come back in time."""


class Tokens:
    """Thread-safe; ``pause`` waits some seconds, for tests."""

    def __init__(self, db: Database, clock: Clock, pause: Callable[[float], None] = time.sleep) -> None:
        self._db, self._clock, self._pause = db, clock, pause

    def get(self, account: str, fetch: Fetch, stale: str | None = None) -> str:
        """A token of the account; another than ``stale``, which the platform has just refused.

        Raises:
            NoToken: nobody has one.
            Exception: whatever ``fetch`` raises; the next who asks tries again.
        """
        for _ in range(_POLLS):
            now = self._clock.now()
            held = self._read(account)
            if held is not None and _good(held, stale, now + EARLY):
                return held[0]
            if self._lease(account, now):
                return self._fetch(account, fetch, stale, now)
            if held is not None and _good(held, stale, now):
                return held[0]
            self._pause(_POLL_S)
        raise NoToken(account)

    def _read(self, account: str) -> tuple[str, datetime] | None:
        with self._db.read() as conn:
            row = conn.execute(select(tokens.c.value, tokens.c.expires_at).where(tokens.c.account == account)).first()
        return (row.value, row.expires_at) if row is not None and row.value and row.expires_at else None

    def _lease(self, account: str, now: datetime) -> bool:
        free = or_(tokens.c.lease_until.is_(None), tokens.c.lease_until <= now)
        try:
            with self._db.write() as conn:
                taken = conn.execute(update(tokens).where(tokens.c.account == account, free).values(lease_until=now + LEASE))
                if taken.rowcount:
                    return True
                if conn.execute(select(tokens.c.account).where(tokens.c.account == account)).first():
                    return False
                conn.execute(insert(tokens).values(account=account, lease_until=now + LEASE))
                return True
        except IntegrityError:  # somebody else was first, this very moment
            return False

    def _fetch(self, account: str, fetch: Fetch, stale: str | None, now: datetime) -> str:
        """By whom has the lease. Between look and lease somebody else may have brought one, which one more would end."""
        kept: dict[str, object] = {"lease_until": None}
        try:
            held = self._read(account)
            if held is not None and _good(held, stale, now + EARLY):
                return held[0]
            value, seconds = fetch(stale is not None)
            kept |= {"value": value, "expires_at": self._clock.now() + timedelta(seconds=seconds)}
        finally:
            with self._db.write() as conn:
                conn.execute(update(tokens).where(tokens.c.account == account).values(kept))
        return value


def _good(held: tuple[str, datetime], stale: str | None, until: datetime) -> bool:
    """Whether a token is another than the refused one, and valid until then."""
    return held[0] != stale and held[1] > until
