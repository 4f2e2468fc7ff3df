"""What the office does: take in a package, decide on a file, let go of one. The rules; the store keeps."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.config import SandboxConfig
from sandbox.office import decisions, examining, packages, results
from sandbox.office.decisions import MAX_TEXT, Decision, Spoken
from sandbox.office.model import Entry, OfficeFile, Package, Share, Standing
from sandbox.office.statuses import ACTIONS, LABELS, WITHDRAWABLE, Action, Status
from sandbox.office.store import Store
from sandbox.problems import Problem

OFFICE = "收件办公室"
APPLICANT = "申请人"
_AWAITED = {
    "window": "已登记电子申请，等申请人把纸质材料交到窗口。交到之前不算收件。",
    "post": "已登记电子申请，等申请人寄来纸质材料。收到之前不算收件。",
}
_KEY = re.compile(r"^[\x21-\x7e]{1,128}$")


class Metadata(BaseModel):
    """What a sender says about a package. ``sha256`` is lower-case hex over the zip's bytes.

    ``way`` says that the papers themselves are still to be brought or posted; until they are here nothing is received.
    """

    model_config = ConfigDict(extra="forbid")
    case_no: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    version: int = Field(ge=1, le=100_000)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    guide: packages.Guide
    department: str = Field(default="", max_length=100)
    way: Literal["", "window", "post"] = ""


def _action(given: Decision) -> Action:
    action = ACTIONS.get(given.action)
    if action is None:
        raise Problem(422, "unknown-action", "没有这种操作")
    return action


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

    def __init__(self, config: SandboxConfig, store: Store, register: examining.Register | None = None) -> None:
        self.config = config
        self.store = store
        self._register = register

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
        share = Share(metadata.department or manifest.part.department, manifest.part.item, manifest.part.name)
        file_name = self.store.keep_bytes(package, metadata.sha256)
        at = self._at()
        with self.store.write() as conn:
            # Again, now that no one else can write: the same sending may have arrived twice at once.
            repeated = self._repeat(self.store.by_key(conn, key), metadata)
            if repeated is not None:
                return *repeated, False
            held = self.store.file(conn, case_no=metadata.case_no, share=share)
            if held is None:
                receipt_no = self.store.next_receipt_no(conn, self.config.now())
                guide = (metadata.guide.code, metadata.guide.name)
                self.store.open_file(conn, receipt_no, metadata.case_no, share, guide, at)
                words = "已收件，等待受理。" if not metadata.way else _AWAITED[metadata.way]
            else:
                self._expect_new_version(held, metadata)
                receipt_no = held.receipt_no
                words = "已收到补正后的申请包，等待受理。" if not metadata.way else _AWAITED[metadata.way]
                if not metadata.way:
                    self.store.start_clock(conn, receipt_no, at)
            taken = Package(metadata.version, metadata.sha256, size, key, at, json.loads(text), file_name)
            self.store.add_package(conn, receipt_no, taken)
            status = Status.EXPECTED if metadata.way else Status.RECEIVED
            self.store.add_entry(conn, receipt_no, Entry(at, status, words, share.department or OFFICE, metadata.version))
            return self._held(self.store.file(conn, receipt_no=receipt_no)), taken, True

    def get(self, receipt_no: str) -> OfficeFile:
        """The file with this receipt number; Problem 404 when there is none."""
        with self.store.read() as conn:
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def find(self, case_no: str) -> list[OfficeFile]:
        """The files of a case, the oldest first: one, where it goes to one department."""
        with self.store.read() as conn:
            return self.store.of_case(conn, case_no)

    def act(self, receipt_no: str, given: Decision, by: str = "") -> OfficeFile:
        """Carry out a staff decision; ``by`` is who signs for it, by default the file's department.

        Raises:
            Problem: 404 unknown file, 422 unknown action or missing reason, 409 when the file's status does not allow it.
        """
        return self.carry_out(receipt_no, [given], by)

    def preview(self, receipt_no: str, given: Decision) -> tuple[OfficeFile, Spoken, dict[str, Any] | None]:
        """What ``act`` would write into a file, the record of the result with it; nothing is changed. Raises as ``act``."""
        action, held, now = _action(given), self.get(receipt_no), self.config.now()
        spoken = decisions.settle(given, action, held, now)
        decisions.check_turn(action, held)
        return held, spoken, results.settle(held, given.result, "", now) if action.name == "approve" else None

    def carry_out(
        self, receipt_no: str, given: Sequence[Decision], by: str = "", *, examined: dict[str, Any] | None = None
    ) -> OfficeFile:
        """Carry out decisions one after the other, all or none; ``examined`` is what the automatic examination says of the file.

        Raises:
            Problem: as ``act``; nothing is changed then.
        """
        named = [(decision, _action(decision)) for decision in given]
        result = self._result(receipt_no, named)
        with self.store.write() as conn:
            if examined is not None:
                self.store.note_examined(conn, receipt_no, examined)
            for decision, action in named:
                held = self._held(self.store.file(conn, receipt_no=receipt_no))
                spoken = decisions.settle(decision, action, held, self.config.now())
                decisions.check_turn(action, held)
                self._enter(conn, held, action, spoken, by, result if action.name == "approve" else None)
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def result(self, receipt_no: str) -> tuple[dict[str, Any], bytes]:
        """The record of a file's result and its bytes; Problem 404 while there is none."""
        record = self.get(receipt_no).standing.result
        if record is None:
            raise Problem(404, "no-result", "还没有办理结果")
        return record, self.store.result_bytes(record["sha256"])

    def _result(self, receipt_no: str, named: list[tuple[Decision, Action]]) -> dict[str, Any] | None:
        """Make the result of an approval, before anything is written: setting it takes longer than others should wait."""
        approval = next((decision for decision, action in named if action.name == "approve"), None)
        if approval is None:
            return None
        now = self.config.now()
        with self.store.write() as conn:
            held = self._held(self.store.file(conn, receipt_no=receipt_no))
            decisions.check_turn(named[0][1], held)
            count = self.store.count_up(conn, f"result:{now.year}")
        record, data = results.issue(results.settle(held, approval.result, f"YS{now.year}{count:06d}", now), now)
        self.store.keep_result(data, record["sha256"])
        return record

    def _enter(
        self,
        conn: sqlite3.Connection,
        held: OfficeFile,
        action: Action,
        spoken: Spoken,
        by: str,
        result: dict[str, Any] | None,
    ) -> None:
        """Write one decision into the file and stop or start its clock."""
        at = self._at()
        correcting = action.name == "correct"
        if result is not None and self.store.number_taken(conn, result["number"]):
            raise Problem(409, "number-taken", "这个结果编号已经用过")
        if correcting:
            self.store.stop_clock(conn, held.receipt_no, "correction", at, "等待申请人补正")
        elif action.name == "inspect":
            self.store.stop_clock(conn, held.receipt_no, "inspection", at, "现场核查")
        else:
            self.store.start_clock(conn, held.receipt_no, at)
        standing = Standing(spoken.text if correcting else None, spoken.wanting, spoken.due, spoken.decision, result)
        if spoken.extension is not None:
            self.store.note_extension(conn, held.receipt_no, spoken.extension)
        entry = Entry(at, action.target or held.status, spoken.text, by or held.share.department or OFFICE, held.version)
        self.store.add_entry(conn, held.receipt_no, entry, standing)

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
            self.store.start_clock(conn, receipt_no, entry.at)
            self.store.add_entry(conn, receipt_no, entry)
            return self._held(self.store.file(conn, receipt_no=receipt_no))

    def examine_waiting(self, after_s: float) -> list[str]:
        """Examine every file that has waited ``after_s`` seconds and has not been looked at; the receipt numbers passed.

        What is not passed stays as it is, with the reasons for whoever takes it up.
        """
        with self.store.read() as conn:
            waiting = self.store.waiting_since(conn, self.config.now() - timedelta(seconds=after_s), unexamined=True)
        passed = []
        for receipt_no in waiting:
            held = self.get(receipt_no)
            reasons = examining.reasons(held, self._register)
            found = {"version": held.version, "at": self._at(), "reasons": reasons}
            try:
                self.carry_out(receipt_no, [] if reasons else examining.way(held), by=examining.NAME, examined=found)
            except Problem as problem:
                if problem.status != 409:
                    raise
                continue  # staff were quicker
            if not reasons:
                passed.append(receipt_no)
        return passed

    def accept_waiting(self, after_s: float) -> list[str]:
        """Accept every file that has waited ``after_s`` seconds; the receipt numbers accepted (for demonstrations)."""
        with self.store.read() as conn:
            waiting = self.store.waiting_since(conn, self.config.now() - timedelta(seconds=after_s))
        accepted = []
        for receipt_no in waiting:
            try:
                self.act(receipt_no, Decision(action="accept"), by="自动受理（演示）")
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
            raise Problem(409, "other-item", "该办件编号已用于另一事项")
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
