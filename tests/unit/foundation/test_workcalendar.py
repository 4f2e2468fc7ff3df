"""The work calendar against the State Council's notice for 2025, and what must hold for any day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.foundation.workcalendar import add_working_days, covered, is_working_day, working_days_between

DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 31))
COUNTS = st.integers(0, 120)


@pytest.mark.parametrize("day", [date(2025, 9, 28), date(2025, 10, 11), date(2025, 1, 26), date(2025, 4, 27)])
def test_make_up_workdays_count_though_they_are_at_the_weekend(day: date) -> None:
    assert day.weekday() >= 5
    assert is_working_day(day)


@pytest.mark.parametrize("day", [date(2025, 10, 1) + timedelta(days=n) for n in range(8)])
def test_the_national_day_holiday_of_2025_is_off(day: date) -> None:
    assert not is_working_day(day)


def test_due_dates_over_national_day_2025() -> None:
    # 9, 10 October are working days, 11 October (Saturday) is one by make-up, then Monday the 13th.
    assert add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert add_working_days(date(2025, 9, 30), 3) == date(2025, 10, 11)
    assert add_working_days(date(2025, 9, 30), 4) == date(2025, 10, 13)
    assert working_days_between(date(2025, 9, 30), date(2025, 10, 13)) == 4
    assert working_days_between(date(2025, 10, 13), date(2025, 9, 30)) == -4


def test_beyond_the_notices_weekdays_count_and_it_is_said() -> None:
    assert covered(date(2025, 10, 1))
    assert not covered(date(2040, 10, 1))
    assert is_working_day(date(2040, 10, 1))
    assert not is_working_day(date(2040, 10, 6))


def test_a_moment_counts_as_its_day() -> None:
    assert not is_working_day(datetime(2025, 10, 1, 12))


@given(day=DAYS, count=COUNTS)
def test_adding_then_counting_is_consistent(day: date, count: int) -> None:
    due = add_working_days(day, count)
    assert working_days_between(day, due) == count
    assert working_days_between(due, day) == -count
    assert count == 0 or is_working_day(due)


@given(day=DAYS, count=COUNTS, later=st.integers(0, 30), more=st.integers(0, 30))
def test_adding_is_monotone_in_both(day: date, count: int, later: int, more: int) -> None:
    assert add_working_days(day, count) <= add_working_days(day + timedelta(days=later), count)
    assert add_working_days(day, count) <= add_working_days(day, count + more)
    assert add_working_days(add_working_days(day, count), more) == add_working_days(day, count + more)


@given(days=st.lists(DAYS, min_size=3, max_size=3))
def test_counting_adds_up(days: list[date]) -> None:
    first, second, third = sorted(days)
    assert working_days_between(first, second) + working_days_between(second, third) == working_days_between(first, third)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2025, 1, 1), -1)
