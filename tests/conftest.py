"""What every test may ask for. A test that needs the whole product asks for ``server``; all others need no process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from benchmarks.stack import Stack
from knowledge import archive, living
from tests.browser.widget.site import Site
from tests.browser.widget.site import serving as serving_site
from tests.e2e import hall
from tests.quick import SharedGuides, empty_database, text_once
from tests.unit.casework.submission.city import KEY, City, serving, write_routing

pytest_plugins = ["tests.postgres"]
# Before anything imports the app: reading and indexing our guides anew for each of some hundred apps would be most of the suite's time.
living.LivingGuides = SharedGuides  # type: ignore[misc]
archive._text = text_once
# A shared two-core machine stalls for longer than any single example should take: time limits would only fail by chance. Here, for
# whatever part of the tests is run: what one folder's conftest says holds for the others only when they run in the same process.
hypothesis_settings.register_profile("no-deadline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("no-deadline")

CITY_ITEM = "residence-permit-endorsement"
"""The item whose cases go to the city's own system on the server of the end-to-end tests."""

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
    database = empty_database(settings)
    yield database
    database.dispose()


@pytest.fixture
def app(settings: Settings, db: Database, clock: FixedClock) -> FastAPI:
    """The app on a database of its own, without an engine or a sandbox: nothing listens where it would look for them."""
    from channels.app import create_app

    nowhere = settings.model_copy(update={"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9"})
    return create_app(nowhere, clock)


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A city's own receiving system, to which the server's routing file sends one item that no other test follows to its end."""
    with serving(City()) as made:
        yield made


@pytest.fixture(scope="session")
def city_site() -> Iterator[Site]:
    """A city's own site, whose pages have the server's widget."""
    with serving_site() as made:
        yield made


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, city: City, city_site: Site) -> Iterator[Stack]:
    """The whole product, as `bandao serve` starts it, once for all tests that ask: engine, app and sandbox.

    Its office passes by itself what is plain and borne out by the register (智能审核); everything else waits for staff.
    """
    folder = tmp_path_factory.mktemp("server")
    routing = write_routing(folder, city.url, CITY_ITEM)
    stack = Stack(
        folder, BANDAO_OFFICE_EXAMINE="0.5", BANDAO_SANDBOX_COURIER_SECONDS="1", BANDAO_OFFICES=str(routing), BANDAO_RSJ_KEY=KEY,
        BANDAO_HALL_KEY=hall.KEY, BANDAO_VOICE_RECOGNISER="tests.browser.kiosk.made_up_voice:Ears",
        BANDAO_VOICE_SYNTHESISER="tests.browser.kiosk.made_up_voice:Mouth", BANDAO_WECHAT_NOTICES="official", BANDAO_WECHAT_TEMPLATES="*=T-news",
        BANDAO_WIDGET_ORIGINS=city_site.url,
    )  # fmt: skip
    hall.add(routing, stack.data_dir, stack.port + 2)
    city_site.app = stack.base_url
    with stack:
        yield stack
