"""The submission service: what was noted in a turn reaches the office, whatever happens, and its answers come back.

A turn notes the submission in its own transaction (``enqueue_in``), so a case marked 已提交 always has its row; after the
commit ``kick`` gets it going. Whatever a crash, a restart or another process leaves behind is found by looking through the
rows from time to time, so nothing depends on the kick.

A sending is a durable workflow, which lives for seconds, or for days while an office is down. Following, which lives for weeks
in every case, is done by rows instead. Measured with SQLite on two busy cores: 800 sleeping workflows took 26 s to start and
13 s to be recovered after a restart (200: 7 s and 2 s), so that 10,000 may take three minutes by extrapolation, before a single
one has asked. Of 10,000 rows, claiming the 200 that are due takes 13 ms, and a restart nothing at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, make_url

from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.durable import DurableRunner, node_name
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import ReceivingOffice
from assistant.casework.submission.outbox import Row, State
from assistant.casework.submission.sink import LoadPackage, SubmissionSink
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.settings import Settings

_SCAN = 500
# Longer than the longest wait between attempts plus the slowest attempt, so that only what nobody holds is taken over.
_OVERDUE = timedelta(minutes=30)
_REACHABLE_FOR_S = 2.0
_KEEP_RUNS = timedelta(days=30)
_PRUNE_EVERY = timedelta(days=1)

log = get_logger(__name__)


class SubmissionService:
    """See the module. One per process; ``start`` before use, ``stop`` at the end.

    Args:
        load_package: the zip of a case's version; raises if it cannot be read just now (it is tried again).
        sink: applies news to the case.
        office: the far side; by default the one at ``settings.sandbox_url``.
        follow_every_s: seconds between questions about the same submission; by default ``settings.follow_seconds``.
        scan_every_s: seconds between looks through the rows.
        poll_s: seconds between DBOS's looks into its queue.
    """

    def __init__(
        self,
        settings: Settings,
        db: Database,
        load_package: LoadPackage,
        sink: SubmissionSink,
        *,
        office: ReceivingOffice | None = None,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
        follow_every_s: float | None = None,
        scan_every_s: float = 15.0,
        poll_s: float = 0.5,
    ) -> None:
        self._settings = settings
        self._db = db
        self._clock = clock or SystemClock()
        self._office = office or HttpOffice(settings.sandbox_url, settings.office_api_key)
        self._delivery = Delivery(db, self._office, load_package, sink, self._clock, backoff or Backoff())
        self._follow_every_s = settings.follow_seconds if follow_every_s is None else follow_every_s
        self._follower = Follower(db, self._office, sink, self._clock, every_s=self._follow_every_s)
        self._runner = DurableRunner(self._delivery, system_database_url=_books(settings), node=_node(settings), poll_s=poll_s)
        self._scan_every_s = scan_every_s
        self._wake = threading.Event()
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._loops: list[threading.Thread] = []
        self._reached: tuple[float, bool] | None = None
        self._pruned_at: datetime | None = None

    def start(self) -> None:
        """Take up everything under way. Blocks for about a second (DBOS is loaded here); any thread will do."""
        self._stopping.clear()
        self._runner.start()
        self._wake.set()
        self._loops = [
            threading.Thread(target=self._loop, args=(self._scan, self._wait_for_kick), name="submission-outbox", daemon=True),
            threading.Thread(
                target=self._loop, args=(self._follow, self._wait_to_follow), name="submission-follow", daemon=True
            ),
        ]
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Stop; what is under way is taken up at the next start. Blocks for a few seconds."""
        self._stopping.set()
        self._wake.set()
        self._news.set()
        for loop in self._loops:
            loop.join(timeout=10)
        self._loops = []
        self._runner.stop()
        self._office.close()

    def enqueue_in(self, conn: Connection, case_no: str, version: int, part: str = "", *, waiting: bool = False) -> None:
        """Note, inside the caller's transaction, that this package is to be sent. The case's row must be there."""
        outbox.add(conn, case_no, version, self._clock.now(), part, waiting=waiting)

    def withdraw_in(self, conn: Connection, case_no: str, part: str = "") -> bool:
        """Note, inside the caller's transaction, that a part is to be taken back; False when nothing is at the office.

        ``kick`` afterwards. If the office will not have it (it has decided) the sink is told ``stuck``.
        """
        return outbox.withdraw(conn, case_no, self._clock.now(), part)

    def withdraw(self, case_no: str, part: str = "") -> bool:
        """``withdraw_in`` in a transaction of its own, and kicked."""
        with self._db.write() as conn:
            noted = self.withdraw_in(conn, case_no, part)
        self.kick()
        return noted

    def retry(self, case_no: str, part: str = "") -> bool:
        """Try again what was left to a person (sink's ``stuck``); False when nothing was."""
        with self._db.write() as conn:
            noted = outbox.again(conn, case_no, self._clock.now(), part)
        self.kick()
        return noted

    def news_in(self, conn: Connection, office_ref: str, seq: int | None = None) -> bool:
        """Note, inside the caller's transaction, that there is news of a file; False where there is nothing to ask."""
        return outbox.news(conn, office_ref, self._clock.now(), seq)

    def look(self) -> None:
        """Ask the office about what is due, now. Returns at once; may be called from the event loop."""
        self._news.set()

    def kick(self) -> None:
        """Get what was just committed going. Returns at once; may be called from the event loop."""
        self._wake.set()

    def office_reachable(self, timeout_s: float = 1.0) -> bool:
        """Whether the office answers right now (remembered for two seconds). Blocks up to ``timeout_s``."""
        known = self._reached
        if known is not None and time.monotonic() - known[0] < _REACHABLE_FOR_S:
            return known[1]
        answers = self._office.reachable(timeout_s)
        self._reached = (time.monotonic(), answers)
        return answers

    def counts(self) -> dict[State, int]:
        """How many submissions are in each state (for doctor and the console)."""
        with self._db.read() as conn:
            return outbox.counts(conn)

    def _scan(self) -> None:
        """Give every row with something to do its workflow."""
        with self._db.read() as conn:
            rows = outbox.working(conn, _SCAN)
        now = self._clock.now()
        for row in rows:
            if self._stopping.is_set():
                return
            overdue = row.next_attempt_at is not None and now - row.next_attempt_at > _OVERDUE
            self._runner.ensure(_workflow_id(row), row.case_no, row.version, row.part, overdue=overdue)
        if self._pruned_at is None or now - self._pruned_at > _PRUNE_EVERY:
            self._runner.prune(now - _KEEP_RUNS)
            self._pruned_at = now

    def _follow(self) -> None:
        """Ask the office; what was waiting for its answer is sent at once."""
        if self._follower.round():
            self._wake.set()

    def _loop(self, work: Callable[[], object], wait: Callable[[], None]) -> None:
        """Do ``work`` over and over; one failure is logged and does not end it."""
        while not self._stopping.is_set():
            try:
                work()
            except Exception:
                log.exception("submission.loop_failed", component=threading.current_thread().name)
            wait()

    def _wait_for_kick(self) -> None:
        self._wake.wait(self._scan_every_s)
        self._wake.clear()

    def _wait_to_follow(self) -> None:
        self._news.wait(self._follow_every_s)
        self._news.clear()


def _workflow_id(row: Row) -> str:
    """The name of the run: taking back what was sent is a run of its own, the sending has ended."""
    taking_back = row.state is State.WITHDRAWING and row.office_ref is not None
    return f"{row.submission_id}-withdraw" if taking_back else row.submission_id


def _books(settings: Settings) -> str:
    """Where DBOS keeps its books."""
    if make_url(settings.database_url).get_backend_name() == "postgresql":
        return settings.database_url
    return f"sqlite:///{settings.data_dir / 'dbos.sqlite'}"


def _node(settings: Settings) -> str:
    """SQLite has one app; machines that share a PostgreSQL have names."""
    return node_name(settings.port) if make_url(settings.database_url).get_backend_name() == "postgresql" else "local"
