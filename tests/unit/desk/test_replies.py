"""Canned replies: the shipped file is sound, and nobody's whole name is put in."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assistant.desk.replies import FIELDS, Canned, canned, filled, surname


def test_the_shipped_replies_are_read_and_use_fields_there_are() -> None:
    found = canned()
    assert len({one.code for one in found}) == len(found) > 5
    assert {one.then for one in found} == {None, "wrap_up", "transfer"}


def test_a_field_that_is_not_known_is_no_reply() -> None:
    with pytest.raises(ValidationError, match="身份证号"):
        Canned(code="x", title="x", text="您的{身份证号}")


def test_what_is_not_known_stays_to_be_filled_in() -> None:
    every = "".join(f"{{{field}}}" for field in FIELDS)
    assert filled(every, {}) == "".join(f"〔{field}〕" for field in FIELDS)
    assert filled("{姓名称呼}，您好", {"姓名称呼": "张女士"}) == "张女士，您好"


@pytest.mark.parametrize(("name", "said"), [("张三", "张"), ("欧阳小四", "欧阳"), ("欧阳", "欧")])
def test_surnames(name: str, said: str) -> None:
    assert surname(name) == said
