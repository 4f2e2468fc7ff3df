"""What has to be looked after from time to time, done one after another in one background thread of the app.

Everything here may be done again: a round cut off by a crash is simply made at the next start. Where several apps share a
PostgreSQL database, each job is done by one of them at a time.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger

_LOCKS = 0x726F756E
"""First half of the PostgreSQL advisory locks of jobs ("roun" in ASCII); the second is made of the job's name."""

_LONGEST_WAIT_S = 60.0

log = get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do every ``every_s`` seconds, counted from its last end. ``run``'s answer does not matter."""

    name: str
    every_s: float
    run: Callable[[], object]


class Rounds:
    """See the module. ``jobs`` may be added to before ``start``.

    Args:
        ticks: seconds that only ever rise, for tests.
    """

    def __init__(self, db: Database, jobs: list[Job], *, ticks: Callable[[], float] = time.monotonic) -> None:
        self.jobs = jobs
        self._db, self._ticks = db, ticks
        self._due: dict[str, float] = {}
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; every job is due at once."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._loop, name="rounds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the job under way, ten seconds at the most."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None

    def run_due(self) -> float:
        """Do every job that is due, in order; seconds until the next one is."""
        for job in list(self.jobs):
            if self._stopping.is_set():
                break
            due = self._due.get(job.name)
            if due is None or due <= self._ticks():
                self._do(job)
                self._due[job.name] = self._ticks() + job.every_s
        return min([_LONGEST_WAIT_S, *(max(0.0, due - self._ticks()) for due in self._due.values())])

    def _do(self, job: Job) -> None:
        """One job; a failure is logged and the others go on."""
        try:
            with self._alone(job.name) as mine:
                if mine:
                    job.run()
        except Exception:
            log.exception("rounds.job_failed", component=job.name)

    @contextmanager
    def _alone(self, name: str) -> Iterator[bool]:
        """Whether no other app is doing this job just now; none begins it before the block ends."""
        if self._db.dialect != "postgresql":
            yield True
            return
        numbers = {"space": _LOCKS, "key": zlib.crc32(name.encode()) - 2**31}
        with self._db.read() as conn:
            yield bool(conn.execute(text("SELECT pg_try_advisory_xact_lock(:space, :key)"), numbers).scalar())

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self.run_due())
