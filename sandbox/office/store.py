"""The office's own database (SQLite, one file) and its folder of packages. Every query of the office is here."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.office import schema
from sandbox.office.model import Entry, Extension, OfficeFile, Package, Share, Standing, Stop
from sandbox.office.statuses import Status
from sandbox.onefile import OneFile


class Store(OneFile):
    """Reads and writes; writers take turns, so a rule checked inside ``write`` still holds when it is carried out.

    ``notify`` is called with every new line of a history, inside the transaction that writes it.
    """

    def __init__(self, data_dir: Path, *, notify: Callable[[sqlite3.Connection, str, Entry], None] | None = None) -> None:
        self._notify = notify
        self.packages_dir = data_dir / "packages"
        self.results_dir = data_dir / "results"
        for folder in (self.packages_dir, self.results_dir):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(data_dir / "office.sqlite", schema.prepare)

    # files

    def file(
        self, conn: sqlite3.Connection, *, receipt_no: str | None = None, case_no: str = "", share: Share | None = None
    ) -> OfficeFile | None:
        """The file with this receipt number, or of this share of a case."""
        if receipt_no is not None:
            row = conn.execute("SELECT * FROM office_file WHERE receipt_no = ?", (receipt_no,)).fetchone()
        else:
            key = (share or Share()).key
            row = conn.execute("SELECT * FROM office_file WHERE case_no = ? AND share = ?", (case_no, key)).fetchone()
        return None if row is None else self._whole(conn, row)

    def of_case(self, conn: sqlite3.Connection, case_no: str) -> list[OfficeFile]:
        """All files of a case, the oldest first."""
        rows = conn.execute("SELECT * FROM office_file WHERE case_no = ? ORDER BY receipt_no", (case_no,)).fetchall()
        return [self._whole(conn, row) for row in rows]

    def by_key(self, conn: sqlite3.Connection, idempotency_key: str) -> tuple[OfficeFile, Package] | None:
        """The file and package that were sent with this Idempotency-Key."""
        row = conn.execute("SELECT receipt_no, version FROM package WHERE idempotency_key = ?", (idempotency_key,)).fetchone()
        if row is None:
            return None
        held = self.file(conn, receipt_no=row["receipt_no"])
        assert held is not None
        return held, next(package for package in held.packages if package.version == row["version"])

    def other(self, receipt_no: str) -> tuple[str, str] | None:
        """Receipt number and case number of a file that is not this one's case."""
        with self.read() as conn:
            row = conn.execute(
                "SELECT receipt_no, case_no FROM office_file WHERE case_no NOT IN"
                " (SELECT case_no FROM office_file WHERE receipt_no = ?) ORDER BY receipt_no LIMIT 1",
                (receipt_no,),
            ).fetchone()
        return None if row is None else (row["receipt_no"], row["case_no"])

    def page(
        self, conn: sqlite3.Connection, *, status: Status | None, department: str | None, text: str, offset: int, limit: int
    ) -> tuple[list[OfficeFile], int]:
        """Files, latest change first, whose number or item contains ``text``; and how many there are in all."""
        where, values = "1=1", []
        if status is not None:
            where, values = "status = ?", [str(status)]
        if department is not None:
            where += " AND department = ?"
            values.append(department)
        if text:
            where += " AND (instr(case_no, ?) OR instr(receipt_no, ?) OR instr(guide_name, ?) OR instr(part_name, ?))"
            values += [text] * 4
        total = conn.execute(f"SELECT count(*) FROM office_file WHERE {where}", values).fetchone()[0]
        rows = conn.execute(
            f"SELECT * FROM office_file WHERE {where} ORDER BY updated_at DESC, receipt_no DESC LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
        return [self._whole(conn, row) for row in rows], total

    def departments(self, conn: sqlite3.Connection) -> list[str]:
        """The departments that have files, "" among them where files name none."""
        return [row[0] for row in conn.execute("SELECT DISTINCT department FROM office_file ORDER BY department").fetchall()]

    def counts(self, conn: sqlite3.Connection, department: str | None = None) -> dict[Status, int]:
        """How many files are in each status, of one department or of all."""
        where, values = ("WHERE department = ?", [department]) if department is not None else ("", [])
        rows = conn.execute(f"SELECT status, count(*) AS n FROM office_file {where} GROUP BY status", values).fetchall()
        return {Status(row["status"]): row["n"] for row in rows}

    def waiting_since(self, conn: sqlite3.Connection, before: datetime, *, unexamined: bool = False) -> list[str]:
        """Receipt numbers of files received, and not touched since ``before``; only those not yet examined, if asked."""
        where = " AND (examined IS NULL OR json_extract(examined, '$.version') <> version)" if unexamined else ""
        query = f"SELECT receipt_no, updated_at FROM office_file WHERE status = ?{where}"
        rows = conn.execute(query, (str(Status.RECEIVED),)).fetchall()
        return [row["receipt_no"] for row in rows if datetime.fromisoformat(row["updated_at"]) <= before]

    def count_up(self, conn: sqlite3.Connection, of: str) -> int:
        """The next number of a series, from 1."""
        row = conn.execute(
            "INSERT INTO counter (day, last) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last", (of,)
        ).fetchone()
        return int(row["last"])

    def next_receipt_no(self, conn: sqlite3.Connection, now: datetime) -> str:
        """A new receipt number: SJ, the day, and a count within the day."""
        day = now.strftime("%Y%m%d")
        return f"SJ{day}{self.count_up(conn, day):06d}"

    def open_file(
        self, conn: sqlite3.Connection, receipt_no: str, case_no: str, share: Share, guide: tuple[str, str], at: str
    ) -> None:
        """Start an office file without a package yet; ``guide`` is the code and name of what is applied for."""
        conn.execute(
            "INSERT INTO office_file (receipt_no, case_no, department, part, part_name, share, guide_code, guide_name, status,"
            " version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            (receipt_no, case_no, share.department, share.part, share.name, share.key, *guide, str(Status.RECEIVED), at, at),
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

    def add_entry(self, conn: sqlite3.Connection, receipt_no: str, entry: Entry, standing: Standing | None = None) -> None:
        """Append to the history and move the file to the entry's status; a result once given stays."""
        conn.execute(
            "INSERT INTO history SELECT ?, coalesce(max(position) + 1, 0), ?, ?, ?, ?, ? FROM history WHERE receipt_no = ?",
            (receipt_no, entry.at, str(entry.status), entry.text, entry.by, entry.version, receipt_no),
        )
        left = standing or Standing()
        conn.execute(
            "UPDATE office_file SET status = ?, correction = ?, wanting = ?, due = ?, decision = ?, result = coalesce(?, result),"
            " updated_at = ? WHERE receipt_no = ?",
            (
                str(entry.status),
                left.correction,
                _json(left.wanting),
                left.due,
                _json(left.decision),
                _json(left.result),
                entry.at,
                receipt_no,
            ),
        )
        if self._notify is not None:
            self._notify(conn, receipt_no, entry)

    def stop_clock(self, conn: sqlite3.Connection, receipt_no: str, kind: str, at: str, why: str) -> None:
        """From now on the file's time limit does not run."""
        conn.execute(
            "INSERT INTO stop SELECT ?, coalesce(max(position) + 1, 0), ?, ?, NULL, ? FROM stop WHERE receipt_no = ?",
            (receipt_no, kind, at, why, receipt_no),
        )

    def start_clock(self, conn: sqlite3.Connection, receipt_no: str, at: str) -> None:
        """Whatever stopped the file's time limit is over."""
        conn.execute("UPDATE stop SET until_at = ? WHERE receipt_no = ? AND until_at IS NULL", (at, receipt_no))

    def note_examined(self, conn: sqlite3.Connection, receipt_no: str, examined: dict[str, Any]) -> None:
        """Keep what the automatic examination found; it is for staff and no part of the history."""
        conn.execute("UPDATE office_file SET examined = ? WHERE receipt_no = ?", (_json(examined), receipt_no))

    def note_extension(self, conn: sqlite3.Connection, receipt_no: str, extension: Extension) -> None:
        """Keep that a file's limit was extended."""
        conn.execute("UPDATE office_file SET extension = ? WHERE receipt_no = ?", (_json(vars(extension)), receipt_no))

    def number_taken(self, conn: sqlite3.Connection, number: str) -> bool:
        """Whether a result of this number has been issued."""
        query = "SELECT 1 FROM office_file WHERE json_extract(result, '$.number') = ?"
        return conn.execute(query, (number,)).fetchone() is not None

    # package bytes

    def keep_bytes(self, package: BinaryIO, sha256: str) -> str:
        """Write a package to the folder, safely on disk before this returns; named by its hash, so a repeat is the same file."""
        name = f"{sha256}.zip"
        package.seek(0)
        self._replace(self.packages_dir / name, iter(lambda: package.read(1024 * 1024), b""))
        return name

    def keep_result(self, data: bytes, sha256: str) -> None:
        """Write a result's bytes to the folder, safely on disk before this returns."""
        self._replace(self.results_dir / sha256, [data])

    def result_bytes(self, sha256: str) -> bytes:
        """The bytes of a result kept before."""
        return (self.results_dir / sha256).read_bytes()

    def path_of(self, package: Package) -> Path:
        """Where a package's bytes lie."""
        return self.packages_dir / package.file_name

    def _replace(self, target: Path, chunks: Iterable[bytes]) -> None:
        temporary = target.with_name(f".{target.name}.{threading.get_ident()}.part")
        with temporary.open("wb") as out:
            for chunk in chunks:
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(target)

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
        stops = conn.execute("SELECT * FROM stop WHERE receipt_no = ? ORDER BY position", (receipt_no,)).fetchall()
        return OfficeFile(
            receipt_no=receipt_no,
            case_no=row["case_no"],
            share=Share(row["department"], row["part"], row["part_name"]),
            guide_code=row["guide_code"],
            guide_name=row["guide_name"],
            status=Status(row["status"]),
            version=row["version"],
            standing=Standing(
                row["correction"], _read(row["wanting"]) or [], row["due"], _read(row["decision"]), _read(row["result"])
            ),
            examined=_read(row["examined"]),
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
            extension=None if row["extension"] is None else Extension(**_read(row["extension"])),
            stops=[Stop(item["kind"], item["from_at"], item["until_at"], item["why"]) for item in stops],
        )


def _json(given: Any) -> str | None:
    return None if given is None else json.dumps(given, ensure_ascii=False)


def _read(kept: str | None) -> Any:
    return None if kept is None else json.loads(kept)
