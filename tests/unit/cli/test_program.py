"""The command line as a whole."""

from __future__ import annotations

import os
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

    def note(step: test_command.Step, *, quiet: bool, whole: bool = False) -> test_command.Outcome:
        ran.append(step.command)
        return test_command.Outcome(step.name, ok=step.name != "mypy", seconds=0.0)

    monkeypatch.setattr(test_command, "run", note)
    answer = bandao("test", "--json", "tests/unit", "-k", "lint", "-x")
    assert answer.json["ok"] and ran[-1:] == [[sys.executable, "-m", "pytest", "tests/unit", "-k", "lint", "-x"]]

    ran.clear()
    answer = bandao("test", "--json")
    assert (answer.status, answer.json["ok"]) == (1, False)
    names = [step.name for step in test_command.steps()]
    assert [step["name"] for step in answer.json["steps"]] == names
    assert len(ran) == len(names) > 1


def test_the_whole_suite_runs_every_folder_of_tests_once() -> None:
    taken = [
        argument
        for step in test_command.steps()
        for argument in step.command
        if argument.startswith("tests/") and argument[-4:] != ".ini"
    ]
    browser = next(step for step in test_command.steps() if step.name == "browser").command
    assert {f"--ignore={road}" for road in test_command.ROADS} <= {*browser}
    for path in (ROOT / "tests").rglob("test_*.py"):
        here = [folder for folder in taken if path.relative_to(ROOT).is_relative_to(folder)]
        assert len(here) == (2 if path in {ROOT / road for road in test_command.ROADS} else 1), path
    assert all((ROOT / path).is_file() or any((ROOT / path).rglob("test_*.py")) for path in taken)


def test_what_two_parts_print_never_mixes_and_the_failing_one_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import time; [(print({name!r}, n, flush=True), time.sleep(0.05)) for n in range(9)]; raise SystemExit({status})"

    def step(name: str, status: int, after: str | None = None) -> test_command.Step:
        return test_command.Step(name, [sys.executable, "-c", code.format(name=name, status=status)], after)

    monkeypatch.setattr(test_command, "SIGN_OF_LIFE_S", 0.05)
    outcomes = test_command.run_side_by_side([step("a", 0), step("b", 3, after="c"), step("c", 0)], quiet=False)
    assert [(outcome.name, outcome.ok) for outcome in outcomes] == [("a", True), ("b", False), ("c", True)]
    printed = capfd.readouterr()
    letters = "".join(line[0] for line in printed.out.splitlines() if line[:1] in ("a", "b", "c"))
    assert sorted(letters[i : i + 9] for i in range(0, 27, 9)) == ["a" * 9, "b" * 9, "c" * 9]
    assert "a, c" in printed.err


def test_what_is_patient_runs_behind_the_others_until_nothing_else_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    told = "import os; print({name!r}, os.nice(0))"
    wanted = [
        test_command.Step(name, [sys.executable, "-c", told.format(name=name)], patient=name.startswith("patient"))
        for name in ("patient 1", "a", "patient 2", "patient 3", "patient 4")
    ]
    assert all(outcome.ok for outcome in test_command.run_side_by_side(wanted, quiet=False))
    nice = dict(line.rsplit(" ", 1) for line in capfd.readouterr().out.splitlines() if line[-1:].isdigit() and line[:1] in "pa")
    ours = os.nice(0)
    assert {name: int(value) for name, value in nice.items()} == {
        step.name: min(19, ours + (10 if step.patient else 0)) for step in wanted
    }


def test_what_a_step_costs_is_told_with_all_it_started(capfd: pytest.CaptureFixture[str]) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}]); raise SystemExit(3)"
    outcome = test_command.run(test_command.Step("a", [sys.executable, "-c", started]), quiet=False, whole=True)
    assert outcome.worked >= 0.3 and not outcome.ok
    assert test_command.run(test_command.Step("b", [sys.executable, "-c", "print('said')"]), quiet=True).ok
    assert "said" in capfd.readouterr().err


def test_what_failed_is_told_again_at_the_very_end(bandao: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "noise\nFAILED tests/unit/x.py::test_y - AssertionError\nERROR tests/unit/z.py - OSError\n1 failed, 1 error in 3.00s\n"
    assert test_command.findings(told) == tuple(told.splitlines()[1:3])
    assert test_command.findings("line 1\nline 2\n") == ("line 1", "line 2")

    def fail(step: test_command.Step, *, quiet: bool, whole: bool = False) -> test_command.Outcome:
        ok = step.name != "browser"
        return test_command.Outcome(step.name, ok, 1.0, () if ok else test_command.findings(told))

    monkeypatch.setattr(test_command, "run", fail)
    answer = bandao("test")
    assert answer.status == 1
    assert answer.stderr.splitlines()[-2] == "browser: ERROR tests/unit/z.py - OSError"
