"""What the random operations at the desk are tried with: owners in memory, one transaction, and what a stay must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection


class Owners:
    """Owners in memory: that a change of owner is an event and an audit entry is tried elsewhere."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def hand_over(self, conn: Connection, conversation_id: str, owner: str, actor: str, at: datetime, text: str) -> None:
        self.of[conversation_id] = owner

    def mark(self, conn: Connection, conversation_id: str, owner: str, at: datetime, text: str) -> None:
        assert self.of[conversation_id] == owner

    def tell(self, conn: Connection, conversation_id: str, data: dict[str, Any], at: datetime) -> None: ...

    def pending_label(self, conn: Connection, conversation_id: str) -> str | None:
        return None


class OneTransaction:
    """A database in which all that is written belongs to one transaction, to be undone at the end."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self.conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.conn.begin_nested():
            yield self.conn


@dataclass
class Stay:
    """What the model knows of a live stay."""

    rank: tuple[int, datetime]
    group: str
    kind: str = "talk"
    holder: str | None = None
    wanted: str | None = None
