"""Every query on ``notice``: what is to be told, what has been, what could not be.

States: ``planned`` · ``sent`` · ``suppressed`` (no longer wanted, no longer true, or too late) · ``failed`` (refused, or tried
long enough; a person has been told, and ``again`` tries once more). Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from assistant.casework.notices.notice import Words, key_of
from assistant.foundation.tables import case_
from assistant.foundation.tables import notice as notices

CHAT = "chat"
#: Longer than the slowest sending takes: what is claimed and not settled by then was left by a crash.
LEASE = timedelta(minutes=3)


class State(StrEnum):
    """See the module."""

    PLANNED = "planned"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


@dataclass(frozen=True)
class Row:
    """One row of ``notice``; ``attempts`` counts the present one, ``due_at`` is when it is tried next."""

    key: str
    about: str
    case_no: str
    channel: str
    kind: str
    state: State
    address: str | None
    words: Words
    attempts: int
    due_at: datetime | None
    created_at: datetime
    error: str | None = None


def plan(
    conn: Connection, about: str, case_no: str, channel: str, kind: str, address: str | None, words: Words, now: datetime
) -> bool:
    """Note a notice to be sent; False where it had been noted before. ``about`` says what it is about, once for all channels."""
    key = key_of(case_no, f"{about}:{channel}")
    if conn.execute(select(notices.c.key).where(notices.c.key == key)).first() is not None:
        return False
    conn.execute(
        insert(notices).values(
            key=key,
            about=about,
            case_no=case_no,
            channel=channel,
            kind=kind,
            state=State.PLANNED.value,
            address=address,
            words=words.model_dump(mode="json"),
            attempts=0,
            due_at=now,
            created_at=now,
        )
    )
    return True


def known_in(conn: Connection, about: str, conversation_id: str) -> bool:
    """Whether anything was planned about this, over whatever channel, for any case of a conversation."""
    found = select(notices.c.key).join(case_, case_.c.case_no == notices.c.case_no)
    hers = found.where(notices.c.about == about, case_.c.conversation_id == conversation_id)
    return conn.execute(hers.limit(1)).first() is not None


def due(conn: Connection, now: datetime, limit: int, without: Collection[str] = ()) -> list[str]:
    """Keys of what is to be sent now, the longest due first; nothing of the channels in ``without``."""
    query = select(notices.c.key).where(notices.c.state == State.PLANNED.value, notices.c.due_at <= now)
    query = query.where(notices.c.channel.not_in(without)) if without else query
    return list(conn.execute(query.order_by(notices.c.due_at, notices.c.created_at, notices.c.key).limit(limit)).scalars())


def claim(conn: Connection, key: str, now: datetime) -> Row | None:
    """Take one to send it: counted before anything is sent, and nobody else's until ``LEASE`` is over. None if it is not due."""
    changed = conn.execute(
        update(notices)
        .where(notices.c.key == key, notices.c.state == State.PLANNED.value, notices.c.due_at <= now)
        .values(attempts=notices.c.attempts + 1, due_at=now + LEASE)
    )
    return get(conn, key) if changed.rowcount == 1 else None


def get(conn: Connection, key: str) -> Row | None:
    """One notice."""
    row = conn.execute(select(notices).where(notices.c.key == key)).mappings().first()
    return _row(dict(row)) if row is not None else None


def of_case(conn: Connection, case_no: str) -> list[Row]:
    """Every notice about a case, oldest first."""
    rows = conn.execute(select(notices).where(notices.c.case_no == case_no).order_by(notices.c.created_at, notices.c.key))
    return [_row(dict(row)) for row in rows.mappings()]


def settle(conn: Connection, key: str, state: State, now: datetime, *, ref: str = "", error: str | None = None) -> bool:
    """End a planned one in ``state``; False when it was ended before."""
    changed = conn.execute(
        update(notices)
        .where(notices.c.key == key, notices.c.state == State.PLANNED.value)
        .values(
            state=state.value,
            due_at=None,
            far_ref=ref[:128] or None,
            error=error[:64] if error else None,
            sent_at=now if state is State.SENT else None,
        )
    )
    return changed.rowcount == 1


def later(conn: Connection, key: str, due_at: datetime, error: str) -> None:
    """It could not be sent: try again at ``due_at``."""
    changed = {"due_at": due_at, "error": error[:64]}
    conn.execute(update(notices).where(notices.c.key == key, notices.c.state == State.PLANNED.value).values(**changed))


def readdress(conn: Connection, key: str, address: str) -> None:
    """Send it there instead."""
    conn.execute(update(notices).where(notices.c.key == key).values(address=address))


def put_off(conn: Connection, key: str, due_at: datetime) -> None:
    """Give back a claimed one of which nothing was sent now, to be sent at ``due_at``."""
    values: dict[str, Any] = {"due_at": due_at, "attempts": notices.c.attempts - 1}
    conn.execute(update(notices).where(notices.c.key == key, notices.c.state == State.PLANNED.value).values(**values))


def left_to_people(conn: Connection, limit: int) -> list[Row]:
    """What could not be sent and waits for a person, the oldest first."""
    rows = conn.execute(select(notices).where(notices.c.state == State.FAILED.value).order_by(notices.c.created_at).limit(limit))
    return [_row(dict(row)) for row in rows.mappings()]


def again(conn: Connection, key: str, now: datetime) -> bool:
    """Try once more what was left to a person, to wherever she is reached by then; False where it was not."""
    changed = conn.execute(
        update(notices)
        .where(notices.c.key == key, notices.c.state == State.FAILED.value)
        .values(state=State.PLANNED.value, due_at=now, created_at=now, error=None, address=None)
    )
    return changed.rowcount == 1


def counts(conn: Connection) -> dict[tuple[str, State], int]:
    """How many notices there are, by channel and state."""
    rows = conn.execute(select(notices.c.channel, notices.c.state, func.count()).group_by(notices.c.channel, notices.c.state))
    return {(str(channel), State(state)): int(count) for channel, state, count in rows}


def home_of(conn: Connection, case_no: str) -> str | None:
    """The conversation a case is in now."""
    found: str | None = conn.execute(select(case_.c.conversation_id).where(case_.c.case_no == case_no)).scalar()
    return found


def _row(held: dict[str, Any]) -> Row:
    names = ("key", "about", "case_no", "channel", "kind", "address", "attempts", "due_at", "created_at", "error")
    return Row(state=State(held["state"]), words=Words.model_validate(held["words"]), **{name: held[name] for name in names})
