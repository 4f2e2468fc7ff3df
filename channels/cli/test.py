"""``bandao test``: lint, types, architecture and every test; with arguments only pytest, which gets them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from assistant.foundation.messages import t
from channels.cli.output import Json, progress, show

ROOT = Path(__file__).resolve().parents[2]
APP = Path(sys.executable).parent
ENGINE = ROOT / ".venv" / "engine" / "bin" / "python"


@dataclass(frozen=True)
class Step:
    """One program the suite runs: what people call it, and its command line."""

    name: str
    command: list[str]


@dataclass(frozen=True)
class Outcome:
    """How a step ended, and after how many seconds."""

    name: str
    ok: bool
    seconds: float


def steps() -> list[Step]:
    """Everything ``bandao test`` runs, quick things first and pytest last, because its summary is what people look for."""
    found = [
        Step("ruff", [str(APP / "ruff"), "check", "."]),
        Step("mypy", [str(APP / "mypy")]),
        Step("import-linter", [str(APP / "lint-imports")]),
    ]
    if (ROOT / "tests" / "engine").is_dir():
        # Its own configuration: the plug-ins and options of the app's pytest are not in the engine's environment.
        command = [str(ENGINE), "-m", "pytest", "-c", "tests/engine/pytest.ini", "--rootdir", ".", "tests/engine"]
        found.append(Step("engine", command))
    return [*found, *pytest_steps([])]


def pytest_steps(arguments: list[str]) -> list[Step]:
    """pytest of the app's environment with ``arguments``, on models of the present code and data."""
    return [
        Step("train", [sys.executable, "-m", "channels.cli", "train"]),
        Step("pytest", [sys.executable, "-m", "pytest", *arguments]),
    ]


def run(step: Step, *, quiet: bool) -> Outcome:
    """Run one step, its output going to ours (or, when ``quiet``, to standard error)."""
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
    status = subprocess.run(step.command, cwd=ROOT, env=environment, stdout=sys.stderr if quiet else None, check=False).returncode
    return Outcome(step.name, status == 0, round(time.monotonic() - began, 1))


def test(context: typer.Context, as_json: Json = False) -> None:
    """Run the suite; status 1 when any part of it failed."""
    wanted = pytest_steps(context.args) if context.args else steps()
    sys.stdout.flush()
    outcomes = [run(step, quiet=as_json) for step in wanted]
    failed = [outcome.name for outcome in outcomes if not outcome.ok]
    verdict = t("cli.test_failed", names=", ".join(failed)) if failed else t("cli.test_passed")
    for outcome in outcomes:
        progress(t("cli.test_outcome", mark="✓" if outcome.ok else "✗", name=outcome.name, seconds=outcome.seconds))
    progress(verdict)
    if as_json:
        show({"ok": not failed, "steps": [asdict(outcome) for outcome in outcomes]}, [], as_json=True)
    if failed:
        raise typer.Exit(1)
