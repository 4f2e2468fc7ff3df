"""``bandao test``: lint, types, architecture and every test; with arguments only pytest, which gets them.

The whole suite runs some steps at a time: whichever place is free takes the next step that may begin; what needs the product on
a trained model waits for the training. Steps that wait for programs and pages leave a third of two cores idle, and more of them
at once miss time limits. So one more place, behind all others in the machine's eyes, runs what only computes. Each step's output
is shown in one piece when it has ended, so that two failures never mix; every half minute a line says what is running.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from assistant.foundation.messages import t
from channels.cli.output import Json, progress, show

ROOT = Path(__file__).resolve().parents[2]
APP = Path(sys.executable).parent
ENGINE = ROOT / ".venv" / "engine" / "bin" / "python"
PRODUCT = ("e2e", "browser", "integration")
"""The folders of tests that need whole programs running: server, Chromium, LibreOffice."""
LONGEST = ("casework", "knowledge")
"""Rooms with a step of their own: each as much as all the others together."""
ROADS = ("tests/browser/kiosk/test_road.py", "tests/browser/widget/test_road.py")
"""The browser tests on the running product: in the step where that runs already."""
SIDE_BY_SIDE = 2
"""Steps at a time, but for the patient one: with three on two cores what has a time limit now and then exceeds it."""
BEHIND = ("nice", "-n", "10")
"""How a patient step gives way to others."""
PATIENCE_S = 900
"""A single test of a patient step may take so long (s): it may have to stand behind others for all that time."""
SIGN_OF_LIFE_S = 30.0
SLOWEST = 20
"""Tests of each step whose time is told: what the suite takes is looked after where it is spent."""
_MOST_FINDINGS, _LAST_LINES, _FINDING_CHARS = 60, 15, 400


@dataclass(frozen=True)
class Step:
    """One program the suite runs: what people call it, its command line, and the step that must have ended before.

    ``patient``: nothing in it waits for a program that has to answer in time, so that it may give way to whatever does.
    """

    name: str
    command: list[str]
    after: str | None = None
    patient: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a step ended, after how many seconds, and, when it failed, the lines of its output that say what did.

    ``worked`` is the processor time (s) of its program and of all that it started and saw end: what the step costs, however busy
    the machine was beside it.
    """

    name: str
    ok: bool
    seconds: float
    findings: tuple[str, ...] = ()
    worked: float = 0.0


def steps() -> list[Step]:
    """Everything ``bandao test`` runs, in the order in which it is begun: the longest first, so that all end together."""
    # The engine's tests have their own configuration: the app's plug-ins and options are not in the engine's environment.
    engine = [str(ENGINE), "-m", "pytest", "-c", "tests/engine/pytest.ini", "--rootdir", ".", "tests/engine"]
    one, other = halves()
    return [
        _train(),
        Step("mypy", [str(APP / "mypy")]),
        Step("ruff", [str(APP / "ruff"), "check", "."]),
        Step("import-linter", [str(APP / "lint-imports")]),
        _pytest("browser", "tests/browser", *(f"--ignore={road}" for road in ROADS), after="train"),
        _pytest("e2e", "tests/e2e", *ROADS, after="train"),
        _pytest("doors", *one, after="train"),
        _pytest("contracts", *other, after="train"),
        _pytest("integration", "tests/integration", after="train"),
        _pytest("casework", "tests/unit/casework", patient=True),
        _pytest("rooms", *rooms(), patient=True),
        _pytest("knowledge", "tests/unit/knowledge", patient=True),
        Step("engine", engine, patient=True),
    ]


def rooms() -> list[str]:
    """The folders of unit tests but the longest; a new one is among them."""
    return sorted({"/".join(parts[:3]) for parts in _found() if parts[1] == "unit" and parts[2] not in LONGEST})


def halves() -> tuple[list[str], list[str]]:
    """Every other folder of tests, architecture among them, with half of the contract tests; and the other half of these."""
    others = sorted({f"tests/{parts[1]}" for parts in _found() if parts[1] not in (*PRODUCT, "engine", "unit", "contract")})
    contracts = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "contract").rglob("test_*.py"))
    return [*others, *contracts[::2]], contracts[1::2]


def _found() -> set[tuple[str, ...]]:
    return {path.relative_to(ROOT).parts[:-1] for path in (ROOT / "tests").rglob("test_*.py")}


def wanted_steps(arguments: list[str]) -> list[Step]:
    """pytest of the app's environment with ``arguments``, on models of the present code and data."""
    return [_train(), Step("pytest", [sys.executable, "-m", "pytest", *arguments])]


def _train() -> Step:
    return Step("train", [sys.executable, "-m", "channels.cli", "train"])


def _pytest(name: str, *arguments: str, after: str | None = None, patient: bool = False) -> Step:
    # Two at a time would overwrite each other's notes of what failed last.
    own = ["-o", f"cache_dir=.pytest_cache/{name}", f"--durations={SLOWEST}", "--durations-min=2"]
    limit = [f"--timeout={PATIENCE_S}"] if patient else []
    return Step(name, [sys.executable, "-m", "pytest", *own, *limit, *arguments], after, patient)


