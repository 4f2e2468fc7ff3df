"""The inbox and who works for whom: every query about ``wechat_inbox`` and ``wechat_peer``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.foundation.tables import conversation
from assistant.foundation.wechat_tables import wechat_inbox as inbox
from assistant.foundation.wechat_tables import wechat_peer as peers
from channels.wechat.arriving import Arrived

LEASE = timedelta(seconds=90)
"""So long one process works for somebody undisturbed; one that died is followed by another after that."""
KEPT = timedelta(days=7)
"""So long a message is known again. The platforms repeat theirs within seconds."""
INBOX_LOCK = 0x77656368
"""PostgreSQL advisory lock ("wech" in ASCII): two batches with the same repeats in another order would wait for each other."""
NEW, DONE, FAILED = "new", "done", "failed"


@dataclass(frozen=True)
class Row:
    """One message waiting to be worked off."""

    id: int
    account: str
    kind: str
    at: datetime
    tries: int
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Peer:
    """Somebody at an account; see the table."""

    id: str
    account: str
    openid: str = field(repr=False)
    conversation_id: str | None
    sent_seq: int
    batch_seq: int
    sent_part: int
    budget: int
    budget_until: datetime | None
    subscribed: bool
    changed_at: datetime | None
    menu: list[Any] | None = field(repr=False)
    service_state: int | None
    resting_until: datetime | None


_PEER = [peers.c[name] for name in Peer.__dataclass_fields__]


def put(conn: Connection, arrived: Sequence[Arrived], now: datetime) -> None:
    """Keep what arrived, in one go; what came before is left as it is, and who is new gets a row."""
    if not arrived:
        return
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": INBOX_LOCK})
    know(conn, arrived, now)
    conn.execute(
        insert(inbox).on_conflict_do_nothing(index_elements=["account", "dedup"]),
        [
            {
                "account": one.account, "peer": one.peer, "dedup": one.dedup, "kind": one.kind, "payload": one.data,
                "sent_at": one.at, "received_at": now, "state": NEW, "tries": 0, "due_at": now,
            }
            for one in arrived
        ],
    )  # fmt: skip


def know(conn: Connection, arrived: Sequence[Arrived], now: datetime) -> None:
    """A row for everybody who is new."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(
        insert(peers).on_conflict_do_nothing(index_elements=["id"]),
        [
            {
                "id": peer, "account": one.account, "openid": one.openid, "sent_seq": 0, "batch_seq": 0, "sent_part": 0,
                "budget": 0, "subscribed": True, "created_at": now, "heard_at": now,
            }
            for peer, one in {one.peer: one for one in arrived}.items()
        ],
    )  # fmt: skip


def candidates(conn: Connection, most: int, now: datetime, *, sending: bool) -> list[str]:
    """People something is to be done for: with messages waiting, oldest first; with ``sending`` also those who have not been
    sent what their conversation says.
    """
    free = or_(peers.c.lease_until.is_(None), peers.c.lease_until <= now)
    waiting = conn.execute(
        select(inbox.c.peer)
        .join(peers, peers.c.id == inbox.c.peer)
        .where(inbox.c.state == NEW, inbox.c.due_at <= now, free)
        .order_by(inbox.c.id)
        .limit(most * 8)
    ).scalars()
    found = list(dict.fromkeys(waiting))[:most]
    if not sending or len(found) >= most:
        return found
    behind = conn.execute(
        select(peers.c.id)
        .join(conversation, conversation.c.id == peers.c.conversation_id)
        .where(
            peers.c.budget_until > now, peers.c.budget > 0, peers.c.subscribed, free,
            conversation.c.last_event > peers.c.sent_seq,
            or_(peers.c.resting_until.is_(None), peers.c.resting_until <= now),
        )
        .limit(most)
    ).scalars()  # fmt: skip
    return list(dict.fromkeys([*found, *behind]))[:most]


def claim(conn: Connection, found: Sequence[str], worker: str, now: datetime) -> list[str]:
    """Those of them that are now this worker's: another process may have been quicker since they were read."""
    free = or_(peers.c.lease_until.is_(None), peers.c.lease_until <= now)
    mine = []
    for peer in found:
        taken = conn.execute(update(peers).where(peers.c.id == peer, free).values(lease_by=worker, lease_until=now + LEASE))
        if taken.rowcount:
            mine.append(peer)
    return mine


def release(conn: Connection, peer: str, worker: str) -> None:
    """Somebody else may work for her now."""
    conn.execute(update(peers).where(peers.c.id == peer, peers.c.lease_by == worker).values(lease_by=None, lease_until=None))


def load(conn: Connection, peer: str) -> Peer | None:
    """Somebody, as she stands."""
    row = conn.execute(select(*_PEER).where(peers.c.id == peer)).first()
    return Peer(**row._mapping) if row is not None else None


def by_openid(conn: Connection, peer: str) -> str | None:
    """The conversation somebody has, if any."""
    found: str | None = conn.execute(select(peers.c.conversation_id).where(peers.c.id == peer)).scalar()
    return found


def next_row(conn: Connection, peer: str, now: datetime) -> Row | None:
    """Her next message: by the platform's clock, then as they came, so that what overtook on the way is put in order again.

    None while the first of them is put off: none overtakes it.
    """
    row = conn.execute(
        select(inbox.c.id, inbox.c.account, inbox.c.kind, inbox.c.sent_at, inbox.c.tries, inbox.c.payload, inbox.c.due_at)
        .where(inbox.c.peer == peer, inbox.c.state == NEW)
        .order_by(inbox.c.sent_at, inbox.c.id)
        .limit(1)
    ).first()
    if row is None or row.due_at > now:
        return None
    return Row(row.id, row.account, row.kind, row.sent_at, row.tries, row.payload or {})


def settle(conn: Connection, row_id: int, state: str = DONE) -> None:
    """It has been worked off, or cannot be; what it said is in the conversation, and is not kept twice."""
    conn.execute(update(inbox).where(inbox.c.id == row_id).values(state=state, payload=None))


def put_off(conn: Connection, row: Row, until: datetime) -> None:
    """Try it again then."""
    conn.execute(update(inbox).where(inbox.c.id == row.id).values(tries=row.tries + 1, due_at=until))


def change(conn: Connection, peer: str, **values: Any) -> None:
    """Note something about somebody."""
    conn.execute(update(peers).where(peers.c.id == peer).values(**values))


def spend(conn: Connection, peer: str) -> None:
    """One message of the budget has gone."""
    conn.execute(update(peers).where(peers.c.id == peer).values(budget=peers.c.budget - 1, sent_part=peers.c.sent_part + 1))


def forget(conn: Connection, now: datetime) -> int:
    """Delete what is settled and too old to be repeated; how many."""
    old = and_(inbox.c.state != NEW, inbox.c.received_at < now - KEPT)
    return int(conn.execute(delete(inbox).where(old)).rowcount)


def waiting(conn: Connection) -> int:
    """Messages not worked off yet."""
    return int(conn.execute(select(func.count()).select_from(inbox).where(inbox.c.state == NEW)).scalar_one())
