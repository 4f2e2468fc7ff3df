"""The helper processes that look into uploaded files: started on first use, killed when one hangs, replaced when one dies."""

from __future__ import annotations

import atexit
import contextlib
import json
import queue
import sys
import threading
from pathlib import Path
from typing import Any

from assistant.casework.child import Child, ChildDied, ChildTimeout
from assistant.casework.upload_checks.findings import Unusable
from assistant.foundation.logging import get_logger

ROOT = Path(__file__).resolve().parents[3]
LIMIT_SECONDS = 20.0
WAIT_SECONDS = 40.0
RECYCLE_AFTER = 200

_log = get_logger(__name__)


class Helpers:
    """At most ``size`` helper processes. Thread-safe."""

    def __init__(self, size: int = 2, limit_s: float = LIMIT_SECONDS) -> None:
        self._limit_s = limit_s
        # Last in, first out: with one citizen at a time only one process is ever started.
        self._slots: queue.LifoQueue[tuple[Child | None, int]] = queue.LifoQueue()
        self._children: set[Child] = set()
        self._guard = threading.Lock()
        for _ in range(size):
            self._slots.put((None, 0))

    def inspect(self, kind: str, data: bytes, most_pages: int) -> dict[str, Any]:
        """What the worker says about a file.

        Raises:
            Unusable: ``too_complex`` when looking at it took too long, too much memory or killed the helper; ``busy``.
        """
        reply: dict[str, Any] = json.loads(self._ask({"kind": kind, "most_pages": most_pages}, data))
        return reply

    def pages(self, kind: str, data: bytes) -> tuple[list[dict[str, Any]], list[bytes]]:
        """The pages of a file to be read, straightened, as JPEG, with what is known of each (see ``straightening.pages_of``).

        Raises:
            Unusable: ``too_complex`` or ``busy``; ``broken`` when a page cannot be made out.
        """
        told, blobs = _parted(self._ask({"do": "pages", "kind": kind}, data))
        return told["pages"], blobs

    def as_pdf(self, pages: list[bytes], turns: list[int], size: tuple[float, float] | None) -> bytes:
        """The pages as an upright PDF (see ``straightening.as_pdf``). Raises Unusable like ``pages``."""
        asked = {"do": "as_pdf", "turns": turns, "size": size, "sizes": [len(page) for page in pages]}
        return _parted(self._ask(asked, b"".join(pages)))[1][0]

    def turned_pdf(self, data: bytes, turns: list[int]) -> bytes:
        """A PDF with its pages turned upright (see ``straightening.turned_pdf``). Raises Unusable like ``pages``."""
        return _parted(self._ask({"do": "turned_pdf", "turns": turns}, data))[1][0]

    def text(self, data: bytes, most_pages: int) -> str:
        """The text layer of a PDF, its pages one after another.

        Raises:
            Unusable: ``encrypted``, ``broken``, ``too_many_pages``, ``too_complex`` or ``busy``.
        """
        return _parted(self._ask({"do": "text", "most_pages": most_pages}, data))[1][0].decode()

    def _ask(self, header: dict[str, Any], data: bytes) -> bytes:
        try:
            child, used = self._slots.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise Unusable("busy") from None
        try:
            if child is None or not child.alive or used >= RECYCLE_AFTER:
                self._end(child)
                child, used = self._start(), 0
            return child.request(json.dumps(header).encode() + b"\n" + data, self._limit_s)
        except (ChildTimeout, ChildDied) as error:
            _log.warning("upload.helper_failed", kind=header.get("kind"), reason=str(error))
            self._end(child)
            child = None
            raise Unusable("too_complex") from None
        finally:
            self._slots.put((child, used + 1))

    def close(self) -> None:
        """Kill every helper; they are started again when needed."""
        with self._guard:
            children = list(self._children)
        for child in children:
            self._end(child)

    def _start(self) -> Child:
        environment = {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        child = Child([sys.executable, "-m", "assistant.casework.upload_checks.worker"], env=environment, cwd=ROOT)
        with self._guard:
            self._children.add(child)
        return child

    def _end(self, child: Child | None) -> None:
        if child is not None:
            with contextlib.suppress(OSError):
                child.kill()
            with self._guard:
                self._children.discard(child)


def _parted(reply: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """A line of JSON with the ``sizes`` of what follows it. Raises Unusable where it names a problem."""
    line, _, rest = reply.partition(b"\n")
    told: dict[str, Any] = json.loads(line)
    if "problem" in told:
        raise Unusable(told["problem"], **told["params"])
    blobs = []
    for size in told["sizes"]:
        blobs.append(rest[:size])
        rest = rest[size:]
    return told, blobs


helpers = Helpers()
atexit.register(helpers.close)
