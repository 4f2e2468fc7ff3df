"""The register's own database (SQLite, one file): records as JSON under their keys, and access tokens. Every query is here."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path

from sandbox.onefile import OneFile
from sandbox.register.records import Record
from sandbox.register.seeds import Seeds

_SCHEMA = """
CREATE TABLE IF NOT EXISTS enterprise (uscc TEXT PRIMARY KEY, name_key TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS enterprise_name ON enterprise (name_key);
CREATE TABLE IF NOT EXISTS person (id_number TEXT PRIMARY KEY, name_key TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS licence (
  position INTEGER PRIMARY KEY, holder TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS licence_holder ON licence (holder);
CREATE TABLE IF NOT EXISTS access_token (token_hash TEXT PRIMARY KEY, scopes TEXT NOT NULL, expires_at TEXT NOT NULL);
"""


def name_key(name: str) -> str:
    """A name as it is compared: width, blanks, brackets and the kinds of dots in it do not matter."""
    return re.sub(r"\s", "", re.sub("[·•‧・∙⋅.]", "·", unicodedata.normalize("NFKC", name))).upper()


class RegisterStore:
    """Reads and writes; what it holds is what the seeds said when the sandbox last started."""

    def __init__(self, data_dir: Path, seeds: Seeds) -> None:
        self._file = OneFile(data_dir / "register.sqlite", lambda conn: conn.executescript(_SCHEMA))
        self._fill(seeds)

    def enterprise(self, uscc: str) -> Record | None:
        """The enterprise with this code."""
        return self._one("SELECT record FROM enterprise WHERE uscc = ?", uscc)

    def enterprises_named(self, name: str) -> list[Record]:
        """Every enterprise of exactly this name."""
        return self._all("SELECT record FROM enterprise WHERE name_key = ? ORDER BY uscc LIMIT 20", name_key(name))

    def person(self, id_number: str, name: str) -> Record | None:
        """The person with this number, if it is also the name."""
        return self._one("SELECT record FROM person WHERE id_number = ? AND name_key = ?", id_number, name_key(name))

    def licences(self, holder: str) -> list[Record]:
        """The licences of a holder, in the order of the seeds."""
        return self._all("SELECT record FROM licence WHERE holder = ? ORDER BY position LIMIT 500", holder)

    def another(self, table: str, key: str) -> list[Record]:
        """A record, or a holder's licences, that belong to somebody else: for showing what a confused register does."""
        column = {"enterprise": "uscc", "person": "id_number", "licence": "holder"}[table]
        row = self._one(f"SELECT json_object('key', {column}) FROM {table} WHERE {column} <> ? ORDER BY {column} LIMIT 1", key)
        return self._all(f"SELECT record FROM {table} WHERE {column} = ?", row["key"]) if row else []

    def counts(self) -> tuple[int, int, int]:
        """How many enterprises, persons and licences there are."""
        with self._file.read() as conn:
            found = [conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("enterprise", "person", "licence")]
        return found[0], found[1], found[2]

    def keep_token(self, token_hash: str, scopes: str, now: datetime, expires_at: datetime) -> None:
        """Remember a token by its hash; forget those that have ended."""
        with self._file.write() as conn:
            conn.execute("DELETE FROM access_token WHERE expires_at <= ?", (now.isoformat(),))
            conn.execute("INSERT INTO access_token VALUES (?, ?, ?)", (token_hash, scopes, expires_at.isoformat()))

    def scopes_of(self, token_hash: str, now: datetime) -> str | None:
        """The scopes of a token that has not ended."""
        with self._file.read() as conn:
            row = conn.execute("SELECT scopes, expires_at FROM access_token WHERE token_hash = ?", (token_hash,)).fetchone()
        return None if row is None or datetime.fromisoformat(row[1]) <= now else str(row[0])

    def drop_tokens(self) -> None:
        """End every token at once."""
        with self._file.write() as conn:
            conn.execute("DELETE FROM access_token")

    def _fill(self, seeds: Seeds) -> None:
        enterprises = [(key, name_key(r.get("name", "")), _json(r)) for key, r in seeds.enterprises.items()]
        persons = [(key, name_key(r["name"]), _json(r)) for key, r in seeds.persons.items()]
        licences = [(at, r["holder"], r["kind"], _json(_coded(r, at))) for at, r in enumerate(seeds.licences, start=1)]
        with self._file.write() as conn:
            for table in ("enterprise", "person", "licence"):
                conn.execute(f"DELETE FROM {table}")
            conn.executemany("INSERT INTO enterprise VALUES (?, ?, ?)", enterprises)
            conn.executemany("INSERT INTO person VALUES (?, ?, ?)", persons)
            conn.executemany("INSERT INTO licence VALUES (?, ?, ?, ?)", licences)

    def _one(self, query: str, *values: str) -> Record | None:
        found = self._all(query, *values)
        return found[0] if found else None

    def _all(self, query: str, *values: str) -> list[Record]:
        with self._file.read() as conn:
            return [json.loads(row[0]) for row in conn.execute(query, values)]


def _json(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _coded(licence: Record, position: int) -> Record:
    """Every licence has a number in the licence store, given or made."""
    return licence if licence.get("code") else {"code": f"ZZ{position:08d}", **licence}
