"""Cases come to an end by themselves: what was delivered is closed, drafts nobody goes on with expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from assistant.casework import repository
from assistant.casework.model import CaseStatus, TimelineEntry
from assistant.foundation import audit
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from assistant.foundation.tables import case_, rating

_MOST = 200
_DRAFTS = (CaseStatus.DRAFT.value, CaseStatus.READY.value)

log = get_logger(__name__)


class Ending:
    """Does the rounds.

    Args:
        close_days: a delivered case is closed once it was rated, or when nothing happened with it for so many days.
        draft_days: what was never submitted expires when nothing happened with it for so many days.
    """

    def __init__(self, db: Database, clock: Clock, *, close_days: int, draft_days: int) -> None:
        self._db, self._clock = db, clock
        self._close, self._expire = timedelta(days=close_days), timedelta(days=draft_days)

    def run(self) -> int:
        """End what is to end, some hundreds at a time; how many did."""
        now = self._clock.now()
        rated = case_.c.case_no.in_(select(rating.c.case_no).where(rating.c.case_no.is_not(None)))
        delivered = case_.c.status == CaseStatus.DELIVERED.value
        closing = and_(delivered, or_(rated, case_.c.updated_at <= now - self._close))
        expiring = and_(case_.c.status.in_(_DRAFTS), case_.c.updated_at <= now - self._expire)
        return self._end(closing, CaseStatus.CLOSED, now) + self._end(expiring, CaseStatus.EXPIRED, now)

    def _end(self, which: ColumnElement[bool], status: CaseStatus, now: datetime) -> int:
        with self._db.read() as conn:
            found = conn.execute(select(case_.c.case_no).where(which).order_by(case_.c.updated_at).limit(_MOST)).scalars().all()
        ended = 0
        for case_no in found:
            try:
                ended += self._one(case_no, which, status, now)
            except repository.CaseConflict:
                continue  # something is happening with it: it is looked at again in the next round
        if ended:
            log.info("cases.ended", state=status.value, count=ended)
        return ended

    def _one(self, case_no: str, which: ColumnElement[bool], status: CaseStatus, now: datetime) -> int:
        with self._db.write() as conn:
            if conn.execute(select(case_.c.case_no).where(case_.c.case_no == case_no, which)).first() is None:
                return 0
            held = repository.find(conn, case_no)
            assert held is not None
            case, conversation_id = held
            case.move(status, now)
            text = t(f"casework.timeline_{status.value}")
            case.timeline.append(TimelineEntry(at=now, status=status, who=t("casework.who_system"), text=text))
            repository.save(conn, case, conversation_id, now)
            audit.append(conn, at=now, actor="system", action=f"case.{status.value}", subject=case_no, detail={})
        return 1
