"""A helper process that may hang, crash or grow: one request at a time over its pipes, with a time limit and a clean kill.

Used for work we do not trust inside the app's own process (LibreOffice, parsing of uploaded files). The child reads
frames from standard input and writes frames to standard output; it is expected to end by itself when its input closes,
so it cannot outlive the app. We do not use PR_SET_PDEATHSIG for the child itself: Linux sends that signal when the
*thread* that started it ends, and the app's worker threads come and go.

A frame is a four-byte big-endian length followed by that many bytes.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_HEADER = 4
_CHUNK = 1 << 16
_MAX_FRAME = 512 << 20


class ChildTimeout(Exception):
    """The child did not answer within its time limit; it has been killed."""


class ChildDied(Exception):
    """The child ended (crash, out of memory, killed) before it answered."""


class Child:
    """One running helper process in a process group of its own."""

    def __init__(
        self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None, stderr: Path | None = None,
    ) -> None:
        """Start ``argv`` with exactly ``env`` (nothing inherited, so no secret of the app reaches it).

        Raises:
            OSError: when the program cannot be started.
        """
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(stderr.open("wb")) if stderr else subprocess.DEVNULL
            self._process = subprocess.Popen(
                list(argv), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=dict(env), cwd=cwd,
                start_new_session=True,
            )
        self._ended = False
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin = self._process.stdin.fileno()
        self._stdout = self._process.stdout.fileno()
        os.set_blocking(self._stdin, False)
        os.set_blocking(self._stdout, False)

    @property
    def pid(self) -> int:
        """The process id, which is also the id of the process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process is still running."""
        return self._process.poll() is None

    def request(self, payload: bytes, timeout_s: float) -> bytes:
        """Send one frame and wait for one frame, at most ``timeout_s`` seconds for both.

        Raises:
            ChildTimeout: no answer in time. The child has been killed.
            ChildDied: the child ended first. What was left of its group has been killed.
        """
        if self._ended:
            raise ChildDied("the helper process has ended")  # its pipes' numbers may belong to other files by now
        deadline = time.monotonic() + timeout_s
        try:
            self._send(len(payload).to_bytes(_HEADER, "big") + payload, deadline)
            return self.receive(deadline - time.monotonic())
        except BrokenPipeError:
            self.kill()
            raise ChildDied("the helper process closed its input") from None

    def receive(self, timeout_s: float) -> bytes:
        """Wait for one frame; see ``request`` for what is raised."""
        deadline = time.monotonic() + timeout_s
        length = int.from_bytes(self._read(_HEADER, deadline), "big")
        if length > _MAX_FRAME:
            self.kill()
            raise ChildDied("the helper process answered with an impossible length")
        return self._read(length, deadline)

    def kill(self) -> None:
        """Kill the whole process group at once and reap the child. Safe to call twice."""
        self._ended = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def group_rss_bytes(self) -> int:
        """Resident memory of the process group in bytes (0 when it is gone)."""
        total = 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError, ValueError, IndexError):
                if os.getpgid(int(entry.name)) == self.pid:
                    total += int((entry / "statm").read_text().split()[1]) * resource.getpagesize()
        return total

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            self._wait(self._stdin, selectors.EVENT_WRITE, deadline)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self._stdin, view[:_CHUNK]):]

    def _read(self, size: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while size:
            self._wait(self._stdout, selectors.EVENT_READ, deadline)
            try:
                part = os.read(self._stdout, min(size, _CHUNK * 16))
            except BlockingIOError:
                continue
            if not part:
                self.kill()
                raise ChildDied(f"the helper process ended with exit status {self._process.returncode}")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, fd: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(fd, event)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                self.kill()
                raise ChildTimeout("the helper process did not answer in time")
