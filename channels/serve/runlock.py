"""One `serve` per data folder: a kernel lock that vanishes with its holder, however that ended."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any


class AlreadyRunning(RuntimeError):
    """Another `serve` holds this data folder; ``details`` is what it wrote about itself (pid, port, url)."""

    def __init__(self, details: dict[str, Any]) -> None:
        super().__init__(f"already running: {details}")
        self.details = details


class RunLock:
    """Held as a context manager while serving. The file stays, only the lock on it says whether somebody serves."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / "serve.lock"
        self._descriptor = -1

    def __enter__(self) -> RunLock:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Python opens it non-inheritable, so that no child keeps the lock alive.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise AlreadyRunning(_details(self._path)) from None
        self._descriptor = descriptor
        return self

    def describe(self, **details: Any) -> None:
        """Tell others who holds the lock."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(details).encode(), 0)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._descriptor)


def running(run_dir: Path) -> dict[str, Any] | None:
    """What the `serve` that holds this data folder says of itself, or None when nobody serves it."""
    if not (run_dir / "serve.lock").exists():
        return None
    try:
        with RunLock(run_dir):
            return None
    except AlreadyRunning as holder:
        return holder.details


def _details(path: Path) -> dict[str, Any]:
    try:
        details = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return details if isinstance(details, dict) else {}
