"""The desk: conversations wait for a person, are claimed, talked in, passed on and handed back.

What belongs to it stands beside it: ``seats`` (who is there), ``promises`` (call-backs, appointments), ``lead`` (what a
supervisor does), ``outlook`` (place and wait), ``limits`` (what has to happen until when).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, tuple_, update

from assistant.desk import books
from assistant.desk.arrangement import Arrangement, arrangement
from assistant.desk.books import CLAIMED, LEFT, LIVE, RELEASED, TALK, WAITING, Conversations, Entry, NotYours
from assistant.desk.hours import opens_at
from assistant.desk.limits import ANSWERED, ASKED, GRAVER, QUEUED, REQUEUED, TRANSFERRED
from assistant.desk.outlook import Outlooks
from assistant.desk.promises import Promises
from assistant.desk.seats import Seat, Seats
from assistant.desk.watch import Watch
from assistant.foundation import metrics
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_moment as moments
from assistant.foundation.desk_tables import desk_party as parties
from assistant.foundation.desk_tables import staff
from assistant.foundation.messages import t
from assistant.foundation.settings import Settings

__all__ = ["CLAIMED", "LEFT", "RELEASED", "WAITING", "Desk", "Ending", "Entry", "NotYours"]

OUTCOMES = ("solved", "to_office", "to_window", "no_reply", "not_ours", "gave_up", "technical")
"""Reason codes of a wrap-up: how a stay ended."""


@dataclass(frozen=True)
class Ending:
    """The wrap-up of a stay.

    Args:
        outcome: one of ``OUTCOMES``.
        intent, item: what the citizen wanted in truth, where the bot had read something else (a guide's code, ``?`` or ``-``).
        note: for colleagues.
        close: the conversation is closed; else the bot goes on with it.
        keep_until: a message to the closed conversation comes back to who had it, until then.
    """

    outcome: str
    intent: str | None = None
    item: str | None = None
    note: str = ""
    close: bool = False
    keep_until: datetime | None = None


class Desk:
    """All operations take the transaction they belong to.

    Raises:
        BadArrangement: the file of ``BANDAO_DESK`` cannot be used.
    """

    def __init__(self, settings: Settings, conversations: Conversations, arranged: Arrangement | None = None) -> None:
        self.arrangement = arranged or arrangement(settings.desk, settings.desk_hours)
        self.seats = Seats(self.arrangement, settings.desk_vanished_seconds)
        self._hours = settings.desk_hours
        self._conversations = conversations
        self.promises = Promises(self.arrangement)
        self.watch = Watch(self.arrangement)
        self.outlook = Outlooks(self.arrangement, self.seats)

    def opens_at(self, now: datetime, group: str | None = None) -> datetime | None:
        """None while people are there, else when they come next: of a group, or of the desk as a whole."""
        groups = [self.arrangement.group(group)] if group else list(self.arrangement.groups.values())
        next_ones = [opens_at(one.hours, now) for one in groups]
        return None if None in next_ones else min(moment for moment in next_ones if moment)

    def enqueue(
        self, conn: Connection, conversation_id: str, reason: str, at: datetime, *, item: str | None = None, note: str = ""
    ) -> None:
        """Put a conversation in the queue of the group it belongs to; the turn that does so changes its owner.

        One that waits already (for a call that is due, say) keeps its place. Out of hours the next opening is promised.

        Args:
            reason: one of ``arrangement.REASONS``; the priority follows from it.
            item: what it is about, where that is not the case in hand.
            note: for whoever takes it.
        """
        books.note(conn, conversation_id, None, "note", note, at)
        rank = self.arrangement.priority(reason)
        held = books.live(conn, conversation_id)
        if held is not None:
            if rank < held["priority"]:
                books.moment(conn, held["id"], GRAVER, at, detail=held["reason"])
                conn.execute(update(entries).where(entries.c.id == held["id"]).values(priority=rank, reason=reason))
            return
        group, item = books.belongs(conn, self.arrangement, conversation_id, item)
        entry_id = str(uuid.uuid4())
        conn.execute(
            insert(entries).values(
                id=entry_id, conversation_id=conversation_id, reason=reason, queued_at=at, state=WAITING, kind=TALK, item=item,
                skill_group=group, priority=rank, promised_at=self.opens_at(at, group),
                for_staff=self.keeper(conn, conversation_id, at),
            )
        )  # fmt: skip
        books.moment(conn, entry_id, QUEUED, at, detail=group)

    def leave(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        """The citizen does not wait any longer; a call or an appointment that was promised stays so."""
        held = books.live(conn, conversation_id)
        if held is not None and held["state"] == WAITING and held["kind"] == TALK:
            books.end(conn, held["id"], LEFT, at)

    def keeper(self, conn: Connection, conversation_id: str, now: datetime) -> str | None:
        """Who asked to get this conversation back when the citizen writes again; None: the bot begins."""
        row = conn.execute(
            select(entries.c.staff_id, entries.c.keep_until)
            # a promise that ended with the talk, at the same moment, says nothing about it
            .where(entries.c.conversation_id == conversation_id, entries.c.state == RELEASED, entries.c.staff_id.is_not(None))
            .order_by(entries.c.released_at.desc())
            .limit(1)
        ).first()
        return str(row.staff_id) if row and row.keep_until is not None and row.keep_until > now else None

    def served_at(self, conn: Connection, conversation_id: str, now: datetime) -> datetime | None:
        """Until when a person last had it: ``now`` where somebody has it; None where nobody ever ended it."""
        return books.served_at(conn, conversation_id, now)

    def heard(self, conn: Connection, conversation_id: str, at: datetime) -> None:
        """The citizen said something to staff: the next answer is due."""
        books.lock(conn, conversation_id)
        held = books.live(conn, conversation_id)
        if held is not None and held["state"] == CLAIMED and self._last_said(conn, held["id"]) != ASKED:
            books.moment(conn, held["id"], ASKED, at)

    def place(self, conn: Connection, conversation_id: str | None) -> int:
        """The place of a waiting conversation in its group, from 1; of one that does not wait, how many do."""
        held = books.live(conn, conversation_id) if conversation_id else None
        waiting = select(func.count()).select_from(entries).where(entries.c.state == WAITING)
        if held is None or held["state"] != WAITING:
            return int(conn.execute(waiting).scalar_one())
        mine = (held["priority"], held["queued_at"], held["id"])
        ahead = waiting.where(entries.c.skill_group == held["skill_group"], tuple_(*books.ORDER) < mine)
        return int(conn.execute(ahead).scalar_one()) + 1

    def waiting(self, conn: Connection) -> Sequence[Entry]:
        """Everybody waiting, in the queue's order."""
        found = books.listed(conn, entries.c.state == WAITING)
        metrics.desk_waiting.set(len(found))
        return found

    def own(self, conn: Connection, staff_id: str) -> Sequence[Entry]:
        """What this member of staff has claimed or joined."""
        joined = select(parties.c.entry_id).where(parties.c.staff_id == staff_id)
        mine = or_(entries.c.staff_id == staff_id, entries.c.id.in_(joined))
        return books.listed(conn, (entries.c.state == CLAIMED) & mine)

    def list(self, conn: Connection, staff_id: str) -> list[Entry]:
        """Everybody waiting, in the queue's order, then what this member of staff has claimed or joined."""
        return [*self.waiting(conn), *self.own(conn, staff_id)]

    def claim(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        """Take a waiting conversation; of two who try, one gets it.

        Raises:
            NotYours: it does not wait any more, or is not for her: see its codes.
        """
        books.lock(conn, conversation_id)
        self.seats.acts(conn, staff_id, at)
        self._hand(conn, conversation_id, staff_id, name, at)

    def _hand(self, conn: Connection, conversation_id: str, staff_id: str, name: str, at: datetime) -> None:
        books.lock(conn, conversation_id)
        held = books.live(conn, conversation_id)
        if held is None or held["state"] != WAITING:
            raise NotYours(conversation_id)
        if held["for_staff"] not in (None, staff_id):
            raise NotYours(conversation_id, "for_other")
        if held["for_staff"] is None and not self.seats.serves(conn, staff_id, held["skill_group"]):
            raise NotYours(conversation_id, "other_group")
        self.give(conn, held, staff_id, name, at)

    def give(self, conn: Connection, held: RowMapping, staff_id: str, name: str, at: datetime) -> None:
        """Give a live stay, whose conversation is locked, to somebody with room for it.

        Raises:
            NotYours: she has as many as she can (``full``), or somebody else was quicker.
        """
        if self.seats.room(conn, staff_id) < 1:
            raise NotYours(held["conversation_id"], "full")
        taken = conn.execute(
            update(entries)
            .where(entries.c.id == held["id"], entries.c.state == held["state"])
            .values(state=CLAIMED, staff_id=staff_id, claimed_at=at, for_staff=None)
        )
        if taken.rowcount < 1:
            raise NotYours(held["conversation_id"])
        metrics.desk_wait_seconds.observe(max(0.0, (at - held["queued_at"]).total_seconds()))
        books.moment(conn, held["id"], "claimed", at, staff_id)
        if held["kind"] == books.CALLBACK:
            books.moment(conn, held["id"], ANSWERED, at, staff_id)  # she is called, not written to
        text = t("desk.calling", name=name) if held["kind"] == books.CALLBACK else t("desk.joined", name=name)
        self._conversations.hand_over(conn, held["conversation_id"], "staff", f"staff:{staff_id}", at, text)

    def assign(self, conn: Connection, at: datetime) -> tuple[str, str] | None:
        """Give the first that waits in a group that pushes to whoever is available, serves it and has the most room.

        One at a time, each in a transaction of its own: ``(conversation, member of staff)``, or None when nothing is left to do.

        Raises:
            NotYours: somebody was quicker.
        """
        found = self.assignment(conn, at)
        if found is None:
            return None
        conversation_id, taker = found
        # It is given to her, which says nothing about whether her page is still there.
        self._hand(conn, conversation_id, taker.staff_id, taker.name, at)
        return conversation_id, taker.staff_id

    def next_for(self, conn: Connection, staff_id: str) -> str | None:
        """The conversation that is next for this member of staff, or None: to be claimed then."""
        waiting = conn.execute(
            select(entries.c.conversation_id, entries.c.skill_group, entries.c.for_staff)
            .where(entries.c.state == WAITING, or_(entries.c.for_staff.is_(None), entries.c.for_staff == staff_id))
            .order_by(*books.ORDER)
        )
        groups = self.seats.groups_of(conn, staff_id)
        return next((row.conversation_id for row in waiting if row.for_staff or not groups or row.skill_group in groups), None)

    def assignment(self, conn: Connection, at: datetime) -> tuple[str, Seat] | None:
        """What ``assign`` would do."""
        pushing = [code for code, one in self.arrangement.groups.items() if one.assign == "push" and not opens_at(one.hours, at)]
        waiting = conn.execute(
            select(entries.c.conversation_id, entries.c.skill_group, entries.c.for_staff)
            .where(entries.c.state == WAITING, entries.c.skill_group.in_(pushing) | entries.c.for_staff.is_not(None))
            .order_by(*books.ORDER)
        ).all()
        if not waiting:
            return None
        ready = [one for one in self.seats.there(conn, at) if one.state == "available" and one.free > 0]
        for row in waiting:
            fitting = [
                one for one in ready
                if (one.staff_id == row.for_staff if row.for_staff else one.serves(self.arrangement.known(row.skill_group)))
            ]  # fmt: skip
            if fitting:
                return row.conversation_id, min(fitting, key=lambda one: (-one.free, one.since, one.staff_id))
        return None

    def release(self, conn: Connection, conversation_id: str, staff_id: str, at: datetime, ending: Ending | None = None) -> None:
        """Give a conversation back to the bot, which goes on where the case stood, or close it.

        Raises:
            NotYours: this member of staff does not have it.
            ValueError: the ending has an unknown outcome.
        """
        books.lock(conn, conversation_id)
        held = self.check_holder(conn, conversation_id, staff_id)
        ending = ending or Ending("")
        if ending.outcome not in ("", *OUTCOMES):
            raise ValueError(ending.outcome)
        books.note(conn, conversation_id, staff_id, "wrap_up", ending.note, at)
        books.end(
            conn, held["id"], RELEASED, at, staff_id, ending.outcome, outcome=ending.outcome or None, right_intent=ending.intent,
            right_item=ending.item, keep_until=ending.keep_until,
        )  # fmt: skip
        if ending.outcome == "solved":
            self.promises.settle(conn, conversation_id, at)
        actor = f"staff:{staff_id}"
        name = conn.execute(select(staff.c.display_name).where(staff.c.id == staff_id)).scalar_one()
        if ending.close:
            self._conversations.hand_over(conn, conversation_id, "closed", actor, at, t("desk.closed", name=name))
            return
        self._conversations.hand_over(conn, conversation_id, "bot", actor, at, t("desk.handed_back", name=name))
        label = self._conversations.pending_label(conn, conversation_id)
        text = t("desk.continue_at", label=label) if label else t("desk.continue")
        self._conversations.tell(conn, conversation_id, {"from": "bot", "text": text, "at": at.isoformat()}, at)

    def transfer(
        self, conn: Connection, conversation_id: str, staff_id: str, at: datetime, *, group: str | None = None,
        to: str | None = None, note: str = "",
    ) -> None:  # fmt: skip
        """Pass a conversation on, to a group or to a person (``to``, an account's id), with a note; it keeps its place in time.

        Raises:
            NotYours: this member of staff does not have it; there is no such group; the person is not there.
        """
        books.lock(conn, conversation_id)
        held = self.check_holder(conn, conversation_id, staff_id)
        if group is not None and group not in self.arrangement.groups:
            raise NotYours(conversation_id, "unknown_group")
        if (group is None) == (to is None) or to == staff_id or (to and self.seats.state(conn, to, at) == "offline"):
            raise NotYours(conversation_id, "absent")
        books.note(conn, conversation_id, staff_id, "transfer", note, at)
        text = t("desk.transferred", name=books.name_of(conn, staff_id))
        self._wait_again(conn, held, at, TRANSFERRED, text, f"staff:{staff_id}", skill_group=group, for_staff=to)

    def say(
        self, conn: Connection, conversation_id: str, staff_id: str, name: str, text: str, at: datetime,
        message_id: str | None = None, card: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Say something to the citizen, with a ``card`` for her to act on. By ``message_id`` a repeated request is recognised.

        Raises:
            NotYours: this member of staff neither has the conversation nor has joined it.
        """
        books.lock(conn, conversation_id)
        held = self.check_holder(conn, conversation_id, staff_id, joined=True)
        more = {"client_message_id": message_id, "card": card}
        data = {"from": "staff", "name": name, "text": text, "at": at.isoformat()} | {k: v for k, v in more.items() if v}
        self._conversations.tell(conn, conversation_id, data, at)
        if self._last_said(conn, held["id"]) != ANSWERED:
            books.moment(conn, held["id"], ANSWERED, at, staff_id)

    def left_alone(self, conn: Connection, now: datetime, but_for: str = "") -> Sequence[str]:
        """Conversations whose member of staff is not there any more (see ``Seats.gone``).

        ``but_for`` is somebody whose page is open this moment, though the session may just have ended.
        """
        alone = select(entries.c.conversation_id).where(
            entries.c.state == CLAIMED, self.seats.gone(now), entries.c.staff_id != but_for
        )
        return books.ids(conn.execute(alone))

    def requeue(self, conn: Connection, conversation_ids: Iterable[str], at: datetime) -> None:
        """Put conversations nobody looks after back in the queue, where they stood before."""
        for conversation_id in conversation_ids:
            books.lock(conn, conversation_id)
            held = books.live(conn, conversation_id)
            if held is not None and held["state"] == CLAIMED:
                text = t("desk.requeued", name=books.name_of(conn, held["staff_id"]))
                self._wait_again(conn, held, at, REQUEUED, text, "system")

    def check_holder(self, conn: Connection, conversation_id: str, staff_id: str, *, joined: bool = False) -> RowMapping:
        """The stay this member of staff has claimed (or joined, where that is enough).

        Raises:
            NotYours: she has not.
        """
        held = books.live(conn, conversation_id)
        claimed = held is not None and held["state"] == CLAIMED
        if held and claimed and (held["staff_id"] == staff_id or (joined and self.has_joined(conn, held["id"], staff_id))):
            return held
        raise NotYours(conversation_id)

    def may_read(self, conn: Connection, conversation_id: str, staff_id: str) -> bool:
        """Whether it waits, or this member of staff has it or has joined it."""
        held = books.live(conn, conversation_id)
        if held is None:
            return False
        mine = held["state"] == WAITING or held["staff_id"] == staff_id
        return mine or self.has_joined(conn, held["id"], staff_id)

    def where_is(self, conn: Connection, conversation_id: str) -> tuple[str, str | None] | None:
        """State of a conversation's latest stay and the name of who has or had it; None if it never came to the desk."""
        row = conn.execute(
            select(entries.c.state, staff.c.display_name)
            .join(staff, staff.c.id == entries.c.staff_id, isouter=True)
            .where(entries.c.conversation_id == conversation_id, entries.c.state != books.PROMISED)
            .order_by(entries.c.state.in_(LIVE).desc(), entries.c.queued_at.desc())
            .limit(1)
        ).first()
        return (row.state, row.display_name) if row else None

    def _wait_again(
        self, conn: Connection, held: RowMapping, at: datetime, kind: str, text: str, actor: str,
        *, skill_group: str | None = None, for_staff: str | None = None,
    ) -> None:  # fmt: skip
        group = skill_group or held["skill_group"]
        conn.execute(
            update(entries)
            .where(entries.c.id == held["id"])
            .values(state=WAITING, staff_id=None, claimed_at=None, skill_group=group, for_staff=for_staff)
        )
        conn.execute(parties.delete().where(parties.c.entry_id == held["id"]))
        books.moment(conn, held["id"], kind, at, held["staff_id"], group)
        # Who is to be called goes on with the bot meanwhile; who was talking waits
        owner = "bot" if held["kind"] == books.CALLBACK else "queue"
        self._conversations.hand_over(conn, held["conversation_id"], owner, actor, at, text)

    def _last_said(self, conn: Connection, entry_id: str) -> str | None:
        said = select(moments.c.kind).where(moments.c.entry_id == entry_id, moments.c.kind.in_((ASKED, ANSWERED)))
        return conn.execute(said.order_by(moments.c.seq.desc()).limit(1)).scalar()

    def has_joined(self, conn: Connection, entry_id: str, staff_id: str) -> bool:
        """Whether she talks in a stay that somebody else has."""
        query = select(parties.c.staff_id).where(parties.c.entry_id == entry_id, parties.c.staff_id == staff_id)
        return conn.execute(query).first() is not None
