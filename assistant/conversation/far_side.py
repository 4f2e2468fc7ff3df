"""News from the receiving office, applied to the case: status, timeline, audit, log and event stream in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from assistant.casework import events, receipts
from assistant.casework import repository as cases
from assistant.casework.events import EXTENDED, CaseEvent
from assistant.casework.fields import dates
from assistant.casework.model import Case, CasePart, CaseStatus, Correction, OfficeExtension, TimelineEntry
from assistant.casework.submission import outbox, parts
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.casework.submission.statuses import OFFICE_STATUS
from assistant.conversation import hand_in_news, repository
from assistant.conversation.replying import rendered
from assistant.foundation import audit, metrics
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t, use_language
from assistant.foundation.tables import conversation
from knowledge.replies import Action, Card, File

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
    """What a piece of news leads to besides the case itself. ``receipt``: the part whose receipt is offered with it,
    ``by_hand`` the one whose papers are to be brought or posted now; ``to_correct``: one tap begins the correction."""

    notice: str
    audit: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    receipt: str | None = None
    by_hand: str | None = None
    level: Literal["info", "warning"] = "info"
    to_correct: bool = False


class CaseSink:
    """What the submission service tells; every call may come twice and counts once."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.announce: Callable[[str], None] = lambda _conversation_id: None

    def sent(self, case_no: str, part: str, version: int, office_ref: str, at: datetime, once: Once) -> None:
        """The office has the package."""

        def change(case: Case) -> Told:
            held = parts.received(case, part, office_ref, at)
            if held.handing is not None and held.handing.awaited:
                return _ahead(case, held, office_ref, at)
            receipts.keep(case, version, office_ref, at, part)
            text = t("casework.timeline_received", ref=office_ref)
            _line(case, at, held.status, held.department or t("casework.who_office"), text, part)
            name = held.name or held.department
            notice = t("casework.notice_part_received", name=name) if name else t("casework.notice_received")
            event = CaseEvent(case_no, "received", at, part, held.status.value)
            return Told(notice, [("case.received", {"part": part, "version": version})], [event], receipt=part, by_hand=part)

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
            came = _papers_came(case, part, entry.at) if status is not CaseStatus.WITHDRAWN else None
            told = self._move(case, part, status, entry.at, correction=correction, verdict=entry.verdict)
            if (held := parts.named(case, part)) is not None:
                held.stops = list(entry.stops)
                if entry.extension is not None and entry.extension != held.extension:
                    held.extension = entry.extension
                    told.events.append(_extended(case, part, entry.extension))
            text = entry.text
            if status in _FOR_GOOD and not (entry.verdict and entry.verdict.remedy):
                text = f"{text}\n{t('casework.remedies')}".strip()
            _line(case, entry.at, status, entry.by, text, part, entry.due)
            told.notice = _notice(case, part, status, text, entry.due)
            if status is CaseStatus.CORRECTION_NEEDED or status in _FOR_GOOD:
                told.level = "warning"
            if status is CaseStatus.CORRECTION_NEEDED:
                told.to_correct = True
                told.events.append(CaseEvent(case_no, "correction", entry.at, part, status.value, entry.due, entry.text))
            if came is not None:
                told.receipt = part
                told.events.append(came)
            if status is CaseStatus.SUBMITTED:
                told.notice = t("bookings.notice_came", name=_called(case, part) or case.guide_name)
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

    def doubted(self, case_no: str, part: str, code: str, said: str, once: Once) -> None:
        """What an office said and nobody can believe: on the audit chain and before staff; the citizen is told nothing."""
        now = self._clock.now()
        with self._db.write() as conn:
            if once(conn):
                detail = {"part": part, "code": code, **({"said": said} if said else {})}
                audit.append(conn, at=now, actor="office", action="case.office_doubted", subject=case_no, detail=detail)
                word = t(f"casework.status_{OFFICE_STATUS[said].value}") if said else ""
                text = t(f"submission.doubt_{code}", said=word)
                events.add_in(conn, CaseEvent(case_no, "stuck", now, part, events.DOUBTED, text=text))

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
            news = [("case", summary), ("notice", {"level": told.level, "text": told.notice, "at": now.isoformat()})]
            if said := self._offered(conn, conversation_id, case, told):
                news.append(("message", {"from": "bot", "text": said[-1]["text"], "replies": said, "at": now.isoformat()}))
            repository.append_events(conn, conversation_id, news, now)
        return conversation_id

    def _offered(self, conn: Connection, conversation_id: str, case: Case, told: Told) -> list[dict[str, Any]]:
        locale = conn.execute(select(conversation.c.locale).where(conversation.c.id == conversation_id)).scalar_one()
        with use_language(locale):
            offered: list[Card | File] = [*receipts.links(case, told.receipt)] if told.receipt is not None else []
            if told.by_hand is not None and (part := parts.named(case, told.by_hand)) is not None:
                offered += hand_in_news.replies(case, part)
            if told.to_correct:
                tap = Action(label=t("casework.correct_now"), message=t("casework.correct_now_message"))
                text = t("casework.correct_now_text")
                offered.append(Card(title=t("casework.correct_now_title", name=case.guide_name), text=text, actions=[tap]))
            replies = [one.model_dump(exclude_none=True) for one in offered]
        said: list[dict[str, Any]] = rendered({"replies": replies}, locale)["replies"]
        return said

    def _write(self, conn: Connection, case_no: str, told: Told, now: datetime) -> None:
        for event in told.events:
            events.add_in(conn, event)
        for part in told.released:
            outbox.release(conn, case_no, part, now)
        for action, detail in told.audit:
            audit.append(conn, at=now, actor="office", action=action, subject=case_no, detail=detail)


