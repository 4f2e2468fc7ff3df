"""The messages' own database (SQLite, one file): what was taken in, under which key, and how often it was handed over."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sandbox.onefile import OneFile

Channel = Literal["sms", "wechat", "email"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, recipient TEXT NOT NULL,
  title TEXT NOT NULL, body TEXT NOT NULL, link TEXT NOT NULL, received_at TEXT NOT NULL, handed_over INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS message_key ON message (channel, key);
"""


@dataclass(frozen=True)
class Message:
    """One message as it would reach a person. ``handed_over`` counts how often the sender brought the same one."""

    id: int
    channel: str
    key: str
    digest: str
    recipient: str
    title: str
    body: str
    link: str
    received_at: str
    handed_over: int


class OtherMessage(Exception):
    """The same key came with another message."""


class MessageStore:
    """Reads and writes; every query is here."""

    def __init__(self, data_dir: Path) -> None:
        self._file = OneFile(data_dir / "messages.sqlite", lambda conn: conn.executescript(_SCHEMA))

    def keep(
        self, channel: Channel, key: str, digest: str, recipient: str, title: str, body: str, link: str, at: datetime
    ) -> tuple[Message, bool]:
        """Take a message in by its key: the same one again is the one there was. Returns it, and whether it is new.

        Raises:
            OtherMessage: the key belongs to another message.
        """
        with self._file.write() as conn:
            held = _first(conn, channel, key)
            if held is not None and held.digest != digest:
                raise OtherMessage
            if held is not None:
                conn.execute("UPDATE message SET handed_over = handed_over + 1 WHERE id = ?", (held.id,))
            else:
                _insert(conn, channel, key, digest, recipient, title, body, link, at)
            found = _first(conn, channel, key)
        assert found is not None
        return found, held is None

    def add(self, channel: Channel, key: str, recipient: str, title: str, body: str, at: datetime) -> None:
        """Take a message in whatever came before, as a mail server does."""
        with self._file.write() as conn:
            _insert(conn, channel, key, "", recipient, title, body, "", at)

    def find(self, channel: Channel, key: str) -> Message | None:
        """The message with this key."""
        with self._file.read() as conn:
            return _first(conn, channel, key)

    def page(self, channel: str, text: str, limit: int) -> list[Message]:
        """The latest messages, of one channel where one is given, with ``text`` in the recipient or the words."""
        where, values = "1=1", []
        if channel:
            where, values = "channel = ?", [channel]
        if text:
            where += " AND (instr(recipient, ?) OR instr(title, ?) OR instr(body, ?))"
            values += [text, text, text]
        with self._file.read() as conn:
            rows = conn.execute(f"SELECT * FROM message WHERE {where} ORDER BY id DESC LIMIT ?", [*values, limit]).fetchall()
        return [Message(**dict(row)) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many messages came over each channel."""
        with self._file.read() as conn:
            rows = conn.execute("SELECT channel, count(*) AS n FROM message GROUP BY channel").fetchall()
        return {row["channel"]: row["n"] for row in rows}


def _first(conn: sqlite3.Connection, channel: str, key: str) -> Message | None:
    row = conn.execute("SELECT * FROM message WHERE channel = ? AND key = ? ORDER BY id LIMIT 1", (channel, key)).fetchone()
    return None if row is None else Message(**dict(row))


def _insert(
    conn: sqlite3.Connection, channel: str, key: str, digest: str, recipient: str, title: str, body: str, link: str, at: datetime
) -> None:
    conn.execute(
        "INSERT INTO message (channel, key, digest, recipient, title, body, link, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (channel, key, digest, recipient, title, body, link, at.isoformat()),
    )
