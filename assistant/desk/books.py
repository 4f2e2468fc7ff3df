"""What the desk has written down: stays, what happened in them, and what staff noted. SQL that several parts share."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from assistant.desk.arrangement import Arrangement
from assistant.desk.limits import Moment
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_moment as moments
from assistant.foundation.desk_tables import desk_note as notes
from assistant.foundation.desk_tables import desk_party as parties
from assistant.foundation.desk_tables import staff
from assistant.foundation.tables import case_ as cases
from assistant.foundation.tables import conversation as conversations

PROMISED, WAITING, CLAIMED, RELEASED, LEFT = "promised", "waiting", "claimed", "released", "left"
LIVE = (WAITING, CLAIMED)
TALK, CALLBACK, SLOT = "talk", "callback", "slot"
ORDER = (entries.c.priority, entries.c.queued_at, entries.c.id)
"""Who comes first: the better priority, within it whoever came first."""

# Put together once: these run at every step at the desk.
_LOCKED = select(conversations.c.id).where(conversations.c.id == bindparam("conversation")).with_for_update()
_LIVE_ONE = select(entries).where(entries.c.conversation_id == bindparam("conversation"), entries.c.state.in_(LIVE))
_NUMBER = select(func.coalesce(func.max(moments.c.seq), 0) + 1).where(moments.c.entry_id == bindparam("of")).scalar_subquery()
_MOMENT = insert(moments).values(seq=_NUMBER)


class NotYours(RuntimeError):
    """Somebody else has the conversation, it does not wait any more, or it may not be taken; ``code`` says which.

    Codes: "" (it neither waits nor is yours), ``full`` (you have as many as you can), ``other_group`` (it waits for people with
    other skills), ``for_other`` (it waits for somebody else), ``absent`` (who should have it is not there), ``unknown_group``.
    """

    def __init__(self, conversation_id: str, code: str = "") -> None:
        super().__init__(f"{conversation_id} {code}".strip())
        self.code = code


class Conversations(Protocol):
    """What the desk needs of the conversations; ``assistant.conversation.ownership`` is the real one."""

    def hand_over(self, conn: Connection, conversation_id: str, owner: str, actor: str, at: datetime, text: str) -> None: ...
    def mark(self, conn: Connection, conversation_id: str, owner: str, at: datetime, text: str) -> None: ...
    def tell(self, conn: Connection, conversation_id: str, data: dict[str, Any], at: datetime) -> None: ...
    def pending_label(self, conn: Connection, conversation_id: str) -> str | None: ...
    def owner(self, conn: Connection, conversation_id: str) -> str: ...


@dataclass(frozen=True)
class Entry:
    """One stay at the desk. ``place`` counts from 1 among those waiting in its group.

    ``last_event``, ``revision``, ``case_no`` and ``case_revision`` say where conversation and case stand, so that a page can
    tell cheaply whether there is anything new to read. ``kind`` is talk, callback or slot; ``group`` the skill group's code;
    ``priority`` 0 comes first; ``promised_at`` is what the citizen was told; ``for_staff`` whom it waits for;
    ``noted`` grows with what staff note.
    """

    id: str
    conversation_id: str
    reason: str
    state: str
    queued_at: datetime
    claimed_at: datetime | None
    staff_id: str | None
    staff_name: str | None
    place: int | None
    last_event: int = 0
    revision: int = 0
    case_no: str | None = None
    case_revision: int | None = None
    kind: str = TALK
    group: str = ""
    priority: int = 0
    item: str | None = None
    promised_at: datetime | None = None
    for_staff: str | None = None
    escalated_at: datetime | None = None
    noted: int = 0


@dataclass(frozen=True)
class Note:
    """What a member of staff noted; ``kind`` is note, whisper, transfer or wrap_up."""

    id: str
    kind: str
    name: str | None
    text: str
    at: datetime


def lock(conn: Connection, conversation_id: str) -> None:
    """The conversation's row first, as a turn does, then the desk's: taken in two orders they could wait for each other."""
    conn.execute(_LOCKED, {"conversation": conversation_id})


def live(conn: Connection, conversation_id: str) -> RowMapping | None:
    """The conversation's stay that waits or is claimed: there is one at most."""
    return conn.execute(_LIVE_ONE, {"conversation": conversation_id}).mappings().first()


def moment(conn: Connection, entry_id: str, kind: str, at: datetime, staff_id: str | None = None, detail: str = "") -> None:
    """Write down what happened in a stay. The conversation is locked meanwhile, so the numbers have no gaps."""
    conn.execute(_MOMENT, {"of": entry_id, "entry_id": entry_id, "kind": kind, "at": at, "staff_id": staff_id, "detail": detail})


def moments_of(conn: Connection, entry_ids: Sequence[str]) -> dict[str, list[Moment]]:
    """What happened in these stays, each in order."""
    found: defaultdict[str, list[Moment]] = defaultdict(list)
    rows = conn.execute(
        select(moments).where(moments.c.entry_id.in_(entry_ids)).order_by(moments.c.entry_id, moments.c.seq)
    )
    for row in rows:
        found[row.entry_id].append(Moment(row.kind, row.at, row.staff_id, row.detail))
    return dict(found)


