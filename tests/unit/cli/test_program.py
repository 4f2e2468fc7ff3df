"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.foundation.settings import ROOT
from channels.cli import test as test_command
from channels.cli.program import COMMANDS
from tests.unit.cli.conftest import Call


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_takes_json(bandao: Call, name: str) -> None:
    answer = bandao(name, "--help")
    assert answer.status == 0
    commands = [line.split()[0] for line in answer.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    if not commands:
        assert "--json" in answer.stdout
    for command in commands:
        assert "--json" in bandao(name, command, "--help").stdout, f"{name} {command}"


def test_serving_carries_no_other_command() -> None:
    code = (
        "import sys; from channels.cli.program import build; build('serve'); "
        "print([name for name in ('sqlalchemy', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arguments_of_the_test_command_go_to_pytest(bandao: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def note(step: test_command.Step, *, quiet: bool) -> test_command.Outcome:
        ran.append(step.command)
        return test_command.Outcome(step.name, ok=step.name != "mypy", seconds=0.0)

    monkeypatch.setattr(test_command, "run", note)
    answer = bandao("test", "--json", "tests/unit", "-k", "lint", "-x")
    assert answer.json["ok"] and ran[-1:] == [[sys.executable, "-m", "pytest", "tests/unit", "-k", "lint", "-x"]]

    ran.clear()
    answer = bandao("test", "--json")
    assert (answer.status, answer.json["ok"]) == (1, False)
    assert [step["name"] for step in answer.json["steps"]][-1] == "pytest"
    assert len(ran) == len(test_command.steps()) > 1
