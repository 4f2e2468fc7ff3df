"""The background rounds: each job at its time, whatever becomes of the others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.casework.rounds import Job, Rounds
from assistant.foundation.database import Database
from tests.unit.casework.submission import support


class Ticks:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return support.open_database(tmp_path)


def test_each_job_is_done_at_its_own_time(db: Database) -> None:
    done: list[str] = []
    ticks = Ticks()
    rounds = Rounds(db, [Job("a", 10, lambda: done.append("a")), Job("b", 25, lambda: done.append("b"))], ticks=ticks)
    waits = []
    for _ in range(4):
        waits.append(rounds.run_due())
        ticks.seconds += 10
    assert done == ["a", "b", "a", "a", "a", "b"]
    assert waits == [10, 10, 5, 10]


def test_a_job_that_fails_does_not_stop_the_others(db: Database) -> None:
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError

    ticks = Ticks()
    rounds = Rounds(db, [Job("a", 1, fail), Job("b", 1, lambda: done.append("b"))], ticks=ticks)
    rounds.run_due()
    ticks.seconds += 1
    rounds.run_due()
    assert done == ["b", "b"]


def test_nothing_to_do_is_waited_out(db: Database) -> None:
    assert Rounds(db, [], ticks=Ticks()).run_due() == 60


def test_it_runs_in_a_thread_until_stopped(db: Database) -> None:
    began = threading.Event()
    rounds = Rounds(db, [Job("a", 3600, began.set)])
    rounds.start()
    assert began.wait(60)
    rounds.stop()
    assert "rounds" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.postgres
def test_one_app_at_a_time_does_a_job(tmp_path: Path, postgres_url: str) -> None:
    db = support.open_database(tmp_path, postgres_url)
    done: list[str] = []
    second = Rounds(db, [Job("a", 1, lambda: done.append("second"))])
    first = Rounds(db, [Job("a", 1, lambda: (done.append("first"), second.run_due()))])
    first.run_due()
    db.dispose()
    assert done == ["first"]
