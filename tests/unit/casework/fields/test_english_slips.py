"""English words that say something was wrong, and those that say nothing is."""

from __future__ import annotations

import pytest

from assistant.casework.fields import english_dates


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("everything is correct", False), ("yes, all correct", False), ("nothing is wrong", False), ("no mistake", False), ("please correct the phone", True),
     ("change my address", True), ("I want to change the date", True), ("the date is wrong", True), ("it should be 66", True), ("no change", False)],
)  # fmt: skip
def test_what_says_that_something_is_wrong(text: str, wrong: bool) -> None:
    assert bool(english_dates.WRONG.search(text)) is wrong
