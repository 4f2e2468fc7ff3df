"""Domain, rules and sentences fit together, by Rasa's own validation with warnings as errors."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.engine.conftest import ROOT


@pytest.fixture(scope="module")
def files() -> list[str]:
    found = [path for path in (ROOT / "nlu_data").rglob("*.yml") if "dev" not in path.parts]
    return [str(path.relative_to(ROOT)) for path in sorted(found)]


def test_rasa_finds_nothing_to_warn_of(files: list[str]) -> None:
    command = [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings", "--data", *files]
    env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
