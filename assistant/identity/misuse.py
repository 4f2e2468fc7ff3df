"""Misuse of the ways in: many enterprises signed in to, many case numbers tried, many proofs wrong, all from one network address.

Each try is counted by the blind index of the address; too many are an alarm, which slows that address and is shown to staff. An
address of this machine is not slowed: it is a proxy that does not say whom it speaks for, and everybody would be.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal, get_args

from sqlalchemy import Connection, delete, func, insert, select, update

from assistant.foundation import audit
from assistant.foundation.columns import KEYRING_ATTRIBUTE
from assistant.foundation.crypto import KeyRing
from assistant.foundation.identity_tables import misuse_alarm, misuse_try
from assistant.foundation.logging import get_logger

log = get_logger(__name__)
Kind = Literal["enterprises", "case_numbers", "proofs"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WITHIN = {"enterprises": timedelta(days=1), "case_numbers": timedelta(hours=1), "proofs": timedelta(hours=1)}
"""How long a try counts. Enterprises and case numbers are counted once each, proofs every time."""
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=1)
"""An address is slowed so long at first; twice as long with every further try, up to an hour."""
QUIET = timedelta(days=1)
"""After a day without a try it is another alarm."""


@dataclass(frozen=True)
class Visit:
    """Where a request comes from, and how many tries of each kind are none too many (0: any number)."""

    address: str
    limits: dict[Kind, int]


@dataclass(frozen=True)
class Alarm:
    """What staff are shown; ``slowed_until`` is None where the address is not slowed."""

    id: str
    kind: str
    address: str
    began_at: datetime
    last_at: datetime
    tries: int
    slowed_until: datetime | None
    seen_by: str | None
    seen_at: datetime | None


visit: ContextVar[Visit | None] = ContextVar("visit", default=None)
"""The request being served; None where no address is known (an operator's act, a job). Set for each request by the app."""


def note(conn: Connection, kind: Kind, what: str, now: datetime) -> None:
    """Count one try; raise the alarm, or go on with it, where there were too many."""
    come = visit.get()
    limit = come.limits[kind] if come else 0
    if come is None or limit == 0:
        return
    keyring = _keyring(conn)
    address = keyring.blind_index(f"address:{come.address}")
    conn.execute(delete(misuse_try).where(misuse_try.c.at <= now - max(WITHIN.values())))
    conn.execute(
        insert(misuse_try).values(kind=kind, address_index=address, what_index=keyring.blind_index(f"tried:{what}"), at=now)
    )
    counted = func.count() if kind == "proofs" else func.count(misuse_try.c.what_index.distinct())
    mine = misuse_try.c.address_index == address, misuse_try.c.kind == kind, misuse_try.c.at > now - WITHIN[kind]
    tries = int(conn.execute(select(counted).select_from(misuse_try).where(*mine)).scalar_one())
    if tries > limit:
        _alarm(conn, kind, come.address, address, tries - limit, now)


def slowed(conn: Connection, kinds: Sequence[Kind], now: datetime) -> int | None:
    """Seconds until this request's address may try again, if it is slowed for one of these."""
    come = visit.get()
    if come is None:
        return None
    address = _keyring(conn).blind_index(f"address:{come.address}")
    which = misuse_alarm.c.address_index == address, misuse_alarm.c.kind.in_(kinds), misuse_alarm.c.slowed_until > now
    until = conn.execute(select(func.max(misuse_alarm.c.slowed_until)).where(*which)).scalar()
    return int((until - now).total_seconds()) + 1 if until is not None else None


def alarms(conn: Connection, before: datetime | None = None, limit: int = 100) -> list[Alarm]:
    """Alarms, those first at which something happened last."""
    wanted = select(misuse_alarm).order_by(misuse_alarm.c.last_at.desc(), misuse_alarm.c.id).limit(limit)
    if before is not None:
        wanted = wanted.where(misuse_alarm.c.last_at < before)
    return [
        Alarm(
            row.id, row.kind, row.address, row.began_at, row.last_at, row.tries, row.slowed_until, row.seen_by, row.seen_at
        )
        for row in conn.execute(wanted)
    ]  # fmt: skip


def see(conn: Connection, alarm_id: str, staff_id: str, now: datetime) -> bool:
    """Somebody of the staff has looked at it; what happens afterwards is another alarm. False where it is gone or seen."""
    open_one = misuse_alarm.c.id == alarm_id, misuse_alarm.c.seen_at.is_(None)
    done = conn.execute(update(misuse_alarm).where(*open_one).values(seen_by=staff_id, seen_at=now)).rowcount == 1
    if done:
        audit.append(conn, at=now, actor=f"staff:{staff_id}", action="misuse.seen", subject=alarm_id, detail={})
    return done


def _alarm(conn: Connection, kind: Kind, address: str, index: str, over: int, now: datetime) -> None:
    until = now + min(FIRST * 2 ** min(over - 1, 10), LONGEST) if _slowable(address) else None
    mine = misuse_alarm.c.address_index == index, misuse_alarm.c.kind == kind
    current = conn.execute(
        select(misuse_alarm.c.id, misuse_alarm.c.tries)
        .where(*mine, misuse_alarm.c.seen_at.is_(None), misuse_alarm.c.last_at > now - QUIET)
    ).first()  # fmt: skip
    if current is not None:
        which = misuse_alarm.c.id == current.id
        conn.execute(update(misuse_alarm).where(which).values(last_at=now, tries=current.tries + 1, slowed_until=until))
        return
    alarm_id = str(uuid.uuid4())
    conn.execute(
        insert(misuse_alarm).values(
            id=alarm_id, kind=kind, address_index=index, address=address, began_at=now, last_at=now, tries=1, slowed_until=until
        )
    )
    audit.append(
        conn, at=now, actor="system", action="misuse.alarm", subject=alarm_id, detail={"kind": kind, "slowed": until is not None}
    )
    log.warning("misuse.alarm", kind=kind, slowed=until is not None)


def _slowable(address: str) -> bool:
    try:
        return not ip_address(address).is_loopback
    except ValueError:
        return True


def _keyring(conn: Connection) -> KeyRing:
    held = getattr(conn.dialect, KEYRING_ATTRIBUTE, None)
    assert isinstance(held, KeyRing)
    return held
