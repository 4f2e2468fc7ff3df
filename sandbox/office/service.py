"""What the office does: take in a package, decide on a file, let go of one. The rules; the store keeps."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.config import SandboxConfig
from sandbox.office import packages
from sandbox.office.statuses import ACTIONS, LABELS, WITHDRAWABLE, Status
from sandbox.office.store import Entry, OfficeFile, Package, Store
from sandbox.problems import Problem

OFFICE = "收件办公室"
APPLICANT = "申请人"
MAX_TEXT = 2000
_KEY = re.compile(r"^[\x21-\x7e]{1,128}$")


class Metadata(BaseModel):
    """What a sender says about a package. ``sha256`` is lower-case hex over the zip's bytes."""

    model_config = ConfigDict(extra="forbid")
    case_no: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    version: int = Field(ge=1, le=100_000)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    guide: packages.Guide


def parse_metadata(text: str) -> Metadata:
    """Read the metadata part.

    Raises:
        Problem: 422 naming the members that are wrong, never their values.
    """
    try:
        return Metadata.model_validate(json.loads(text))
    except ValidationError as error:
        where = "; ".join(".".join(str(part) for part in item["loc"]) + ": " + item["msg"] for item in error.errors()[:10])
        raise Problem(422, "metadata-invalid", "随附信息不符合要求", where) from error
    except ValueError as error:
        raise Problem(422, "metadata-invalid", "随附信息不是可读的 JSON") from error


