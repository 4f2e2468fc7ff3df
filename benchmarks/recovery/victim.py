"""The product's submission service in a process of its own, in which something is killed at a boundary between two steps.

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

import dbos  # noqa: F401 (a second's work, done once before the runs are forked and not in each of them)
import httpx
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
    """Does ``harm`` at the ``at``-th boundary (from 1); 0 is never. ``commits``: only those of commits are counted."""

    at: int = 0
    commits: bool = False
    harm: Callable[[], None] = lambda: None
    passed: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def burn(self, *, commit: bool = False) -> None:
        """A boundary is passed."""
        if self.commits and not commit:
            return
        with self._lock:
            self.passed += 1
            hit = self.passed == self.at
        if hit:
            self.harm()


def harms(home: Home, office_pid: int) -> dict[str, Callable[[], None]]:
    """What can be done to a run at a boundary, by what is hurt."""

    def app() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def office() -> None:
        os.kill(office_pid, signal.SIGKILL)

    def connection() -> None:
        if home.server is None:  # there is none to a file; what is left is that its commit fails
            raise OperationalError("COMMIT", {}, ConnectionError("connection lost"))
        home.server.cut(home.name)

    return {"app": app, "office": office, "connection": connection, "": lambda: None}


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

    def _answered(self, method: str, path: str, most: int, **request: Any) -> httpx.Response:
        self.fuse.burn()
        answer = super()._answered(method, path, most, **request)
        self.fuse.burn()
        return answer


def live(home: Home, far: tuple[str, str, int], state: str, hurts: tuple[str, int], report: Path | None) -> None:
    """Run until every submission is in ``state`` and its case has followed, then end this process at once.

    Args:
        far: the office's address, key and process.
        hurts: what is hurt at which boundary.
        report: is told how many boundaries there were.
    """
    (office_url, office_key, office_pid), (what, at) = far, hurts
    fuse = Fuse(at, commits=what == "connection", harm=harms(home, office_pid)[what])
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
    while not _looked(db, state):
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


def _looked(db: Database, state: str) -> bool:
    try:
        return _reached(db, state)
    except OperationalError:
        return False  # the database is away: it is the service that has to get over it


def _reached(db: Database, state: str) -> bool:
    wanted = {"sent": {"submitted"}, "closed": {"delivered"}}[state]
    with db.read() as conn:
        columns = (submission.c.state, submission.c.office_ref, case_.c.status)
        rows = conn.execute(select(*columns).join(case_, case_.c.case_no == submission.c.case_no)).all()
    return all(row.state == state and row.office_ref and row.status in wanted for row in rows)