def run(step: Step, *, quiet: bool, whole: bool = False) -> Outcome:
    """Run one step, its output going to ours (or, when ``quiet``, to standard error), ``whole`` once it has ended."""
    if not whole:
        progress(t("cli.test_step", name=step.name))
    began = time.monotonic()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        # The launcher has installed a server program; a throw-away server is started when a test asks for one.
        "BANDAO_TEST_POSTGRES_URL": os.environ.get("BANDAO_TEST_POSTGRES_URL", "auto"),
    }
    # Tests make data folders of their own; the operator's settings are none of their business.
    for name in [name for name in environment if name.startswith("BANDAO_") and not name.startswith("BANDAO_TEST_")]:
        del environment[name]
    ours = sys.stderr if quiet else None
    program = subprocess.Popen(
        [*(BEHIND if step.patient else ()), *step.command], cwd=ROOT, env=environment, text=True, errors="replace",
        stdout=subprocess.PIPE if whole else ours, stderr=subprocess.STDOUT if whole else None,
    )  # fmt: skip
    said = ""
    try:
        if program.stdout is not None:
            with program.stdout as output:
                said = output.read()
        _, status, used = os.wait4(program.pid, 0)  # rather than wait(), which does not tell what was used
    except BaseException:
        program.kill()
        program.wait()
        raise
    program.returncode = os.waitstatus_to_exitcode(status)
    if whole:
        print(f"{t('cli.test_step', name=step.name)}\n{said}", file=ours or sys.stdout, end="", flush=True)
    ok, seconds = program.returncode == 0, round(time.monotonic() - began, 1)
    return Outcome(step.name, ok, seconds, () if ok else findings(said), round(used.ru_utime + used.ru_stime, 1))


def findings(output: str) -> tuple[str, ...]:
    """What of a failed step's output has to be read first: pytest's line for each failure, of other programs the last lines."""
    lines = output.splitlines()
    named = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return tuple(line[:_FINDING_CHARS] for line in (named[:_MOST_FINDINGS] or lines[-_LAST_LINES:]))


def run_side_by_side(wanted: list[Step], *, quiet: bool) -> list[Outcome]:
    """Run every step, ``SIDE_BY_SIDE`` at a time and a patient one behind them.

    A step that fails stops nothing, because people want to know all that is wrong.
    """
    running: list[str | None] = [None] * (SIDE_BY_SIDE + 1)
    waiting, ended, news = list(wanted), dict[str, Outcome](), threading.Condition()

    def take(place: int) -> Step | None:
        with news:
            while True:
                behind = place == SIDE_BY_SIDE
                mine = [step for step in waiting if step.patient == behind]
                if not mine and not behind:
                    mine = waiting  # nothing but what is patient is left: all help with it
                if not mine:
                    return None
                free = next((step for step in mine if step.after is None or step.after in ended), None)
                if free is not None:
                    waiting.remove(free)
                    running[place] = free.name
                    return free
                news.wait()

    def work(place: int) -> None:
        while step := take(place):
            try:
                outcome = run(step, quiet=quiet, whole=True)
            except Exception as error:
                outcome = Outcome(step.name, False, 0.0, (f"{type(error).__name__}: {error}",))
            with news:
                running[place], ended[step.name] = None, outcome
                news.notify_all()

    with _signs_of_life(running), ThreadPoolExecutor(len(running)) as pool:
        list(pool.map(work, range(len(running))))
    return [ended[step.name] for step in wanted]


@contextmanager
def _signs_of_life(running: list[str | None]) -> Iterator[None]:
    """A line now and then that says what is running, until the block ends."""
    began, over = time.monotonic(), threading.Event()

    def say() -> None:
        while not over.wait(SIGN_OF_LIFE_S):
            names = ", ".join(name for name in running if name)
            progress(t("cli.test_running", names=names, seconds=round(time.monotonic() - began)))

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test(context: typer.Context, as_json: Json = False) -> None:
    """Run the suite; status 1 when any part of it failed."""
    sys.stdout.flush()
    began = time.monotonic()
    if context.args:
        outcomes = [run(step, quiet=as_json) for step in wanted_steps(context.args)]
    else:
        outcomes = run_side_by_side(steps(), quiet=as_json)
    failed = [outcome.name for outcome in outcomes if not outcome.ok]
    verdict = t("cli.test_failed", names=", ".join(failed)) if failed else t("cli.test_passed")
    for outcome in outcomes:
        mark = "✓" if outcome.ok else "✗"
        progress(t("cli.test_outcome", mark=mark, name=outcome.name, seconds=outcome.seconds, worked=outcome.worked))
    # Last of all, because a long log is often kept only by its end, and the failing step may have ended first.
    for outcome in outcomes:
        for line in outcome.findings:
            progress(f"{outcome.name}: {line}")
    progress(t("cli.test_took", verdict=verdict, seconds=round(time.monotonic() - began)))
    if as_json:
        show({"ok": not failed, "steps": [asdict(outcome) for outcome in outcomes]}, [], as_json=True)
    if failed:
        raise typer.Exit(1)
