"""The office's own database (SQLite, one file) and its folder of packages. Every query of the office is here."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.office.statuses import Status

_SCHEMA = """
CREATE TABLE IF NOT EXISTS office_file (
  receipt_no TEXT PRIMARY KEY, case_no TEXT NOT NULL UNIQUE, guide_code TEXT NOT NULL, guide_name TEXT NOT NULL,
  status TEXT NOT NULL, version INTEGER NOT NULL, correction TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS office_file_updated ON office_file (updated_at);
CREATE TABLE IF NOT EXISTS package (
  receipt_no TEXT NOT NULL REFERENCES office_file, version INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, manifest TEXT NOT NULL, file_name TEXT NOT NULL,
  PRIMARY KEY (receipt_no, version));
CREATE TABLE IF NOT EXISTS history (
  receipt_no TEXT NOT NULL REFERENCES office_file, position INTEGER NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL,
  text TEXT NOT NULL, by TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (receipt_no, position));
CREATE TABLE IF NOT EXISTS counter (day TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS staff_session (id_hash TEXT PRIMARY KEY, csrf TEXT NOT NULL, expires_at TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Package:
    """One version of a package as received."""

    version: int
    sha256: str
    size: int
    idempotency_key: str
    received_at: str
    manifest: dict[str, Any]
    file_name: str


@dataclass(frozen=True)
class Entry:
    """One line of an office file's history. ``at`` is RFC 3339 with offset."""

    at: str
    status: Status
    text: str
    by: str
    version: int


@dataclass(frozen=True)
class OfficeFile:
    """What the office holds about one case: the packages by rising version and the history in order."""

    receipt_no: str
    case_no: str
    guide_code: str
    guide_name: str
    status: Status
    version: int
    correction: str | None
    created_at: str
    updated_at: str
    packages: list[Package]
    history: list[Entry]


class Store:
    """Reads and writes; writers take turns, so a rule checked inside ``write`` still holds when it is carried out."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "office.sqlite"
        self.packages_dir = data_dir / "packages"
        self.packages_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._writer = threading.Lock()
        with self.read() as conn:
            conn.execute("PRAGMA journal_mode=WAL")
            conn.executescript(_SCHEMA)

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

    # files

    def file(self, conn: sqlite3.Connection, *, receipt_no: str | None = None, case_no: str | None = None) -> OfficeFile | None:
        """The file with this receipt number or case number."""
        column, value = ("receipt_no", receipt_no) if receipt_no is not None else ("case_no", case_no)
        row = conn.execute(f"SELECT * FROM office_file WHERE {column} = ?", (value,)).fetchone()
        return None if row is None else self._whole(conn, row)

    def by_key(self, conn: sqlite3.Connection, idempotency_key: str) -> tuple[OfficeFile, Package] | None:
        """The file and package that were sent with this Idempotency-Key."""
        row = conn.execute("SELECT receipt_no, version FROM package WHERE idempotency_key = ?", (idempotency_key,)).fetchone()
        if row is None:
            return None
        held = self.file(conn, receipt_no=row["receipt_no"])
        assert held is not None
        return held, next(package for package in held.packages if package.version == row["version"])

    def page(
        self, conn: sqlite3.Connection, *, status: Status | None, text: str, offset: int, limit: int
    ) -> tuple[list[OfficeFile], int]:
        """Files, latest change first, whose number or item contains ``text``; and how many there are in all."""
        where, values = "1=1", []
        if status is not None:
            where, values = "status = ?", [str(status)]
        if text:
            where += " AND (instr(case_no, ?) OR instr(receipt_no, ?) OR instr(guide_name, ?))"
            values += [text, text, text]
        total = conn.execute(f"SELECT count(*) FROM office_file WHERE {where}", values).fetchone()[0]
        rows = conn.execute(
            f"SELECT * FROM office_file WHERE {where} ORDER BY updated_at DESC, receipt_no DESC LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
        return [self._whole(conn, row) for row in rows], total

    def counts(self, conn: sqlite3.Connection) -> dict[Status, int]:
        """How many files are in each status."""
        rows = conn.execute("SELECT status, count(*) AS n FROM office_file GROUP BY status").fetchall()
        return {Status(row["status"]): row["n"] for row in rows}

    def waiting_since(self, conn: sqlite3.Connection, before: datetime) -> list[str]:
        """Receipt numbers of files received, and not touched since ``before``."""
        rows = conn.execute("SELECT receipt_no, updated_at FROM office_file WHERE status = ?", (str(Status.RECEIVED),)).fetchall()
        return [row["receipt_no"] for row in rows if datetime.fromisoformat(row["updated_at"]) <= before]

    def next_receipt_no(self, conn: sqlite3.Connection, now: datetime) -> str:
        """A new receipt number: SJ, the day, and a count within the day."""
        day = now.strftime("%Y%m%d")
        row = conn.execute(
            "INSERT INTO counter (day, last) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last", (day,)
        ).fetchone()
        return f"SJ{day}{row['last']:06d}"

    def open_file(
        self, conn: sqlite3.Connection, receipt_no: str, case_no: str, guide_code: str, guide_name: str, at: str
    ) -> None:
        """Start an office file without a package yet."""
        conn.execute(
            "INSERT INTO office_file VALUES (?, ?, ?, ?, ?, 0, NULL, ?, ?)",
            (receipt_no, case_no, guide_code, guide_name, str(Status.RECEIVED), at, at),
        )

    def add_package(self, conn: sqlite3.Connection, receipt_no: str, package: Package) -> None:
        """Add a version; the file's version is the latest one's."""
        conn.execute(
            "INSERT INTO package VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                receipt_no,
                package.version,
                package.sha256,
                package.size,
                package.idempotency_key,
                package.received_at,
                json.dumps(package.manifest, ensure_ascii=False),
                package.file_name,
            ),
        )
        conn.execute("UPDATE office_file SET version = ? WHERE receipt_no = ?", (package.version, receipt_no))

    def add_entry(self, conn: sqlite3.Connection, receipt_no: str, entry: Entry, correction: str | None) -> None:
        """Append to the history and move the file to the entry's status."""
        conn.execute(
            "INSERT INTO history SELECT ?, coalesce(max(position) + 1, 0), ?, ?, ?, ?, ? FROM history WHERE receipt_no = ?",
            (receipt_no, entry.at, str(entry.status), entry.text, entry.by, entry.version, receipt_no),
        )
        conn.execute(
            "UPDATE office_file SET status = ?, correction = ?, updated_at = ? WHERE receipt_no = ?",
            (str(entry.status), correction, entry.at, receipt_no),
        )

    # package bytes

    def keep_bytes(self, package: BinaryIO, sha256: str) -> str:
        """Write a package to the folder, safely on disk before this returns; named by its hash, so a repeat is the same file."""
        name = f"{sha256}.zip"
        target = self.packages_dir / name
        temporary = self.packages_dir / f".{name}.{threading.get_ident()}.part"
        package.seek(0)
        with temporary.open("wb") as out:
            while chunk := package.read(1024 * 1024):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(target)
        return name

    def path_of(self, package: Package) -> Path:
        """Where a package's bytes lie."""
        return self.packages_dir / package.file_name

    # staff sessions

    def add_session(self, id_hash: str, csrf: str, *, now: datetime, expires_at: datetime) -> None:
        """Remember a staff session by the hash of its cookie; forget those that have ended."""
        with self.write() as conn:
            rows = conn.execute("SELECT id_hash, expires_at FROM staff_session").fetchall()
            ended = [(row["id_hash"],) for row in rows if datetime.fromisoformat(row["expires_at"]) <= now]
            conn.executemany("DELETE FROM staff_session WHERE id_hash = ?", ended)
            conn.execute("INSERT INTO staff_session VALUES (?, ?, ?)", (id_hash, csrf, expires_at.isoformat()))

    def session_csrf(self, id_hash: str, now: datetime) -> str | None:
        """The CSRF token of a session that has not ended."""
        with self.read() as conn:
            row = conn.execute("SELECT csrf, expires_at FROM staff_session WHERE id_hash = ?", (id_hash,)).fetchone()
        return row["csrf"] if row is not None and datetime.fromisoformat(row["expires_at"]) > now else None

    def drop_session(self, id_hash: str) -> None:
        """End a session."""
        with self.write() as conn:
            conn.execute("DELETE FROM staff_session WHERE id_hash = ?", (id_hash,))

    def _whole(self, conn: sqlite3.Connection, row: sqlite3.Row) -> OfficeFile:
        receipt_no = row["receipt_no"]
        packages = conn.execute("SELECT * FROM package WHERE receipt_no = ? ORDER BY version", (receipt_no,)).fetchall()
        history = conn.execute("SELECT * FROM history WHERE receipt_no = ? ORDER BY position", (receipt_no,)).fetchall()
        return OfficeFile(
            receipt_no=receipt_no,
            case_no=row["case_no"],
            guide_code=row["guide_code"],
            guide_name=row["guide_name"],
            status=Status(row["status"]),
            version=row["version"],
            correction=row["correction"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            packages=[
                Package(
                    item["version"],
                    item["sha256"],
                    item["size"],
                    item["idempotency_key"],
                    item["received_at"],
                    json.loads(item["manifest"]),
                    item["file_name"],
                )
                for item in packages
            ],
            history=[Entry(item["at"], Status(item["status"]), item["text"], item["by"], item["version"]) for item in history],
        )
