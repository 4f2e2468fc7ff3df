"""One `serve` per data folder, and never a lock that outlives its holder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from channels.serve.runlock import AlreadyRunning, RunLock, running


def test_the_second_is_told_about_the_first(tmp_path: Path) -> None:
    with RunLock(tmp_path) as first:
        first.describe(pid=7, url="http://127.0.0.1:8080")
        with pytest.raises(AlreadyRunning) as caught, RunLock(tmp_path):
            pass
        assert caught.value.details == {"pid": 7, "url": "http://127.0.0.1:8080"}
        assert running(tmp_path) == caught.value.details


def test_what_the_last_run_wrote_is_no_run(tmp_path: Path) -> None:
    with RunLock(tmp_path) as first:
        first.describe(pid=7)
    assert (tmp_path / "serve.lock").exists()
    assert running(tmp_path) is None
    with RunLock(tmp_path):
        pass


def test_a_shorter_description_replaces_a_longer_one(tmp_path: Path) -> None:
    with RunLock(tmp_path) as lock:
        lock.describe(pid=1, url="x" * 100)
        lock.describe(pid=2)
        assert running(tmp_path) == {"pid": 2}


def test_asking_makes_nothing(tmp_path: Path) -> None:
    assert running(tmp_path / "run") is None
    assert os.listdir(tmp_path) == []
