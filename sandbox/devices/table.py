"""The state of it all: what lies on the reader and under the camera, what was printed, and what is wrong. In memory only."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.devices import chip
from sandbox.devices.roll import Roll

PrinterFault = Literal["", "paper_out", "jam", "offline"]
CameraFault = Literal["", "dark", "offline"]
PAGE_SECONDS = 0.4
_KEPT_JOBS = 5


@dataclass
class Sheet:
    """A job of the A4 printer. ``left`` are the seconds it still prints."""

    number: int
    data: bytes = field(repr=False)
    copies: int
    pages: int
    left: float
    seen: datetime
    cancelled: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of what was sent."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def state(self) -> str:
        """In words for the page."""
        return "cancelled" if self.cancelled else "done" if self.left <= 0 else "printing"


@dataclass
class Table:
    """One kiosk's worth of devices."""

    now: Callable[[], datetime]
    card: Mapping[str, Any] | None = None
    card_fault: chip.CardFault = ""
    paper: bytes | None = field(default=None, repr=False)
    camera_fault: CameraFault = ""
    roll: Roll = field(default_factory=Roll)
    scanner_off: bool = False
    printer_fault: PrinterFault = ""
    sheets: list[Sheet] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    _scanners: set[asyncio.StreamWriter] = field(default_factory=set)
    _shown: str = ""
    _servers: list[asyncio.Server] = field(default_factory=list)
    _count: int = 0

    def show_code(self, text: str) -> None:
        """Hold a code before the scanner: whoever listens gets it; else it stays there until somebody does."""
        line = text.replace("\n", " ").encode() + b"\r\n"
        for scanner in self._scanners:
            scanner.write(line)
        self._shown = "" if self._scanners else text

    def print(self, data: bytes, copies: int, pages: int) -> Sheet:
        """Take a job."""
        self._count += 1
        sheet = Sheet(self._count, data, copies, pages, copies * pages * PAGE_SECONDS, self.now())
        self.sheets = [*self.sheets[-(_KEPT_JOBS - 1) :], sheet]
        return sheet

    def going_on(self) -> list[Sheet]:
        """The jobs, as far as they have come by now; nothing comes while something is wrong."""
        now = self.now()
        for sheet in self.sheets:
            if not self.printer_fault and not sheet.cancelled:
                sheet.left -= (now - sheet.seen) / timedelta(seconds=1)
            sheet.seen = now
        return self.sheets

    async def start(self) -> None:
        """Listen for whoever plugs in, each device on a port of its own, on this machine only."""
        for name, serve in (("card", self._reader), ("scanner", self._scanner), ("receipt", self._receipt)):
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            self.ports[name] = server.sockets[0].getsockname()[1]
            self._servers.append(server)

    async def stop(self) -> None:
        """Unplug everything."""
        for server in self._servers:
            server.close()
        self._servers.clear()

    async def _reader(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _plugged(writer):
            while self.card_fault != "offline":
                await reader.readuntil(chip.PREAMBLE)
                body = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
                writer.write(chip.answer(body[:-1], self.card, self.card_fault))
                await writer.drain()

    async def _scanner(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _plugged(writer):
            if self.scanner_off:
                return
            self._scanners.add(writer)
            try:
                if self._shown:
                    self.show_code(self._shown)
                while await reader.read(100):
                    pass
            finally:
                self._scanners.discard(writer)

    async def _receipt(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _plugged(writer):
            while self.roll.fault != "offline" and (data := await reader.read(4096)):
                writer.write(self.roll.take(data))
                await writer.drain()


@asynccontextmanager
async def _plugged(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Until the other end lets go, or the plug is pulled here."""
    try:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
