"""What every test may ask for. A test that needs the whole product asks for ``server``; all others need no process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from benchmarks.stack import Stack

pytest_plugins = ["tests.postgres"]

NOW = datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI)
"""A Tuesday morning, a working day."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the running product carries the marker, and runs last: quick failures come first."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)
        if item.path.relative_to(ROOT).as_posix().startswith("tests/browser/"):
            item.add_marker(pytest.mark.browser)
    # Browser tests come last of all: Playwright keeps an event loop running, and no asynchronous test can run beside it.
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, item.get_closest_marker("server") is not None))


@pytest.fixture
def clock() -> FixedClock:
    """A clock that only moves when told to."""
    return FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a data folder of their own and no rate limits; ``model_copy(update={…})`` for another value."""
    return Settings(data_dir=tmp_path / "data", rate_per_conversation=0, rate_per_address=0, fsync="normal")


@pytest.fixture
def db(settings: Settings) -> Iterator[Database]:
    """An empty, migrated SQLite database of the test's own."""
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    yield database
    database.dispose()


@pytest.fixture
def app(settings: Settings, db: Database, clock: FixedClock) -> FastAPI:
    """The app on a database of its own, without an engine or a sandbox: nothing listens where it would look for them."""
    from channels.app import create_app

    nowhere = settings.model_copy(update={"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9"})
    return create_app(nowhere, clock)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole product, as `bandao serve` starts it, once for all tests that ask: engine, app and sandbox."""
    with Stack(tmp_path_factory.mktemp("server")) as stack:
        yield stack
