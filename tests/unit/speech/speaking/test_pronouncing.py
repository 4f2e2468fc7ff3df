"""Words with several readings by the table, tones as they change in speech, and every syllable as its sounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style
from pypinyin.constants import PINYIN_DICT
from pypinyin.style import convert

from assistant.speech.speaking.pronouncing import pinyin, pronounce, readings
from assistant.speech.speaking.syllables import FINALS, INITIALS, NotPinyin, spell, split

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("polyphones.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "read"), ROWS, ids=[row[0] for row in ROWS])
def test_polyphones(text: str, read: str) -> None:
    assert " ".join(pinyin(text)) == read


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("你好", "23"), ("展览馆", "223"), ("不对", "24"), ("不行", "42"), ("不好", "43"), ("一个", "25"), ("一次", "24"), ("一起", "43"),
        ("一张", "41"), ("第一次", "414"), ("十一月", "214"), ("二零二一年", "42412"), ("一万", "24"), ("请你", "23"),
    ],
)  # fmt: skip
def test_tones_change_beside_each_other(text: str, tones: str) -> None:
    said = "".join(str(one.tone) for one in pronounce(text))
    assert said.replace("5", "4") == tones.replace("5", "4")


def test_a_stop_keeps_tones_apart() -> None:
    assert [one.tone for one in pronounce("好，请")] == [3, 3]


def test_stops_and_words_are_marked() -> None:
    said = pronounce("请准备营业执照，去二楼。")
    assert [one.text for one in said if one.pause == 2] == ["照"]
    assert said[-1].pause == 3
    assert said[0].word and sum(one.word for one in said) < len(said)


def test_letters_are_said_by_their_names() -> None:
    assert [one.text for one in pronounce("A四纸")] == ["A", "四", "纸"]
    assert set(readings()["letters"]) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _inventory() -> list[str]:
    """Every syllable pypinyin knows, with its tone as a figure."""
    return sorted({
        convert(reading, Style.TONE3, strict=False) for readings_ in PINYIN_DICT.values() for reading in readings_.split(",") if reading
    })  # fmt: skip


def test_every_syllable_of_the_inventory_has_its_sounds() -> None:
    inventory = _inventory()
    assert len(inventory) > 1200
    unknown = []
    for syllable in inventory:
        try:
            initial, final, tone = split(syllable)
        except NotPinyin:
            unknown.append(syllable)
            continue
        assert initial in ("", *INITIALS) and final in FINALS and 1 <= tone <= 5
    assert not unknown


@given(st.sampled_from(["", *INITIALS]), st.sampled_from(FINALS), st.integers(1, 5))
def test_spelling_back_gives_the_same_sounds(initial: str, final: str, tone: int) -> None:
    written = spell(initial, final, tone)
    try:
        said = split(written)
    except NotPinyin:
        return  # a pair Mandarin does not have
    if said[:2] == (initial, final):
        assert said[2] == tone
    else:  # the pair is not Mandarin's: b+iii, j+u
        assert spell(*said) == written


def test_what_is_no_syllable_is_said_so() -> None:
    for text in ("", "xyz1", "zhzh", "b", "1", "你"):
        with pytest.raises(NotPinyin):
            split(text)


@given(st.text(max_size=40))
def test_any_text_has_a_pronunciation_or_none(text: str) -> None:
    for one in pronounce(text):
        assert one.final in FINALS and one.initial in ("", *INITIALS)
