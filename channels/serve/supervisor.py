"""supervisord: its configuration, and what it says happened to the programs it keeps running."""

from __future__ import annotations

import os
import queue
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

STOP_SECONDS = 8
"""How long a program may take to end after SIGTERM before supervisord kills its process group."""

STEADY_SECONDS = 5
"""A program that ends sooner than this after its start is restarted later and later (1 s, 2 s, 3 s, …), not at once."""

RETRIES = 1000
"""Early ends in a row before supervisord gives up: about six days with the growing pauses."""

LOG_BYTES, LOG_FILES = "20MB", 5


@dataclass(frozen=True)
class Program:
    """One process to keep running: its name (also the name of its log) and its command."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Happening:
    """Something supervisord reported about a program."""

    kind: Literal["started", "steady", "ended", "given_up"]
    program: str
    detail: str


_PATTERNS: tuple[tuple[Literal["started", "steady", "ended", "given_up"], re.Pattern[str]], ...] = (
    ("started", re.compile(r"spawned: '(?P<program>[^']+)' with pid (?P<detail>\d+)")),
    ("steady", re.compile(r"success: (?P<program>\S+) (?P<detail>entered RUNNING state)")),
    ("ended", re.compile(r"exited: (?P<program>\S+) \((?P<detail>[^)]*)\)")),
    ("given_up", re.compile(r"gave up: (?P<program>\S+) (?P<detail>entered FATAL state)")),
)


def parse(line: str) -> Happening | None:
    """The happening a line of supervisord's log tells of, or None."""
    for kind, pattern in _PATTERNS:
        if match := pattern.search(line):
            return Happening(kind, match["program"].rpartition(":")[2], match["detail"])
    return None


def configuration(programs: Sequence[Program], *, root: Path, run_dir: Path, log_dir: Path) -> str:
    """The text of supervisord's configuration file."""
    lines = [
        "[supervisord]",
        "nodaemon=true",
        f"logfile={_escape(str(log_dir / 'supervisord.log'))}",
        "logfile_maxbytes=10MB",
        "logfile_backups=2",
        f"pidfile={_escape(str(run_dir / 'supervisord.pid'))}",
        f"childlogdir={_escape(str(log_dir))}",
        "umask=077",
    ]
    if os.getuid() == 0:
        lines.append("user=root")  # only says that root is meant
    for program in programs:
        lines += [
            "",
            f"[program:{program.name}]",
            f"command={_escape(shlex.join(tied(program.command)))}",
            f"directory={_escape(str(root))}",
            "autorestart=true",
            f"startsecs={STEADY_SECONDS}",
            f"startretries={RETRIES}",
            f"stopwaitsecs={STOP_SECONDS}",
            "stopasgroup=true",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={_escape(str(log_dir / (program.name + '.log')))}",
            f"stdout_logfile_maxbytes={LOG_BYTES}",
            f"stdout_logfile_backups={LOG_FILES}",
        ]
    # One group is stopped all at once; separate programs would be stopped one after another.
    lines += ["", "[group:bandao]", f"programs={','.join(program.name for program in programs)}", ""]
    return "\n".join(lines)


class Supervisor:
    """supervisord as a child of this process; dies with it, and its programs with it."""

    def __init__(self, config: Path, environment: Mapping[str, str]) -> None:
        self._happenings: queue.Queue[Happening] = queue.Queue()
        self._process = subprocess.Popen(
            tied([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,  # Ctrl-C reaches `serve` alone, which then stops the rest in order
            text=True,
            errors="replace",
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def exit_status(self) -> int | None:
        """How supervisord ended, or None while it runs."""
        return self._process.poll()

    def next_happening(self, timeout_s: float) -> Happening | None:
        """What happened next, or None if nothing did within ``timeout_s`` seconds."""
        try:
            return self._happenings.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def stop(self) -> None:
        """End every program and supervisord: with SIGTERM, and what does not follow it with SIGKILL."""
        self._process.send_signal(signal.SIGTERM)  # nothing happens if it has ended
        try:
            self._process.wait(STOP_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its programs are tied to it and go too
            self._process.wait()
        self._listener.join(1.0)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if happening := parse(line):
                    self._happenings.put(happening)


def tied(command: Sequence[str]) -> list[str]:
    """``command`` such that the kernel kills it when its parent ends, even if that was killed itself."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else list(command)


def _escape(value: str) -> str:
    return value.replace("%", "%%")  # supervisord expands %(…)s in every value
