"""Keeping what arrived before it is acknowledged: callbacks that come together are written together, in one transaction.

One transaction a callback would be one wait for the disk each; so however fast they come, the disk is waited for once for all of
them that came meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from channels.wechat import inbox
from channels.wechat.arriving import Arrived

_WEIGHT = 0.1
"""Of the latest callback, in how long they wait."""

MOST = 200
"""Callbacks written in one transaction."""


class Intake:
    """One per process. ``kept`` is called after each transaction, on the event loop."""

    def __init__(self, db: Database, clock: Clock, kept: Callable[[], None]) -> None:
        self._db, self._clock, self._kept = db, clock, kept
        self._waiting: list[tuple[Arrived, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._lag, self._at = 0.0, 0.0

    def lag(self, now: float) -> float:
        """Seconds callbacks waited of late; forgotten within a second of none coming (``now`` as of ``time.monotonic``)."""
        return self._lag * max(0.0, 1.0 - (now - self._at))

    async def put(self, arrived: Arrived) -> None:
        """Returns once it is safe in the database.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it is not.
        """
        began = time.monotonic()
        try:
            await self._kept_of(arrived)
        finally:
            self._at = time.monotonic()
            self._lag += _WEIGHT * (self._at - began - self._lag)

    async def _kept_of(self, arrived: Arrived) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrived, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await asyncio.to_thread(self._keep, [arrived for arrived, _ in batch])
            except BaseException as error:
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                if not isinstance(error, Exception):
                    raise
                continue
            for _, done in batch:
                if not done.done():
                    done.set_result(None)
            self._kept()

    def _keep(self, arrived: list[Arrived]) -> None:
        with self._db.write() as conn:
            inbox.put(conn, arrived, self._clock.now())
