"""When people are at the desk, by the statutory calendar of 2026."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.desk.hours import opens_at, parse_hours
from assistant.foundation.clock import SHANGHAI

SHIFTS = "09:00-11:30,13:00-17:00"


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-10 08:59", "2026-11-10 09:00"),
        ("2026-11-10 09:00", None),
        ("2026-11-10 11:29", None),
        ("2026-11-10 11:30", "2026-11-10 13:00"),
        ("2026-11-10 16:59", None),
        ("2026-11-10 17:00", "2026-11-11 09:00"),
        ("2026-11-13 18:00", "2026-11-16 09:00"),  # Friday evening
        ("2026-09-30 18:00", "2026-10-08 09:00"),  # National Day
        ("2026-10-10 10:00", None),  # a Saturday worked instead of a holiday
    ],
)
def test_opening(now: str, opens: str | None) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    expected = datetime.fromisoformat(opens).replace(tzinfo=SHANGHAI) if opens else None
    assert opens_at(SHIFTS, at) == expected


def test_always_open() -> None:
    assert opens_at("24h", datetime(2026, 10, 1, 3, 0, tzinfo=SHANGHAI)) is None


@pytest.mark.parametrize("text", ["", "9-17", "17:00-09:00", "09:00-09:00", "09:00-11:30,", "always"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_hours(text)
