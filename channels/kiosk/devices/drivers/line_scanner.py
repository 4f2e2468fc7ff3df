"""A code scanner that sends each code as a line of UTF-8 (serial or USB-CDC, as most can be set to), ended by CR or LF."""

from __future__ import annotations

from collections.abc import Callable

from channels.kiosk.devices.interfaces import READY, DeviceFault, Patience, State, fault
from channels.kiosk.devices.link import Link, opened

LONGEST = 2000


class LineScanner:
    """See the module."""

    def __init__(self, address: str, link: Callable[[str], Link] = opened) -> None:
        self._address, self._link = address, link

    def state(self) -> State:
        """Whether the line can be opened; a scanner itself says nothing until a code is held before it."""
        try:
            self._link(self._address).close()
        except DeviceFault as wrong:
            return fault(wrong.code)
        return READY

    def self_test(self) -> State:
        """The same."""
        return self.state()

    def forget(self) -> None:
        """It keeps nothing."""

    def scan(self, patience: Patience) -> str:
        """The next line; see ``QrScanner``."""
        line, held = self._link(self._address), b""
        try:
            while True:
                held += line.read(LONGEST, patience.step)
                text, *more = held.replace(b"\r", b"\n").lstrip(b"\n").split(b"\n", 1)
                if more:
                    return _read(text)
                if len(held) > 4 * LONGEST:
                    raise DeviceFault("unreadable")
                patience.wait()
        finally:
            line.close()


def _read(text: bytes) -> str:
    try:
        found = text.decode("utf-8").strip()
    except UnicodeDecodeError:
        found = text.decode("gb18030", "replace").strip()
    if not found or len(found) > LONGEST or not found.isprintable() or "\ufffd" in found:
        raise DeviceFault("unreadable")
    return found
