"""Antivirus: nothing by default, or a clamd over its local socket."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol

_CHUNK = 1 << 16
TIMEOUT_SECONDS = 30.0


class ScannerUnavailable(Exception):
    """A scanner is configured but does not answer. Nothing is taken unscanned."""


class Scanner(Protocol):
    """Looks for known malware."""

    def scan(self, data: bytes) -> str | None:
        """The name of what was found, or None. Raises ScannerUnavailable."""
        ...


class NoScanner:
    """Finds nothing: used when no antivirus is configured (the EICAR test file is refused all the same)."""

    def scan(self, data: bytes) -> str | None:
        return None


class ClamdScanner:
    """clamd's INSTREAM command over a Unix socket: the file never touches the disk."""

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_SECONDS) -> None:
        self._path = path
        self._timeout_s = timeout_s

    def scan(self, data: bytes) -> str | None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._timeout_s)
                connection.connect(str(self._path))
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), _CHUNK):
                    part = data[start:start + _CHUNK]
                    connection.sendall(len(part).to_bytes(4, "big") + part)
                connection.sendall((0).to_bytes(4, "big"))
                answer = _answer(connection)
        except OSError as error:
            raise ScannerUnavailable(f"clamd: {error}") from error
        verdict = answer.partition(": ")[2] or answer
        if verdict == "OK":
            return None
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        raise ScannerUnavailable(f"clamd: {verdict}")


def _answer(connection: socket.socket) -> str:
    parts: list[bytes] = []
    while part := connection.recv(4096):
        parts.append(part)
        if part.endswith(b"\0"):
            break
    return b"".join(parts).rstrip(b"\0\n").decode(errors="replace")
