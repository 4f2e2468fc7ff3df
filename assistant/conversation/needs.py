"""What a turn needs of the rooms beside it, and the ways it can be refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from assistant.engine.gateway import EngineDown


class TurnRefused(Exception):
    """The turn cannot be taken; ``code`` is not_found, conflict or busy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Parser(Protocol):
    """What taking a sentence apart needs of the language engine."""

    async def parse_many(self, texts: Sequence[str], asking: dict[str, Any] | None) -> Sequence[Any]: ...


class Engine(Parser, Protocol):
    """What a turn needs of the language engine."""

    async def turn(self, sender: str, text: str, asking: dict[str, Any] | None, slots: dict[str, str | None]) -> Any: ...
    async def parse(self, text: str, asking: dict[str, Any] | None) -> Any: ...


class ActionFailed(EngineDown):
    """One of our own actions broke; the turn is not saved, and trying again at once would only break again."""


class DeskGate(Protocol):
    """What a turn needs of the desk: the queue, inside the turn's own transaction."""

    def enqueue(self, conn: Connection, conversation_id: str, reason: str, at: datetime) -> None: ...
    def leave(self, conn: Connection, conversation_id: str, at: datetime) -> None: ...
    def place(self, conn: Connection, conversation_id: str | None) -> int: ...
    def opens_at(self, now: datetime) -> datetime | None: ...


class Outbox(Protocol):
    """What a turn needs of the submission: to be noted inside the turn's own transaction, and started after it."""

    def enqueue_in(self, conn: Connection, case_no: str, version: int, part: str = "", *, waiting: bool = False) -> None: ...
    def withdraw_in(self, conn: Connection, case_no: str, part: str = "") -> bool: ...
    def kick(self) -> None: ...
