"""Asking the office what has become of the submissions it has, and passing on each line of its history once, in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from assistant.casework.model import CaseStatus, IllegalTransition, OfficeStop, Verdict, Wanting
from assistant.casework.submission import outbox
from assistant.casework.submission.delivery import tell_once
from assistant.casework.submission.office import UNMAPPED, OfficeFile, OfficeRejected, OfficeUnavailable, ReceivingOffice
from assistant.casework.submission.outbox import Row, State
from assistant.casework.submission.sink import OfficeNews, SubmissionSink
from assistant.casework.submission.statuses import FINAL, OFFICE_STATUS
from assistant.foundation import metrics
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger

# So many in a row and the office is down; one file it cannot show must not keep it from being asked about the others.
_DOWN_AFTER = 3
_KINDS: dict[str, Literal["field", "material", "other"]] = {"field": "field", "material": "material"}

log = get_logger(__name__)


class Follower:
    """Does the rounds. ``every_s``: seconds before the same submission is asked about again; ``batch``: most per round."""

    def __init__(
        self, db: Database, office: ReceivingOffice, sink: SubmissionSink, clock: Clock, *, every_s: float, batch: int = 200
    ) -> None:
        self._db = db
        self._office = office
        self._sink = sink
        self._clock = clock
        self._every = timedelta(seconds=every_s)
        self._batch = batch

    def round(self) -> int:
        """Ask about every submission that is due; how many lines of history were passed on."""
        with self._db.read() as conn:
            if not outbox.anything_followed(conn):
                return 0
        with self._db.write() as conn:
            rows = outbox.claim_followed(conn, self._clock.now(), self._every, self._batch)
        passed_on = 0
        failures: Counter[str] = Counter()
        for row in rows:
            group = self._office.group(row.office_ref) if row.office_ref is not None else ""
            if row.office_ref is None or failures[group] >= _DOWN_AFTER:
                continue  # an office that is down will not answer for the others either; they are due again soon
            try:
                file = self._office.file(row.office_ref)
            except OfficeUnavailable as error:
                failures[group] += error.code != UNMAPPED
                continue
            except OfficeRejected as error:
                log.error("submission.lost_by_office", case_no=row.case_no, package_version=row.version, code=error.code)
                continue
            failures[group] = 0
            passed_on += self.apply(row, file)
        return passed_on

    def apply(self, row: Row, file: OfficeFile) -> int:
        """Pass on what is new in an office's file; how many lines."""
        with self._db.read() as conn:
            seen = outbox.history_seen(conn, row.case_no, row.part)
        if file.case_no != row.case_no or file.part not in ("", row.part) or len(file.history) < seen:
            # A restored or lagging far side. What it told us before stays true; the rest comes when it has caught up.
            log.warning("submission.history_out_of_order", case_no=row.case_no, package_version=row.version, code="shorter")
            return 0
        passed_on = 0
        for index in range(seen, len(file.history)):
            try:
                passed_on += self._line(row, index, file)
            except Exception:
                # Not passed over: the lines after it have to wait, so that they stay in order.
                log.exception("submission.news_failed", case_no=row.case_no, package_version=row.version)
                return passed_on
        if file.status in FINAL:
            with self._db.write() as conn:
                outbox.close(conn, row.case_no, row.part, State.CLOSED, self._clock.now())
            metrics.submissions_total.labels(State.CLOSED.value).inc()
        return passed_on

    def _line(self, row: Row, index: int, file: OfficeFile) -> int:
        """Apply one line; 1 if the sink was told, 0 if it was passed over."""
        line = file.history[index]
        status = OFFICE_STATUS.get(line.status)
        if status is not None and line.status != "received":
            news = _news(index, file, status)
            try:
                tell_once(
                    self._db,
                    lambda conn: outbox.see_history(conn, row.case_no, index, row.part),
                    lambda once: self._sink.status(row.case_no, row.part, news, once),
                )
                return 1
            except IllegalTransition:
                log.warning("submission.history_out_of_order", case_no=row.case_no, package_version=row.version, code=line.status)
        elif status is None:
            log.warning("submission.unknown_status", case_no=row.case_no, package_version=row.version)
        with self._db.write() as conn:
            outbox.see_history(conn, row.case_no, index, row.part)
        return 0


def _news(index: int, file: OfficeFile, status: CaseStatus) -> OfficeNews:
    """A line as news. What the file says of now goes with its last line of that status: earlier ones had other reasons."""
    line = file.history[index]
    stops = [OfficeStop(start=stop.start, until=stop.until, why=stop.why) for stop in file.stopped]
    news = OfficeNews(index, line.at, line.status, status, line.text, line.by, stops=stops)
    if line.status != file.status or any(later.status == line.status for later in file.history[index + 1 :]):
        return news
    if status is CaseStatus.CORRECTION_NEEDED:
        wanting = [Wanting(kind=_KINDS.get(want.kind, "other"), code=want.code, text=want.text) for want in file.wanting]
        return replace(news, wanting=wanting, due=file.due)
    if file.decision is not None and status in (CaseStatus.REFUSED, CaseStatus.DENIED):
        return replace(news, verdict=Verdict(**file.decision.model_dump()))
    return news
