from __future__ import annotations

from datetime import timedelta

from assistant.casework.submission.backoff import Backoff


def test_waits_double_up_to_half_an_hour() -> None:
    waits = [Backoff().delay_s(attempt) for attempt in range(1, 2000)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits) and waits[-1] == 1800


def test_trying_lasts_longer_than_the_longest_holidays() -> None:
    policy = Backoff()
    attempts, waited = 0, timedelta()
    while not policy.exhausted(attempts, waited):
        attempts += 1
        waited += timedelta(seconds=policy.delay_s(attempts))
    assert timedelta(days=8) <= waited < timedelta(days=8, hours=1)
    assert attempts > policy.least_attempts
