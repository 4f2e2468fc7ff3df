"""Asking the office what has become of the submissions it has, and passing on each line of its history once, in order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from sqlalchemy import Connection

from assistant.casework.model import (
    TRANSITIONS,
    CaseStatus,
    IllegalTransition,
    OfficeExtension,
    OfficeStop,
    Verdict,
    Wanting,
)
from assistant.casework.submission import history, lines, outbox
from assistant.casework.submission.delivery import tell_once
from assistant.casework.submission.history import Judged, Known
from assistant.casework.submission.office import (
    UNMAPPED,
    HistoryLine,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    ReceivingOffice,
)
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

_C = CaseStatus
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
                self._doubt(row, ":gone", "gone")
                continue
            failures[group] = 0
            passed_on += self.apply(row, file)
        return passed_on

    def apply(self, row: Row, file: OfficeFile) -> int:
        """Pass on what is new in an office's file; how many lines."""
        if file.case_no != row.case_no or file.part not in ("", row.part):
            digest = hashlib.sha256(f"{file.case_no}\0{file.part}".encode("utf-8", "surrogatepass")).hexdigest()
            self._doubt(row, f":case-{digest[:32]}", "another_case")
            return 0
        read = history.ordered(file.history)
        known = self._known(row, read)
        passed_on, before = 0, _C.READY
        for place, line in enumerate(read):
            judged = known.judge(line, self._clock.now())
            if judged is Judged.WAITS:
                break  # those between are on their way: the office's machines do not all know the same yet
            try:
                follows = OFFICE_STATUS.get(line.status) in TRANSITIONS[before] and known.again(line)
                if judged is Judged.NEW or follows:
                    # A file may leave out what it has said before: its numbers tell where it had come to.
                    before = OFFICE_STATUS.get(known.present or "", before)
                    passed_on += self._line(row, place, read, file, known, before)
                elif judged is not Judged.KNOWN:
                    self._doubt(row, history.key(line), judged.value, line.status)
            except Exception:
                # Not passed over: the lines after it have to wait, so that they stay in order.
                log.exception("submission.news_failed", case_no=row.case_no, package_version=row.version)
                return passed_on
            if known.believes(line):
                before = OFFICE_STATUS.get(line.status, before)
        if any(line.status in FINAL and known.believes(line) for line in read):
            with self._db.write() as conn:
                closed = outbox.close(conn, row.case_no, row.part, State.CLOSED, self._clock.now())
            if closed:
                metrics.submissions_total.labels(State.CLOSED.value).inc()
        return passed_on

    def _known(self, row: Row, read: Sequence[HistoryLine]) -> Known:
        """What is settled; lines believed before they were kept by name are given their names now."""
        with self._db.read() as conn:
            count = lines.unnamed(conn, row.case_no, row.part)
        if count:
            with self._db.write() as conn:
                lines.name(conn, row.case_no, row.part, read[:count], self._clock.now())
        with self._db.read() as conn:
            return lines.known(conn, row.case_no, row.part)

    def _line(self, row: Row, place: int, read: Sequence[HistoryLine], file: OfficeFile, known: Known, before: CaseStatus) -> int:
        """Settle one line; 1 if the sink was told, 0 if it was passed over. ``before`` is what the history said before it."""
        line = read[place]
        status, now = OFFICE_STATUS.get(line.status), self._clock.now()

        def believe(conn: Connection) -> bool:
            return lines.believe(conn, row.case_no, row.part, line, now)

        told = 0
        if status is None:
            self._doubt(row, history.key(line), "unknown_status")
            return 0
        came = line.status == "received" and place > 0 and read[place - 1].status == "expected"
        if status is _C.SUBMITTED and not came:
            # Sending is ours to say: here it is only seen whether an office may say so now. That papers came after it is news.
            if status is not before and status not in TRANSITIONS[before]:
                self._doubt(row, history.key(line), "cannot_follow", line.status)
                return 0
            with self._db.write() as conn:
                believe(conn)
        else:
            news = _news(place, read, file, status)
            try:
                tell_once(self._db, believe, lambda once: self._sink.status(row.case_no, row.part, news, once))
            except IllegalTransition:
                self._doubt(row, history.key(line), "cannot_follow", line.status)
                return 0
            told = 1
        known.add(history.key(line), line.status, believed=True)
        return told

    def _doubt(self, row: Row, name: str, code: str, said: str = "") -> None:
        """Note once what an office says and is not believed; following goes on."""
        noted = False

        def mark(conn: Connection) -> bool:
            nonlocal noted
            noted = lines.doubt(conn, row.case_no, row.part, name, said, self._clock.now())
            return noted

        tell_once(self._db, mark, lambda once: self._sink.doubted(row.case_no, row.part, code, said, once))
        if noted:
            log.warning("submission.office_doubted", case_no=row.case_no, package_version=row.version, code=code)


def _news(place: int, read: Sequence[HistoryLine], file: OfficeFile, status: CaseStatus) -> OfficeNews:
    """A line as news. What the file says of now goes with its last line of that status: earlier ones had other reasons."""
    line = read[place]
    stops = [OfficeStop(start=stop.start, until=stop.until, why=stop.why) for stop in file.stopped]
    more = OfficeExtension(**file.extension.model_dump()) if file.extension is not None else None
    news = OfficeNews(place, line.at, line.status, status, line.text, line.by, stops=stops, extension=more)
    if line.status != file.status or any(later.status == line.status for later in read[place + 1 :]):
        return news
    if status is CaseStatus.CORRECTION_NEEDED:
        wanting = [Wanting(kind=_KINDS.get(want.kind, "other"), code=want.code, text=want.text) for want in file.wanting]
        return replace(news, wanting=wanting, due=file.due)
    if file.decision is not None and status in (CaseStatus.REFUSED, CaseStatus.DENIED):
        return replace(news, verdict=Verdict(**file.decision.model_dump()))
    return news
