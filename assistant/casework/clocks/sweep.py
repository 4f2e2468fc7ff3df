"""Looking after the clocks of every case at an office: warnings once each, and acceptance by law where nobody answered.

Days change at midnight and cases when they are saved, so each open case is looked at once a day and after every change. Where
the round has got to is kept in the database; a round cut off by a crash goes on there, and nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select, update

from assistant.casework import events, repository
from assistant.casework.clocks.limits import Limits, limits_of
from assistant.casework.clocks.reckoning import Level
from assistant.casework.clocks.running import ClockKind, RunningClock, clocks_of, deemed_from
from assistant.casework.clocks.standing import Standing, day_of, of_case
from assistant.casework.clocks.statutes import ACCEPTANCE
from assistant.casework.events import EXTENDED, CaseEvent
from assistant.casework.fields import dates
from assistant.casework.model import Case, CaseStatus, TimelineEntry
from assistant.casework.submission import parts
from assistant.foundation import audit
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.foundation.tables import case_, setting_kv
from knowledge.schema import Guide

#: Cases whose clocks may run.
OPEN = ("submitted", "accepted", "correction_needed", "in_review", "approved")
_BATCH = 100
# Whoever else writes waits for a transaction's end: of so many cases that is some hundredths of a second.
_TOGETHER = 20
_PLACE = "clocks.sweep"
# A case saved while the last round was reading is looked at again rather than missed.
_MARGIN = timedelta(minutes=1)
_URGED = timedelta(days=3)
CORRECTION_LATE = "correction_overdue"
"""``status`` of the event that says a correction has not come by its day."""

log = get_logger(__name__)


class Tell(Protocol):
    """Tells a conversation, in the caller's transaction, that its case changed, with a notice for the citizen."""

    def __call__(self, conn: Connection, conversation_id: str, case: Case, notice: str, now: datetime) -> None: ...


@dataclass(frozen=True)
class _Place:
    """The day being gone through, how far, and when the last round began."""

    day: str = ""
    after: str | None = ""
    since: datetime | None = None


