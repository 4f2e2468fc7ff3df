"""Calls and what is said in them, in the database: so that the two pages may be at two processes of the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from assistant.foundation.video_tables import video_call as calls
from assistant.foundation.video_tables import video_signal as signals
from channels.video.call import ENDED, Call, Party, Seat


def live_of(conn: Connection, conversation_id: str) -> Call | None:
    """The call of a conversation that is not over; there is one at most."""
    query = select(calls).where(calls.c.conversation_id == conversation_id, calls.c.state != ENDED)
    row = conn.execute(query).mappings().first()
    return _read(row) if row else None


def latest(conn: Connection, conversation_id: str) -> Call | None:
    """A conversation's call that is not over, else its last one."""
    query = select(calls).where(calls.c.conversation_id == conversation_id)
    row = conn.execute(query.order_by(calls.c.ended_at.is_not(None), calls.c.ended_at.desc()).limit(1)).mappings().first()
    return _read(row) if row else None


def under_way(conn: Connection) -> list[Call]:
    """Every call that is not over, the earliest first."""
    rows = conn.execute(select(calls).where(calls.c.state != ENDED).order_by(calls.c.asked_at)).mappings()
    return [_read(row) for row in rows]


def between(conn: Connection, start: datetime, end: datetime) -> list[Call]:
    """Calls that ended from ``start`` to before ``end``."""
    query = select(calls).where(calls.c.ended_at >= start, calls.c.ended_at < end).order_by(calls.c.ended_at)
    return [_read(row) for row in conn.execute(query).mappings()]


def add(conn: Connection, call: Call) -> Call:
    """Keep a new call."""
    call = replace(call, revision=1)
    conn.execute(insert(calls).values(id=call.id, **_values(call)))
    return call


def save(conn: Connection, call: Call) -> Call:
    """Keep what became of a call; of one that is over, what was said goes."""
    call = replace(call, revision=call.revision + 1)
    conn.execute(update(calls).where(calls.c.id == call.id).values(**_values(call)))
    if call.state == ENDED:
        conn.execute(delete(signals).where(signals.c.call_id == call.id))
    return call


def seen(conn: Connection, call_id: str, party: Party, page: str, now: datetime) -> None:
    """The page a party talks at is still there; another page of hers says nothing about that."""
    mine = (calls.c.id == call_id) & (calls.c.state != ENDED) & (calls.c[f"{party}_page"] == page)
    conn.execute(update(calls).where(mine).values({f"{party}_seen": now}))


def say(conn: Connection, call_id: str, to: Party, body: dict[str, Any]) -> None:
    """Put something said behind what was said before. The conversation is locked meanwhile, so the numbers have no gaps."""
    conn.execute(insert(signals).values(call_id=call_id, seq=last(conn, call_id) + 1, party=to.value, body=body))


def pass_over(conn: Connection, call_id: str, party: Party) -> None:
    """Nobody hears what was said to a party until now: her new page begins here. The numbers stay taken."""
    said = (signals.c.call_id == call_id) & (signals.c.party == party.value)
    conn.execute(update(signals).where(said).values(party=""))


def last(conn: Connection, call_id: str) -> int:
    """The number of what was said last; 0: nothing."""
    return int(conn.execute(select(func.coalesce(func.max(signals.c.seq), 0)).where(signals.c.call_id == call_id)).scalar_one())


def after(conn: Connection, call_id: str, party: Party, seq: int) -> Sequence[tuple[int, dict[str, Any]]]:
    """What was said to a party after that number, in order."""
    query = select(signals.c.seq, signals.c.body).where(
        signals.c.call_id == call_id, signals.c.party == party.value, signals.c.seq > seq
    )
    return [(row.seq, row.body) for row in conn.execute(query.order_by(signals.c.seq))]


def _values(call: Call) -> dict[str, Any]:
    return {
        "conversation_id": call.conversation_id, "staff_id": call.staff_id, "kind": call.kind, "state": call.state,
        "asked_by": call.asked_by.value, "asked_at": call.asked_at, "rung_at": call.rung_at, "began_at": call.began_at,
        "connected_at": call.connected_at, "ended_at": call.ended_at, "outcome": call.outcome, "fell_back": call.fell_back,
        "recording": call.recording, "revision": call.revision,
        **{f"{party}_{name}": getattr(call.seat(party), name) for party in Party for name in ("page", "line", "seen")},
    }  # fmt: skip


def _read(row: RowMapping) -> Call:
    return Call(
        id=row["id"], conversation_id=row["conversation_id"], kind=row["kind"], state=row["state"],
        asked_by=Party(row["asked_by"]), asked_at=row["asked_at"], staff_id=row["staff_id"], rung_at=row["rung_at"],
        began_at=row["began_at"], connected_at=row["connected_at"], ended_at=row["ended_at"], outcome=row["outcome"],
        fell_back=row["fell_back"], recording=row["recording"],
        citizen=Seat(row["citizen_page"], row["citizen_line"], row["citizen_seen"]),
        staff=Seat(row["staff_page"], row["staff_line"], row["staff_seen"]), revision=row["revision"],
    )  # fmt: skip
