"""The product's submission service in a process of its own, which kills itself at a boundary between two steps.

Boundaries are where a crash could be seen from outside: before and after every commit, before and after every call of the
office, and before an attempt's result is written to the books of the durable workflow.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.workflow import SubmissionService
from assistant.conversation.far_side import CaseSink, package_loader
from assistant.foundation.clock import SystemClock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import case_, submission
from benchmarks.recovery.scene import Home

Result = TypeVar("Result")
DONE = 0
_LOOK_S = 0.02


@dataclass
class Fuse:
    """Kills this process, or breaks the database connection, at the ``at``-th boundary (from 1); 0 is never."""

    at: int = 0
    breaks: bool = False
    passed: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def burn(self, *, commit: bool = False) -> None:
        """A boundary is passed. Where connections break, only those of commits count."""
        if self.breaks and not commit:
            return
        with self._lock:
            self.passed += 1
            hit = self.passed == self.at
        if hit and self.breaks:
            raise OperationalError("COMMIT", {}, ConnectionError("connection lost"))
        if hit:
            os.kill(os.getpid(), signal.SIGKILL)


class FusedDatabase(Database):
    """A database that passes a boundary before and after every commit."""

    fuse: Fuse

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """As ever, but for the boundaries."""
        with super().write() as conn:
            yield conn
            self.fuse.burn(commit=True)
        self.fuse.burn(commit=True)


class FusedOffice(HttpOffice):
    """An office that passes a boundary before and after every call."""

    fuse: Fuse

    def _call(self, step: str, method: str, path: str, read: Callable[..., Any] | None = None, **request: Any) -> Any:
        self.fuse.burn()
        answer = super()._call(step, method, path, read, **request)
        self.fuse.burn()
        return answer


def live(home: Home, office_url: str, office_key: str, state: str, at: int, *, breaks: bool, report: Path | None) -> None:
    """Run until every submission is in ``state`` and its case has followed, then end this process at once.

    ``report`` is told how many boundaries there were.
    """
    fuse = Fuse(at, breaks)
    db = FusedDatabase(home.url, home.keyring(), "full")
    office = FusedOffice(office_url, office_key, timeout_s=3)
    db.fuse = office.fuse = fuse
    clock = SystemClock()
    settings = Settings(data_dir=home.folder, database_url=home.url, sandbox_url=office_url, office_api_key=office_key)
    service = SubmissionService(
        settings, db, package_loader(db, home.blobs()), CaseSink(db, clock), office=office, clock=clock,
        backoff=Backoff(first_s=0.05, cap_s=0.3), follow_every_s=0.1, scan_every_s=0.1, poll_s=0.05,
    )  # fmt: skip
    for name in ("attempt", "record"):
        setattr(service._delivery, name, _bounded(getattr(service._delivery, name), fuse))
    service.start()
    while not _reached(db, state):
        time.sleep(_LOOK_S)
    if report is not None:
        report.write_text(str(fuse.passed), encoding="ascii")
    os._exit(DONE)


def _bounded(work: Callable[..., Result], fuse: Fuse) -> Callable[..., Result]:
    def bounded(*arguments: Any) -> Result:
        result = work(*arguments)
        fuse.burn()
        return result

    return bounded


def _reached(db: Database, state: str) -> bool:
    wanted = {"sent": {"submitted"}, "closed": {"delivered"}}[state]
    with db.read() as conn:
        columns = (submission.c.state, submission.c.office_ref, case_.c.status)
        rows = conn.execute(select(*columns).join(case_, case_.c.case_no == submission.c.case_no)).all()
    return all(row.state == state and row.office_ref and row.status in wanted for row in rows)
