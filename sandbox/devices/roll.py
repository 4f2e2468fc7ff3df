"""What a receipt printer makes of the bytes it is sent: lines of text and codes, as far as ESC/POS is understood here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PaperFault = Literal["", "paper_out", "cover_open", "jam", "offline"]


@dataclass
class Slip:
    """One receipt that was cut off."""

    lines: list[str] = field(default_factory=list)
    code: str = ""


@dataclass
class Roll:
    """Takes bytes in any pieces; gives back what the printer answers. What is not known is an error, as on a wrong printer."""

    fault: PaperFault = ""
    slips: list[Slip] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    _held: bytes = b""
    _line: bytes = b""
    _slip: Slip = field(default_factory=Slip)
    _code: bytes = b""

    def take(self, data: bytes) -> bytes:
        """Work off what is whole; the rest waits for more."""
        self._held += data
        said = b""
        while self._held:
            used, answered = self._one(self._held)
            if used == 0:
                break
            self._held, said = self._held[used:], said + answered
        return said

    def _one(self, data: bytes) -> tuple[int, bytes]:
        match data[:1]:
            case b"\x10":
                return (0, b"") if len(data) < 3 else (3, self._status(data[2]))
            case b"\x1b":
                if len(data) < 2 or (data[1:2] == b"a" and len(data) < 3):
                    return 0, b""
                if data[1:2] == b"@":
                    self._line, self._slip = b"", Slip()
                    return 2, b""
                return (3, b"") if data[1:2] == b"a" else self._strange(data[:2])
            case b"\x1c":
                return (0, b"") if len(data) < 2 else (2, b"") if data[1:2] == b"&" else self._strange(data[:2])
            case b"\x1d":
                return self._group(data)
            case b"\n":
                self._slip.lines.append(self._line.decode("gb18030", "replace"))
                self._line = b""
            case one:
                self._line += one
        return 1, b""

    def _group(self, data: bytes) -> tuple[int, bytes]:
        if len(data) < 3:
            return 0, b""
        if data[1:2] == b"!":
            return 3, b""
        if data[1:2] == b"V":
            if len(data) < 4:
                return 0, b""
            self._slip.code = self._code.decode("utf-8", "replace")
            if not self.fault:
                self.slips = [*self.slips[-9:], self._slip]
            self._slip, self._code = Slip(), b""
            return 4, b""
        if data[1:3] == b"(k":
            if len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "little"):
                return 0, b""
            body = data[5 : 5 + int.from_bytes(data[3:5], "little")]
            if body[:3] == b"1P0":
                self._code = body[3:]
            return 5 + len(body), b""
        return self._strange(data[:2])

    def _strange(self, data: bytes) -> tuple[int, bytes]:
        self.unknown.append(data.hex())
        return len(data), b""

    def _status(self, asked: int) -> bytes:
        offline, error, paper = 0x12, 0x12, 0x12
        match self.fault:
            case "cover_open":
                offline |= 0x04
            case "paper_out":
                offline, paper = offline | 0x20, paper | 0x60
            case "jam":
                error |= 0x08
        return bytes([{2: offline, 3: error, 4: paper}.get(asked, 0x12)])
