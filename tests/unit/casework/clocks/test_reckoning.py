"""Limits are counted as the law counts them, and stopping never costs the office or the citizen a day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.clocks.reckoning import Level, Unit, reckon
from assistant.casework.clocks.stops import Stop, StopKind, kind_of, stretches
from assistant.foundation.workcalendar import add_working_days, is_working_day, working_days_between

MONDAY = date(2026, 11, 9)
FRIDAY = date(2026, 11, 13)
C = StopKind.CORRECTION


def stop(start: date, end: date | None, why: StopKind = C) -> Stop:
    return Stop(start, end, why)


def test_the_first_day_is_not_counted_and_weekends_are_not_either() -> None:
    reckoned = reckon(5, "working_day", FRIDAY, [], FRIDAY)
    assert reckoned.due == date(2026, 11, 20)
    assert (reckoned.used, reckoned.remaining, reckoned.level) == (0, 5, Level.NORMAL)


def test_holidays_are_off_and_make_up_days_on() -> None:
    # 2026: 1 to 7 October are off; Saturday 10 October is worked, as is Sunday 20 September.
    assert reckon(3, "working_day", date(2026, 9, 30), [], date(2026, 9, 30)).due == date(2026, 10, 10)
    assert reckon(1, "working_day", date(2026, 9, 19), [], date(2026, 9, 19)).due == date(2026, 9, 20)


def test_over_the_turn_of_the_year_the_due_date_is_preliminary() -> None:
    reckoned = reckon(20, "working_day", date(2026, 12, 14), [], date(2026, 12, 14))
    assert reckoned.due.year == 2027
    assert reckoned.preliminary
    assert not reckon(5, "working_day", date(2026, 12, 14), [], date(2026, 12, 14)).preliminary
    # 1 to 3 January 2026 were off, and Sunday the 4th was worked.
    assert reckon(2, "working_day", date(2025, 12, 31), [], date(2025, 12, 31)).due == date(2026, 1, 5)


def test_a_correction_from_monday_to_wednesday_costs_two_days() -> None:
    plain = reckon(5, "working_day", MONDAY, [], MONDAY)
    stopped = reckon(5, "working_day", MONDAY, [stop(date(2026, 11, 10), date(2026, 11, 12))], FRIDAY)
    assert working_days_between(plain.due, stopped.due) == 2
    assert (stopped.used, stopped.stopped_days) == (2, 2)


def test_while_it_stands_still_nothing_is_used_up_and_nothing_is_urgent() -> None:
    since = stop(date(2026, 11, 10), None)
    early, late = (reckon(5, "working_day", MONDAY, [since], day) for day in (date(2026, 11, 11), date(2026, 12, 18)))
    assert early.stopped == late.stopped == since
    assert early.used == late.used == 1
    assert late.level is Level.NORMAL
    assert late.due == add_working_days(date(2026, 12, 18), 4)


def test_a_stop_that_is_planned_ahead_moves_the_due_date_before_it_begins() -> None:
    hearing = stop(date(2026, 11, 11), date(2026, 11, 18), StopKind.HEARING)
    assert reckon(5, "working_day", MONDAY, [hearing], MONDAY).due == date(2026, 11, 23)


def test_levels_rise_with_the_days_and_the_last_day_is_not_late() -> None:
    levels = {day: reckon(20, "working_day", MONDAY, [], day).level for day in (add_working_days(MONDAY, n) for n in range(22))}
    assert list(levels.values()) == (
        [Level.NORMAL] * 14 + [Level.YELLOW] * 5 + [Level.RED] * 2 + [Level.OVERDUE]
    )


def test_short_limits_have_a_yellow_day_where_there_is_room_for_one() -> None:
    def levels(days: int) -> list[Level]:
        return [reckon(days, "working_day", MONDAY, [], add_working_days(MONDAY, n)).level for n in range(days + 2)]

    assert levels(3) == [Level.NORMAL, Level.YELLOW, Level.RED, Level.RED, Level.OVERDUE]
    assert levels(1) == [Level.NORMAL, Level.RED, Level.OVERDUE]
    assert levels(0) == [Level.NORMAL, Level.OVERDUE]


def test_what_was_decided_is_not_urgent_but_may_have_been_late() -> None:
    in_time = reckon(3, "working_day", MONDAY, [], date(2026, 12, 1), ended=date(2026, 11, 12))
    late = reckon(3, "working_day", MONDAY, [], date(2026, 12, 1), ended=FRIDAY)
    assert (in_time.level, in_time.used) == (Level.NORMAL, 3)
    assert (late.level, late.remaining) == (Level.OVERDUE, -1)


def test_an_extension_adds_its_days() -> None:
    assert reckon(20, "working_day", MONDAY, [], MONDAY, extension=10).due == add_working_days(MONDAY, 30)


def test_calendar_days_that_would_end_on_a_day_off_end_on_the_next_working_day() -> None:
    reckoned = reckon(3, "calendar_day", date(2026, 11, 11), [], date(2026, 11, 15))
    assert reckoned.due == date(2026, 11, 16)
    assert (reckoned.remaining, reckoned.level) == (0, Level.RED)
    assert reckon(3, "calendar_day", date(2026, 11, 11), [], date(2026, 11, 17)).level is Level.OVERDUE


def test_negative_days_are_no_limit() -> None:
    with pytest.raises(ValueError, match="negative"):
        reckon(-1, "working_day", MONDAY, [], MONDAY)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("correction", C),
        ("expert_review", StopKind.EXPERT_REVIEW),
        ("组织专家评审", StopKind.EXPERT_REVIEW),
        ("听证", StopKind.HEARING),
        ("inspection", StopKind.SITE_VISIT),
        ("现场核查", StopKind.SITE_VISIT),
        ("领导出差", None),
        ("", None),
    ],
)
def test_an_office_says_why_it_stops_by_code_or_in_words(words: str, kind: StopKind | None) -> None:
    assert kind_of(words) is kind


def test_a_visit_is_part_of_the_review_by_law() -> None:
    assert [kind for kind in StopKind if not kind.legal] == [StopKind.SITE_VISIT]


_day = st.dates(date(2025, 1, 1), date(2026, 9, 30))
_units = st.sampled_from(["working_day", "calendar_day"])
_limits = st.integers(0, 45)
_spells = st.lists(st.tuples(st.integers(-10, 60), st.integers(0, 40)), max_size=5)


def _stops(start: date, spells: list[tuple[int, int]]) -> list[Stop]:
    return [stop(start + timedelta(begin), start + timedelta(begin + length)) for begin, length in spells]


@given(_day, _limits, _units, _spells)
def test_stopping_never_shortens_the_limit(start: date, days: int, unit: Unit, spells: list[tuple[int, int]]) -> None:
    stops, today = _stops(start, spells), start + timedelta(200)
    for count in range(len(stops)):
        fewer, more = (reckon(days, unit, start, stops[: count + n], today) for n in (0, 1))
        assert more.due >= fewer.due
        assert more.used <= fewer.used


@given(_day, _limits.filter(bool), _spells)
def test_the_due_date_moves_by_exactly_the_working_days_it_stood_still(
    start: date, days: int, spells: list[tuple[int, int]]
) -> None:
    stops = _stops(start, spells)
    due = reckon(days, "working_day", start, stops, start).due
    stood = {
        day for one in stops for n in range((one.end or start).toordinal() - one.start.toordinal())
        if start < (day := one.start + timedelta(n + 1)) <= due and is_working_day(day)
    }  # fmt: skip
    assert due == add_working_days(start, days + len(stood))


@given(_day, _limits, _units, _spells, st.integers(0, 90), st.integers(0, 30))
def test_days_pass_one_way_only(
    start: date, days: int, unit: Unit, spells: list[tuple[int, int]], sooner: int, further: int
) -> None:
    stops = _stops(start, spells)
    first, later = (reckon(days, unit, start, stops, start + timedelta(n)) for n in (sooner, sooner + further))
    assert later.due == first.due
    assert later.used >= first.used
    assert later.remaining <= first.remaining
    if first.level is Level.OVERDUE:
        assert later.level is Level.OVERDUE


@given(_day, _spells)
def test_overlapping_stops_are_counted_once(start: date, spells: list[tuple[int, int]]) -> None:
    stops, today = _stops(start, spells), start + timedelta(120)
    twice = reckon(10, "working_day", start, [*stops, *reversed(stops)], today)
    assert twice == reckon(10, "working_day", start, stops, today)
    joined = stretches(stops, today)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(joined))
