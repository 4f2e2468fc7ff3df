"""Taking in what was dropped, and saying in status files how it stands: the same office as behind HTTP, by way of files."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sandbox.drop import signed
from sandbox.drop.faults import DropFaults
from sandbox.office import service, shown
from sandbox.office.service import Office
from sandbox.problems import Problem

_BASE = re.compile(r"^[A-Za-z0-9%_-]{1,80}\.[A-Za-z0-9%_-]{1,80}")
_MOST_REFUSALS = 20

log = logging.getLogger(__name__)


class DropDesk:
    """Looks through ``in`` and keeps ``out`` up to date, a round at a time.

    An answer is written before a drop is taken away, so that a sender who looks into ``in`` and then into ``out`` misses nothing.
    """

    def __init__(self, folder: Path, secret: str, office: Office, faults: DropFaults) -> None:
        self._in, self._out = folder / "in", folder / "out"
        self._secret, self._office, self._faults = secret, office, faults
        self._standing: dict[str, dict[str, Any]] = {}
        self._written: dict[str, bytes] = {}
        for path in sorted(self._out.glob("*.status.json")):
            try:
                self._standing[path.name.removesuffix(".status.json")] = signed.read(path.read_bytes(), secret)
            except signed.NotGenuine:
                continue  # written under another secret, or spoilt on request: the next drop of the case writes it anew

    def round(self) -> int:
        """Take what is there; how many drops were answered."""
        taken = 0
        if self._faults.take("asleep") == "ok":
            for suffix, take in ((".manifest.json", self._package), (".withdrawal.json", self._withdrawal)):
                for path in sorted(self._in.glob(f"*{suffix}")):
                    found = _BASE.match(path.name)
                    if found is not None and not path.name.startswith("."):
                        taken += self._take(path, found[0], take)
        for base in list(self._standing):
            self._write(base)
        return taken

    def _take(self, path: Path, base: str, take: Any) -> int:
        try:
            said = signed.read(path.read_bytes(), self._secret)
            refused = take(base, said)
        except (signed.NotGenuine, KeyError, TypeError, OSError) as error:
            # Nobody can be told. Taken away, it can be dropped again.
            log.warning("a drop is not as described: %s", type(error).__name__)
            path.unlink(missing_ok=True)
            return 0
        held = self._standing.setdefault(base, {"case_no": said["case_no"], "part": said["part"], "refused": []})
        if refused:
            at = self._office.config.now().isoformat(timespec="milliseconds")
            held["refused"] = [*held["refused"], {"key": said["key"], "at": at, "code": refused}][-_MOST_REFUSALS:]
        self._write(base)
        path.unlink(missing_ok=True)
        if take == self._package:
            (self._in / str(path.name.removesuffix(".manifest.json") + ".zip")).unlink(missing_ok=True)
        return 1

    def _package(self, base: str, said: dict[str, Any]) -> str:
        """Hand a package to the office; the code it refuses it with, "" if it does not."""
        (listed,) = said["files"]
        package = (self._in / f"{base}.v{int(said['version'])}.zip").read_bytes()
        told = (listed["bytes"], listed["sha256"], listed["sm3"])
        if told != (len(package), hashlib.sha256(package).hexdigest(), hashlib.new("sm3", package).hexdigest()):
            raise signed.NotGenuine("the file is not the one of the manifest")
        if self._faults.take("refuses") == "refuses":
            return "package-unreadable"
        try:
            metadata = service.Metadata(
                case_no=said["case_no"], version=said["version"], sha256=listed["sha256"], guide=said["item"],
                department=said["department"],
            )  # fmt: skip
            self._office.receive(io.BytesIO(package), metadata, said["key"])
        except ValidationError:
            return "metadata-invalid"
        except Problem as problem:
            return problem.code
        return ""

    def _withdrawal(self, base: str, said: dict[str, Any]) -> str:
        try:
            self._office.withdraw(said["receipt_no"], "")
        except Problem as problem:
            return problem.code
        return ""

    def _write(self, base: str) -> None:
        """The status file of a part, if it says something new; the result before it, since the status names it."""
        held = self._standing[base]
        files = [file for file in self._office.find(held["case_no"]) if file.share.part == held["part"]]
        said = {"type": "bandao-status/1", **held, "file": shown.file(files[0]) if files else None}
        said, secret, whole = self._spoilt(json.loads(json.dumps(said, default=str)))
        content = signed.sign(said, secret)
        content = content if whole else content[: len(content) // 2]
        if self._written.get(base) == content:
            return
        if files and files[0].standing.result is not None:
            record, data = self._office.result(files[0].receipt_no)
            _put(self._out / f"{base}.{record['sha256']}.result", data)
        _put(self._out / f"{base}.status.json", content)
        self._written[base] = content

    def _spoilt(self, said: dict[str, Any]) -> tuple[dict[str, Any], str, bool]:
        """What is said, the secret it is signed with, and whether it is written to its end."""
        mode = self._faults.take("wrong_hash", "wrong_number", "wrong_case", "unsigned", "half_status")
        file = said["file"]
        if file is not None and mode == "wrong_hash":
            file["versions"] = [{**version, "sha256": "0" * 64} for version in file["versions"]]
        elif file is not None and mode == "wrong_number":
            file["receipt_no"] = "SJ19000101000001"
        elif mode == "wrong_case":
            said["case_no"] = "NOBODY-0001"
        return said, "somebody-else's" if mode == "unsigned" else self._secret, mode != "half_status"


def _put(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)
