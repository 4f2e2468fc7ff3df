"""The small interfaces every device stands behind, what goes wrong with one, and how long somebody is waited for.

A driver blocks: the service calls each in a thread, one call at a time. It keeps nothing of what it read or printed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

Kind = Literal["card", "camera", "scanner", "receipt", "a4"]
KINDS: tuple[Kind, ...] = ("card", "camera", "scanner", "receipt", "a4")
Standing = Literal["ready", "busy", "absent", "fault"]

#: Everything that may be wrong; the page has a sentence for each (``js/devices/words.js``), ``doctor`` another.
Code = Literal[
    "offline",  # it does not answer
    "busy",  # somebody else uses it
    "timeout",  # nobody laid anything on it
    "cancelled",  # whoever waited does not any more
    "unreadable",  # what it has cannot be read
    "removed",  # taken away too early
    "other_card",  # a card, but no identity card of a resident
    "expired",  # the card's days are over
    "no_picture",  # the camera sees nothing
    "paper_out",
    "cover_open",
    "jam",
    "hot",  # a print head cools down
    "refused",  # the print queue takes nothing
    "too_large",
]


class DeviceFault(Exception):
    """A device could not do it; ``code`` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


@dataclass(frozen=True)
class State:
    """How a device stands; ``code`` says what is wrong where it is a fault."""

    standing: Standing
    code: Code | None = None


READY, ABSENT = State("ready"), State("absent")


def fault(code: Code) -> State:
    """A device that cannot do anything until somebody sees to it."""
    return State("fault", code)


@dataclass
class Patience:
    """How long a driver waits for something to be laid on it, and whether it still should.

    ``clock`` and ``pause`` are given by tests, which have no time.
    """

    seconds: float = 30.0
    step: float = 0.25
    clock: Callable[[], float] = time.monotonic
    stop: threading.Event = field(default_factory=threading.Event)
    pause: Callable[[float], object] | None = None

    def __post_init__(self) -> None:
        self._until = self.clock() + self.seconds

    def wait(self) -> None:
        """Wait a step.

        Raises:
            DeviceFault: ``cancelled``, or ``timeout`` once it has been long enough.
        """
        if self.stop.is_set():
            raise DeviceFault("cancelled")
        if self.clock() >= self._until:
            raise DeviceFault("timeout")
        (self.pause or self.stop.wait)(self.step)
        if self.stop.is_set():
            raise DeviceFault("cancelled")


@dataclass(frozen=True, repr=False)
class Card:
    """What the chip of a resident identity card (居民身份证) says. Nothing of it is in any log: it has no ``repr``.

    ``sex`` is 男 or 女, ``nation`` as printed (汉), ``number`` by GB 11643, ``valid_until`` None where the card says 长期.
    """

    name: str
    sex: str
    nation: str
    birth_date: date
    address: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Receipt:
    """A receipt (回执): ``lines`` are label and value; ``code`` is the text of the QR code, none where it is empty."""

    title: str
    lines: tuple[tuple[str, str], ...]
    code: str = ""
    code_words: str = ""
    foot: str = ""


@dataclass(frozen=True)
class Job:
    """How a print job stands. ``pages`` are those of the file, times ``copies``."""

    state: Literal["waiting", "printing", "done", "cancelled", "fault"]
    code: Code | None = None


class Device(Protocol):
    """Any device."""

    def state(self) -> State:
        """How it stands now, found out within a second or two; never raises."""

    def self_test(self) -> State:
        """Have it show that it works (a printer prints a line); never raises."""

    def forget(self) -> None:
        """Drop whatever it still has of the last citizen."""


class IdentityCardReader(Device, Protocol):
    """Reads the chip of a resident identity card."""

    def read(self, patience: Patience) -> Card:
        """The card that is laid on, now or within the patience.

        Raises:
            DeviceFault: none was, or it could not be read.
        """


class DocumentCamera(Device, Protocol):
    """Looks down on a paper (高拍仪)."""

    def preview(self) -> bytes:
        """What it sees now, a small JPEG.

        Raises:
            DeviceFault: nothing.
        """

    def picture(self) -> bytes:
        """What it sees now as sharp as it can, a JPEG.

        Raises:
            DeviceFault: nothing.
        """


class QrScanner(Device, Protocol):
    """Reads codes held before it."""

    def scan(self, patience: Patience) -> str:
        """The text of the code that is held before it, at most 2,000 characters.

        Raises:
            DeviceFault: none was, or it could not be read.
        """


class ReceiptPrinter(Device, Protocol):
    """Prints on a roll."""

    def print(self, receipt: Receipt) -> None:
        """Print and cut.

        Raises:
            DeviceFault: it was not printed, or not to its end.
        """


class A4Printer(Device, Protocol):
    """Prints pages."""

    def send(self, pdf: bytes, copies: int) -> str:
        """Begin to print; the name of the job.

        Raises:
            DeviceFault: it was not taken.
        """

    def job(self, name: str) -> Job:
        """How a job stands; never raises."""

    def cancel(self, name: str) -> None:
        """Stop a job; pages that are out stay out."""
