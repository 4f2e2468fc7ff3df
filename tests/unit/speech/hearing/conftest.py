"""One vocabulary of the guides we ship for all tests; the catalogue of messages is loaded before anything is timed."""

from __future__ import annotations

import pytest

from assistant.foundation.messages import t
from assistant.foundation.settings import ROOT
from assistant.speech.hearing import vocabulary
from assistant.speech.hearing.vocabulary import Vocabulary
from knowledge.catalogue import Catalogue


@pytest.fixture(scope="session")
def guides() -> Catalogue:
    return Catalogue.load(ROOT / "knowledge" / "guides")


@pytest.fixture(scope="session")
def words(guides: Catalogue) -> Vocabulary:
    t("fields.several")
    return vocabulary.of(guides)
