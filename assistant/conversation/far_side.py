"""News from the receiving office, applied to the case: status, timeline, audit, log and event stream in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from assistant.casework import events, receipts
from assistant.casework import repository as cases
from assistant.casework.events import CaseEvent
from assistant.casework.model import Case, CaseStatus, Correction, TimelineEntry
from assistant.casework.submission import outbox, parts
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.foundation import audit, metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from assistant.foundation.tables import conversation

log = get_logger(__name__)
CONFLICTS = 3
TOO_LATE = "already-decided"
_FOR_GOOD = frozenset({CaseStatus.REFUSED, CaseStatus.DENIED})


def package_loader(db: Database, blobs: BlobStore) -> Callable[[str, int, str], bytes]:
    """The bytes of a part's package in one version, as confirmed; KeyError if there is no such package."""

    def load(case_no: str, version: int, part: str) -> bytes:
        with db.read() as conn:
            found = cases.find(conn, case_no)
        held = parts.named(found[0], part) if found else None
        if held is None or held.package is None or held.package.version != version:
            raise KeyError(f"{case_no} {part} version {version}")
        return blobs.get(held.package.blob_id)

    return load


@dataclass
class Told:
    """What a piece of news leads to besides the case itself. ``receipt``: the office's receipt is offered with it."""

    notice: str
    audit: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    receipt: bool = False


