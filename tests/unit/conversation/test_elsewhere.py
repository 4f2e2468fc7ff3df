"""What is not ours is told whose it is, with where the number was read."""

from __future__ import annotations

import pytest

from assistant.conversation.elsewhere import OFFICES, find, strange_to
from assistant.foundation.messages import t
from tests.unit.casework.flow.support import small_guide


@pytest.mark.parametrize(("text", "number"), [
    ("个税怎么申报", "12366"), ("医保报销找谁", "12393"), ("公积金贷款利率多少", "12329"), ("港澳通行证怎么签", "12367"), ("老板拖欠工资", "12333"),
    ("怎么去法院起诉", "12368"), ("买到假货了", "12315"), ("家里停电了", "95598"), ("网约车司机绕路", "12328"), ("外面着火了", "119"), ("孩子入学报名", "12345"),
])  # fmt: skip
def test_the_office_is_named(text: str, number: str) -> None:
    office = find(text)
    assert office is not None and number in t(f"elsewhere.{office.key}")


def test_only_numbers_with_a_source_count_as_checked() -> None:
    assert {office.key for office in OFFICES if office.source.verified} == {"tax", "exit_entry", "legal_aid", "transport"}


def test_nothing_is_named_for_the_rest_and_a_guide_keeps_its_own_matters() -> None:
    assert find("今天天气怎么样") is None
    guide = small_guide()
    assert strange_to("个税怎么申报", guide) is not None
    assert strange_to("要交税吗", guide.model_copy(update={"summary": "领照后按月报税"})) is None