def end(
    conn: Connection, entry_id: str, state: str, at: datetime, staff_id: str | None = None, detail: str = "", **values: Any
) -> None:
    """End a stay or a promise: released, or left."""
    conn.execute(update(entries).where(entries.c.id == entry_id).values(state=state, released_at=at, slot=None, **values))
    conn.execute(delete(parties).where(parties.c.entry_id == entry_id))
    moment(conn, entry_id, state, at, staff_id, detail)


def belongs(conn: Connection, arrangement: Arrangement, conversation_id: str, item: str | None) -> tuple[str, str | None]:
    """The skill group of a conversation and the item it is about: the one given, or that of the case in hand."""
    about = conn.execute(
        select(conversations.c.locale, conversations.c.region, cases.c.guide_code)
        .join(cases, cases.c.case_no == conversations.c.active_case, isouter=True)
        .where(conversations.c.id == conversation_id)
    ).one()
    item = item or about.guide_code
    return arrangement.group_for(item, about.region, about.locale), item


def note(conn: Connection, conversation_id: str, staff_id: str | None, kind: str, text: str, at: datetime) -> None:
    """Keep what staff tell each other; an empty text is nothing."""
    if text.strip():
        conn.execute(
            insert(notes).values(
                id=str(uuid.uuid4()), conversation_id=conversation_id, staff_id=staff_id, kind=kind, text=text.strip(), at=at
            )
        )


def notes_of(conn: Connection, conversation_id: str) -> list[Note]:
    """Everything noted about a conversation, oldest first."""
    rows = conn.execute(
        select(notes, staff.c.display_name)
        .join(staff, staff.c.id == notes.c.staff_id, isouter=True)
        .where(notes.c.conversation_id == conversation_id)
        .order_by(notes.c.at, notes.c.id)
    )
    return [Note(row.id, row.kind, row.display_name, row.text, row.at) for row in rows]


def served_at(conn: Connection, conversation_id: str, now: datetime) -> datetime | None:
    """Until when staff last had a conversation; who vanished or passed it on has not ended it."""
    hers = (entries.c.conversation_id == conversation_id) & entries.c.staff_id.is_not(None)
    if conn.execute(select(entries.c.id).where(hers, entries.c.state == CLAIMED).limit(1)).first():
        return now
    last = select(func.max(entries.c.released_at)).where(hers, entries.c.state == RELEASED)
    ended: datetime | None = conn.execute(last).scalar()
    return ended


def name_of(conn: Connection, staff_id: str) -> str:
    """What a member of staff is called before citizens."""
    return str(conn.execute(select(staff.c.display_name).where(staff.c.id == staff_id)).scalar_one())


def listed(conn: Connection, where: Any) -> list[Entry]:
    """Stays with their places: those waiting in the queue's order, then the others in the same."""
    noted = select(func.count()).where(notes.c.conversation_id == entries.c.conversation_id).scalar_subquery()
    rows = conn.execute(
        select(entries, staff.c.display_name, conversations.c.last_event, conversations.c.revision)
        .add_columns(conversations.c.active_case, cases.c.revision.label("case_revision"), noted.label("noted"))
        .join(staff, staff.c.id == entries.c.staff_id, isouter=True)
        .join(conversations, conversations.c.id == entries.c.conversation_id)
        .join(cases, cases.c.case_no == conversations.c.active_case, isouter=True)
        .where(where)
        .order_by(entries.c.state.desc(), *ORDER)
    ).mappings()
    places: defaultdict[str, int] = defaultdict(int)
    found = []
    for row in rows:
        if row["state"] == WAITING:
            places[row["skill_group"]] += 1
        found.append(_entry(row, places[row["skill_group"]] if row["state"] == WAITING else None))
    return found


def live_ones(conn: Connection, conversation_id: str) -> list[Entry]:
    """The stay of a conversation that is at the desk: one, or none. It has no place here: that takes the whole queue."""
    here = (entries.c.conversation_id == conversation_id) & entries.c.state.in_(LIVE)
    return [replace(one, place=None) for one in listed(conn, here)]


def ids(rows: Iterable[Any]) -> list[str]:
    """Conversation ids of a one-column result, in an order all who lock several keep to."""
    return sorted(str(row[0]) for row in rows)


def _entry(row: RowMapping, place: int | None) -> Entry:
    return Entry(
        id=row["id"],
        conversation_id=row["conversation_id"],
        reason=row["reason"],
        state=row["state"],
        queued_at=row["queued_at"],
        claimed_at=row["claimed_at"],
        staff_id=row["staff_id"],
        staff_name=row["display_name"],
        place=place,
        last_event=row["last_event"],
        revision=row["revision"],
        case_no=row["active_case"],
        case_revision=row["case_revision"],
        kind=row["kind"],
        group=row["skill_group"],
        priority=row["priority"],
        item=row["item"],
        promised_at=row["promised_at"],
        for_staff=row["for_staff"],
        escalated_at=row["escalated_at"],
        noted=row["noted"],
    )
