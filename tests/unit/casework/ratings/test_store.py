"""Ratings: one for each thing rated, a working day to get in touch about bad ones, and the figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.ratings import store
from assistant.casework.ratings.model import BAD, GRADES, FollowUp, NotNow, Said, follow_up_of, step
from assistant.casework.ratings.store import About
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from assistant.foundation.workcalendar import is_working_day
from tests.unit.foundation.rows import add_conversation

FRIDAY = datetime(2026, 9, 30, 18, tzinfo=SHANGHAI)


@given(grade=st.sampled_from(GRADES), day=st.dates(date(2024, 1, 1), date(2026, 12, 30)))
def test_only_bad_grades_are_followed_up_by_the_next_working_day(grade: str, day: date) -> None:
    state, due = follow_up_of(grade, day)
    assert (state is FollowUp.OPEN) == (due is not None) == (grade in BAD)
    if due is not None:
        assert due > day and is_working_day(due)
        assert not any(is_working_day(day + timedelta(days=n)) for n in range(1, (due - day).days))


def test_the_clock_knows_the_national_day() -> None:
    assert follow_up_of("dissatisfied", FRIDAY.date())[1] == date(2026, 10, 8)


@pytest.mark.parametrize(("present", "wanted", "may"), [
    (FollowUp.OPEN, FollowUp.CONTACTED, True), (FollowUp.OPEN, FollowUp.CLOSED, True), (FollowUp.CONTACTED, FollowUp.CLOSED, True),
    (FollowUp.NONE, FollowUp.CONTACTED, False), (FollowUp.CLOSED, FollowUp.CONTACTED, False), (FollowUp.CONTACTED, FollowUp.OPEN, False),
])  # fmt: skip
def test_steps_of_a_follow_up(present: FollowUp, wanted: FollowUp, may: bool) -> None:
    if may:
        assert step(present, wanted) is wanted
    else:
        with pytest.raises(NotNow):
            step(present, wanted)


def test_one_thing_is_rated_once_and_a_better_word_ends_the_follow_up(db: Database, clock: FixedClock) -> None:
    talk = add_conversation(db, clock.now())
    with db.write() as conn:
        store.keep(conn, Said(talk, "dissatisfied"), About(talk), clock.now())
        first = store.keep(conn, Said(talk, "dissatisfied", ("too_slow",), "等了很久"), About(talk), clock.now())
        assert (first.reasons, first.words, first.follow_up) == (("too_slow",), "等了很久", FollowUp.OPEN)
        assert store.contacted(conn, first, "打过电话", clock.now())
        worse = store.keep(conn, Said(talk, "very_dissatisfied"), About(talk), clock.now())
        assert (worse.grade, worse.reasons, worse.follow_up, worse.contact) == (
            "very_dissatisfied", ("too_slow",), FollowUp.CONTACTED, "打过电话",
        )  # fmt: skip
        assert [one.subject for one in store.to_follow_up(conn)] == [talk]
        better = store.keep(conn, Said(talk, "satisfied"), About(talk), clock.now())
        assert (better.follow_up, store.to_follow_up(conn)) == (FollowUp.NONE, [])
        with pytest.raises(NotNow):
            store.closed(conn, better, "谢谢", clock.now())


def test_two_colleagues_do_not_close_the_same_one(db: Database, clock: FixedClock) -> None:
    talk = add_conversation(db, clock.now())
    with db.write() as conn:
        held = store.keep(conn, Said(talk, "very_dissatisfied"), About(talk), clock.now())
        assert held.due is not None and not held.overdue(held.due) and held.overdue(held.due + timedelta(days=1))
        assert store.closed(conn, held, "已改正", clock.now())
        assert not store.closed(conn, held, "另一个答复", clock.now())
        kept = store.get(conn, talk)
    assert kept is not None and (kept.answer, kept.contacted_at, kept.follow_up) == ("已改正", clock.now(), FollowUp.CLOSED)


def test_figures_by_item_and_department(db: Database, clock: FixedClock) -> None:
    given_grades = [("id-renewal", "satisfied"), ("id-renewal", "dissatisfied"), ("id-renewal", "fair"), ("passport", "very_satisfied")]
    for number, (item, grade) in enumerate(given_grades):
        talk = add_conversation(db, clock.now(), f"conversation-{number}", token_hash=f"{number:064}")
        with db.write() as conn:
            store.keep(conn, Said(talk, grade), About(talk, None, item, "公安局"), clock.now())
    with db.read() as conn:
        items = store.figures(conn, "item", clock.now() - timedelta(days=1))
        offices = store.figures(conn, "department", clock.now() - timedelta(days=1))
        assert store.figures(conn, "item", clock.now() + timedelta(days=1)) == []
    assert [(one.key, one.count, one.open) for one in items] == [("id-renewal", 3, 1), ("passport", 1, 0)]
    assert items[0].satisfied == pytest.approx(2 / 3) and items[0].grades["fair"] == 1
    assert [(one.key, one.count) for one in offices] == [("公安局", 4)]