class CaseSink:
    """What the submission service tells; every call may come twice and counts once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.announce: Callable[[str], None] = lambda _conversation_id: None

    def sent(self, case_no: str, part: str, version: int, office_ref: str, at: datetime, once: Once) -> None:
        """The office has the package."""

        def change(case: Case) -> Told:
            held = parts.received(case, part, office_ref, at)
            receipts.keep(case, version, office_ref, at, part)
            text = t("casework.timeline_received", ref=office_ref)
            _line(case, at, held.status, held.department or t("casework.who_office"), text, part)
            name = held.name or held.department
            notice = t("casework.notice_part_received", name=name) if name else t("casework.notice_received")
            event = CaseEvent(case_no, "received", at, part, held.status.value)
            return Told(notice, [("case.received", {"part": part, "version": version})], [event], receipt=True)

        self._apply(case_no, change, once)

    def withdrawn(self, case_no: str, part: str, once: Once) -> None:
        """The office let go of it."""

        def change(case: Case) -> Told:
            now = self._clock.now()
            told = self._move(case, part, CaseStatus.WITHDRAWN, now)
            text = t("casework.timeline_withdrawn")
            _line(case, now, CaseStatus.WITHDRAWN, t("casework.who_citizen"), text, part)
            told.notice = t("casework.notice_withdrawn", name=_called(case, part) or case.guide_name)
            return told

        self._apply(case_no, change, once)

    def status(self, case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        """The office moved the part, and the case with it.

        Raises:
            IllegalTransition: the status cannot follow the present one.
        """
        status = entry.status

        def change(case: Case) -> Told:
            correction = Correction(text=entry.text, wanting=list(entry.wanting), due=entry.due, asked_at=entry.at)
            told = self._move(case, part, status, entry.at, correction=correction, verdict=entry.verdict)
            if (held := parts.named(case, part)) is not None:
                held.stops = list(entry.stops)
            text = entry.text
            if status in _FOR_GOOD and not (entry.verdict and entry.verdict.remedy):
                text = f"{text}\n{t('casework.remedies')}".strip()
            _line(case, entry.at, status, entry.by, text, part, entry.due)
            words = t("casework.notice_status", status=t(f"casework.status_{status.value}"), text=text)
            told.notice = t("casework.notice_part", name=name, text=words) if (name := _called(case, part)) else words
            if status is CaseStatus.CORRECTION_NEEDED:
                told.events.append(CaseEvent(case_no, "correction", entry.at, part, status.value, entry.due, entry.text))
            metrics.cases_total.labels(status=status.value).inc()
            return told

        self._apply(case_no, change, once)

    def stuck(self, case_no: str, part: str, version: int, code: str, error: str, once: Once) -> None:
        """Nothing more is tried until a person has looked, nothing is dropped; or it was too late to take it back."""
        log.error("submission.stuck", case_no=case_no, package_version=version, code=code)

        def change(case: Case) -> Told:
            held = parts.named(case, part)
            late = code == TOO_LATE
            withdrawing = held is not None and held.withdrawing
            if held is not None:
                held.withdrawing, held.stuck = withdrawing and not late, not late
            words = "withdraw_too_late" if late else "withdraw_stuck" if withdrawing else "stuck"
            notice = t(f"casework.notice_{words}", name=_called(case, part) or case.guide_name)
            now = self._clock.now()
            _line(case, now, held.status if held else case.status, t("casework.who_system"), notice, part)
            told = Told(notice, [("case.withdrawal_refused" if late else "case.stuck", {"part": part, "version": version})])
            if not late:
                told.events.append(CaseEvent(case_no, "stuck", now, part, code[:32], text=error))
            return told

        self._apply(case_no, change, once)

    def _move(self, case: Case, part: str, status: CaseStatus, at: datetime, **why: Any) -> Told:
        """Move a part; those that need not wait any longer go on their way."""
        before = case.status
        released = parts.move(case, part, status, at, **why)
        detail = {"part": part, "to": status.value, "before": before.value, "after": case.status.value}
        told = Told("", [("case.status", detail)], released=[other.item for other in released])
        for other in released:
            text = t("casework.timeline_released", name=other.name)
            _line(case, at, CaseStatus.SUBMITTED, t("casework.who_system"), text, other.item)
        return told

    def _apply(self, case_no: str, change: Callable[[Case], Told], once: Once) -> None:
        for attempt in range(CONFLICTS):
            try:
                conversation_id = self._change(case_no, change, once)
                break
            except cases.CaseConflict:
                if attempt == CONFLICTS - 1:
                    raise
        if conversation_id is not None:
            self.announce(conversation_id)

    def _change(self, case_no: str, change: Callable[[Case], Told], once: Once) -> str | None:
        now = self._clock.now()
        with self._db.write() as conn:
            if not once(conn):
                return None
            found = cases.find(conn, case_no)
            if found is None:
                log.error("office.unknown_case", case_no=case_no)
                return None
            case, conversation_id = found
            told = change(case)
            cases.save(conn, case, conversation_id, now)
            self._write(conn, case_no, told, now)
            summary: dict[str, Any] = {"case_no": case_no, "status": case.status.value, "at": now.isoformat()}
            news = [("case", summary), ("notice", {"level": "info", "text": told.notice, "at": now.isoformat()})]
            if told.receipt and (said := self._offered(conn, conversation_id, case)):
                news.append(("message", {"from": "bot", "text": said[-1]["text"], "replies": said, "at": now.isoformat()}))
            repository.append_events(conn, conversation_id, news, now)
        return conversation_id

    def _offered(self, conn: Connection, conversation_id: str, case: Case) -> list[dict[str, Any]]:
        locale = conn.execute(select(conversation.c.locale).where(conversation.c.id == conversation_id)).scalar_one()
        with use_language(locale):
            replies = [file.model_dump(exclude_none=True) for file in receipts.links(case)]
        said: list[dict[str, Any]] = rendered({"replies": replies}, locale)["replies"]
        return said

    def _write(self, conn: Connection, case_no: str, told: Told, now: datetime) -> None:
        for event in told.events:
            events.add_in(conn, event)
        for part in told.released:
            outbox.release(conn, case_no, part, now)
        for action, detail in told.audit:
            audit.append(conn, at=now, actor="office", action=action, subject=case_no, detail=detail)


def _called(case: Case, part: str) -> str:
    """What people call a part; nothing for a case that has only one."""
    held = parts.named(case, part)
    return held.name if held is not None else ""


def _line(case: Case, at: datetime, status: CaseStatus, who: str, text: str, part: str, due: date | None = None) -> None:
    case.timeline.append(TimelineEntry(at=at, status=status, who=who, text=text, due=due, part=part))
