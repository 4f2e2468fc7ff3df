"""Processes an earlier run left behind, found by the mark that `serve` puts into the environment of all it starts.

A process number in a file may belong to somebody else by now; the mark cannot.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

MARK = "BANDAO_SERVE_DATA"
"""Environment variable with the absolute data folder of the `serve` that started the process."""


def find(data_dir: Path, proc: Path = Path("/proc")) -> list[int]:
    """Process ids marked with ``data_dir``, our own ancestors and ourselves excepted."""
    wanted = f"{MARK}={data_dir}".encode()
    family = _ancestors(proc)
    found = []
    for process in proc.iterdir():
        if not process.name.isdigit() or int(process.name) in family:
            continue
        with contextlib.suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return sorted(found)


def end(data_dir: Path, grace_s: float = 3.0) -> list[int]:
    """End every process marked with ``data_dir``, asking first and killing after ``grace_s`` seconds. Returns their ids.

    Only for the holder of the data folder's lock: for anybody else the marked processes may be a healthy run.
    """
    ended = find(data_dir)
    _signal_all(ended, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while find(data_dir) and time.monotonic() < deadline:
        time.sleep(0.05)
    # Killed repeatedly: a supervisor among them may have restarted one between our look and our signal.
    deadline = time.monotonic() + grace_s
    while (alive := find(data_dir)) and time.monotonic() < deadline:
        _signal_all(alive, signal.SIGKILL)
        time.sleep(0.05)
    return ended


def _signal_all(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


def _ancestors(proc: Path) -> set[int]:
    family = {os.getpid()}
    current = os.getpid()
    while current > 1:
        try:
            stat = (proc / str(current) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            break
        # The name in parentheses may hold spaces and parentheses itself; the parent is the second field after it.
        current = int(stat.rpartition(")")[2].split()[1])
        family.add(current)
    return family
