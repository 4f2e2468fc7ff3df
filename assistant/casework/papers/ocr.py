"""The one reader of this process: a worker started on first use, one page at a time, replaced when it hangs, grows or dies."""

from __future__ import annotations

import atexit
import importlib.util
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.casework.child import Child, ChildDied, ChildTimeout
from assistant.casework.papers.lines import Page
from assistant.foundation import metrics
from assistant.foundation.logging import get_logger

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 40.0
READ_SECONDS = 40.0  # one page; 1 s on two idle cores, over 20 s were seen on two cores that eight programs shared
RECYCLE_AFTER = 150  # pages
PAUSE_AFTER_FAILED_START = 60.0  # so that a missing reader does not cost every citizen the start limit
COMMAND = (sys.executable, "-m", "assistant.casework.papers.ocr_worker")

_log = get_logger(__name__)


class OcrUnavailable(Exception):
    """The page was not read: the reader is missing, busy, or hung. ``args[0]`` says which, for staff."""


class OcrReader:
    """See the module's docstring. Thread-safe."""

    def __init__(
        self, *, command: Sequence[str] = COMMAND, read_s: float = READ_SECONDS, start_s: float = START_SECONDS,
        recycle_after: int = RECYCLE_AFTER, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._command, self._read_s, self._start_s = command, read_s, start_s
        self._recycle_after, self._clock = recycle_after, clock
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._pages = 0
        self._refuse_until = 0.0
        self.starts = 0

    def read(self, jpeg: bytes, wait_s: float) -> Page:
        """The text of one page, put upright. ``wait_s`` limits, in seconds, the wait for pages that came before.

        Raises:
            OcrUnavailable: ``missing``, ``busy``, ``hung``, ``died`` or ``unreadable``.
        """
        if not self._lock.acquire(timeout=max(wait_s, 0.0)):
            raise self._failed("busy")
        try:
            child = self._running()
            begun = time.perf_counter()
            try:
                answer = json.loads(child.request(jpeg, self._read_s))
            except ChildTimeout:
                raise self._failed("hung") from None
            except ChildDied:
                raise self._failed("died") from None
            metrics.ocr_seconds.observe(time.perf_counter() - begun)
            self._pages += 1
            if self._pages >= self._recycle_after:
                self._stop()
            if "problem" in answer:
                raise self._failed("unreadable")
            metrics.ocr_pages_total.labels(result="read").inc()
            return Page.model_validate(answer)
        finally:
            self._lock.release()

    def why_unavailable(self) -> str | None:
        """What keeps pages from being read on this machine (for doctor); None when a reader starts."""
        missing = [name for name in ("rapidocr", "onnxruntime", "cv2") if importlib.util.find_spec(name) is None]
        if missing:
            return f"{', '.join(missing)} is not installed"
        try:
            with self._lock:
                self._refuse_until = 0.0
                self._running()
        except OcrUnavailable as error:
            return f"the reader does not start ({error.args[0]})"
        finally:
            self.close()
        return None

    @property
    def pid(self) -> int | None:
        """The running worker's process id, or None."""
        return self._child.pid if self._child is not None and self._child.alive else None

    def close(self) -> None:
        """End the worker; it is started again when needed."""
        with self._lock:
            self._stop()

    def _running(self) -> Child:
        if self._child is not None and self._child.alive:
            return self._child
        self._stop()
        if self._clock() < self._refuse_until:
            raise self._failed("missing")
        environment = {
            "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PATH": "/usr/bin",
            "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1",
            "HOME": "/nonexistent",
        }  # fmt: skip
        try:
            self._child = Child(self._command, env=environment, cwd=ROOT)
            self.starts += 1
            self._pages = 0
            answer = self._child.receive(self._start_s)
            if answer != b"+ready":
                raise ChildDied(answer[1:].decode(errors="replace"))
        except (OSError, ChildDied, ChildTimeout) as error:
            self._stop()
            self._refuse_until = self._clock() + PAUSE_AFTER_FAILED_START
            _log.error("ocr.not_started", reason=str(error))
            raise self._failed("missing") from None
        return self._child

    def _failed(self, why: str) -> OcrUnavailable:
        metrics.ocr_pages_total.labels(result=why).inc()
        if why != "missing":
            _log.warning("ocr.not_read", reason=why)
        if why in ("hung", "died"):
            self._stop()
        return OcrUnavailable(why)

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


reader = OcrReader()
atexit.register(reader.close)
