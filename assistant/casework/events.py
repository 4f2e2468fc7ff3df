"""What happened to cases, in the order it was committed: a log others follow, each at its own pace.

An event is written in the transaction that makes it true, so there is none for what was rolled back and none missing for
what was not. Whoever has something to do because of it (a notice, a clock) is a ``Consumer``: it keeps its place in the
database, is handed every event at least once and the events of one case in order, and goes on after a crash where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, and_, func, insert, select, text, update

from assistant.foundation import last
from assistant.foundation.audit import CHAIN_LOCK
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.tables import case_event, setting_kv

Kind = Literal["status", "received", "correction", "stuck", "clock", "result", "receiving", "shipment"]

EXTENDED = "legal_extended"
"""``status`` of the ``clock`` event that says an office has given itself more time for the decision."""

DOUBTED = "doubted"
"""Status of a ``stuck`` event about what an office said and is not believed: for staff, no news for the citizen."""

_BATCH = 100
# So many set aside and something is wrong with the consumer, not with the events.
_MOST_LEFT = 500

_NEXT = select(func.coalesce(func.max(case_event.c.id), 0) + 1).scalar_subquery()
_ADD = insert(case_event).values(id=_NEXT)

log = get_logger(__name__)


@dataclass(frozen=True)
class CaseEvent:
    """One thing that happened to a case, or to one department's ``part`` of it ("" for the case as a whole).

    ``kind``: ``status`` (``status`` is what it became), ``received`` (the office has it), ``correction`` (asked for, until
    ``due``), ``stuck`` (a person has to look), ``clock``, ``result``, ``receiving`` (she said how it is to come,
    or that papers are to be fetched), ``shipment``. ``status`` is a code, ``text`` is for people
    and is kept encrypted. ``id`` is given by the log, rising without gaps.
    """

    case_no: str
    kind: Kind
    at: datetime
    part: str = ""
    status: str = ""
    due: date | None = None
    text: str = ""
    id: int = 0


def add_in(conn: Connection, event: CaseEvent) -> None:
    """Note an event in the caller's write transaction, where ``after`` finds it once that is committed."""
    last.defer(conn, lambda connection: _number(connection, event))


def _number(conn: Connection, event: CaseEvent) -> None:
    if conn.dialect.name == "postgresql":
        # Numbers must appear in their order, or a reader that has seen 7 would never see a 6 committed after it. It is the
        # audit chain's lock, because both are taken in one transaction and two locks could be taken in either order.
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    row = {name: getattr(event, name) for name in ("case_no", "part", "kind", "status", "at", "due", "text")}
    conn.execute(_ADD, row)


def after(conn: Connection, last_id: int, limit: int = _BATCH) -> list[CaseEvent]:
    """The events after ``last_id``, oldest first."""
    return _events(conn, case_event.c.id > last_id, limit)


def doubts(conn: Connection, since: datetime, limit: int) -> list[CaseEvent]:
    """What offices said since then and was not believed, oldest first."""
    c = case_event.c
    return _events(conn, and_(c.kind == "stuck", c.status == DOUBTED, c.at >= since), limit)


def of_case(conn: Connection, case_no: str) -> list[CaseEvent]:
    """Everything that happened to a case, oldest first."""
    return _events(conn, case_event.c.case_no == case_no, None)


class Consumer:
    """Hands events on to ``handle``: at least once, those of one case in order.

    ``handle`` may be called again with an event it has had (after a crash, or when it raised), so it remembers by
    ``CaseEvent.id`` what it has done. An event it raises on is set aside and tried again at every ``run``; later events of the
    same case wait behind it, those of other cases do not.

    Args:
        name: where its place is kept; never change it.
        kinds: the kinds of events it wants, all of them by default.
    """

    def __init__(
        self, db: Database, name: str, handle: Callable[[CaseEvent], None], kinds: Collection[str] | None = None
    ) -> None:
        self._db, self._name, self._handle = db, name, handle
        self._key = f"events.{name}"
        self._kinds = frozenset(kinds) if kinds is not None else None

    def run(self) -> int:
        """Hand on everything there is; how many were handled. Call it from one thread of one process at a time."""
        handled = 0
        while True:
            with self._db.read() as conn:
                place = conn.execute(select(setting_kv.c.value).where(setting_kv.c.key == self._key)).scalar()
                last, left = (int(place["last"]), list(place["left"])) if place else (0, [])
                again = _events(conn, case_event.c.id.in_(left), None) if left else []
                new = after(conn, last) if len(left) < _MOST_LEFT else []
            failed = self._hand_on([*again, *new])
            handled += len(again) + len(new) - len(failed)
            now_left = [event.id for event in failed]
            if new or now_left != left:
                self._keep({"last": new[-1].id if new else last, "left": now_left}, first=place is None)
            if len(new) < _BATCH:
                return handled

    def _hand_on(self, events: Sequence[CaseEvent]) -> list[CaseEvent]:
        """Handle these; those that have to come again."""
        failed: list[CaseEvent] = []
        behind: set[str] = set()
        for event in events:
            if self._kinds is not None and event.kind not in self._kinds:
                continue
            if event.case_no not in behind:
                try:
                    self._handle(event)
                    continue
                except Exception:
                    log.exception("events.not_handled", case_no=event.case_no, kind=event.kind, code=self._name)
                    behind.add(event.case_no)
            failed.append(event)
        return failed

    def _keep(self, place: dict[str, Any], *, first: bool) -> None:
        with self._db.write() as conn:
            if first:
                conn.execute(insert(setting_kv).values(key=self._key, value=place))
            else:
                conn.execute(update(setting_kv).where(setting_kv.c.key == self._key).values(value=place))


def _events(conn: Connection, where: Any, limit: int | None) -> list[CaseEvent]:
    rows = conn.execute(select(case_event).where(where).order_by(case_event.c.id).limit(limit))
    return [CaseEvent(**row) for row in rows.mappings()]
