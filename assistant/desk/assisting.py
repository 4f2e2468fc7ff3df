"""帮办代办: a case that staff begin for a citizen, at the counter or on the phone, and hand over to her to confirm.

It begins with her consent and a stay at the desk that its member of staff has from the start. It is handed over by a code that
opens once, for a while, together with the last characters of an identity number. Texts and cases are none of this module's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from assistant.desk import books
from assistant.desk.books import Conversations
from assistant.desk.limits import ANSWERED
from assistant.foundation import audit
from assistant.foundation.desk_tables import assistance

if TYPE_CHECKING:
    from assistant.desk.queue import Desk

REASON = "on_behalf"
#: So many wrong tries lock a code; staff make another.
TRIES = 5
#: So long a code opens: at the counter she is there, on the phone she has to find it first.
LIVES = {"counter": timedelta(minutes=30), "phone": timedelta(hours=24)}
#: So long one that is done stays on the list of whoever did it.
LISTED = timedelta(days=7)
Keyed = Callable[[str], str]
"""A keyed hash of a text."""


@dataclass(frozen=True)
class Consent:
    """What she agreed to: the ``words`` read out to her, whether ``lookup`` of what is known and ``sms`` are among it."""

    words: str
    lookup: bool = False
    sms: bool = False
    phone: str | None = None

    def stored(self) -> dict[str, Any]:
        """As it is kept, encrypted."""
        return {"words": self.words, "lookup": self.lookup, "sms": self.sms, "phone": self.phone}


@dataclass(frozen=True)
class Assistance:
    """One such case. ``given`` is how she agreed: oral, written or scan."""

    id: str
    conversation_id: str
    staff_id: str
    item: str
    channel: str
    given: str
    consent: Consent
    begun_at: datetime
    handed: bool
    link_until: datetime | None
    tries: int
    opened_at: datetime | None
    ended_at: datetime | None
    ended: str | None

    def state(self, now: datetime) -> str:
        """ended · opened (she has it) · locked · expired · handed (waits for her to open it) · filling."""
        if self.ended_at is not None:
            return "ended"
        if self.handed:
            if self.tries >= TRIES:
                return "locked"
            return "handed" if self.link_until is not None and self.link_until > now else "expired"
        return "opened" if self.opened_at is not None else "filling"


@dataclass(frozen=True)
class Opening:
    """What became of trying a code."""

    kind: Literal["fits", "wrong", "locked", "expired"]
    found: Assistance | None = None


def begin(
    conn: Connection, desk: Desk, conversation_id: str, *, staff_id: str, name: str, item: str, channel: str, given: str,
    consent: Consent, at: datetime,
) -> None:  # fmt: skip
    """Write down her consent and give the conversation to its member of staff.

    Raises:
        NotYours: she has as many conversations as she can.
    """
    conn.execute(
        insert(assistance).values(
            id=str(uuid.uuid4()), conversation_id=conversation_id, staff_id=staff_id, item=item, channel=channel, given=given,
            consent=consent.stored(), begun_at=at, tries=0,
        )
    )  # fmt: skip
    detail = {"item": item, "channel": channel, "given": given, "lookup": consent.lookup, "sms": consent.sms}
    audit.append(conn, at=at, actor=f"staff:{staff_id}", action="assistance.begun", subject=conversation_id, detail=detail)
    books.lock(conn, conversation_id)
    desk.enqueue(conn, conversation_id, REASON, at, item=item)
    held = books.live(conn, conversation_id)
    assert held is not None
    desk.seats.acts(conn, staff_id, at)
    desk.give(conn, held, staff_id, name, at)
    books.moment(conn, held["id"], ANSWERED, at, staff_id)  # they are talking already


def of(conn: Connection, conversation_id: str) -> Assistance | None:
    """How a conversation is assisted; None where it is not."""
    row = conn.execute(select(assistance).where(assistance.c.conversation_id == conversation_id)).mappings().first()
    return _read(row) if row else None


def listed(conn: Connection, staff_id: str, now: datetime) -> list[Assistance]:
    """What this member of staff began lately, the latest first."""
    query = select(assistance).where(assistance.c.staff_id == staff_id, assistance.c.begun_at > now - LISTED)
    return [_read(row) for row in conn.execute(query.order_by(assistance.c.begun_at.desc())).mappings()]


def hand_over(
    conn: Connection, found: Assistance, *, staff_id: str, code: str, tail: str, keyed: Keyed, at: datetime
) -> datetime:
    """Let a code open it, with the last characters of her identity number; until when. A former code no longer does."""
    until = at + LIVES[found.channel]
    values = {"link": _link(keyed, code), "proof": _proof(keyed, found.id, tail), "link_until": until, "tries": 0}
    conn.execute(update(assistance).where(assistance.c.id == found.id).values(**values))
    detail = {"until": until.isoformat()}
    audit.append(conn, at=at, actor=f"staff:{staff_id}", action="assistance.handed", subject=found.conversation_id, detail=detail)
    return until


def open_with(conn: Connection, code: str, tail: str, *, keyed: Keyed, at: datetime) -> Opening:
    """Use a code up. A code that never was is as wrong as one whose proof is."""
    row = conn.execute(select(assistance).where(assistance.c.link == _link(keyed, code)).with_for_update()).mappings().first()
    if row is None or row["ended_at"] is not None:
        return Opening("wrong")
    found = _read(row)
    if found.state(at) in ("locked", "expired"):
        return Opening("locked" if found.state(at) == "locked" else "expired", found)
    fits = row["proof"] == _proof(keyed, found.id, tail)
    values = {"link": None, "proof": None, "tries": 0, "opened_at": at} if fits else {"tries": found.tries + 1}
    conn.execute(update(assistance).where(assistance.c.id == found.id).values(**values))
    action, detail = ("assistance.opened", {}) if fits else ("assistance.refused", {"tries": found.tries + 1})
    audit.append(conn, at=at, actor="citizen", action=action, subject=found.conversation_id, detail=detail)
    return Opening("fits" if fits else "wrong", found)


def let_go(
    conn: Connection, conversations: Conversations, conversation_id: str, text: str, actor: str, at: datetime
) -> None:
    """It is hers now: whoever has it at the desk has it no more, and the bot goes on."""
    books.lock(conn, conversation_id)
    held = books.live(conn, conversation_id)
    if held is not None:
        state = books.RELEASED if held["state"] == books.CLAIMED else books.LEFT
        books.end(conn, held["id"], state, at, held["staff_id"])
    conversations.hand_over(conn, conversation_id, "bot", actor, at, text)


def end(conn: Connection, found: Assistance, *, keep: bool, actor: str, at: datetime) -> None:
    """She takes her consent back: no code opens it any more, and nobody may speak for her."""
    ended = "kept" if keep else "deleted"
    values = {"ended_at": at, "ended": ended, "link": None, "proof": None}
    if not keep:
        values["consent"] = replace(found.consent, phone=None).stored()  # what she agreed to stays, how to reach her does not
    conn.execute(update(assistance).where(assistance.c.id == found.id).values(**values))
    audit.append(
        conn, at=at, actor=actor, action="assistance.ended", subject=found.conversation_id, detail={"draft": ended}
    )


def _link(keyed: Keyed, code: str) -> str:
    return keyed("handover:" + code.strip().upper())


def _proof(keyed: Keyed, assistance_id: str, tail: str) -> str:
    return keyed(f"handover:{assistance_id}:{tail.strip().upper()}")


def _read(row: RowMapping) -> Assistance:
    return Assistance(
        id=row["id"], conversation_id=row["conversation_id"], staff_id=row["staff_id"], item=row["item"],
        channel=row["channel"], given=row["given"], consent=Consent(**row["consent"]), begun_at=row["begun_at"],
        handed=row["link"] is not None, link_until=row["link_until"], tries=row["tries"], opened_at=row["opened_at"],
        ended_at=row["ended_at"], ended=row["ended"],
    )  # fmt: skip
