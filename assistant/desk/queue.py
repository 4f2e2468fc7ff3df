"""The queue of conversations waiting for a person: wait, claim, talk, hand back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, exists, func, insert, select, update

from assistant.desk.hours import opens_at
from assistant.foundation import metrics
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from assistant.foundation.tables import case_ as cases
from assistant.foundation.tables import conversation as conversations
from assistant.foundation.tables import desk_entry as entries
from assistant.foundation.tables import staff, staff_session

WAITING, CLAIMED, RELEASED, LEFT = "waiting", "claimed", "released", "left"


class NotYours(RuntimeError):
    """Somebody else has the conversation, or it does not wait any more."""


class Conversations(Protocol):
    """What the desk needs of the conversations; ``assistant.conversation.ownership`` is the real one."""

    def hand_over(self, conn: Connection, conversation_id: str, owner: str, actor: str, at: datetime, text: str) -> None: ...
    def tell(self, conn: Connection, conversation_id: str, data: dict[str, Any], at: datetime) -> None: ...
    def pending_label(self, conn: Connection, conversation_id: str) -> str | None: ...


@dataclass(frozen=True)
class Entry:
    """One stay at the desk. ``place`` counts from 1 among those waiting.

    ``last_event``, ``revision``, ``case_no`` and ``case_revision`` say where conversation and case stand, so that a page can
    tell cheaply whether there is anything new to read.
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


