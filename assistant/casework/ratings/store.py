"""Keeping ratings, and counting them. Every query on ``rating``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from assistant.casework.ratings.model import BAD, GRADES, FollowUp, Rating, Said, follow_up_of, step
from assistant.foundation.desk_tables import desk_entry, desk_moment
from assistant.foundation.tables import rating


@dataclass(frozen=True)
class About:
    """What was rated: the conversation, and its case if there is one (``item`` its guide's code)."""

    conversation_id: str
    case_no: str | None = None
    item: str = ""
    department: str = ""


@dataclass(frozen=True)
class Figures:
    """Ratings of one item, department or operator. ``satisfied`` is the share of the three upper grades, from 0 to 1."""

    key: str
    count: int
    grades: dict[str, int]
    satisfied: float
    open: int


def keep(conn: Connection, said: Said, about: About, now: datetime) -> Rating:
    """Keep a rating in the caller's transaction.

    One thing is rated once: rating it again puts the new one in the old one's place, but reasons that were not told again
    stay, and so does what has been done about it while it is still a bad one.
    """
    held = get(conn, said.subject)
    follow_up, due = follow_up_of(said.grade, now.date())
    new = Rating(
        subject=said.subject, conversation_id=about.conversation_id, case_no=about.case_no, item=about.item,
        department=about.department, staff_id=_spoke_last(conn, about.conversation_id), grade=said.grade, reasons=said.reasons,
        words=said.words, at=now, follow_up=follow_up, due=due,
    )  # fmt: skip
    values = _columns(new)
    if held is not None and held.grade in BAD and said.grade in BAD:
        going_on = ("follow_up", "due", "contacted_at", "contact", "answer", "closed_at")
        values |= {name: value for name, value in _columns(held).items() if name in going_on}
        values |= {name: _columns(held)[name] for name in ("reasons", "words") if not values[name]}
    conn.execute(delete(rating).where(rating.c.subject == said.subject))
    conn.execute(insert(rating).values(**values))
    kept = get(conn, said.subject)
    assert kept is not None
    return kept


def get(conn: Connection, subject: str) -> Rating | None:
    """The rating of this case or conversation."""
    return next(iter(_read(conn, rating.c.subject == subject)), None)


def to_follow_up(conn: Connection, limit: int = 200) -> list[Rating]:
    """Bad ratings that are not closed, the first due first."""
    states = [FollowUp.OPEN.value, FollowUp.CONTACTED.value]
    return _read(conn, rating.c.follow_up.in_(states), limit)


def contacted(conn: Connection, held: Rating, words: str, now: datetime) -> bool:
    """Note that somebody got in touch; False when a colleague was quicker. Raises NotNow."""
    return _move(conn, held, FollowUp.CONTACTED, contacted_at=now, contact=words)


def closed(conn: Connection, held: Rating, answer: str, now: datetime) -> bool:
    """Close it with what the citizen was answered; False when a colleague was quicker. Raises NotNow."""
    return _move(conn, held, FollowUp.CLOSED, closed_at=now, answer=answer, contacted_at=held.contacted_at or now)


def figures(conn: Connection, by: str, since: datetime) -> list[Figures]:
    """Ratings given since then by ``item``, ``department`` or ``staff_id``, those with most ratings first; "" is none."""
    columns = {"item": rating.c.item, "department": rating.c.department, "staff_id": rating.c.staff_id}
    rows = conn.execute(select(columns[by], rating.c.grade, rating.c.follow_up).where(rating.c.at >= since)).all()
    return _counted((key or "", grade, state) for key, grade, state in rows)


def _counted(rows: Iterable[tuple[str, str, str]]) -> list[Figures]:
    grades: defaultdict[str, Counter[str]] = defaultdict(Counter)
    waiting: Counter[str] = Counter()
    for key, grade, state in rows:
        grades[key][grade] += 1
        waiting[key] += state in (FollowUp.OPEN.value, FollowUp.CONTACTED.value)
    found = []
    for key, counts in grades.items():
        total = counts.total()
        good = sum(count for grade, count in counts.items() if grade not in BAD)
        found.append(Figures(key, total, {grade: counts[grade] for grade in GRADES}, good / total, waiting[key]))
    return sorted(found, key=lambda one: (-one.count, one.key))


def _spoke_last(conn: Connection, conversation_id: str) -> str | None:
    """The operator who had this conversation last, by what happened: a stay that was passed on names nobody."""
    entries, moments = desk_entry.c, desk_moment.c
    query = (
        select(moments.staff_id)
        .join(desk_entry, entries.id == moments.entry_id)
        .where(entries.conversation_id == conversation_id, moments.kind == "claimed")
        .order_by(moments.at.desc(), entries.queued_at.desc(), moments.seq.desc())
    )
    found = conn.execute(query.limit(1)).scalar()
    return str(found) if found is not None else None


def _move(conn: Connection, held: Rating, state: FollowUp, **values: Any) -> bool:
    step(held.follow_up, state)
    changed = conn.execute(
        update(rating)
        .where(rating.c.subject == held.subject, rating.c.follow_up == held.follow_up.value)
        .values(follow_up=state.value, **values)
    )
    return changed.rowcount == 1


def _columns(one: Rating) -> dict[str, Any]:
    return {**vars(one), "reasons": list(one.reasons), "follow_up": one.follow_up.value}


def _read(conn: Connection, where: Any, limit: int | None = None) -> list[Rating]:
    rows = conn.execute(select(rating).where(where).order_by(rating.c.due, rating.c.at).limit(limit)).mappings()
    return [Rating(**{**row, "reasons": tuple(row["reasons"]), "follow_up": FollowUp(row["follow_up"])}) for row in rows]
