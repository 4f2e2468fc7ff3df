"""An A4 printer of the machine's own print service (CUPS), by its programs ``lp``, ``lpstat`` and ``cancel``."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from channels.kiosk.devices.interfaces import READY, Code, DeviceFault, Job, State, fault

QUEUE = re.compile(r"[A-Za-z0-9_.-]{1,127}")
_JOB = re.compile(r"[A-Za-z0-9_.-]{1,127}-\d{1,10}")
_TAKEN = re.compile(r"request id is (\S+)")
#: The printer's own reasons (RFC 8011, printer-state-reasons), as lpstat prints them behind "Alerts:".
_REASONS: tuple[tuple[str, Code], ...] = (
    ("media-empty", "paper_out"),
    ("media-needed", "paper_out"),
    ("cover-open", "cover_open"),
    ("door-open", "cover_open"),
    ("media-jam", "jam"),
    ("offline", "offline"),
    ("connecting-to-device", "offline"),
    ("paused", "refused"),
)
_SECONDS = 10.0

Run = Callable[[Sequence[str], bytes | None], tuple[int, str]]


class CupsPrinter:
    """One queue. ``programs`` is a folder with the three programs, where they are not on the path; tests give a ``run``."""

    def __init__(
        self, queue: str, programs: Path | None = None, environment: Mapping[str, str] | None = None, run: Run | None = None
    ) -> None:
        if QUEUE.fullmatch(queue) is None or queue.startswith("-"):
            raise ValueError(queue)
        self._queue, self._programs, self._environment = queue, programs, dict(environment or {})
        self._run = run or self._started

    def state(self) -> State:
        """What the queue and the printer say."""
        status, said = self._asked(["lpstat", "-l", "-p", self._queue])
        if status != 0:
            return fault("offline")
        code = _reason(said)
        if code is None and "disabled since" in said:
            code = "refused"
        return READY if code is None else fault(code)

    def self_test(self) -> State:
        """The same: a page of paper for every look would be a waste."""
        return self.state()

    def forget(self) -> None:
        """Nothing waits any more of what this kiosk sent: the queue is its own."""
        self._asked(["cancel", "-a", "-x", self._queue])

    def send(self, pdf: bytes, copies: int) -> str:
        """By standard input: the file is never on this machine's disk but in the queue; see ``A4Printer``."""
        asked = ["lp", "-d", self._queue, "-n", str(copies), "-t", "bandao", "-o", "media=A4", "-o", "sides=two-sided-long-edge"]
        status, said = self._asked(asked, pdf)
        match = _TAKEN.search(said)
        if status != 0 or match is None or _JOB.fullmatch(match[1]) is None:
            raise DeviceFault("refused" if status >= 0 else "offline")
        return match[1]

    def job(self, name: str) -> Job:
        """Waiting and printing jobs stand in the queue; one that is no more there came out, or was cancelled."""
        status, said = self._asked(["lpstat", "-W", "not-completed", "-o", self._queue])
        if status != 0:
            return Job("fault", "offline")
        if not any(line.split()[:1] == [name] for line in said.splitlines()):
            return Job("done")
        how = self.state()
        if how.code is not None:
            return Job("fault", how.code)
        printing = re.search(rf"now printing {re.escape(name)}[.\s]", self._asked(["lpstat", "-p", self._queue])[1])
        return Job("printing" if printing else "waiting")

    def cancel(self, name: str) -> None:
        """Stop it, and drop its file."""
        self._asked(["cancel", "-x", name])

    def _asked(self, words: Sequence[str], data: bytes | None = None) -> tuple[int, str]:
        try:
            return self._run(words, data)
        except (OSError, subprocess.TimeoutExpired):
            return -1, ""

    def _started(self, words: Sequence[str], data: bytes | None) -> tuple[int, str]:
        program = str(self._programs / words[0]) if self._programs else words[0]
        done = subprocess.run(
            [program, *words[1:]],
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, **self._environment, "LC_ALL": "C"},
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")


def _reason(said: str) -> Code | None:
    alerts = " ".join(line.partition("Alerts:")[2] for line in said.splitlines())
    return next((code for reason, code in _REASONS if reason in alerts), None)