class Desk:
    """All operations take the transaction they belong to."""

    def __init__(self, settings: Settings, conversations: Conversations) -> None:
        self._hours = settings.desk_hours
        self._conversations = conversations

    def opens_at(self, now: datetime) -> datetime | None:
        """None while people are there, else when they come next."""
        return opens_at(self._hours, now)

    def enqueue(self, conn: Connection, conversation_id: str, reason: str, at: datetime) -> None:
        """Put a conversation in the queue; the turn that does so changes its owner."""
        conn.execute(
            insert(entries).values(
                id=str(uuid.uuid4()), conversation_id=conversation_id, reason=reason, queued_at=at, state=WAITING
            )
        )

    def leave(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        """The citizen does not wait any longer."""
        conn.execute(
            update(entries)
            .where(entries.c.conversation_id == conversation_id, entries.c.state == WAITING)
            .values(state=LEFT, released_at=at)
        )

    def place(self, conn: Connection, conversation_id: str | None) -> int:
        """The place of a waiting conversation, from 1; of one that does not wait, how many do."""
        mine = conn.execute(
            select(entries.c.queued_at).where(entries.c.conversation_id == conversation_id, entries.c.state == WAITING)
        ).scalar()
        ahead = select(func.count()).select_from(entries).where(entries.c.state == WAITING)
        if mine is None:
            return int(conn.execute(ahead).scalar_one())
        return int(conn.execute(ahead.where(entries.c.queued_at < mine)).scalar_one()) + 1

    def list(self, conn: Connection, staff_id: str) -> list[Entry]:
        """Everybody waiting, oldest first, then what this member of staff has claimed."""
        rows = conn.execute(
            select(entries, staff.c.display_name, conversations.c.last_event, conversations.c.revision)
            .add_columns(conversations.c.active_case, cases.c.revision.label("case_revision"))
            .join(staff, staff.c.id == entries.c.staff_id, isouter=True)
            .join(conversations, conversations.c.id == entries.c.conversation_id)
            .join(cases, cases.c.case_no == conversations.c.active_case, isouter=True)
            .where((entries.c.state == WAITING) | ((entries.c.state == CLAIMED) & (entries.c.staff_id == staff_id)))
            .order_by(entries.c.state.desc(), entries.c.queued_at, entries.c.id)
        ).mappings()
        found, place = [], 0
        for row in rows:
            place += row["state"] == WAITING
            found.append(_entry(row, place if row["state"] == WAITING else None))
        metrics.desk_waiting.set(place)
        return found

    def claim(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        """Take a waiting conversation; of two who try, one gets it.

        Raises:
            NotYours: it does not wait any more.
        """
        _lock(conn, conversation_id)
        queued = conn.execute(
            select(entries.c.queued_at).where(entries.c.conversation_id == conversation_id, entries.c.state == WAITING)
        ).scalar()
        taken = conn.execute(
            update(entries)
            .where(entries.c.conversation_id == conversation_id, entries.c.state == WAITING)
            .values(state=CLAIMED, staff_id=staff_id, claimed_at=at)
        )
        if taken.rowcount < 1:
            raise NotYours(conversation_id)
        if queued is not None:
            metrics.desk_wait_seconds.observe((at - queued).total_seconds())
        self._conversations.hand_over(conn, conversation_id, "staff", f"staff:{staff_id}", at, t("desk.joined", name=name))

    def release(self, conn: Connection, conversation_id: str, staff_id: str, at: datetime) -> None:
        """Give a conversation back to the bot, which goes on where the case stood.

        Raises:
            NotYours: this member of staff does not have it.
        """
        _lock(conn, conversation_id)
        self.check_holder(conn, conversation_id, staff_id)
        conn.execute(
            update(entries)
            .where(entries.c.conversation_id == conversation_id, entries.c.state == CLAIMED)
            .values(state=RELEASED, released_at=at)
        )
        self._conversations.hand_over(conn, conversation_id, "bot", f"staff:{staff_id}", at, t("desk.handed_back"))
        label = self._conversations.pending_label(conn, conversation_id)
        text = t("desk.continue_at", label=label) if label else t("desk.continue")
        self._conversations.tell(conn, conversation_id, {"from": "bot", "text": text, "at": at.isoformat()}, at)

    def say(
        self,
        conn: Connection,
        conversation_id: str,
        staff_id: str,
        name: str,
        text: str,
        at: datetime,
        message_id: str | None = None,
    ) -> None:
        """Say something to the citizen. ``message_id`` travels with it, so that a repeated request can be recognised.

        Raises:
            NotYours: this member of staff does not have the conversation.
        """
        _lock(conn, conversation_id)
        self.check_holder(conn, conversation_id, staff_id)
        data = {"from": "staff", "name": name, "text": text, "at": at.isoformat()}
        self._conversations.tell(conn, conversation_id, data | ({"client_message_id": message_id} if message_id else {}), at)

    def left_alone(self, conn: Connection, now: datetime, but_for: str = "") -> Sequence[str]:
        """Conversations whose member of staff is not there any more: signed out, session over, or account closed.

        ``but_for`` is somebody whose page is open this moment, though the session may just have ended.
        """
        present = exists().where(
            staff_session.c.staff_id == entries.c.staff_id,
            staff_session.c.expires_at > now,
            staff.c.id == entries.c.staff_id,
            staff.c.active,
        )
        return (
            conn.execute(
                select(entries.c.conversation_id).where(entries.c.state == CLAIMED, ~present, entries.c.staff_id != but_for)
            )
            .scalars()
            .all()
        )

    def requeue(self, conn: Connection, conversation_ids: Iterable[str], at: datetime) -> None:
        """Put conversations nobody looks after back in the queue, where they stood before."""
        for conversation_id in conversation_ids:
            _lock(conn, conversation_id)
            back = conn.execute(
                update(entries)
                .where(entries.c.conversation_id == conversation_id, entries.c.state == CLAIMED)
                .values(state=WAITING, staff_id=None, claimed_at=None)
            )
            if back.rowcount:
                self._conversations.hand_over(conn, conversation_id, "queue", "system", at, t("desk.requeued"))

    def check_holder(self, conn: Connection, conversation_id: str, staff_id: str) -> None:
        """Raises NotYours unless this member of staff has claimed the conversation."""
        held = conn.execute(
            select(entries.c.id).where(
                entries.c.conversation_id == conversation_id, entries.c.state == CLAIMED, entries.c.staff_id == staff_id
            )
        ).first()
        if held is None:
            raise NotYours(conversation_id)

    def may_read(self, conn: Connection, conversation_id: str, staff_id: str) -> bool:
        """Whether it waits, or this member of staff has it."""
        row = conn.execute(
            select(entries.c.id).where(
                entries.c.conversation_id == conversation_id,
                (entries.c.state == WAITING) | ((entries.c.state == CLAIMED) & (entries.c.staff_id == staff_id)),
            )
        ).first()
        return row is not None

    def where_is(self, conn: Connection, conversation_id: str) -> tuple[str, str | None] | None:
        """State of a conversation's latest stay and the name of who has or had it; None if it never came to the desk."""
        row = conn.execute(
            select(entries.c.state, staff.c.display_name)
            .join(staff, staff.c.id == entries.c.staff_id, isouter=True)
            .where(entries.c.conversation_id == conversation_id)
            .order_by(entries.c.queued_at.desc())
            .limit(1)
        ).first()
        return (row.state, row.display_name) if row else None


def _lock(conn: Connection, conversation_id: str) -> None:
    """The conversation's row first, as a turn does, then the desk's: taken in two orders they could wait for each other."""
    conn.execute(select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update())


def _entry(row: Any, place: int | None) -> Entry:
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
    )
