"""Binding the whole package into one PDF, pages as pictures, and signatures drawn by hand: done in a helper process.

Uploaded PDFs and pictures are opened there and nowhere else, so a hostile one costs the helper, not the app.
"""

from __future__ import annotations

import atexit
import json
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.casework.child import Child, ChildDied, ChildTimeout
from assistant.foundation.logging import get_logger

ROOT = Path(__file__).resolve().parents[3]
LIMIT_SECONDS = 30.0
WAIT_SECONDS = 30.0
RECYCLE_AFTER = 200
MOST_INK_PIXELS = 4_000_000

_log = get_logger(__name__)


class PressError(Exception):
    """The helper refused or died. ``code``: broken, too_complex, busy, no_page, empty, no_signature, too_large, or
    ``part N``, the number of the part that cannot be bound."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Leaf:
    """Something to be bound: a PDF of so many pages, or a picture (one page)."""

    kind: Literal["pdf", "picture"]
    data: bytes
    pages: int


class Press:
    """One helper process, started on first use, ended after a number of uses or when it hangs. Thread-safe."""

    def __init__(self, limit_s: float = LIMIT_SECONDS) -> None:
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._used = 0

    def bind(self, base: bytes, leaves: Sequence[Leaf]) -> tuple[bytes, bytes]:
        """The pages of ``base`` that come before the leaves, and the whole with the leaves on the last pages of ``base``.

        Raises:
            PressError: ``part N`` names the leaf that cannot be bound.
        """
        parts = [{"kind": leaf.kind, "size": len(leaf.data), "pages": leaf.pages} for leaf in leaves]
        made = self._ask({"op": "bind", "base": len(base), "parts": parts}, base + b"".join(leaf.data for leaf in leaves))
        size = int.from_bytes(made[:4], "big")
        return made[4 : 4 + size], made[4 + size :]

    def picture(self, pdf: bytes, page: int, width: int) -> bytes:
        """Page ``page`` (0 is the first) as PNG. Raises PressError."""
        return self._ask({"op": "picture", "page": page, "width": width}, pdf)

    def look(self, kind: Literal["pdf", "picture"], data: bytes, page: int, width: int) -> bytes:
        """Page ``page`` (0 is the first) of an uploaded paper in colour, as JPEG; a picture has one page. Raises PressError."""
        return self._ask({"op": "look", "kind": kind, "page": page, "width": width}, data)

    def ink(self, *, png: bytes = b"", strokes: Sequence[Sequence[Sequence[float]]] | None = None) -> bytes:
        """A signature, from a PNG or from strokes of points, as a PNG cut to what is drawn. Raises PressError."""
        return self._ask({"op": "ink", "strokes": strokes, "most_pixels": MOST_INK_PIXELS}, png)

    def close(self) -> None:
        """End the helper; it is started again when needed."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any], data: bytes) -> bytes:
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise PressError("busy")
        try:
            if self._child is None or not self._child.alive or self._used >= RECYCLE_AFTER:
                self._end()
                self._start()
            assert self._child is not None
            self._used += 1
            reply = self._child.request(json.dumps(request).encode() + b"\n" + data, self._limit_s)
        except (ChildTimeout, ChildDied) as error:
            _log.warning("package.press_failed", op=request["op"], reason=str(error))
            self._end()
            raise PressError("too_complex") from None
        finally:
            self._lock.release()
        if reply[:1] != b"+":
            reason = reply[1:].decode(errors="replace")
            _log.warning("package.press_refused", op=request["op"], reason=reason)
            raise PressError(reason if reason.startswith("part ") else reason.partition(" ")[0])
        return reply[1:]

    def _start(self) -> None:
        environment = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._child = Child([sys.executable, "-m", "assistant.casework.package.press_worker"], env=environment, cwd=ROOT)
        self._used = 0

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


press = Press()
atexit.register(press.close)
