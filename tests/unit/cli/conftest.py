"""The command line under test: called as from a shell, in a data folder of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.foundation.settings import get_settings
from channels.cli.program import build


class Answer:
    """What a command printed and how it ended."""

    def __init__(self, status: int, stdout: str, stderr: str) -> None:
        self.status, self.stdout, self.stderr = status, stdout, stderr

    @property
    def json(self) -> dict[str, Any]:
        answer = json.loads(self.stdout)
        assert isinstance(answer, dict)
        return answer


Call = Callable[..., Answer]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def bandao(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """``bandao("guides", "lint", "--json")``."""
    for name in list(os.environ):
        if name.startswith("BANDAO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BANDAO_DATA_DIR", str(data_dir))
    get_settings.cache_clear()

    def call(*arguments: object) -> Answer:
        done = CliRunner().invoke(build(str(arguments[0])), [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answer(done.exit_code, done.stdout, done.stderr)

    yield call
    get_settings.cache_clear()
