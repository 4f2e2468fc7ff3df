"""The audit chain: every state change of a case, every hand-over, sign-in and key change, in the order it was committed.

Each entry's hash is SHA-256 over its canonical JSON and the hash before it, so changing, removing or inserting an entry
breaks every later one. Database triggers refuse updates and deletes; the chain shows what went around them. Cutting off
the *end* leaves a whole, shorter chain: keep ``AuditReport.head`` somewhere else (backups do) to notice that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, text

from assistant.foundation import last
from assistant.foundation.masking import is_identifying
from assistant.foundation.tables import audit_entry

GENESIS = "0" * 64
"""What the first entry has for a previous hash."""

CHAIN_LOCK = 0x6175646974
"""PostgreSQL advisory lock: two appends at once would both follow the same entry. SQLite has one writer anyway."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,127}")
_LAST = select(audit_entry.c.seq, audit_entry.c.hash).order_by(audit_entry.c.seq.desc()).limit(1)
_INSERT = insert(audit_entry)
_ALL = select(audit_entry).order_by(audit_entry.c.seq)


@dataclass(frozen=True)
class AuditReport:
    """What ``verify`` found. ``first_bad`` is the number of the first entry that does not follow; ``head`` the last good hash."""

    ok: bool
    entries: int
    first_bad: int | None
    head: str


def append(conn: Connection, *, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> None:
    """Add one entry within the caller's write transaction; numbers go from 1 without gaps, in the order of commits.

    Args:
        at: aware moment.
        actor: ``citizen``, ``bot``, ``system``, ``office`` or ``staff:<id>``; never a name.
        action: dotted code such as ``case.submitted``.
        subject: the number of what it happened to (a case, conversation, staff member, key).
        detail: codes, statuses, counts, hashes, and lists and mappings of them; nothing that could name a person.

    Raises:
        ValueError: a text is not a code (ASCII without blanks, up to 128 characters), or is an identity or phone number.
    """
    content = dict(detail)
    _only_codes((actor, action, subject, content), "entry")
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "detail": content}
    last.defer(conn, lambda connection: _chain(connection, entry))


def _chain(conn: Connection, entry: dict[str, Any]) -> None:
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    before = conn.execute(_LAST).first()
    seq, previous = (before.seq + 1, before.hash) if before else (1, GENESIS)
    digest = entry_hash(seq=seq, **entry, previous=previous)
    conn.execute(_INSERT, {"seq": seq, **entry, "prev_hash": previous, "hash": digest})


def verify(conn: Connection) -> AuditReport:
    """Recompute the whole chain, reading it in batches; stops at the first entry that does not follow."""
    previous, count = GENESIS, 0
    with conn.execute(_ALL, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            digest = entry_hash(
                seq=row.seq,
                at=row.at,
                actor=row.actor,
                action=row.action,
                subject=row.subject,
                detail=row.detail,
                previous=previous,
            )
            if row.seq != count + 1 or row.prev_hash != previous or row.hash != digest:
                return AuditReport(False, count, count + 1, previous)
            previous, count = digest, count + 1
    return AuditReport(True, count, None, previous)


def entry_hash(*, seq: int, at: datetime, actor: str, action: str, subject: str, detail: Any, previous: str) -> str:
    """SHA-256 (hex) over the previous hash, a line feed and the entry as JSON with sorted keys and UTC microseconds."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = {"seq": seq, "at": moment, "actor": actor, "action": action, "subject": subject, "detail": detail}
    return hashlib.sha256(previous.encode() + b"\n" + orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _only_codes(value: Any, where: str) -> None:
    """The audit chain can never be corrected, so what must not get in is refused at the door."""
    match value:
        case None | bool() | int() | float():
            if not isinstance(value, bool) and value is not None and abs(value) >= 10**10:
                raise ValueError(f"audit {where}: a number this long could identify somebody")
        case str():
            if (value and not _CODE.fullmatch(value)) or is_identifying(value):
                raise ValueError(f"audit {where}: only codes, numbers and hashes, never free text or personal data")
        case list() | tuple():
            for item in value:
                _only_codes(item, where)
        case dict():
            for key, item in value.items():
                _only_codes(key, where)
                _only_codes(item, f"{where}.{key}")
        case _:
            raise ValueError(f"audit {where}: {type(value).__name__} is not a code")
