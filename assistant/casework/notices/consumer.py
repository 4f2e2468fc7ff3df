"""From what happens to cases to notices over the channels their applicants agreed to.

In the conversation the change itself is told in the transaction that makes it, by whoever makes it; here is what leaves the
house. An event is handled at least once: its number is in the name of what is planned, so each is planned once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, select

from assistant.casework import repository
from assistant.casework.events import CaseEvent, Kind
from assistant.casework.model import Case
from assistant.casework.notices import store
from assistant.casework.notices.deliver import FAILED
from assistant.casework.notices.notice import Words
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.messages import language_of, t, use_language
from assistant.foundation.tables import conversation

KINDS: tuple[Kind, ...] = ("status", "received", "correction", "stuck", "result", "shipment")
#: Of a part's own statuses only the ends are told; the whole case tells the rest.
_OF_A_PART = frozenset({"refused", "denied"})
_TOLD = frozenset({"accepted", "refused", "approved", "denied", "delivered", "withdrawn", "expired"})
_TAIL = 4
#: News older than this, found after a long standstill, is not sent any more: the conversation and the page have it.
_STALE = timedelta(days=7)


class NoticePlanner:
    """Plans notices. ``of_event`` is an event consumer's handler.

    Args:
        link: where the case can be looked at, without anything in it that is hers.
    """

    def __init__(self, db: Database, clock: Clock, link: str) -> None:
        self._db, self._clock, self.link = db, clock, link

    def of_event(self, event: CaseEvent) -> None:
        """Plan what is to be told because of an event."""
        now = self._clock.now()
        if now - event.at > _STALE:
            return
        with self._db.write() as conn:
            found = repository.find(conn, event.case_no)
            if found is None or found[0].notices is None:
                return
            case, home = found
            kind = _kind(event, case)
            if kind is None:
                return
            with use_language(language_of(locale_of(conn, home))):
                text = _text(kind, event)
                words = Words(title=t("notices.title"), text=text, link=self.link, until=now + _STALE)
            self.plan_outside(conn, case, f"e{event.id}:{kind}", kind, lambda: words)

    def plan_outside(self, conn: Connection, case: Case, about: str, kind: str, words: Callable[[], Words]) -> bool:
        """Plan one notice for every channel she agreed to; whether any was new."""
        planned = False
        for channel in case.notices.channels if case.notices else []:
            address = case.notices.address(channel) if case.notices else None
            if address is not None:
                now = self._clock.now()
                planned |= store.plan(conn, about, case.case_no, channel, kind, address, words(), now)
        return planned


def locale_of(conn: Connection, conversation_id: str) -> str | None:
    """The locale of a conversation."""
    found: str | None = conn.execute(select(conversation.c.locale).where(conversation.c.id == conversation_id)).scalar()
    return found


def tail_of(case_no: str) -> str:
    """What may be said of a case number to whoever holds the phone."""
    return case_no[-_TAIL:]


def _kind(event: CaseEvent, case: Case) -> str | None:
    """What an event is told as; None where it is not told outside."""
    if event.kind == "status":
        told = event.status in _TOLD and (not event.part or (event.status in _OF_A_PART and case.status.value != event.status))
        return event.status if told else None
    if event.kind == "stuck":
        return None if event.status in (FAILED, "result") else "stuck"
    return event.kind if event.kind in KINDS else None


def _text(kind: str, event: CaseEvent) -> str:
    if kind == "correction":
        due = event.due.isoformat() if event.due else ""
        key = "out_correction" if due else "out_correction_open"
        return t(f"notices.{key}", tail=tail_of(event.case_no), due=due)
    return t(f"notices.out_{kind}", tail=tail_of(event.case_no))
