"""The database: SQLite in one file, or PostgreSQL. Synchronous SQLAlchemy Core; async code calls it from a thread.

Reading and writing go through two engines. Reading connections cannot write. On SQLite there is one writer at a time,
and a write starts with BEGIN IMMEDIATE, so it never fails half-way for want of the lock.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, insert, make_url, select, text
from sqlalchemy.pool import QueuePool

from assistant.foundation import last, metrics
from assistant.foundation.all_tables import metadata
from assistant.foundation.columns import KEYRING_ATTRIBUTE, EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.crypto import CannotDecrypt, KeyRing
from assistant.foundation.tables import setting_kv

__all__ = ["Database", "EncryptedJSON", "EncryptedText", "UtcDateTime", "WrongKeyRing", "metadata"]

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS, START_SECONDS = 10, 300
PROBE_KEY = "keyring.probe"
PROBE_AAD = b"setting_kv.keyring.probe"
START_LOCK = 0x62616E64616F
"""PostgreSQL advisory lock of starting up: "bandao" in ASCII, so that nobody else's is likely to be the same."""


class WrongKeyRing(RuntimeError):
    """The database was written under a key ring other than the one given: nothing in it could be read."""


class Database:
    """A database and the key ring its encrypted columns use.

    Args:
        url: an SQLAlchemy address; SQLite needs a file (readers and the writer are separate connections).
        keyring: encrypts and decrypts the encrypted columns.
        fsync: SQLite's ``synchronous``: ``full`` survives a power cut, ``normal`` may lose the last commits in one.
        pool_size: most reading connections (and, on PostgreSQL, most writing ones).

    Raises:
        ValueError: the address is neither a SQLite file nor PostgreSQL.
    """

    def __init__(self, url: str, keyring: KeyRing, fsync: Literal["full", "normal"] = "full", *, pool_size: int = 8) -> None:
        address = make_url(url)
        self.dialect: str = address.get_backend_name()
        self.keyring = keyring
        self._fsync = fsync
        self._writer_lock = threading.Lock()
        options: dict[str, Any] = {
            "json_serializer": lambda value: orjson.dumps(value).decode(),
            "json_deserializer": _from_json,
            "poolclass": QueuePool,
            "pool_timeout": BUSY_SECONDS,
        }
        if self.dialect == "sqlite":
            if not address.database or address.database == ":memory:" or address.query:
                raise ValueError("a SQLite database needs a plain file")
            _create_private(Path(address.database))
            options["connect_args"] = {"check_same_thread": False, "timeout": BUSY_SECONDS}
            self._writer = create_engine(address, pool_size=1, max_overflow=0, **options)
            self._reader = create_engine(address, pool_size=pool_size, max_overflow=0, **options)
            self._prepare_sqlite(self._writer, begin="BEGIN IMMEDIATE", read_only=False)
            self._prepare_sqlite(self._reader, begin="BEGIN", read_only=True)
        elif self.dialect == "postgresql":
            options |= {"pool_size": pool_size, "max_overflow": 0, "pool_pre_ping": True}
            self._writer = create_engine(address, **options)
            self._reader = create_engine(address, **options)

            @event.listens_for(self._reader, "connect")
            def forbid_writing(connection: Any, _record: Any) -> None:
                connection.read_only = True

        else:
            raise ValueError(f"no support for {self.dialect} databases")
        for engine in (self._writer, self._reader):
            setattr(engine.dialect, KEYRING_ATTRIBUTE, keyring)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and cannot write. Keep it short: never across a turn."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction: committed when the block ends, rolled back when it raises.

        On SQLite writers of this process queue up here, those of other processes in the file lock (for ten seconds,
        then ``sqlalchemy.exc.OperationalError``). Do nothing slow inside. Not re-entrant.
        """
        with metrics.database_write_seconds.time():
            if self.dialect == "sqlite":
                with self._writer_lock, self._writer.begin() as connection:
                    yield connection
            else:
                with self._writer.begin() as connection:
                    last.forget(connection)
                    yield connection
                    last.run(connection)

    def upgrade(self, revision: str = "head") -> None:
        """Bring the schema to ``revision`` and check that the key ring is the one this database was written under.

        Processes that start together may all call it: the first migrates, the others wait and find it done.

        Raises:
            WrongKeyRing: the database belongs to another key ring.
        """
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self._alone() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
        self.check_keyring()

    def check_keyring(self) -> None:
        """Decrypt the probe written at the first upgrade (or write it).

        Raises:
            WrongKeyRing: it was encrypted under keys this ring does not hold.
        """
        with self._alone() as connection:
            kept = connection.execute(select(setting_kv.c.value).where(setting_kv.c.key == PROBE_KEY)).scalar()
            if kept is None:
                probe = base64.b64encode(self.keyring.encrypt(b"bandao", PROBE_AAD)).decode()
                connection.execute(insert(setting_kv).values(key=PROBE_KEY, value=probe))
                return
        try:
            self.keyring.decrypt(base64.b64decode(kept), PROBE_AAD)
        except CannotDecrypt as error:
            raise WrongKeyRing(f"the database was written under another key ring than {self.keyring.path}: {error}") from None

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A write transaction that no other process starting at the same time is in.

        The others wait longer than a turn would: all migrations at once take a slow machine more than ten seconds.
        """
        if self.dialect == "postgresql":
            with self.write() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": START_LOCK})
                yield connection
            return
        with self._writer_lock, self._writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute(f"PRAGMA busy_timeout={START_SECONDS * 1000}").close()
            try:
                with connection.begin():
                    yield connection
            finally:
                raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}").close()

    def dispose(self) -> None:
        """Close every connection; the object can still be used and will open new ones."""
        self._reader.dispose()
        self._writer.dispose()

    def _prepare_sqlite(self, engine: Engine, *, begin: str, read_only: bool) -> None:
        pragmas = (
            f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
            "PRAGMA journal_mode=WAL",
            f"PRAGMA synchronous={self._fsync.upper()}",
            "PRAGMA foreign_keys=ON",
            "PRAGMA temp_store=MEMORY",
            f"PRAGMA query_only={'ON' if read_only else 'OFF'}",
        )

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            # The driver would open transactions by itself, and only before some statements: SQLAlchemy says when, below.
            connection.isolation_level = None
            for pragma in pragmas:
                connection.execute(pragma).close()

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)


def _from_json(stored: Any) -> Any:
    # SQLite keeps a JSON column's bare number as a number: there is nothing left to parse.
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def _create_private(file: Path) -> None:
    """Make the file with mode 0600 before SQLite makes it with the default one; its WAL inherits the mode."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
