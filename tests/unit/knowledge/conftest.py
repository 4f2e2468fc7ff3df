"""The fixture catalogue, and search trained on it once for all tests of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.search import Search, train

FIXTURE_GUIDES = Path(__file__).parents[2] / "fixtures" / "guides"


@pytest.fixture(scope="session")
def fixture_catalogue() -> Catalogue:
    return Catalogue.load(FIXTURE_GUIDES)


@pytest.fixture(scope="session")
def trained(fixture_catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models folder after training on the fixture catalogue."""
    folder = tmp_path_factory.mktemp("models")
    train(fixture_catalogue, folder)
    return folder


@pytest.fixture(scope="session")
def search(fixture_catalogue: Catalogue, trained: Path) -> Search:
    return Search.build(fixture_catalogue, trained)


@pytest.fixture
def guides_dir(tmp_path: Path) -> Path:
    """A folder of one's own with the fixture guides, to spoil."""
    return Path(shutil.copytree(FIXTURE_GUIDES, tmp_path / "guides"))


@pytest.fixture
def sign_guide(fixture_catalogue: Catalogue) -> Guide:
    """The one whole guide among the fixtures."""
    return fixture_catalogue.guides["shop-sign"]
