"""Past conversations of the desk, found by what is not encrypted: case, item, time, who had them, why they came, how they ended.

What was said is encrypted. It is looked through one conversation after the other, as far back as there is time for, and only
among those somebody may read; what is masked when she reads it cannot be found either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from assistant.desk.books import LEFT, RELEASED, TALK
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_moment as moments
from assistant.foundation.desk_tables import staff
from assistant.foundation.masking import mask_value
from assistant.foundation.tables import case_ as cases
from assistant.foundation.tables import conversation as conversations
from assistant.foundation.tables import event as events

PAGE = 50
AROUND = 20
"""Characters shown before and after words that were found."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for; None: anything. ``since`` and ``until`` are about the end of a stay, ``operator`` a login, ``before``
    the id of the last stay shown.
    """

    case_no: str | None = None
    item: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    operator: str | None = None
    reason: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Stay:
    """A stay at the desk that has ended; ``case_no`` is the case the conversation is about now."""

    id: str
    conversation_id: str
    queued_at: datetime
    ended_at: datetime
    reason: str
    item: str | None
    staff_name: str | None
    outcome: str | None
    case_no: str | None
    channel: str
    line: str = ""
    """Where words were looked for: the words with what stands around them, masked."""


def search(conn: Connection, wanted: Wanted, staff_id: str | None) -> tuple[list[Stay], bool]:
    """The latest stays that fit, and whether there are more. ``staff_id``: only those this member of staff had; None: all."""
    query = (
        select(entries, staff.c.display_name, conversations.c.active_case, conversations.c.channel, cases.c.guide_code)
        .join(conversations, conversations.c.id == entries.c.conversation_id)
        .join(staff, staff.c.id == entries.c.staff_id, isouter=True)
        .join(cases, cases.c.case_no == conversations.c.active_case, isouter=True)
        .where(entries.c.state.in_((RELEASED, LEFT)), entries.c.kind == TALK, entries.c.released_at.is_not(None))
        .where(*_conditions(wanted, staff_id))
        .order_by(entries.c.released_at.desc(), entries.c.id.desc())
        .limit(PAGE + 1)
    )
    rows = conn.execute(query).mappings().all()
    found = [
        Stay(
            row["id"], row["conversation_id"], row["queued_at"], row["released_at"], row["reason"],
            row["item"] or row["guide_code"], row["display_name"], row["outcome"], row["active_case"], row["channel"],
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    return found, len(rows) > PAGE


def holding(
    conn: Connection, wanted: Wanted, staff_id: str | None, words: str, go_on: Callable[[], bool]
) -> tuple[list[Stay], Stay | None]:
    """Stays that fit and in which somebody said ``words``, the latest first, a page at most.

    Args:
        go_on: asked after each stay; where it says no the search ends there.

    Returns:
        What was found, and the last stay that was looked through where there are more; else None.
    """
    found: list[Stay] = []
    while True:
        stays, more = search(conn, wanted, staff_id)
        for number, stay in enumerate(stays, start=1):
            if line := _said(conn, stay, staff_id, words):
                found.append(replace(stay, line=line))
            if len(found) == PAGE or not go_on():
                return found, stay if more or number < len(stays) else None
        if not more:
            return found, None
        wanted = replace(wanted, before=stays[-1].id)


def _said(conn: Connection, stay: Stay, staff_id: str | None, words: str) -> str:
    until = readable_until(conn, stay.conversation_id, staff_id)
    said = select(events.c.data).where(
        events.c.conversation_id == stay.conversation_id, events.c.kind == "message", events.c.at <= until
    )
    for data in conn.execute(said.order_by(events.c.seq)).scalars():
        text = mask_value("text", str(data.get("text", "")))
        at = text.casefold().find(words.casefold())
        if at >= 0:
            start, end = max(0, at - AROUND), at + len(words) + AROUND
            return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    return ""


def readable_until(conn: Connection, conversation_id: str, staff_id: str | None) -> datetime | None:
    """Up to when somebody may read a past conversation: of her own to when she last had it, of all (None) to its last end.

    None: it is none of hers, or none that was at the desk and left it.
    """
    ended = entries.c.state.in_((RELEASED, LEFT))
    if staff_id is None:
        query = select(func.max(entries.c.released_at)).where(entries.c.conversation_id == conversation_id, ended)
    else:
        query = (
            select(func.max(moments.c.at))
            .join(entries, entries.c.id == moments.c.entry_id)
            .where(entries.c.conversation_id == conversation_id, moments.c.staff_id == staff_id, ended, _had(staff_id))
        )
    return conn.execute(query).scalar()


def _conditions(wanted: Wanted, staff_id: str | None) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if staff_id is not None:
        found.append(_had(staff_id))
    if wanted.case_no:
        holds = select(cases.c.conversation_id).where(cases.c.case_no == wanted.case_no)
        found.append(or_(conversations.c.active_case == wanted.case_no, entries.c.conversation_id.in_(holds)))
    if wanted.item:
        found.append(func.coalesce(entries.c.item, cases.c.guide_code) == wanted.item)
    if wanted.since:
        found.append(entries.c.released_at >= wanted.since)
    if wanted.until:
        found.append(entries.c.released_at < wanted.until)
    if wanted.operator:
        found.append(entries.c.id.in_(_held_by(select(staff.c.id).where(staff.c.login == wanted.operator))))
    if wanted.reason:
        found.append(entries.c.reason == wanted.reason)
    if wanted.before:
        last = entries.alias("last")
        ended = select(last.c.released_at).where(last.c.id == wanted.before).scalar_subquery()
        found.append(or_(entries.c.released_at < ended, and_(entries.c.released_at == ended, entries.c.id < wanted.before)))
    return found


def _had(staff_id: str) -> ColumnElement[bool]:
    """Whether she claimed a stay; having joined, or given it to somebody else, is not enough and does not matter."""
    return entries.c.id.in_(select(moments.c.entry_id).where(moments.c.kind == "claimed", moments.c.staff_id == staff_id))


def _held_by(who: Select[tuple[str]]) -> Select[tuple[str]]:
    return select(moments.c.entry_id).where(moments.c.kind == "claimed", moments.c.staff_id.in_(who))
