"""What sounds alike to a recogniser is alike."""

from __future__ import annotations

import pytest

from assistant.engine.components.pinyin import syllables


@pytest.mark.parametrize(
    ("meant", "heard"),
    [("住所变更", "助所便更"), ("时限", "实现"), ("章程", "脏层"), ("年龄", "连零"), ("证明", "真民"), ("生育", "森玉")],
)
def test_homophones_share_their_syllables(meant: str, heard: str) -> None:
    assert syllables(meant) == syllables(heard)


def test_different_sounds_stay_apart() -> None:
    assert syllables("补领") != syllables("换领")


def test_what_is_no_character_stays_itself() -> None:
    assert syllables("a1 \ue000") == ["a", "1", "\ue000"]
