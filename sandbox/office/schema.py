"""The tables of the office's database, and the way an older database becomes one of today."""

from __future__ import annotations

import sqlite3

VERSION = 2
"""Kept in SQLite's ``user_version``; 0 is a new database or one from before files had departments, 1 knows no extension."""

_FILE = """
CREATE TABLE IF NOT EXISTS office_file (
  receipt_no TEXT PRIMARY KEY, case_no TEXT NOT NULL, department TEXT NOT NULL DEFAULT '', part TEXT NOT NULL DEFAULT '',
  part_name TEXT NOT NULL DEFAULT '', share TEXT NOT NULL DEFAULT '', guide_code TEXT NOT NULL, guide_name TEXT NOT NULL,
  status TEXT NOT NULL, version INTEGER NOT NULL, correction TEXT, wanting TEXT NOT NULL DEFAULT '[]', due TEXT,
  decision TEXT, result TEXT, examined TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, extension TEXT,
  UNIQUE (case_no, share))
"""

_TABLES = (
    "CREATE INDEX IF NOT EXISTS office_file_updated ON office_file (updated_at)",
    "CREATE INDEX IF NOT EXISTS office_file_status ON office_file (status)",
    """
CREATE TABLE IF NOT EXISTS package (
  receipt_no TEXT NOT NULL REFERENCES office_file, version INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE, received_at TEXT NOT NULL, manifest TEXT NOT NULL, file_name TEXT NOT NULL,
  PRIMARY KEY (receipt_no, version))
""",
    """
CREATE TABLE IF NOT EXISTS history (
  receipt_no TEXT NOT NULL REFERENCES office_file, position INTEGER NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL,
  text TEXT NOT NULL, by TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (receipt_no, position))
""",
    """
CREATE TABLE IF NOT EXISTS stop (
  receipt_no TEXT NOT NULL REFERENCES office_file, position INTEGER NOT NULL, kind TEXT NOT NULL, from_at TEXT NOT NULL,
  until_at TEXT, why TEXT NOT NULL, PRIMARY KEY (receipt_no, position))
""",
    """
CREATE TABLE IF NOT EXISTS webhook (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, receipt_no TEXT NOT NULL REFERENCES office_file, seq INTEGER NOT NULL,
  body TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, unsure INTEGER NOT NULL DEFAULT 0, due_at REAL NOT NULL,
  since REAL NOT NULL, ended TEXT)
""",
    "CREATE INDEX IF NOT EXISTS webhook_open ON webhook (ended, receipt_no)",
    """
CREATE TABLE IF NOT EXISTS booking (
  booking_no TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, case_no TEXT NOT NULL, slot TEXT NOT NULL, window TEXT NOT NULL,
  starts REAL NOT NULL, status TEXT NOT NULL, at TEXT NOT NULL)
""",
    "CREATE INDEX IF NOT EXISTS booking_slot ON booking (slot, status)",
    "CREATE INDEX IF NOT EXISTS booking_case ON booking (case_no, starts)",
    "CREATE TABLE IF NOT EXISTS counter (day TEXT PRIMARY KEY, last INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS staff_session (id_hash TEXT PRIMARY KEY, csrf TEXT NOT NULL, expires_at TEXT NOT NULL)",
)

_OLD_COLUMNS = "receipt_no, case_no, guide_code, guide_name, status, version, correction, created_at, updated_at"


def prepare(conn: sqlite3.Connection) -> None:
    """Make the tables, or bring an older database's up to date; nothing kept is lost. One transaction, safe to repeat."""
    # Off while the table others refer to is replaced; it cannot be switched inside a transaction.
    conn.execute("PRAGMA foreign_keys=OFF")
    conn.execute("BEGIN IMMEDIATE")
    try:
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and _has(conn, "office_file"):
            _give_departments(conn)
        elif version == 1:
            conn.execute("ALTER TABLE office_file ADD COLUMN extension TEXT")
        for statement in (_FILE, *_TABLES):
            conn.execute(statement)
        conn.execute(f"PRAGMA user_version={VERSION}")
    except BaseException:
        conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
    conn.execute("PRAGMA foreign_keys=ON")


def _has(conn: sqlite3.Connection, table: str) -> bool:
    return conn.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone() is not None


def _give_departments(conn: sqlite3.Connection) -> None:
    """One case may have several files now, one per department: the old table allowed only one, so it is made anew."""
    # Without this, renaming would rewrite the references of the other tables to the old table's new name.
    conn.execute("PRAGMA legacy_alter_table=ON")
    conn.execute("ALTER TABLE office_file RENAME TO office_file_old")
    conn.execute("DROP INDEX IF EXISTS office_file_updated")
    conn.execute(_FILE)
    conn.execute(f"INSERT INTO office_file ({_OLD_COLUMNS}) SELECT {_OLD_COLUMNS} FROM office_file_old")
    conn.execute("DROP TABLE office_file_old")
    conn.execute("PRAGMA legacy_alter_table=OFF")
