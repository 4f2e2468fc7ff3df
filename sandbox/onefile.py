"""A far side's own database: one SQLite file, read by many, written by one at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class OneFile:
    """Connections to the file at ``path``; ``prepare`` makes its tables on one, again at every start."""

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], object]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = path
        self._writer = threading.Lock()
        with self.read() as conn:
            conn.execute("PRAGMA journal_mode=WAL")
            prepare(conn)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading."""
        conn = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        conn.row_factory = sqlite3.Row
        try:
            conn.execute("PRAGMA foreign_keys=ON")
            yield conn
        finally:
            conn.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one write transaction: committed at the end, rolled back by any exception."""
        with self._writer, self.read() as conn:
            conn.execute("BEGIN IMMEDIATE")
            try:
                yield conn
            except BaseException:
                conn.execute("ROLLBACK")
                raise
            conn.execute("COMMIT")
