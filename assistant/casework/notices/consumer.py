"""From what happens to cases to notices over the channels their applicants agreed to.

In the conversation the change itself is told in the transaction that makes it, by whoever makes it; here is what leaves the
house. An event is handled at least once: its number is in the name of what is planned, so each is planned once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, select

from assistant.casework import repository
from assistant.casework.events import DOUBTED, EXTENDED, CaseEvent, Kind
from assistant.casework.fields import dates
from assistant.casework.model import Case
from assistant.casework.notices import store
from assistant.casework.notices.deliver import FAILED
from assistant.casework.notices.notice import OneTap, Words
from assistant.casework.ratings.store import get as get_rating
from assistant.casework.results import store as results
from assistant.casework.submission.parts import GRANTED, held
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.messages import language_of, t, use_language
from assistant.foundation.tables import conversation

KINDS: tuple[Kind, ...] = ("status", "received", "correction", "stuck", "result", "shipment", "clock")
#: Of a part's own statuses only the ends are told; the whole case tells the rest.
_OF_A_PART = frozenset({"refused", "denied"})
_TOLD = frozenset({"accepted", "refused", "approved", "denied", "delivered", "withdrawn", "expired"})
#: Where a case has come to an end at the office: she is asked how she was served.
_ENDS = ("delivered", "refused", "denied")
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
            if found is None:
                return
            case, home = found
            kind = _kind(event, case)
            with use_language(language_of(locale_of(conn, home))):
                if event.kind == "result" or (event.kind == "status" and not event.part and event.status in _ENDS):
                    # What an office said of results before it delivered may have been too early: only those that are here count.
                    self._ask_rating(conn, case, none_is_known=event.kind == "result")
                if kind is not None and case.notices is not None:
                    text = _text(kind, event)
                    words = Words(title=t("notices.title"), text=text, link=self.link, until=now + _STALE)
                    self.plan_outside(conn, case, f"e{event.id}:{kind}", kind, lambda: words)

    def nothing_to_come(self, conn: Connection, case_no: str) -> None:
        """An office has no electronic result: what waited for one waits no longer."""
        found = repository.find(conn, case_no)
        if found is not None:
            with use_language(language_of(locale_of(conn, found[1]))):
                self._ask_rating(conn, found[0], none_is_known=True)

    def rating_answered(self, conn: Connection, case_no: str) -> None:
        """Tell her, where she agreed to be told, that what she was not satisfied with is answered in the conversation."""
        found = repository.find(conn, case_no)
        if found is None:
            return
        now = self._clock.now()
        with use_language(language_of(locale_of(conn, found[1]))):
            text = t("notices.out_rating_answered", tail=tail_of(case_no))
            words = Words(title=t("notices.title"), text=text, link=self.link, until=now + _STALE)
        self.plan_outside(conn, found[0], f"rating:{now.isoformat()}", "rating_answered", lambda: words)

    def _ask_rating(self, conn: Connection, case: Case, *, none_is_known: bool) -> None:
        """Ask in the conversation, once for each case, how she was served (好差评); whoever has said so is not asked.

        Not before she has the results: what she went there for comes first.
        """
        if case.status.value not in (*_ENDS, "closed") or get_rating(conn, case.case_no) is not None:
            return
        granted = [part.item for part in held(case) if part.status in GRANTED]
        if any(results.awaited(conn, case.case_no, item, none_is_known=none_is_known) for item in granted):
            return
        action = OneTap(label=t("notices.rate"), message=t("notices.rate_message"))
        text = t("notices.chat_rate", name=case.guide_name)
        words = Words(title=t("notices.rate_title"), text=text, action=action, while_=[*_ENDS, "closed"])
        store.plan(conn, "rate", case.case_no, store.CHAT, "rate", None, words, self._clock.now())

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
        return None if event.status in (FAILED, "result", "shipment", DOUBTED) else "stuck"
    if event.kind == "clock":
        return "extended" if event.status == EXTENDED else None
    return event.kind if event.kind in KINDS else None


def _text(kind: str, event: CaseEvent) -> str:
    if kind == "correction":
        due = dates.said(event.due) if event.due else ""
        key = "out_correction" if due else "out_correction_open"
        return t(f"notices.{key}", tail=tail_of(event.case_no), due=due)
    return t(f"notices.out_{kind}", tail=tail_of(event.case_no))
