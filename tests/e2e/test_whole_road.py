"""From the first sentence to the office's answer, for every guide and situation: simulated citizens with facts as data."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from benchmarks.citizens.facts import Facts
from benchmarks.citizens.road import Journey
from tests.e2e.conftest import FACTS, PACKED

CITIZENS = [pytest.param(facts, id=facts.title) for facts in FACTS]


@pytest.mark.parametrize("facts", CITIZENS)
def test_a_citizen_gets_it_right_the_first_time(facts: Facts, journeys: dict[str, Future[Journey]]) -> None:
    journey = journeys[facts.title].result()
    assert journey.ok, journey.why
    assert journey.first_time_right or facts.stops
    assert bool(journey.documents) == (facts.title in PACKED)
