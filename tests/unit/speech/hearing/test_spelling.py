"""Names spelled out: the table holds, each of its lines is understood, and a name without spelling stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.speech.hearing import spelling
from assistant.speech.hearing.sounds import alike
from tests.unit.casework.fields.test_said import TODAY, asked_for
from tests.unit.casework.fields.test_said import rows as typed_rows

LINES = spelling._table()


def test_the_table_has_enough_lines_and_none_twice() -> None:
    assert len(LINES) >= 150 and len(set(LINES)) == len(LINES)
    assert all(len(character) == 1 for _, character in LINES)


@pytest.mark.parametrize(("parts", "character"), LINES)
def test_every_line_is_understood(parts: str, character: str) -> None:
    assert spelling.named(f"王{character}，{parts}{character}") == f"王{character}"
    assert spelling.named(f"王{character}，{parts}的{character}") == f"王{character}"


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("章伟，弓长章", "张伟"), ("张三，李早张", "章三"), ("徐静，言五徐", "许静"), ("林一", "林一"), ("陈辰，早晨的晨", "陈晨"),
        ("弓长张，三横王", "张王"), ("我姓章，立早章，叫敏", "章敏"), ("Jon Smith, J O H N", "John Smith"), ("S M I T H", "Smith"),
    ],
)  # fmt: skip
def test_what_was_heard_wrong_is_told_apart(heard: str, name: str) -> None:
    assert spelling.named(heard) == name


def test_a_name_that_is_not_spelled_stays_as_it_is() -> None:
    spelled = ("弓长张", "立早章", "J-O")
    for kind, sentence, wanted, _ in typed_rows():
        if kind == "person_name" and wanted[0] not in "!?~" and not any(part in sentence for part in spelled):
            read = parse(asked_for(kind, ""), spelling.named(sentence), TODAY, {})
            assert isinstance(read, Accepted) and str(read.value) == wanted, sentence


@given(st.sampled_from(LINES), st.sampled_from("王李赵钱孙周"))
def test_only_the_character_that_sounds_like_it_changes(line: tuple[str, str], surname: str) -> None:
    parts, character = line
    name = spelling.named(f"{surname}一鸣，{parts}{character}")
    assert len(name) == 3
    assert all(new == old or (new == character and alike(old, new)) for old, new in zip(f"{surname}一鸣", name, strict=True))
