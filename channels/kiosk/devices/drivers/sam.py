"""An identity-card reader that speaks the protocol of its security module (SAM_V, as GA 450 readers do) on a line.

Serial readers, and those a vendor's service offers on TCP. Readers with a vendor's library only (a DLL or .so, mostly over
USB-HID) want a class of their own: ``read`` returns the same ``Card``, and ``card_text.decoded`` takes the same 256 bytes.

A frame is AA AA AA 96 69, the length (2 bytes, of all that follows), the body, and the XOR of length and body. Asking has a
command of 2 bytes as its body, answering 3 bytes of status and the data. The picture on the chip is read past and dropped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import xor

from channels.kiosk.devices.card_text import decoded
from channels.kiosk.devices.interfaces import READY, Card, DeviceFault, Patience, State, fault
from channels.kiosk.devices.link import Link, opened

PREAMBLE = bytes.fromhex("AAAAAA9669")
FIND, SELECT, READ, STATUS = (bytes.fromhex(code) for code in ("2001", "2002", "3001", "11FF"))
_DONE, _FOUND, _NO_CARD = 0x90, 0x9F, 0x80
_LONGEST = 4096
_ANSWER_SECONDS = 3.0


def framed(body: bytes) -> bytes:
    """A body as it goes over the line."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes([reduce(xor, counted)])


class Frames:
    """Takes bytes as they come and gives the bodies of whole frames; noise before a frame is passed over."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, data: bytes) -> bytes | None:
        """The body of the frame that is whole now, if one is.

        Raises:
            DeviceFault: ``unreadable``: the check does not hold, or no frame is that long.
        """
        self._held += data
        begin = self._held.find(PREAMBLE)
        if begin < 0:
            self._held = self._held[-len(PREAMBLE) :]
            return None
        rest = self._held[begin + len(PREAMBLE) :]
        if len(rest) < 2:
            return None
        length = int.from_bytes(rest[:2], "big")
        if not 4 <= length <= _LONGEST:
            raise DeviceFault("unreadable")
        if len(rest) < 2 + length:
            return None
        whole, self._held = rest[: 2 + length], rest[2 + length :]
        if reduce(xor, whole) != 0:
            raise DeviceFault("unreadable")
        return whole[2:-1]


class SamReader:
    """See the module. ``link`` opens the line anew for every reading, so that a reader unplugged and back again is there."""

    def __init__(self, address: str, link: Callable[[str], Link] = opened, clock: Callable[[], float] = time.monotonic) -> None:
        self._address, self._link, self._clock = address, link, clock

    def state(self) -> State:
        """Whether the security module says it is well."""
        try:
            with self._line() as line:
                return READY if self._ask(line, STATUS)[2] == _DONE else fault("offline")
        except DeviceFault as wrong:
            return fault(wrong.code)

    def self_test(self) -> State:
        """The same: there is no more it can show without a card."""
        return self.state()

    def forget(self) -> None:
        """It keeps nothing."""

    def read(self, patience: Patience) -> Card:
        """Find a card, choose it, read it; see ``IdentityCardReader``."""
        with self._line() as line:
            while self._ask(line, FIND)[2] != _FOUND:
                patience.wait()
            if self._ask(line, SELECT)[2] != _DONE:
                raise DeviceFault("removed")
            answer = self._ask(line, READ)
        if answer[2] != _DONE:
            raise DeviceFault("removed" if answer[2] == _NO_CARD else "unreadable")
        data = answer[3:]
        length = int.from_bytes(data[:2], "big")
        return decoded(data[4 : 4 + length])

    @contextmanager
    def _line(self) -> Iterator[Link]:
        line = self._link(self._address)
        try:
            yield line
        finally:
            line.close()

    def _ask(self, line: Link, command: bytes) -> bytes:
        frames, until = Frames(), self._clock() + _ANSWER_SECONDS
        line.write(framed(command))
        while (left := until - self._clock()) > 0:
            body = frames.take(line.read(_LONGEST, min(left, 1.0)))
            if body is not None:
                return body
        raise DeviceFault("offline")
