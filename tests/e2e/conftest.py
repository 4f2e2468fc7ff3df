"""Simulated citizens on their roads ahead of the tests that look at them: two at a time, because half of a road is waiting.

Those set out whose package holds a document nobody before them had, who are asked something nobody before them was, or who are
told that the item is not for them; packages are made for the first of these alone. What others show has been shown, and takes
seconds of two cores each. ``./bandao eval dialogues tests/e2e/cases`` walks with all of them and makes every package.
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


def asked_anew(citizens: Iterable[Facts], packed: set[str]) -> list[Facts]:
    """Those with a package, those who are stopped, and those who answer a question of their guide that nobody before them did."""
    asked: set[tuple[str, str]] = set()
    chosen = []
    for facts in citizens:
        theirs = {(facts.guide, field) for field in facts.say}
        if facts.title in packed or facts.stops is not None or theirs - asked:
            chosen.append(facts)
            asked |= theirs
    return chosen


ALL = load(Path(__file__).with_name("cases"))
PACKED = with_package(ALL)
FACTS = asked_anew(ALL, PACKED)


@pytest.fixture(scope="session")
def journeys(server: Stack, request: pytest.FixtureRequest) -> Iterator[dict[str, Future[Journey]]]:
    """Title → the journey of every citizen whose test was selected; they set out in the order of the tests."""
    params = [item.callspec.params for item in request.session.items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    citizens = [facts for held in params for facts in held.values() if isinstance(facts, Facts)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {facts.title: pool.submit(walk, server.base_url, facts, package=facts.title in PACKED) for facts in citizens}
        pool.shutdown(cancel_futures=True)
