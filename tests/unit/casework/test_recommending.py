"""What is pointed out to whom: from counts, from the guides' own words, and from somebody's own cases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from assistant.casework import repository
from assistant.casework.model import Case, CaseStatus
from assistant.casework.recommending import most_used, needed_next, recommended
from assistant.casework.usage import FEWEST, Usage
from assistant.foundation import tables
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, Names
from tests.conftest import NOW

FOOD, SIGN, FIRE, MOVE = "food-permit-new", "shop-sign", "fire-safety-check", "residence-permit"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115")


@pytest.fixture
def usage(db: Database, clock: FixedClock) -> Usage:
    return Usage(db, clock)


def case(code: str, number: int = 0, status: CaseStatus = CaseStatus.DRAFT, at: datetime = NOW) -> Case:
    return Case(
        case_no=f"BD20261110{code[:4]}{number:04}", guide_code=code, guide_name=code, guide_version="2026.1", status=status, created_at=at, updated_at=at
    )


def start(db: Database, conversation: str, *codes: str, at: datetime = NOW) -> None:
    """A conversation in which these cases were started, a minute after one another."""
    with db.write() as conn:
        conn.execute(
            insert(tables.conversation).values(
                id=conversation, token_hash=conversation, token_expires_at=at, channel="web", locale="zh-CN", owner="bot", created_at=at,
                updated_at=at, revision=1, turn_count=0, state={}, last_event=0,
            )
        )  # fmt: skip
        for number, code in enumerate(codes):
            made = case(code, at=at + timedelta(minutes=number)).model_copy(update={"case_no": f"BD-{conversation}-{number}"})
            repository.save(conn, made, conversation, at)


def test_the_most_started_come_first_and_old_ones_do_not_count(db: Database, usage: Usage, catalogue: Catalogue) -> None:
    start(db, "a", SIGN, SIGN, MOVE)
    start(db, "old", *[FOOD] * 3, at=NOW - timedelta(days=91))
    assert usage.started() == {SIGN: 2, MOVE: 1}
    assert [(guide.code, count) for guide, count in most_used(catalogue, usage.started())][:2] == [(SIGN, 2), (MOVE, 1)]


def test_an_empty_database_gives_the_order_of_a_life(usage: Usage, catalogue: Catalogue) -> None:
    guides = [guide for guide, count in most_used(catalogue, usage.started()) if not count]
    assert guides and not any(guide.outline for guide in guides)
    assert guides == [guide for guide, _ in most_used(catalogue, {})]


def test_counts_are_kept_for_a_minute(db: Database, usage: Usage, clock: FixedClock) -> None:
    assert usage.started() == {}
    start(db, "a", SIGN)
    assert usage.started() == {}
    clock.advance(timedelta(minutes=1))
    assert usage.started() == {SIGN: 1}


def test_what_fewer_than_five_did_next_is_not_told(db: Database, usage: Usage, clock: FixedClock) -> None:
    for number in range(FEWEST - 1):
        start(db, f"c{number}", FOOD, MOVE)
    start(db, "before", MOVE, FOOD)
    assert usage.afterwards(FOOD) == {}
    start(db, "last", FOOD, MOVE, MOVE)
    clock.advance(timedelta(minutes=1))
    assert usage.afterwards(FOOD) == {MOVE: FEWEST}, "a conversation counts once, and only what came after"


def test_what_people_did_next_comes_before_what_the_guide_says(catalogue: Catalogue) -> None:
    food = catalogue.guides[FOOD]
    told = needed_next(food, catalogue, {MOVE: 7, FIRE: 6, SIGN: 4})
    assert [(one.guide.code, one.count) for one in told] == [(MOVE, 7), (FIRE, 6), (SIGN, None)]
    assert "食品经营许可新办" in told[0].reason
    assert told[1].reason == next(follow.why for follow in food.followups if catalogue.by_name(follow.item) == catalogue.guides[FIRE])


def nothing(_code: str) -> dict[str, int]:
    return {}


def test_recommendations_follow_from_what_she_has_in_hand(catalogue: Catalogue) -> None:
    found = recommended([case(FOOD)], catalogue, nothing, {})
    assert [one.guide.code for one in found[:1]] == [SIGN] and len(found) <= 4
    assert found[0].reason.startswith("办完食品经营许可新办的人，常接着办。")
    assert all(one.reason and not one.guide.outline for one in found)
    assert all(set(one.guide.applicant) & {"enterprise", "individual_business"} for one in found)


@pytest.mark.parametrize("status", [CaseStatus.DRAFT, CaseStatus.SUBMITTED, CaseStatus.CLOSED])
def test_never_what_she_has_in_hand_or_has_done(catalogue: Catalogue, status: CaseStatus) -> None:
    found = recommended([case(SIGN, status=status), case(FOOD)], catalogue, nothing, {SIGN: 100})
    assert not {one.guide.code for one in found} & {SIGN, FOOD}


def test_what_she_gave_up_says_nothing_about_her(catalogue: Catalogue) -> None:
    given_up = [case(FOOD, status=CaseStatus.WITHDRAWN)]
    assert recommended(given_up, catalogue, nothing, {}) == []
    assert [one.guide.code for one in recommended(given_up, catalogue, nothing, {MOVE: FEWEST, SIGN: FEWEST - 1})] == [MOVE]


def test_the_same_occasion_needs_the_same_kind_of_applicant() -> None:
    def guide(code: str, applicant: str, event: str) -> Guide:
        return Guide.model_construct(
            code=code, name=code, version="2026.1", applicant=[applicant], life_events=[event], outline=False, followups=[], names=Names()
        )

    held = {one.code: one for one in (guide("a", "person", "move"), guide("b", "person", "move"), guide("c", "enterprise", "move"), guide("d", "person", "ill"))}
    found = recommended([case("a")], Catalogue(held), nothing, {})
    assert [(one.guide.code, one.reason) for one in found] == [("b", "同样是“来上海、搬家”要办的事")]
