"""What a turn needs of the rooms beside it, and the ways it can be refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from assistant.engine.gateway import EngineDown


class TurnRefused(Exception):
    """The turn cannot be taken; ``code`` is not_found, conflict or busy; of what staff do for somebody not_held,
    only_applicant or other_case.
    """

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


class Outlook(Protocol):
    """Place in the queue (from 1), seconds to wait (None: not known), who is there; ``opens_at`` is None while people are."""

    @property
    def place(self) -> int: ...
    @property
    def wait(self) -> int | None: ...
    @property
    def there(self) -> int: ...
    @property
    def opens_at(self) -> datetime | None: ...


class Outlooks(Protocol):
    """Looking ahead for somebody who waits, or would begin to for this reason."""

    def of(
        self, conn: Connection, conversation_id: str, now: datetime, *, reason: str = "to_human", item: str | None = None
    ) -> Outlook: ...


class Promise(Protocol):
    """A call or an appointment (``kind``: callback or slot) that stands."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class Promises(Protocol):
    """Calls and appointments at the desk; see ``desk.promises``."""

    def when(
        self, conn: Connection, conversation_id: str, at: datetime, *, wanted: datetime | None = None, item: str | None = None
    ) -> datetime: ...
    def callback(
        self, conn: Connection, conversation_id: str, number: str, at: datetime, *, wanted: datetime | None = None,
        item: str | None = None,
    ) -> datetime: ...  # fmt: skip
    def slots(self, conn: Connection, conversation_id: str, now: datetime, *, item: str | None = None) -> list[datetime]: ...
    def book(
        self, conn: Connection, conversation_id: str, begins: datetime, at: datetime, *, item: str | None = None
    ) -> bool: ...
    def of(self, conn: Connection, conversation_id: str) -> Promise | None: ...
    def cancel(self, conn: Connection, conversation_id: str, at: datetime) -> bool: ...


class DeskGate(Protocol):
    """What a turn needs of the desk: the queue, inside the turn's own transaction."""

    @property
    def outlook(self) -> Outlooks: ...
    @property
    def promises(self) -> Promises: ...
    def enqueue(
        self, conn: Connection, conversation_id: str, reason: str, at: datetime, *, item: str | None = None, note: str = ""
    ) -> None: ...
    def heard(self, conn: Connection, conversation_id: str, at: datetime) -> None: ...
    def keeper(self, conn: Connection, conversation_id: str, now: datetime) -> str | None: ...
    def served_at(self, conn: Connection, conversation_id: str, now: datetime) -> datetime | None: ...
    def leave(self, conn: Connection, conversation_id: str, at: datetime) -> None: ...
    def opens_at(self, now: datetime) -> datetime | None: ...
    def check_holder(self, conn: Connection, conversation_id: str, staff_id: str) -> Any: ...
    def say(
        self, conn: Connection, conversation_id: str, staff_id: str, name: str, text: str, at: datetime,
        message_id: str | None = None, card: dict[str, Any] | None = None,
    ) -> None: ...  # fmt: skip


class Outbox(Protocol):
    """What a turn needs of the submission: to be noted inside the turn's own transaction, and started after it."""

    def enqueue_in(self, conn: Connection, case_no: str, version: int, part: str = "", *, waiting: bool = False) -> None: ...
    def withdraw_in(self, conn: Connection, case_no: str, part: str = "") -> bool: ...
    def kick(self) -> None: ...
