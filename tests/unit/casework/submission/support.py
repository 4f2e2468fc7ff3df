"""A database with cases in it, an office that does as told, and a sink that remembers: for the tests of submission."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from assistant.casework.submission.office import (
    Consignment,
    HistoryLine,
    OfficeFile,
    OfficeRejected,
    Receipt,
    ReceivedVersion,
    ReceivingOffice,
)
from assistant.casework.submission.sink import OfficeNews, Once
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database, metadata
from assistant.foundation.tables import case_, conversation

NOW = datetime(2025, 11, 21, 9, 0, tzinfo=SHANGHAI)
CASE = "BD-0001"


def open_database(folder: Path, url: str | None = None) -> Database:
    """The database at ``url`` (a SQLite file in ``folder`` by default) with its tables; opened again if it is there already."""
    db = Database(url or f"sqlite:///{folder / 'bandao.db'}", KeyRing.open(folder / "keyring.json"), "normal")
    with db.write() as conn:
        metadata.create_all(conn)
    return db


def add_case(db: Database, case_no: str = CASE) -> None:
    """The rows a submission hangs on."""
    common = {"created_at": NOW, "updated_at": NOW, "revision": 1}
    with db.write() as conn:
        conn.execute(
            insert(conversation).values(
                id=f"c-{case_no}", token_hash="x", token_expires_at=NOW, channel="web", locale="zh-CN", owner="bot", turn_count=1,
                state={}, last_event=0, **common,
            )
        )  # fmt: skip
        conn.execute(
            insert(case_).values(
                case_no=case_no, conversation_id=f"c-{case_no}", guide_code="food-licence-new", guide_version="1",
                status="submitted", data={}, **common,
            )
        )  # fmt: skip


def package(case_no: str = CASE, version: int = 1, part: str = "") -> bytes:
    """A small package as the product builds them, of the whole case or of one department's part."""
    form = f"fictitious form of {case_no} v{version}".encode()
    listed = {"path": "01_申请书.pdf", "title": "申请书", "kind": "form", "sha256": hashlib.sha256(form).hexdigest()}
    guide = {"code": "food-licence-new", "name": "食品经营许可新办", "version": "1"}
    document = {
        "schema": "1",
        "case_no": case_no,
        "version": version,
        "guide": guide,
        "files": [listed],
        "fields": [],
        "signatures": [],
        **({"part": {"item": part, "name": part, "department": f"{part} office", "after": []}} if part else {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("01_申请书.pdf"), form)
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(document, ensure_ascii=False))
    return buffer.getvalue()


class MemoryOffice(ReceivingOffice):
    """An office in memory. ``before`` and ``after`` run round every call and may raise; ``calls`` are the calls made."""

    def __init__(self) -> None:
        #: By case number, and for a part by case number, slash and item.
        self.files: dict[str, OfficeFile] = {}
        self.calls: list[str] = []
        self.keys: list[str] = []
        self.before: Callable[[str], None] = lambda step: None
        self.after: Callable[[str], None] = lambda step: None

    def _do(self, step: str, work: Callable[[], Any]) -> Any:
        self.calls.append(step)
        self.before(step)
        answer = work()
        self.after(step)
        return answer

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        found: OfficeFile | None = self._do("find", lambda: self.files.get(_key(case_no, part)))
        return found

    def send(self, consignment: Consignment) -> Receipt:
        def work() -> Receipt:
            self.keys.append(consignment.key)
            key = _key(consignment.case_no, consignment.part)
            held = self.files.get(key)
            number = held.receipt_no if held else f"SJ{len(self.files) + 1}"
            versions = held.versions if held else []
            versions = [*versions, ReceivedVersion(version=consignment.version, sha256=consignment.sha256, received_at=NOW)]
            line = HistoryLine(at=NOW, status="received", text="已收件", by="收件办公室")
            history = [*(held.history if held else []), line]
            self.files[key] = OfficeFile(
                receipt_no=number, case_no=consignment.case_no, version=consignment.version, status="received", versions=versions,
                history=history, part=consignment.part, department=consignment.department,
            )  # fmt: skip
            return Receipt(receipt_no=number, received_at=NOW, status="received")

        receipt: Receipt = self._do("send", work)
        return receipt

    def decide(self, status: str, text: str = "", case_no: str = CASE, part: str = "", **more: Any) -> None:
        """The office moves a file on; ``more`` is what the file says besides."""
        held = self.files[_key(case_no, part)]
        line = HistoryLine(at=NOW + timedelta(hours=len(held.history)), status=status, text=text, by="收件办公室")
        self.files[_key(case_no, part)] = held.model_copy(update={"status": status, "history": [*held.history, line], **more})

    def file(self, office_ref: str) -> OfficeFile:
        def work() -> OfficeFile:
            for held in self.files.values():
                if held.receipt_no == office_ref:
                    return held
            raise OfficeRejected("not-found")

        file: OfficeFile = self._do("file", work)
        return file

    def withdraw(self, office_ref: str) -> OfficeFile:
        def work() -> OfficeFile:
            held = next(file for file in self.files.values() if file.receipt_no == office_ref)
            if held.status in {"approved", "denied"}:
                raise OfficeRejected("already-decided")
            self.decide("withdrawn", case_no=held.case_no, part=held.part)
            return self.files[_key(held.case_no, held.part)]

        file: OfficeFile = self._do("withdraw", work)
        return file

    def reachable(self, timeout_s: float) -> bool:
        return True

    def close(self) -> None:
        self.calls.append("close")


def _key(case_no: str, part: str) -> str:
    return f"{case_no}/{part}" if part else case_no


class Remembering:
    """A sink that applies news in a transaction of its own, as the real one does. ``trouble`` runs first and may raise.

    What it remembers names the part where there is one.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.news: list[tuple[Any, ...]] = []
        self.trouble: Callable[[], None] = lambda: None

    def _apply(self, once: Once, *news: Any) -> None:
        self.trouble()
        with self.db.write() as conn:
            if once(conn):
                self.news.append(news)

    def sent(self, case_no: str, part: str, version: int, office_ref: str, at: datetime, once: Once) -> None:
        self._apply(once, "sent", _key(case_no, part), version, office_ref)

    def withdrawn(self, case_no: str, part: str, once: Once) -> None:
        self._apply(once, "withdrawn", _key(case_no, part))

    def status(self, case_no: str, part: str, entry: OfficeNews, once: Once) -> None:
        self._apply(once, "status", _key(case_no, part), entry.history_index, entry.status, entry.text)

    def stuck(self, case_no: str, part: str, version: int, code: str, error: str, once: Once) -> None:
        self._apply(once, "stuck", _key(case_no, part), version, error)

    def doubted(self, case_no: str, part: str, code: str, said: str, once: Once) -> None:
        self._apply(once, "doubted", _key(case_no, part), code, said)


def clock() -> FixedClock:
    """A clock at NOW."""
    return FixedClock(NOW)
