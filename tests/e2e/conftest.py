"""Simulated citizens on their roads ahead of the tests that look at them: two at a time, because half of a road is waiting.

Every one of them answers everything. Packages are made for those whose documents nobody before them had: a document made once
more costs a second and shows nothing new. ``./bandao eval dialogues tests/e2e/cases`` makes all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.report import AT_ONCE
from benchmarks.citizens.road import Journey, walk
from benchmarks.stack import Stack


def with_package(citizens: Iterable[Facts]) -> set[str]:
    """The titles of those whose package holds a document of their guide that none before them had."""
    made: set[tuple[str, str]] = set()
    titles = set()
    for facts in citizens:
        theirs = {(facts.guide, document) for document in facts.documents}
        if facts.stops is None and (theirs - made or not theirs):
            titles.add(facts.title)
            made |= theirs
    return titles


FACTS = load(Path(__file__).with_name("cases"))
PACKED = with_package(FACTS)


@pytest.fixture(scope="session")
def journeys(server: Stack, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Journey]]]:
    """Title → the journey of every citizen whose test was selected; they set out in the order of the tests."""
    params = [item.callspec.params for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    citizens = [facts for held in params for facts in held.values() if isinstance(facts, Facts)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {facts.title: pool.submit(walk, server.base_url, facts, package=facts.title in PACKED) for facts in citizens}
        pool.shutdown(cancel_futures=True)
