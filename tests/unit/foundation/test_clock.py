"""Clocks tell aware moments in Shanghai time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assistant.foundation.clock import SHANGHAI, FixedClock, SystemClock


def test_the_system_clock_is_aware_and_in_shanghai() -> None:
    now = SystemClock().now()
    assert now.tzinfo is SHANGHAI
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2025, 9, 30, 8, 30, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2025, 9, 30, 16, 30, tzinfo=SHANGHAI)
    assert clock.advance(timedelta(hours=8)) == datetime(2025, 10, 1, 0, 30, tzinfo=SHANGHAI)
    assert clock.now().date().isoformat() == "2025-10-01"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2025, 9, 30))