def _extended(case: Case, part: str, more: OfficeExtension) -> CaseEvent:
    words = {"item": _called(case, part) or case.guide_name, "case_no": case.case_no, "days": more.days, "reason": more.reason}
    return CaseEvent(case.case_no, "clock", more.at, part, EXTENDED, text=t("clocks.event_extended", **words))


def _notice(case: Case, part: str, status: CaseStatus, text: str, due: date | None) -> str:
    called = _called(case, part)
    if status is CaseStatus.CORRECTION_NEEDED:  # the one thing she has to do something about: how is said with it
        name = called or case.guide_name
        by = t("casework.notice_correction_by", name=name, text=text, due=dates.said(due)) if due else ""
        return by or t("casework.notice_correction", name=name, text=text)
    key = "casework.notice_part" if called else "casework.notice_status"
    return t(key, name=called, status=t(f"casework.status_{status.value}"), text=text)


def _ahead(case: Case, part: CasePart, office_ref: str, at: datetime) -> Told:
    """The office knows what papers are to come. That is no receipt, and no time limit begins."""
    assert part.handing is not None
    who = part.department or t("casework.who_office")
    _line(case, at, part.status, who, t(f"bookings.timeline_{part.handing.way}", ref=office_ref), part.item)
    notice = t(f"bookings.notice_{part.handing.way}", name=part.name or case.guide_name)
    return Told(notice, [("case.announced", {"part": part.item})], by_hand=part.item)


def _papers_came(case: Case, item: str, at: datetime) -> CaseEvent | None:
    """The papers of a part that was sent ahead are at the office, whichever of its statuses says so first."""
    part = parts.named(case, item)
    if part is None or part.handing is None or not part.handing.awaited:
        return None
    part.handing.received_at = part.received_at = at
    if part.package is not None and part.office_ref is not None:
        receipts.keep(case, part.package.version, part.office_ref, at, item)
    return CaseEvent(case.case_no, "received", at, item, part.status.value)


def _called(case: Case, part: str) -> str:
    """What people call a part; nothing for a case that has only one."""
    held = parts.named(case, part)
    return held.name if held is not None else ""


def _line(case: Case, at: datetime, status: CaseStatus, who: str, text: str, part: str, due: date | None = None) -> None:
    case.timeline.append(TimelineEntry(at=at, status=status, who=who, text=text, due=due, part=part))