class ClockSweep:
    """See the module.

    Args:
        guide_of: the guide a case is on; KeyError where it is no longer kept.
        guide_for: the guide in force for a department's share, by its code.
        announce: called after the commit with the conversation of a case that changed.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        guide_of: Callable[[Case], Guide],
        guide_for: Callable[[str], Guide | None],
        tell: Tell,
        announce: Callable[[str], None],
    ) -> None:
        self._db, self._clock, self._guide_of, self._guide_for = db, clock, guide_of, guide_for
        self._tell, self._announce = tell, announce

    def run(self) -> int:
        """One round; how many events and acceptances were written. Call it from one thread of one app at a time."""
        now = self._clock.now()
        with self._db.read() as conn:
            held = conn.execute(select(setting_kv.c.value).where(setting_kv.c.key == _PLACE)).scalar()
        place = _Place(held["day"], held["after"], datetime.fromisoformat(held["since"])) if held else _Place()
        today = day_of(now).isoformat()
        after = "" if place.day != today else place.after
        written = 0
        while after is not None:
            numbers = self._numbers(case_.c.case_no > after)
            written += self._look(numbers, now)
            after = numbers[-1] if len(numbers) == _BATCH else None
            self._keep(today, after, now, first=held is None)
            held = held or {}
        if place.day == today and place.since is not None:
            written += self._changed(place.since - _MARGIN, now)
            self._keep(today, None, now, first=False)
        return written

    def _changed(self, since: datetime, now: datetime) -> int:
        """What was saved since the last round."""
        written, after = 0, ""
        while True:
            numbers = self._numbers(case_.c.updated_at >= since, case_.c.case_no > after)
            written += self._look(numbers, now)
            if len(numbers) < _BATCH:
                return written
            after = numbers[-1]

    def _numbers(self, *where: Any) -> list[str]:
        with self._db.read() as conn:
            query = select(case_.c.case_no).where(case_.c.status.in_(OPEN), *where).order_by(case_.c.case_no).limit(_BATCH)
            return list(conn.execute(query).scalars())

    def _look(self, numbers: Sequence[str], now: datetime) -> int:
        """Look at these cases; only where there is something to write is a transaction begun."""
        with self._db.read() as conn:
            found = [held[0] for number in numbers if (held := repository.find(conn, number)) is not None]
        urgent = [case for case in found if self._urgent(case, day_of(now))]
        starts = range(0, len(urgent), _TOGETHER)
        return sum(self._write([case.case_no for case in urgent[start : start + _TOGETHER]], now) for start in starts)

    def _urgent(self, case: Case, today: date) -> bool:
        try:
            held = self._shares(case)
        except KeyError:
            log.error("clocks.no_guide", case_no=case.case_no)
            return False
        return self._urged(case, today) or any(
            deemed_from(stands, limits, today) is not None
            or _correction_late(stands, today)
            or any(map(_warns, clocks_of(stands, limits, today)))
            for stands, limits in held
        )

    @staticmethod
    def _urged(case: Case, today: date) -> bool:
        """Whether she asked to hurry so lately that it may not have been written down yet."""
        return any(day_of(urging.at) >= today - _URGED for urging in case.urgings)

    def _shares(self, case: Case) -> list[tuple[Standing, Limits]]:
        """Each department's share with its limits: of its own guide, where there is one."""
        guide, values = self._guide_of(case), case.values()
        return [
            (stands, limits_of((self._guide_for(stands.part) if stands.part else None) or guide, values))
            for stands in of_case(case)
        ]

    def _write(self, case_nos: Sequence[str], now: datetime) -> int:
        """What these cases' clocks say now, in one transaction; how much was written."""
        with self._db.write() as conn:
            outcomes = [self._write_one(conn, case_no, now) for case_no in case_nos]
        for _, accepted in outcomes:
            if accepted is not None:
                self._announce(accepted)
        return sum(written for written, _ in outcomes)

    def _write_one(self, conn: Connection, case_no: str, now: datetime) -> tuple[int, str | None]:
        """What one case's clocks say now; how much was written, and the conversation to tell when the law accepted it."""
        today = day_of(now)
        found = repository.find(conn, case_no)
        if found is None:
            return 0, None
        case, conversation_id = found
        shares = self._shares(case)
        if accepted := self._accept_silent(conn, case, shares, conversation_id, now):
            shares = self._shares(case)
        known = [event for event in events.of_case(conn, case_no) if event.kind == "clock"]
        written = 0
        for urging in case.urgings:
            if not any(e.status == "urged" and e.at == urging.at for e in known):
                text = t("clocks.event_urged", item=case.guide_name, case_no=case_no)
                events.add_in(conn, CaseEvent(case_no, "clock", urging.at, urging.part, "urged", text=text))
                written += 1
        for stands, limits in shares:
            due = stands.correct_by
            if _correction_late(stands, today) and not any(
                (event.part, event.status, event.due) == (stands.part, CORRECTION_LATE, due) for event in known
            ):
                words = {"item": case.guide_name, "case_no": case_no, "due": dates.said(due) if due else ""}
                text = t("clocks.event_correction_late", **words)
                events.add_in(conn, CaseEvent(case_no, "clock", now, stands.part, CORRECTION_LATE, due, text))
                written += 1
            for clock in filter(_warns, clocks_of(stands, limits, today)):
                status = f"{clock.kind}_{clock.reckoned.level}"
                if _warned(known, stands.part, clock, status):
                    continue
                due = clock.reckoned.due
                events.add_in(conn, CaseEvent(case_no, "clock", now, stands.part, status, due, _words(clock, case)))
                log.warning("clocks.warned", case_no=case_no, kind=clock.kind.value, code=clock.reckoned.level.value)
                written += 1
        return written + accepted, conversation_id if accepted else None

    def _accept_silent(
        self, conn: Connection, case: Case, shares: Sequence[tuple[Standing, Limits]], conversation_id: str, now: datetime
    ) -> int:
        """The law accepts what nobody answered in time (行政许可法 第三十二条); how many shares."""
        texts = []
        for stands, limits in shares:
            received = deemed_from(stands, limits, day_of(now))
            if received is None:
                continue
            case.deemed[stands.part] = received
            parts.move(case, stands.part, CaseStatus.ACCEPTED, now)
            text = t("clocks.deemed", received=dates.said(received), article=str(ACCEPTANCE))
            case.timeline.append(
                TimelineEntry(at=now, status=CaseStatus.ACCEPTED, who=t("clocks.who_law"), text=text, part=stands.part)
            )
            detail = {"before": "submitted", "after": "accepted", "part": stands.part, "basis": "licensing-law-32"}
            audit.append(conn, at=now, actor="clock", action="case.deemed_accepted", subject=case.case_no, detail=detail)
            texts.append(text)
        if texts:
            repository.save(conn, case, conversation_id, now)
            self._tell(conn, conversation_id, case, texts[0], now)
        return len(texts)

    def _keep(self, day: str, after: str | None, now: datetime, *, first: bool) -> None:
        value = {"day": day, "after": after, "since": now.isoformat()}
        with self._db.write() as conn:
            if first:
                conn.execute(insert(setting_kv).values(key=_PLACE, value=value))
            else:
                conn.execute(update(setting_kv).where(setting_kv.c.key == _PLACE).values(value=value))


def _warns(clock: RunningClock) -> bool:
    """Whether staff are told: the clock runs, is urgent, and its limit is one somebody has checked."""
    return clock.running and clock.limit.verified and clock.reckoned.level is not Level.NORMAL


def _correction_late(stands: Standing, today: date) -> bool:
    """Whether she should have corrected by now. Nothing ends by that: no law we know of says so, only the office may."""
    return stands.status is CaseStatus.CORRECTION_NEEDED and stands.correct_by is not None and today > stands.correct_by


def _warned(known: Sequence[CaseEvent], part: str, clock: RunningClock, status: str) -> bool:
    """Whether staff have been told this of the clock as it runs now: one that was given more days warns anew."""
    since = [event for event in known if event.part == part and day_of(event.at) >= clock.start]
    if clock.kind is ClockKind.LEGAL:
        given = max((place for place, event in enumerate(since) if event.status == EXTENDED), default=-1)
        since = since[given + 1 :]
    return any(event.status == status for event in since)


def _words(clock: RunningClock, case: Case) -> str:
    """The warning, for staff."""
    return t(
        f"clocks.event_{clock.reckoned.level.value}",
        item=case.guide_name,
        case_no=case.case_no,
        clock=t(f"clocks.kind_{clock.kind.value}"),
        due=dates.said(clock.reckoned.due),
        days=abs(clock.reckoned.remaining),
    )
