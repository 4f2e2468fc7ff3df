"""News from the receiving office, applied to the case: status, timeline, audit and event stream in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from assistant.casework import receipts
from assistant.casework import repository as cases
from assistant.casework.model import Case, CaseStatus, IllegalTransition, TimelineEntry
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.casework.submission.statuses import way
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.foundation import audit, metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from assistant.foundation.tables import conversation
from knowledge.replies import File

log = get_logger(__name__)
CONFLICTS = 3
Offered = Callable[[Case], list[File]]


def _nothing(_case: Case) -> list[File]:
    return []


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

    def sent(self, case_no: str, version: int, office_ref: str, at: datetime, once: Once) -> None:
        """The office has the package."""

        def change(conn: Connection, case: Case) -> None:
            case.office_ref = office_ref
            receipts.keep(case, version, office_ref, at)
            text = t("casework.timeline_received", ref=office_ref)
            case.timeline.append(TimelineEntry(at=at, status=case.status, who=t("casework.who_office"), text=text))
            self._audit(conn, "case.received", case_no, version=version)

        self._apply(case_no, change, once, t("casework.notice_received"), receipts.links)

    def status(self, case_no: str, entry: OfficeNews, once: Once) -> None:
        """The office moved the case.

        Raises:
            IllegalTransition: the status cannot follow the present one.
        """
        status = entry.status

        def change(conn: Connection, case: Case) -> None:
            before = case.status
            steps = way(before, status)
            if steps is None:
                raise IllegalTransition(f"{case_no}: {before} cannot become {status}")
            for step in steps:  # an office may skip steps that ours implies: 收件 straight to 准予
                case.move(step)
            if status is CaseStatus.CORRECTION_NEEDED:
                case.correction = entry.text
            case.timeline.append(TimelineEntry(at=entry.at, status=status, who=entry.by, text=entry.text))
            metrics.cases_total.labels(status=status.value).inc()
            self._audit(conn, "case.status", case_no, before=before.value, after=status.value)

        words = t("casework.notice_status", status=t(f"casework.status_{status.value}"), text=entry.text)
        self._apply(case_no, change, once, words)

    def stuck(self, case_no: str, version: int, error: str, once: Once) -> None:
        """Sending has failed for so long that a person has to look; the case waits, nothing is dropped."""
        log.error("submission.stuck", case_no=case_no, package_version=version)

        def change(conn: Connection, _case: Case) -> None:
            self._audit(conn, "case.stuck", case_no, version=version)

        self._apply(case_no, change, once, t("casework.notice_stuck"))

    def _offered(self, conn: Connection, conversation_id: str, case: Case, offered: Offered) -> list[dict[str, Any]]:
        locale = conn.execute(select(conversation.c.locale).where(conversation.c.id == conversation_id)).scalar_one()
        with use_language(locale):
            replies = [file.model_dump(exclude_none=True) for file in offered(case)]
        said: list[dict[str, Any]] = rendered({"replies": replies}, locale)["replies"]
        return said

    def _audit(self, conn: Connection, action: str, case_no: str, **detail: Any) -> None:
        audit.append(conn, at=self._clock.now(), actor="office", action=action, subject=case_no, detail=detail)

    def _apply(
        self, case_no: str, change: Callable[[Connection, Case], None], once: Once, notice: str, offered: Offered = _nothing
    ) -> None:
        for attempt in range(CONFLICTS):
            try:
                conversation_id = self._change(case_no, change, once, notice, offered)
                break
            except cases.CaseConflict:
                if attempt == CONFLICTS - 1:
                    raise
        if conversation_id is not None:
            self.announce(conversation_id)

    def _change(
        self, case_no: str, change: Callable[[Connection, Case], None], once: Once, notice: str, offered: Offered
    ) -> str | None:
        now = self._clock.now()
        with self._db.write() as conn:
            if not once(conn):
                return None
            found = cases.find(conn, case_no)
            if found is None:
                log.error("office.unknown_case", case_no=case_no)
                return None
            case, conversation_id = found
            change(conn, case)
            cases.save(conn, case, conversation_id, now)
            summary: dict[str, Any] = {"case_no": case_no, "status": case.status.value, "at": now.isoformat()}
            news = [("case", summary), ("notice", {"level": "info", "text": notice, "at": now.isoformat()})]
            said = self._offered(conn, conversation_id, case, offered)
            if said:
                news.append(("message", {"from": "bot", "text": said[-1]["text"], "replies": said, "at": now.isoformat()}))
            repository.append_events(conn, conversation_id, news, now)
        return conversation_id
