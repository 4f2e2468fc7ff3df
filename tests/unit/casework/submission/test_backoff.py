from __future__ import annotations

from datetime import date, timedelta

from assistant.casework.submission.backoff import Backoff
from assistant.foundation.workcalendar import covered, is_working_day


def test_waits_double_up_to_half_an_hour() -> None:
    waits = [Backoff().delay_s(attempt) for attempt in range(1, 2000)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits) and waits[-1] == 1800


def test_no_holidays_from_closing_to_opening_use_up_the_patience() -> None:
    day, last = date(2021, 1, 4), date(2021, 1, 4)
    while covered(day):
        if is_working_day(day):
            assert timedelta(days=(day - last).days, hours=9 - 17) < Backoff().patience, f"{last} to {day}"
            last = day
        day += timedelta(days=1)


def test_trying_lasts_longer_than_the_longest_holidays() -> None:
    policy = Backoff()
    attempts, waited = 0, timedelta()
    while not policy.exhausted(attempts, waited):
        attempts += 1
        waited += timedelta(seconds=policy.delay_s(attempts))
    assert timedelta(days=10) <= waited < timedelta(days=10, hours=1)
    assert attempts > policy.least_attempts
