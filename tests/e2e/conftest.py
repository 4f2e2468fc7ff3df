"""Simulated citizens on their roads ahead of the tests that look at them: two at a time, because half of a road is waiting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from benchmarks.citizens.facts import Facts
from benchmarks.citizens.report import AT_ONCE
from benchmarks.citizens.road import Journey, walk
from benchmarks.stack import Stack


@pytest.fixture(scope="session")
def journeys(server: Stack, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Journey]]]:
    """Title → the journey of every citizen whose test was selected; they set out in the order of the tests."""
    params = [item.callspec.params for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    citizens = [facts for held in params for facts in held.values() if isinstance(facts, Facts)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {facts.title: pool.submit(walk, server.base_url, facts) for facts in citizens}
        pool.shutdown(cancel_futures=True)
