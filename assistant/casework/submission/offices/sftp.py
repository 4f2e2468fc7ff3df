"""A receiving office that has no interface but a folder: packages are dropped there by SFTP, its answers lie in another.

``in/`` is ours: ``<case>.<part>.v<version>.zip``, then ``….manifest.json``; the manifest is the handing over. ``out/`` is theirs:
``<case>.<part>.status.json``, and results. A sending has ended well once the status file says that the version is there;
until then every attempt looks what lies in both folders and drops nothing a second time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import paramiko

from assistant.casework.submission.calls import LARGEST_RESULT, timed
from assistant.casework.submission.office import (
    Consignment,
    OfficeFile,
    OfficeRejected,
    OfficeUnavailable,
    Receipt,
    ReceivingOffice,
)
from assistant.casework.submission.offices import drop, sftp_link
from assistant.casework.submission.offices.sftp_link import Place, SftpLink
from assistant.foundation.clock import Clock

UNACKNOWLEDGED = "not-acknowledged"
"""It lies there, and the office has not said that it has it."""

LARGEST_STATUS = 8 * 1024 * 1024
"""Bytes; the largest status file read."""

_DECIDED = frozenset({"refused", "approved", "denied", "delivered"})
_REMEMBERED = 10_000

Named = Callable[[str], tuple[str, str] | None]
"""A receipt number → case number and part; None for one we have no case of."""


class SftpOffice(ReceivingOffice):
    """One such office; thread-safe.

    Args:
        name: what it is called in logs and metrics.
        key: the secret both sides sign files with.
        named: whose number it is: files are named by case, the other calls by the office's number.
        timeout_s: longest silence in seconds.
    """

    def __init__(self, name: str, place: Place, key: str, clock: Clock, named: Named, *, timeout_s: float = 60.0) -> None:
        self._system, self._key, self._clock, self._named = f"office_{name}", key.encode(), clock, named
        self._link = SftpLink(place, timeout_s)
        self._lock = threading.Lock()
        self._found: dict[str, tuple[str, str]] = {}  # numbers that were found and are not ours on record yet
        self._told: dict[tuple[str, str], None] = {}  # refusals a person knows of: the next attempt is that person's

    def find(self, case_no: str, part: str = "", department: str = "") -> OfficeFile | None:
        """See ReceivingOffice."""
        with timed(self._system, "find"), self._link.session() as sftp:
            status = self._status(sftp, case_no, part)
            if status is None or status.file is None:
                return None
            self._remember(self._found, status.file.receipt_no, (case_no, part))
            return status.file

    def send(self, consignment: Consignment) -> Receipt:
        """See ReceivingOffice. Ends well once the office says it has it; ``not-acknowledged`` until then."""
        case_no, part = consignment.case_no, consignment.part
        name = f"{drop.base_name(case_no, part)}.v{consignment.version}"
        package, manifest = f"in/{name}.zip", f"in/{name}.manifest.json"
        with timed(self._system, "send"), self._link.session() as sftp:
            # First ours, then theirs: they answer before they take a drop away, so it is never in neither.
            lies = sftp_link.size(sftp, manifest) is not None and sftp_link.size(sftp, package) == len(consignment.package)
            status = self._status(sftp, case_no, part)
            file = status.file if status is not None else None
            held = file.received(consignment.version) if file is not None else None
            if file is not None and held is not None:
                if held.sha256 != consignment.sha256:
                    raise OfficeRejected("other-package")
                return Receipt(receipt_no=file.receipt_no, received_at=held.received_at, status=file.status)
            self._refusal(status, consignment.key)
            if not lies:
                sftp_link.write(sftp, package, consignment.package)
                said = drop.manifest(consignment, f"{name}.zip", self._clock.now().isoformat(timespec="seconds"))
                sftp_link.write(sftp, manifest, drop.sign(said, self._key))
            raise OfficeUnavailable(UNACKNOWLEDGED)

    def file(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice."""
        with timed(self._system, "file"), self._link.session() as sftp:
            return self._known(sftp, office_ref)[1]

    def withdraw(self, office_ref: str) -> OfficeFile:
        """See ReceivingOffice. The request is dropped like a package, and has ended once the status file says so."""
        with timed(self._system, "withdraw"), self._link.session() as sftp:
            case_no, part = self._whose(office_ref)
            base = drop.base_name(case_no, part)
            request, key = f"in/{base}.withdrawal.json", f"{base}.withdrawal"
            lies = sftp_link.size(sftp, request) is not None
            status, file = self._known(sftp, office_ref)
            if file.status == "withdrawn":
                return file
            if file.status in _DECIDED:
                raise OfficeRejected("already-decided")
            self._refusal(status, key)
            if not lies:
                asked = drop.withdrawal(case_no, part, office_ref, key, self._clock.now().isoformat(timespec="seconds"))
                sftp_link.write(sftp, request, drop.sign(asked, self._key))
            raise OfficeUnavailable(UNACKNOWLEDGED)

    def result(self, office_ref: str) -> bytes:
        """See ReceivingOffice. Its name holds the hash the status file gives: another edition is another file."""
        with timed(self._system, "result"), self._link.session() as sftp:
            _, file = self._known(sftp, office_ref)
            if file.result is None:
                raise OfficeRejected("no-result")
            path = f"out/{drop.base_name(file.case_no, file.part)}.{file.result.sha256}.result"
            size = sftp_link.size(sftp, path)
            if size is None:
                raise OfficeUnavailable("unreadable")  # named and not there yet
            if size > LARGEST_RESULT:
                raise OfficeRejected("result-too-large")
            return sftp_link.read(sftp, path, LARGEST_RESULT)

    def reachable(self, timeout_s: float) -> bool:
        """See ReceivingOffice: both folders can be seen."""
        return self.trouble(timeout_s) is None

    def trouble(self, timeout_s: float) -> str | None:
        """What keeps us from the folders: a code of ``SftpLink.session``, or ``no-folder``; None where nothing does."""
        try:
            with self._link.session(timeout_s) as sftp:
                there = all(sftp_link.size(sftp, folder) is not None for folder in ("in", "out"))
        except OfficeUnavailable as error:
            return "no-folder" if error.code == "server-error" else error.code
        return None if there else "no-folder"

    @property
    def wrong_key(self) -> str:
        """The fingerprint of the host key that was shown instead of the right one; empty where none was."""
        return self._link.shown or ""

    def close(self) -> None:
        """See ReceivingOffice."""
        self._link.close()

    def _known(self, sftp: paramiko.SFTPClient, number: str) -> tuple[drop.Status, OfficeFile]:
        """What the office says of its number."""
        case_no, part = self._whose(number)
        status = self._status(sftp, case_no, part)
        if status is None or status.file is None:
            raise OfficeRejected("not-found")
        if status.file.receipt_no != number:
            raise OfficeUnavailable("unreadable")  # it gives the case another number than it gave us
        return status, status.file

    def _whose(self, number: str) -> tuple[str, str]:
        with self._lock:
            whose = self._found.get(number)
        whose = whose or self._named(number)
        if whose is None:
            raise OfficeRejected("not-found")
        return whose

    def _status(self, sftp: paramiko.SFTPClient, case_no: str, part: str) -> drop.Status | None:
        try:
            data = sftp_link.read(sftp, f"out/{drop.base_name(case_no, part)}.status.json", LARGEST_STATUS)
            return drop.read_status(data, self._key, case_no, part)
        except FileNotFoundError:
            return None
        except drop.NotGenuine as error:
            raise OfficeUnavailable("unreadable") from error

    def _refusal(self, status: drop.Status | None, key: str) -> None:
        """The office did not take what was dropped. Told once: whoever tries again then means it."""
        for refused in status.refused if status is not None else ():
            told = (key, refused.at.isoformat())
            with self._lock:
                known = told in self._told
            if refused.key == key and not known:
                self._remember(self._told, told, None)
                raise OfficeRejected(refused.code)

    def _remember(self, memory: dict[Any, Any], name: Any, value: Any) -> None:
        with self._lock:
            memory[name] = value
            while len(memory) > _REMEMBERED:
                del memory[next(iter(memory))]
