"""The devices of one machine, each used by one at a time, and what is being printed; nothing outlives ``forget``."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from channels.kiosk.devices.fitting import Fitting
from channels.kiosk.devices.interfaces import (
    ABSENT,
    KINDS,
    A4Printer,
    Card,
    Device,
    DeviceFault,
    DocumentCamera,
    IdentityCardReader,
    Job,
    Kind,
    Patience,
    QrScanner,
    Receipt,
    ReceiptPrinter,
    State,
)

BUSY = State("busy")
KEPT_SECONDS = 600.0
MOST_COPIES = 3


@dataclass
class Waiting:
    """A file that is to be printed or being printed. ``pdf`` is let go as soon as the printer has it."""

    pdf: bytes = field(repr=False)
    pages: int
    digest: str
    since: float
    name: str | None = None
    cancelled: bool = False


class Machine:
    """See the module. Every method blocks; the service calls them in threads."""

    def __init__(self, fitting: Fitting, clock: Callable[[], float] = time.monotonic, seconds: float = 30.0) -> None:
        self.fitting, self._clock, self._seconds = fitting, clock, seconds
        self._locks = {kind: threading.Lock() for kind in KINDS}
        self._stop = threading.Event()
        self._jobs: dict[str, Waiting] = {}

    def states(self) -> dict[Kind, State]:
        """How every device stands."""
        return {kind: self.state(kind) for kind in KINDS}

    def state(self, kind: Kind) -> State:
        """How one stands; one in use is not disturbed."""
        device = self.fitting.devices.get(kind)
        if device is None:
            return ABSENT
        if not self._locks[kind].acquire(blocking=False):
            return BUSY
        try:
            return device.state()
        finally:
            self._locks[kind].release()

    def self_test(self, kind: Kind) -> State:
        """Have one show that it works."""
        device = self.fitting.devices.get(kind)
        if device is None:
            return ABSENT
        try:
            with self._using(kind):
                return device.self_test()
        except DeviceFault:
            return BUSY

    def read_card(self) -> Card:
        """The card somebody lays on the reader.

        Raises:
            DeviceFault: none was, or it could not be read.
        """
        with self._using("card") as device:
            return cast(IdentityCardReader, device).read(self._patience())

    def scan(self) -> str:
        """The code somebody holds before the scanner.

        Raises:
            DeviceFault: none was, or it could not be read.
        """
        with self._using("scanner") as device:
            return cast(QrScanner, device).scan(self._patience())

    def preview(self) -> bytes:
        """What the camera sees, small.

        Raises:
            DeviceFault: nothing.
        """
        with self._using("camera") as device:
            return cast(DocumentCamera, device).preview()

    def picture(self) -> bytes:
        """What the camera sees.

        Raises:
            DeviceFault: nothing.
        """
        with self._using("camera", wait=5.0) as device:  # a preview may be on its way
            return cast(DocumentCamera, device).picture()

    def print_receipt(self, receipt: Receipt) -> None:
        """Print a receipt.

        Raises:
            DeviceFault: it did not come out.
        """
        with self._using("receipt") as device:
            cast(ReceiptPrinter, device).print(receipt)

    def prepare(self, pdf: bytes, pages: int, digest: str) -> str:
        """Have a file ready to be printed; its key. There is one at a time."""
        if "a4" not in self.fitting.devices:
            raise DeviceFault("offline")
        self._jobs = {key: job for key, job in self._jobs.items() if job.name is not None}
        key = secrets.token_urlsafe(9)
        self._jobs[key] = Waiting(pdf, pages, digest, self._clock())
        return key

    def print_job(self, key: str, copies: int) -> None:
        """Begin to print what was prepared.

        Raises:
            KeyError: nothing was.
            DeviceFault: the printer does not take it; it may be tried again.
        """
        job = self._jobs[key]
        if job.name is not None:
            return
        with self._using("a4") as device:
            job.name = cast(A4Printer, device).send(job.pdf, max(1, min(copies, MOST_COPIES)))
        job.pdf = b""

    def job(self, key: str) -> Job:
        """How printing stands.

        Raises:
            KeyError: there is no such job.
        """
        job = self._jobs[key]
        if job.cancelled:
            return Job("cancelled")
        if job.name is None:
            return Job("waiting")
        return cast(A4Printer, self.fitting.devices["a4"]).job(job.name)

    def cancel_job(self, key: str) -> None:
        """Stop printing.

        Raises:
            KeyError: there is no such job.
        """
        job = self._jobs[key]
        job.cancelled, job.pdf = True, b""
        if job.name is not None:
            cast(A4Printer, self.fitting.devices["a4"]).cancel(job.name)

    def stop_waiting(self) -> None:
        """Whoever waits for a card or a code waits no more."""
        self._stop.set()
        self._stop = threading.Event()

    def forget(self) -> None:
        """The citizen is gone: nothing of hers stays here or in a device."""
        self.stop_waiting()
        for key in list(self._jobs):
            job = self._jobs[key]
            if job.name is not None and self.job(key).state != "done":
                self.cancel_job(key)
        self._jobs.clear()
        for kind, device in self.fitting.devices.items():
            if kind == "a4" or not self._locks[kind].acquire(timeout=2.0):
                continue
            try:
                device.forget()
            finally:
                self._locks[kind].release()

    def sweep(self) -> None:
        """Drop what a page that broke off has left."""
        now = self._clock()
        self._jobs = {key: job for key, job in self._jobs.items() if now - job.since < KEPT_SECONDS}

    def _patience(self) -> Patience:
        return Patience(self._seconds, stop=self._stop)

    @contextmanager
    def _using(self, kind: Kind, wait: float = 0.0) -> Iterator[Device]:
        device = self.fitting.devices.get(kind)
        if device is None:
            raise DeviceFault("offline")
        if not self._locks[kind].acquire(timeout=wait):
            raise DeviceFault("busy")
        try:
            yield device
        finally:
            self._locks[kind].release()
