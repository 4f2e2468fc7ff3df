"""News from the receiving office, applied to the case: status, timeline, audit and event stream in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.model import Case, CaseStatus, IllegalTransition, TimelineEntry
from assistant.conversation import repository
from assistant.foundation import audit, metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t

log = get_logger(__name__)


def package_loader(db: Database, blobs: BlobStore) -> Callable[[str, int], bytes]:
    """The bytes of a case's package in one version, as confirmed; KeyError if there is no such package."""

    def load(case_no: str, version: int) -> bytes:
        with db.read() as conn:
            found = cases.find(conn, case_no)
        package = found[0].package if found else None
        if package is None or package.version != version:
            raise KeyError(f"{case_no} version {version}")
        return blobs.get(package.blob_id)

    return load


class CaseSink:
    """What the submission service tells; every call may come twice and counts once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.announce: Callable[[str], None] = lambda _conversation_id: None

    def sent(self, case_no: str, version: int, office_ref: str, at: datetime) -> None:
        """The office has the package."""

        def change(conn: Connection, case: Case) -> bool:
            if case.office_ref == office_ref and any(
                e.text == t("casework.timeline_received", ref=office_ref) for e in case.timeline
            ):
                return False
            case.office_ref = office_ref
            case.timeline.append(
                TimelineEntry(
                    at=at, status=case.status, who=t("casework.who_office"), text=t("casework.timeline_received", ref=office_ref)
                )
            )
            audit.append(
                conn, at=self._clock.now(), actor="office", action="case.received", subject=case_no, detail={"version": version}
            )
            return True

        self._apply(case_no, change, t("casework.notice_received"))

    def status(self, case_no: str, status: CaseStatus, text: str, at: datetime, who: str) -> None:
        """The office moved the case. A status that cannot follow the present one is logged and left out."""

        def change(conn: Connection, case: Case) -> bool:
            if any(e.at == at and e.status is status for e in case.timeline):
                return False
            before = case.status
            try:
                case.move(status)
            except IllegalTransition:
                if case.status is status:
                    return False
                log.warning("office.status_out_of_order", case_no=case_no, status=status.value, state=before.value)
                return False
            if status is CaseStatus.CORRECTION_NEEDED:
                case.correction = text
            case.timeline.append(TimelineEntry(at=at, status=status, who=who, text=text))
            metrics.cases_total.labels(status=status.value).inc()
            audit.append(
                conn,
                at=self._clock.now(),
                actor="office",
                action="case.status",
                subject=case_no,
                detail={"from": before.value, "to": status.value},
            )
            return True

        self._apply(case_no, change, t("casework.notice_status", status=t(f"casework.status_{status.value}"), text=text))

    def stuck(self, case_no: str, version: int, error: str) -> None:
        """Sending has failed for so long that a person has to look; the case waits, nothing is dropped."""
        log.error("submission.stuck", case_no=case_no, package_version=version, cause=error)

        def change(conn: Connection, case: Case) -> bool:
            audit.append(
                conn, at=self._clock.now(), actor="system", action="case.stuck", subject=case_no, detail={"version": version}
            )
            return True

        self._apply(case_no, change, t("casework.notice_stuck"))

    def _apply(self, case_no: str, change: Callable[[Connection, Case], bool], notice: str) -> None:
        now = self._clock.now()
        for attempt in range(3):
            try:
                with self._db.write() as conn:
                    found = cases.find(conn, case_no)
                    if found is None:
                        log.error("office.unknown_case", case_no=case_no)
                        return
                    case, conversation_id = found
                    if not change(conn, case):
                        return
                    cases.save(conn, case, conversation_id, now)
                    summary: dict[str, Any] = {"case_no": case_no, "status": case.status.value, "at": now.isoformat()}
                    repository.append_events(
                        conn, conversation_id, [("case", summary), ("notice", {"level": "info", "text": notice})], now
                    )
                break
            except cases.CaseConflict:
                if attempt == 2:
                    raise
        self.announce(conversation_id)
