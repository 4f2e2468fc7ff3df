"""The desk at this moment, and today so far: what stands on the hall's wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from assistant.desk.arrangement import Arrangement
from assistant.desk.books import CLAIMED, LIVE, WAITING
from assistant.desk.hours import open_seconds, opens_at
from assistant.desk.reporting import record
from assistant.desk.reporting.figures import Figures, People, Spread, figures
from assistant.desk.reporting.period import day
from assistant.desk.seats import AVAILABLE, Seats
from assistant.foundation.desk_tables import desk_entry as entries


@dataclass(frozen=True)
class GroupNow:
    """A skill group. ``longest`` is how long the first that waits has waited, in seconds of its opening time.

    ``first_answer`` are first answers given today, ``missed`` those that came too late or ended without one.
    """

    code: str
    name: str
    open: bool
    waiting: int
    longest: float
    talking: int
    available: int
    away: int
    first_answer: Spread
    missed: int


@dataclass(frozen=True)
class Live:
    """``waiting`` and ``longest`` are of all groups, ``available`` and ``away`` people, each counted once."""

    at: datetime
    waiting: int
    longest: float
    talking: int
    available: int
    away: int
    today: Figures
    groups: tuple[GroupNow, ...]


def live(conn: Connection, arranged: Arrangement, seats: Seats, now: datetime) -> Live:
    """How it stands."""
    today = day(now.date())
    rows = record.read(conn, today)
    people = People(rows)
    # the present moment belongs to what is counted
    until = min(today.end, now + timedelta(microseconds=1))
    of_group = {
        code: figures(one, today.start, until, arranged, people)
        for code, one in rows.by(lambda row: (arranged.known(row.group),) if isinstance(row, record.Stay) else ()).items()
    }
    here = conn.execute(select(entries.c.skill_group, entries.c.state, entries.c.queued_at).where(entries.c.state.in_(LIVE)))
    standing = [(arranged.known(row.skill_group), row.state, row.queued_at) for row in here]
    there = seats.there(conn, now)
    groups = []
    for code, group in arranged.groups.items():
        mine = [one for one in there if one.serves(code)]
        waits = [open_seconds(group.hours, since, now) for name, state, since in standing if (name, state) == (code, WAITING)]
        counted = of_group.get(code, Figures())
        groups.append(
            GroupNow(
                code, group.name, opens_at(group.hours, now) is None, len(waits), max(waits, default=0.0),
                sum(1 for name, state, _ in standing if (name, state) == (code, CLAIMED)),
                _count(one.state == AVAILABLE for one in mine), _count(one.state != AVAILABLE for one in mine),
                counted.first_answer, counted.limits.get("first_answer", (0, 0))[1],
            )
        )  # fmt: skip
    return Live(
        now, sum(one.waiting for one in groups), max((one.longest for one in groups), default=0.0),
        sum(one.talking for one in groups), _count(one.state == AVAILABLE for one in there),
        _count(one.state != AVAILABLE for one in there), figures(rows, today.start, until, arranged, people), tuple(groups),
    )  # fmt: skip


def _count(found: Iterable[bool]) -> int:
    return sum(found)
