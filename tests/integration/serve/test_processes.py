"""Real processes: tied to their parent, found when left over, restarted, and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels.serve import leftovers
from channels.serve.supervisor import Happening, Program, Supervisor, configuration

PATIENCE_S = 60
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]
SHORT = [sys.executable, "-c", "raise SystemExit('tired')"]


def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds; processes end in their own time."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Run:
    """A supervisord with its programs, in a folder of its own."""

    def __init__(self, folder: Path, *programs: Program) -> None:
        self.mark = folder / "data"
        config = folder / "supervisord.conf"
        config.write_text(configuration(programs, root=folder, run_dir=folder, log_dir=folder), encoding="utf-8")
        self.supervisor = Supervisor(config, {**os.environ, leftovers.MARK: str(self.mark)})
        self.others: list[Happening] = []

    def wait_for(self, kind: str, program: str) -> Happening:
        """What happens to one program; what happens to the others meanwhile is kept, for nobody promises who is first."""
        kept, self.others = self.others, []
        deadline = time.monotonic() + PATIENCE_S
        while kept or time.monotonic() < deadline:
            happening = kept.pop(0) if kept else self.supervisor.next_happening(0.1)
            if happening is not None and (happening.kind, happening.program) == (kind, program):
                self.others += kept
                return happening
            if happening is not None and happening.program != program:
                self.others.append(happening)
        raise AssertionError(f"{program} was never {kind}")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(*programs: Program) -> Run:
        runs.append(Run(tmp_path, *programs))
        return runs[-1]

    yield begin
    for run in runs:
        run.supervisor.stop()
        leftovers.end(run.mark, grace_s=0.1)


def test_a_program_that_was_killed_is_started_again(start: Callable[..., Run]) -> None:
    run = start(Program("app", SLEEPER))
    first = int(run.wait_for("started", "app").detail)
    os.kill(first, signal.SIGKILL)
    assert "SIGKILL" in run.wait_for("ended", "app").detail
    assert int(run.wait_for("started", "app").detail) != first


def test_a_program_that_cannot_start_leaves_its_reason_in_the_log(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start(Program("app", SHORT))
    run.wait_for("ended", "app")
    until(lambda: "tired" in (tmp_path / "app.log").read_text())


def test_nothing_outlives_a_killed_supervisor(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start(Program("app", STUBBORN), Program("engine", STUBBORN))
    children = [int(run.wait_for("started", name).detail) for name in ("app", "engine")]
    # Tied once they run; one killed away in the instant between is what the mark is for.
    until(lambda: all("up" in (tmp_path / f"{name}.log").read_text() for name in ("app", "engine")))
    run.supervisor._process.kill()
    until(lambda: not any(map(alive, children)))


def test_stopping_ends_all(start: Callable[..., Run]) -> None:
    run = start(Program("app", SLEEPER), Program("engine", SLEEPER))
    children = [int(run.wait_for("started", name).detail) for name in ("app", "engine")]
    run.supervisor.stop()
    assert run.supervisor.exit_status is not None
    assert not any(map(alive, children))


def test_what_an_earlier_run_left_is_found_by_its_mark_and_ended(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    left = subprocess.Popen(STUBBORN, env={**os.environ, leftovers.MARK: str(ours)}, stdout=subprocess.PIPE)
    other = subprocess.Popen(SLEEPER, env={**os.environ, leftovers.MARK: str(theirs)})
    try:
        assert left.stdout is not None and left.stdout.readline() == b"up\n"
        assert leftovers.find(ours) == [left.pid]
        assert leftovers.end(ours, grace_s=0.1) == [left.pid]
        assert left.wait(PATIENCE_S) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for process in (left, other):
            process.kill()
            process.communicate()
