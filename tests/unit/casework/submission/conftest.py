from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.casework.submission import outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.follow import Follower
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from tests.unit.casework.submission import support


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    db = support.open_database(tmp_path, None if request.param == "sqlite" else request.getfixturevalue("postgres_url"))
    support.add_case(db)
    yield db
    db.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return support.clock()


@pytest.fixture
def office() -> support.MemoryOffice:
    return support.MemoryOffice()


@pytest.fixture
def sink(db: Database) -> support.Remembering:
    return support.Remembering(db)


@pytest.fixture
def delivery(db: Database, office: support.MemoryOffice, sink: support.Remembering, clock: FixedClock) -> Delivery:
    return Delivery(db, office, support.package, sink, clock, Backoff(least_attempts=3))


@pytest.fixture
def follower(db: Database, office: support.MemoryOffice, sink: support.Remembering, clock: FixedClock) -> Follower:
    return Follower(db, office, sink, clock, every_s=10)


@pytest.fixture
def noted(db: Database) -> None:
    """The first version of the case waits to be sent."""
    with db.write() as conn:
        outbox.add(conn, support.CASE, 1, support.NOW)
