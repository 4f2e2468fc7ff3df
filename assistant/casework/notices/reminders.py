"""What comes round by itself: a correction or a promised paper is due, a slot is tomorrow. Looked through once a day.

Everything found is planned by a name of its own, so a day looked through twice, or by two apps, tells nothing twice; and a day
missed is made up for, because what is due is told when it is this near, not on this very day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol

from sqlalchemy import insert, select, update

from assistant.casework import repository
from assistant.casework.fields import dates
from assistant.casework.model import Case, CaseStatus
from assistant.casework.notices import store
from assistant.casework.notices.consumer import NoticePlanner, locale_of, tail_of
from assistant.casework.notices.notice import OneTap, Words
from assistant.foundation.clock import SHANGHAI, Clock
from assistant.foundation.database import Database
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import language_of, t, use_language
from assistant.foundation.tables import case_, setting_kv
from assistant.foundation.workcalendar import add_working_days, working_days_between

#: Working days before something is due, the latest first.
NEAR = (1, 3)
#: Nobody is reminded of anything before this hour.
HOUR = 8
_KEY = "notices.reminded"
_BATCH = 200
_S = CaseStatus
_GOING = frozenset(_S) - {_S.DRAFT, _S.READY, _S.EXPIRED, _S.WITHDRAWN, _S.REFUSED, _S.DENIED}

log = get_logger(__name__)


@dataclass(frozen=True)
class Reminder:
    """One thing to be reminded of. ``about`` names it for good; ``text`` is the message's key, with ``params``, days
    among which are said in her language.

    ``outside`` is what may leave the house. ``once`` says it once for all cases of a conversation.
    """

    about: str
    kind: str
    params: Mapping[str, str | date] = field(default_factory=dict)
    text: str | None = None
    title: str | None = None
    action: OneTap | None = None
    while_: tuple[str, ...] = ()
    until: datetime | None = None
    once: bool = False


@dataclass(frozen=True)
class Booking:
    """A slot at a window, booked for a case."""

    case_no: str
    starts: datetime
    place: str


Bookings = Callable[[date], Iterable[Booking]]
"""(day) → the slots booked on that day."""


class Source(Protocol):
    """Something that finds reminders in a case."""

    def find(self, case: Case, home: str, today: date, language: str) -> Iterable[Reminder]:
        """What this case gives reason to remind of today; ``home`` is its conversation."""


class Reminders:
    """Looks through everything once a day. ``run`` is called every now and then by one thread of one process."""

    def __init__(
        self, db: Database, planner: NoticePlanner, clock: Clock, sources: Sequence[Source] = (), bookings: Bookings | None = None
    ) -> None:
        self._db, self._planner, self._clock = db, planner, clock
        self._sources: Sequence[Source] = (DueSource(), *sources)
        self.bookings = bookings

    def run(self) -> int:
        """Look through today, if that has not been done; how many reminders were planned."""
        now = self._clock.now()
        today = now.date()
        with self._db.read() as conn:
            done = conn.execute(select(setting_kv.c.value).where(setting_kv.c.key == _KEY)).scalar()
        if now.hour < HOUR or done == today.isoformat():
            return 0
        planned = sum(self._case(case_no, today) for case_no in self._cases()) + self._slots(today)
        with self._db.write() as conn:
            if done is None:
                conn.execute(insert(setting_kv).values(key=_KEY, value=today.isoformat()))
            else:
                conn.execute(update(setting_kv).where(setting_kv.c.key == _KEY).values(value=today.isoformat()))
        log.info("notices.reminded", count=planned)
        return planned

    def _cases(self) -> Iterator[str]:
        after = ""
        going = [status.value for status in _GOING]
        while True:
            query = select(case_.c.case_no).where(case_.c.case_no > after, case_.c.status.in_(going))
            with self._db.read() as conn:
                found = list(conn.execute(query.order_by(case_.c.case_no).limit(_BATCH)).scalars())
            yield from found
            if len(found) < _BATCH:
                return
            after = found[-1]

    def _case(self, case_no: str, today: date) -> int:
        with self._db.read() as conn:
            held = repository.find(conn, case_no)
            language = language_of(locale_of(conn, held[1])) if held else ""
        if held is None:
            return 0
        case, home = held
        planned = 0
        for source in self._sources:
            try:
                with use_language(language):
                    found = list(source.find(case, home, today, language))
            except Exception:  # one source's trouble is not another's: the rest is told, this is looked at tomorrow
                log.exception("notices.reminder_failed", case_no=case_no, component=type(source).__name__)
                continue
            planned += sum(self._plan(case, home, reminder, language) for reminder in found)
        return planned

    def _slots(self, today: date) -> int:
        # Told on the working day before: on a Friday, of Monday's, too.
        days = [today + timedelta(days=ahead) for ahead in range(1, (add_working_days(today, 1) - today).days + 1)]
        planned = 0
        for slot in (slot for day in days for slot in (self.bookings(day) if self.bookings else ())):
            with self._db.read() as conn:
                held = repository.find(conn, slot.case_no)
                language = language_of(locale_of(conn, held[1])) if held else ""
            if held is None:
                continue
            at = slot.starts.astimezone(SHANGHAI)
            params: dict[str, str | date] = {"time": f"{at:%H:%M}", "date": at.date(), "place": slot.place}
            about = f"slot:{slot.starts.isoformat()}"
            planned += self._plan(held[0], held[1], Reminder(about, "slot", params, until=slot.starts), language)
        return planned

    def _plan(self, case: Case, home: str, reminder: Reminder, language: str) -> int:
        now = self._clock.now()
        with self._db.write() as conn, use_language(language):
            if reminder.once and store.known_in(conn, reminder.about, home):
                return 0
            params = {key: dates.said(value) if isinstance(value, date) else value for key, value in reminder.params.items()}
            chat = Words(
                title=reminder.title or t("notices.reminder_title"),
                text=reminder.text or t(f"notices.chat_{reminder.kind}", **params),
                action=reminder.action,
                level="warning" if reminder.while_ else "info",
                while_=list(reminder.while_),
                until=reminder.until,
            )
            out = chat.model_copy(
                update={
                    "title": t("notices.reminder_title"),
                    "text": t(f"notices.out_{reminder.kind}", tail=tail_of(case.case_no), **params),
                    "link": self._planner.link,
                }
            )
            said = store.plan(conn, reminder.about, case.case_no, store.CHAT, reminder.kind, None, chat, now)
            return said | self._planner.plan_outside(conn, case, reminder.about, reminder.kind, lambda: out)


class DueSource:
    """Corrections, and papers promised or tolerated for later, that are due in three working days or in one; late corrections."""

    def find(self, case: Case, home: str, today: date, language: str) -> Iterator[Reminder]:
        """See Source."""
        for part in case.parts:
            wanted = part.correction
            if part.status is not CaseStatus.CORRECTION_NEEDED or wanted is None or wanted.due is None:
                continue
            if today > wanted.due:
                params: dict[str, str | date] = {"due": wanted.due, "name": part.name or case.guide_name}
                yield Reminder(f"late:{part.item}:{wanted.due}", "late_correction", params, while_=("correction_needed",))
            asked = wanted.asked_at.date() if wanted.asked_at else None
            near = nearness(today, wanted.due)
            if near is not None and asked != today:
                about = f"due:{part.item}:{wanted.due}:{near}"
                params = {"due": wanted.due, "name": case.guide_name}
                yield Reminder(about, "due_correction", params, while_=("correction_needed",), until=end_of(wanted.due))
        for code, state in case.materials.items():
            if state.status not in ("promised", "tolerated") or state.due is None:
                continue
            near = nearness(today, state.due)
            if near is not None:
                params = {"due": state.due, "name": case.guide_name}
                yield Reminder(f"paper:{code}:{state.due}:{near}", "due_material", params, until=end_of(state.due))


def nearness(today: date, due: date) -> int | None:
    """Which of the reminders of ``NEAR`` it is time for; None where it is too early or too late for all of them."""
    left = working_days_between(today, due)
    if due < today:
        return None
    return next((days for days in NEAR if left <= days), None)


def end_of(day: date) -> datetime:
    """The last moment of a day in Asia/Shanghai."""
    return datetime.combine(day, time.max, SHANGHAI)
