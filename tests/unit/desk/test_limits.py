"""Limits of service in virtual time: met, missed, near, over night, at lunch, over a holiday; and honest estimates."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.desk.estimates import waiting_seconds
from assistant.desk.hours import after_open_seconds, open_seconds, opens_at, shifts_from
from assistant.desk.limits import Limit, Moment, Targets, limits, worst
from assistant.foundation.clock import SHANGHAI

SHIFTS = "09:00-11:30,13:00-17:00"
TARGETS = Targets(first_answer=60, next_answer=180, resolution=3600, warn=0.75)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text if "-" in text else f"2026-11-10 {text}").replace(tzinfo=SHANGHAI)


def stay(*happened: str) -> list[Moment]:
    """``queued 10:00:00`` and so on."""
    return [Moment(kind, at(when)) for kind, when in (one.split(" ", 1) for one in happened)]


def found(happened: list[Moment], now: str, name: str = "first_answer") -> list[tuple[str, bool]]:
    return [(one.state, one.near) for one in limits(happened, TARGETS, SHIFTS, at(now)) if one.name == name]


@pytest.mark.parametrize(
    ("now", "state", "near"),
    [("10:00:44", "active", False), ("10:00:45", "active", True), ("10:01:00", "active", True), ("10:01:01", "missed", False)],
)
def test_the_first_answer_runs_out(now: str, state: str, near: bool) -> None:
    assert found(stay("queued 10:00:00", "claimed 10:00:10"), now) == [(state, near)]


@pytest.mark.parametrize(("answered", "state"), [("10:01:00", "met"), ("10:01:01", "missed")])
def test_an_answer_ends_it(answered: str, state: str) -> None:
    assert found(stay("queued 10:00:00", "claimed 10:00:10", f"answered {answered}"), "16:00:00") == [(state, False)]


@pytest.mark.parametrize(
    ("queued", "due"),
    [
        ("11:29:30", "13:00:30"),  # lunch
        ("16:59:30", "2026-11-11 09:00:30"),  # over night
        ("08:00:00", "09:01:00"),  # before opening
        ("2026-09-30 16:59:59", "2026-10-08 09:00:59"),  # National Day
        ("2026-10-10 16:59:30", "2026-10-12 09:00:30"),  # a Saturday worked, then a Sunday
    ],
)
def test_only_opening_time_counts(queued: str, due: str) -> None:
    [first, _] = limits(stay(f"queued {queued}"), TARGETS, SHIFTS, at(queued))
    assert (first.name, first.due) == ("first_answer", at(due))


def test_every_question_to_staff_has_a_limit_of_its_own() -> None:
    happened = stay(
        "queued 10:00:00", "claimed 10:00:10", "asked 10:00:20", "answered 10:00:30", "asked 10:01:00", "answered 10:02:00",
        "asked 10:03:00", "answered 10:07:00", "asked 10:10:00",
    )  # fmt: skip
    assert found(happened, "10:11:00", "next_answer") == [("met", False), ("missed", False), ("active", False)]
    assert found(happened, "10:13:01", "next_answer")[-1] == ("missed", False)
    # thanks before she is handed back want no answer
    over = [*happened, Moment("released", at("10:10:20"))]
    assert found(over, "16:00:00", "next_answer") == [("met", False), ("missed", False)]
    assert found(over, "16:00:00", "resolution") == [("met", False)]


def test_who_leaves_in_time_was_not_failed_and_who_leaves_late_was() -> None:
    assert limits(stay("queued 10:00:00", "left 10:00:50"), TARGETS, SHIFTS, at("16:00:00")) == []
    late = limits(stay("queued 10:00:00", "left 10:03:00"), TARGETS, SHIFTS, at("16:00:00"))
    assert [(one.name, one.state) for one in late] == [("first_answer", "missed")]


def test_the_time_with_somebody_who_vanished_counts() -> None:
    happened = stay("queued 10:00:00", "claimed 10:00:10", "requeued 10:02:00")
    assert found(happened, "10:02:01") == [("missed", False)]


def test_a_limit_of_nought_is_none() -> None:
    assert limits(stay("queued 10:00:00"), Targets(0, 0, 0), SHIFTS, at("16:00:00")) == []


def test_what_runs_out_first_is_the_worst() -> None:
    open_ones = limits(stay("queued 10:00:00", "answered 10:00:10", "asked 10:50:00"), TARGETS, SHIFTS, at("10:51:00"))
    shown = worst(open_ones)
    assert isinstance(shown, Limit) and shown.name == "next_answer"
    assert worst(limits(stay("queued 10:00:00", "answered 10:00:10", "released 10:10:00"), TARGETS, SHIFTS, at("16:00"))) is None


moments = st.datetimes(datetime(2026, 9, 20), datetime(2026, 10, 20)).map(lambda one: one.replace(microsecond=0, tzinfo=SHANGHAI))


@given(moments, st.integers(1, 40_000), st.sampled_from([SHIFTS, "24h", "09:00-17:00"]))
def test_a_limit_is_due_exactly_when_so_much_opening_time_has_passed(start: datetime, seconds: int, hours: str) -> None:
    due = after_open_seconds(hours, start, seconds)
    assert open_seconds(hours, start, due) == pytest.approx(seconds)
    assert opens_at(hours, due) is None or any(end == due for _, end in shifts_from(hours, start, 60)), "it runs out while people are there"


@pytest.mark.parametrize(
    ("place", "free", "seats", "waits", "stays", "seconds"),
    [
        (1, 0, 0, [10] * 9, [300] * 9, None),  # nobody there
        (1, 1, 2, [10] * 4, [300] * 4, None),  # too little seen
        (1, 1, 2, [10, 20, 30, 40, 5000], [300] * 5, 30),  # room: what it usually takes, whatever happened over night
        (1, 0, 2, [10] * 5, [300] * 5, 150),  # one of two is free every 150 s
        (4, 0, 2, [10] * 5, [300] * 5, 600),
        (4, 1, 2, [10] * 5, [300] * 5, 450),
        (4, -1, 2, [10] * 5, [300] * 5, 600),
    ],
)
def test_estimates(place: int, free: int, seats: int, waits: list[float], stays: list[float], seconds: int | None) -> None:
    assert waiting_seconds(place, free, seats, waits, stays) == seconds
