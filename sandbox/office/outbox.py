"""News that has to reach the sender: kept in the transaction that makes it news, sent later, each until it has arrived."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.office.model import Entry

WAITS = (5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds before the second, third ... try; the last one again and again."""

GIVE_UP_AFTER = 4 * 86_400.0
"""Seconds: longer than the longest weekend. What is given up is told by asking all the same."""


@dataclass(frozen=True)
class Webhook:
    """One piece of news. ``unsure`` says that an earlier try may have arrived: it was made, and no answer came."""

    number: int
    id: str
    receipt_no: str
    body: str
    tries: int
    unsure: bool
    since: float


def keeper(now: Callable[[], datetime]) -> Callable[[sqlite3.Connection, str, Entry], None]:
    """What the store calls with every new line of a history."""

    def keep(conn: sqlite3.Connection, receipt_no: str, entry: Entry) -> None:
        query = (
            "SELECT office_file.case_no, max(history.position) + 1 FROM office_file JOIN history USING (receipt_no)"
            " WHERE receipt_no = ?"
        )
        case_no, seq = conn.execute(query, (receipt_no,)).fetchone()
        body = {
            "type": "submission.changed",
            "receipt_no": receipt_no,
            "case_no": case_no,
            "seq": seq,
            "at": entry.at,
            "status": str(entry.status),
        }
        since = now().timestamp()
        conn.execute(
            "INSERT INTO webhook (id, receipt_no, seq, body, due_at, since) VALUES (?, ?, ?, ?, ?, ?)",
            (f"msg_{secrets.token_hex(12)}", receipt_no, seq, json.dumps(body, ensure_ascii=False), since, since),
        )

    return keep


def due(conn: sqlite3.Connection, at: float, limit: int) -> list[Webhook]:
    """What may be sent now: of each file only the oldest that has not arrived, so that a file's news stay in order."""
    rows = conn.execute(
        "SELECT * FROM webhook WHERE number IN (SELECT min(number) FROM webhook WHERE ended IS NULL GROUP BY receipt_no)"
        " AND due_at <= ? ORDER BY number LIMIT ?",
        (at, limit),
    ).fetchall()
    return [_read(row) for row in rows]


def due_backwards(conn: sqlite3.Connection, before: float, limit: int) -> list[Webhook]:
    """What is older than ``before``, the latest first: the wrong order, for the fault that asks for it."""
    rows = conn.execute(
        "SELECT * FROM webhook WHERE ended IS NULL AND since <= ? ORDER BY number DESC LIMIT ?", (before, limit)
    ).fetchall()
    return [_read(row) for row in rows]


def begin(conn: sqlite3.Connection, number: int) -> None:
    """Note a try before it is made: if we die while it is under way, nobody knows whether it arrived."""
    conn.execute("UPDATE webhook SET tries = tries + 1, unsure = 1 WHERE number = ?", (number,))


def put_off(conn: sqlite3.Connection, sent: Webhook, at: float, *, unsure: bool) -> None:
    """It has not arrived, or nobody knows: try again later, or give it up."""
    if at - sent.since > GIVE_UP_AFTER:
        return end(conn, sent.number, "given-up")
    wait = WAITS[min(sent.tries, len(WAITS) - 1)]
    conn.execute("UPDATE webhook SET due_at = ?, unsure = ? WHERE number = ?", (at + wait, int(unsure), sent.number))


def end(conn: sqlite3.Connection, number: int, how: str) -> None:
    """It needs no more tries; ``how`` is delivered, repeated or given-up."""
    conn.execute("UPDATE webhook SET ended = ? WHERE number = ?", (how, number))


def _read(row: sqlite3.Row) -> Webhook:
    return Webhook(row["number"], row["id"], row["receipt_no"], row["body"], row["tries"], bool(row["unsure"]), row["since"])