class Office:
    """The receiving office over its store."""

    def __init__(self, config: SandboxConfig, store: Store) -> None:
        self.config = config
        self.store = store

    def receive(self, package: BinaryIO, metadata: Metadata, key: str) -> tuple[OfficeFile, Package, bool]:
        """Take in a package.

        Returns:
            The file, the package as received, and whether it is new (False: a repeat of the same sending).

        Raises:
            Problem: 409 when the key was used for something else or the file expects no new version; 413 and 422 for
                a package that cannot be taken in.
        """
        if not _KEY.match(key):
            raise Problem(400, "idempotency-key", "缺少 Idempotency-Key，或格式不对")
        with self.store.read() as conn:
            repeated = self._repeat(self.store.by_key(conn, key), metadata)
        if repeated is not None:
            return *repeated, False
        manifest, text, size = packages.check(package, metadata.sha256, self.config)
        if (manifest.case_no, manifest.version, manifest.guide.code) != (metadata.case_no, metadata.version, metadata.guide.code):
            raise Problem(422, "manifest-mismatch", "随附信息与 manifest.json 不一致")
        file_name = self.store.keep_bytes(package, metadata.sha256)
        at = self._at()
        with self.store.write() as conn:
            # Again, now that no one else can write: the same sending may have arrived twice at once.
            repeated = self._repeat(self.store.by_key(conn, key), metadata)
            if repeated is not None:
                return *repeated, False
            held = self.store.file(conn, case_no=metadata.case_no)
            if held is None:
                receipt_no = self.store.next_receipt_no(conn, self.config.now())
                self.store.open_file(conn, receipt_no, metadata.case_no, metadata.guide.code, metadata.guide.name, at)
                words = "已收件，等待受理。"
            else:
                self._expect_new_version(held, metadata)
                receipt_no = held.receipt_no
                words = "已收到补正后的申请包，等待受理。"
            taken = Package(metadata.version, metadata.sha256, size, key, at, json.loads(text), file_name)
            self.store.add_package(conn, receipt_no, taken)
            self.store.add_entry(conn, receipt_no, Entry(at, Status.RECEIVED, words, OFFICE, metadata.version), None)
            return self._held(self.store.file(conn, receipt_no=receipt_no)), taken, True

    def get(self, receipt_no: str) -> OfficeFile:
        """The file with this receipt number; Problem 404 when there is none."""
        with self.store.read() as conn:
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def find(self, case_no: str) -> list[OfficeFile]:
        """The files of a case: one or none."""
        with self.store.read() as conn:
            held = self.store.file(conn, case_no=case_no)
        return [] if held is None else [held]

    def act(self, receipt_no: str, name: str, text: str, by: str = OFFICE) -> OfficeFile:
        """Carry out a staff decision.

        Raises:
            Problem: 404 unknown file, 422 unknown action or missing reason, 409 when the file's status does not allow it.
        """
        action = ACTIONS.get(name)
        if action is None:
            raise Problem(422, "unknown-action", "没有这种操作")
        words = text.strip()
        if len(words) > MAX_TEXT:
            raise Problem(422, "text-too-long", f"说明不能超过 {MAX_TEXT} 字")
        if action.reason_required and not words:
            raise Problem(422, "reason-required", f"“{action.label}”须写明理由或内容")
        with self.store.write() as conn:
            held = self._held(self.store.file(conn, receipt_no=receipt_no))
            if held.status not in action.sources:
                raise Problem(409, "not-now", f"“{LABELS[held.status]}”的收件不能“{action.label}”")
            entry = Entry(self._at(), action.target, words or action.text, by, held.version)
            self.store.add_entry(conn, receipt_no, entry, words if action.target is Status.CORRECTION_NEEDED else None)
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def withdraw(self, receipt_no: str, text: str) -> OfficeFile:
        """Let the applicant take a file back; a file already withdrawn stays so, one already decided is a Problem 409."""
        if len(text) > MAX_TEXT:
            raise Problem(422, "text-too-long", f"说明不能超过 {MAX_TEXT} 字")
        with self.store.write() as conn:
            held = self._held(self.store.file(conn, receipt_no=receipt_no))
            if held.status is Status.WITHDRAWN:
                return held
            if held.status not in WITHDRAWABLE:
                raise Problem(409, "already-decided", f"“{LABELS[held.status]}”的收件不能撤回")
            entry = Entry(self._at(), Status.WITHDRAWN, text.strip() or "申请人撤回申请。", APPLICANT, held.version)
            self.store.add_entry(conn, receipt_no, entry, None)
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def accept_waiting(self, after_s: float) -> list[str]:
        """Accept every file that has waited ``after_s`` seconds; the receipt numbers accepted (for demonstrations)."""
        with self.store.read() as conn:
            waiting = self.store.waiting_since(conn, self.config.now() - timedelta(seconds=after_s))
        accepted = []
        for receipt_no in waiting:
            try:
                self.act(receipt_no, "accept", "", by="自动受理（演示）")
            except Problem:
                continue  # staff were quicker
            accepted.append(receipt_no)
        return accepted

    def _repeat(self, known: tuple[OfficeFile, Package] | None, metadata: Metadata) -> tuple[OfficeFile, Package] | None:
        if known is None:
            return None
        held, package = known
        if (held.case_no, package.version, package.sha256) != (metadata.case_no, metadata.version, metadata.sha256):
            raise Problem(409, "key-reused", "同一 Idempotency-Key 已用于另一份申请包")
        return known

    def _expect_new_version(self, held: OfficeFile, metadata: Metadata) -> None:
        if metadata.guide.code != held.guide_code:
            raise Problem(409, "other-item", "该办件号已用于另一事项")
        if metadata.version <= held.version:
            raise Problem(409, "version-not-newer", "该办件已有相同或更新版本的申请包")
        if held.status is not Status.CORRECTION_NEEDED:
            raise Problem(409, "no-correction-expected", f"“{LABELS[held.status]}”的收件不接收新版本")

    def _held(self, held: OfficeFile | None) -> OfficeFile:
        if held is None:
            raise Problem(404, "not-found", "没有这份收件")
        return held

    def _at(self) -> str:
        return self.config.now().isoformat(timespec="milliseconds")


def receipt(held: OfficeFile, package: Package) -> dict[str, Any]:
    """The receipt of one package: the same for the first sending and for every repeat, but for the present status."""
    return {
        "receipt_no": held.receipt_no,
        "case_no": held.case_no,
        "version": package.version,
        "received_at": package.received_at,
        "status": str(held.status),
    }


def as_json(held: OfficeFile) -> dict[str, Any]:
    """A file as the API shows it."""
    body: dict[str, Any] = {
        "receipt_no": held.receipt_no,
        "case_no": held.case_no,
        "version": held.version,
        "status": str(held.status),
        "versions": [{"version": p.version, "sha256": p.sha256, "received_at": p.received_at} for p in held.packages],
        "history": [
            {"at": entry.at, "status": str(entry.status), "text": entry.text, "by": entry.by, "version": entry.version}
            for entry in held.history
        ],
    }
    if held.correction is not None:
        body["correction"] = held.correction
    return body
