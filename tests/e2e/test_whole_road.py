"""From the first sentence to the office's answer, for every guide and situation: simulated citizens with facts as data."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest

from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.road import Journey

CITIZENS = [pytest.param(facts, id=facts.title) for facts in load(Path(__file__).with_name("cases"))]


@pytest.mark.parametrize("facts", CITIZENS)
def test_a_citizen_gets_it_right_the_first_time(facts: Facts, journeys: dict[str, Future[Journey]]) -> None:
    journey = journeys[facts.title].result()
    assert journey.ok, journey.why
    assert (journey.first_time_right and journey.documents) or facts.stops
