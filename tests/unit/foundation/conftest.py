"""Fixtures of the foundation's tests: the key ring of the test's settings, and a database of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings


@pytest.fixture
def keyring(settings: Settings) -> KeyRing:
    """The key ring ``db`` and ``database`` use."""
    return KeyRing.open(settings.keyring_path)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, settings: Settings) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return settings.database_url
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str, keyring: KeyRing) -> Iterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    made = Database(database_url, keyring)
    made.upgrade()
    yield made
    made.dispose()
