"""supervisord's configuration is what we mean, and its words are understood."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from channels.serve.supervisor import Happening, Program, configuration, parse


def _configured(*programs: Program) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.read_string(configuration(programs, root=Path("/r"), run_dir=Path("/d/run"), log_dir=Path("/d/logs")))
    return parser


def test_every_program_is_restarted_and_stopped_with_its_children() -> None:
    parsed = _configured(Program("engine", ["e"]), Program("app", ["a"]))
    for name in ("engine", "app"):
        section = parsed[f"program:{name}"]
        assert section["autorestart"] == section["stopasgroup"] == section["killasgroup"] == "true"
        assert section["stdout_logfile"] == f"/d/logs/{name}.log"
        assert section["redirect_stderr"] == "true"


def test_programs_stop_together() -> None:
    assert _configured(Program("engine", ["e"]), Program("app", ["a"]))["group:bandao"]["programs"] == "engine,app"


def test_commands_survive_quoting_and_expansion() -> None:
    command = ["run", "--data", "/srv/50% off/it's here"]
    written = _configured(Program("app", command))["program:app"]["command"]
    assert "50%% off" in written
    assert shlex.split(written.replace("%%", "%"))[-3:] == command


def test_programs_are_tied_to_their_parent() -> None:
    assert "--pdeathsig KILL" in _configured(Program("app", ["a"]))["program:app"]["command"]


@pytest.mark.parametrize(("line", "expected"), [
    ("2026-11-10 10:00:00,123 INFO spawned: 'app' with pid 42", Happening("started", "app", "42")),
    ("2026-11-10 10:00:05,123 INFO success: app entered RUNNING state, process has stayed up for > than 5 seconds (startsecs)",
     Happening("steady", "app", "entered RUNNING state")),
    ("2026-11-10 10:00:05,123 WARN exited: bandao:engine (exit status 1; not expected)",
     Happening("ended", "engine", "exit status 1; not expected")),
    ("2026-11-10 10:00:05,123 WARN exited: app (terminated by SIGKILL; not expected)",
     Happening("ended", "app", "terminated by SIGKILL; not expected")),
    ("2026-11-10 10:00:05,123 INFO gave up: app entered FATAL state, too many start retries too quickly",
     Happening("given_up", "app", "entered FATAL state")),
    ("2026-11-10 10:00:00,123 INFO supervisord started with pid 41", None),
])  # fmt: skip
def test_what_supervisord_says_is_understood(line: str, expected: Happening | None) -> None:
    assert parse(line) == expected
