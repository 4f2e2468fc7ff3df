"""Column types: encrypted text and JSON, and moments in time.

An encrypted column finds its key ring on the dialect of the engine that runs the statement (``Database`` puts it there),
so two databases in one process may use two rings and no global is needed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing

KEYRING_ATTRIBUTE = "bandao_keyring"


def _ring(dialect: Dialect) -> KeyRing:
    ring = getattr(dialect, KEYRING_ATTRIBUTE, None)
    if not isinstance(ring, KeyRing):
        raise RuntimeError("an encrypted column was used on an engine not made by foundation.database.Database")
    return ring


class EncryptedText(TypeDecorator[str]):
    """A ``str`` stored as ciphertext. ``place`` is ``"<table>.<column>"``, the associated data it is bound to.

    Cannot be searched or compared in SQL; keep a ``KeyRing.blind_index`` beside it where equality matters.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"{self.place} holds text, not {type(value).__name__}")
        return _ring(dialect).encrypt(value.encode(), self.place.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _ring(dialect).decrypt(value, self.place.encode()).decode()


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value (what ``orjson`` takes: dict, list, str, numbers, dates as ISO text) stored as ciphertext.

    ``None`` is stored as NULL. ``place`` as in ``EncryptedText``.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _ring(dialect).encrypt(orjson.dumps(value), self.place.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(_ring(dialect).decrypt(value, self.place.encode()))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment: stored in UTC, read back in Asia/Shanghai. A naive one raises ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite hands back what was written, without the zone; PostgreSQL an aware moment.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(SHANGHAI)
