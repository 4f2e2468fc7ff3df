"""The mouth: every sound has its shapes, and the shapes cover the sound, one after another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.engines.base import Phone
from assistant.speech.speaking.syllables import FINALS as SPOKEN_FINALS
from assistant.speech.speaking.syllables import INITIALS as SPOKEN_INITIALS
from assistant.speech.speaking.visemes import ENGLISH, FINALS, INITIALS, NAMES, shapes, visemes

SYMBOLS = ["sil", *INITIALS, *(f"{final}{tone}" for final in FINALS for tone in range(1, 6)), *(f"en:{sound}" for sound in ENGLISH)]


def test_there_are_the_fifteen_of_oculus() -> None:
    assert len(set(NAMES)) == 15


def test_every_initial_and_final_has_shapes() -> None:
    assert set(INITIALS) == set(SPOKEN_INITIALS)
    assert set(FINALS) == set(SPOKEN_FINALS)
    assert {shape for symbol in SYMBOLS for shape in shapes(symbol)} == set(NAMES)


@pytest.mark.parametrize(
    ("symbol", "said"),
    [("b", "PP"), ("f", "FF"), ("d", "DD"), ("l", "nn"), ("h", "kk"), ("q", "CH"), ("zh", "CH"), ("r", "RR"), ("c", "SS"), ("ai4", "aa I"),
     ("ao3", "aa O"), ("ang1", "aa nn"), ("ong2", "O nn"), ("uei4", "U E I"), ("er2", "E RR"), ("v3", "U"), ("en:T", "TH"), ("sil", "sil")],
)  # fmt: skip
def test_shapes(symbol: str, said: str) -> None:
    assert " ".join(shapes(symbol)) == said


def test_a_sound_nobody_knows_is_an_open_mouth_and_no_fault() -> None:
    assert shapes("??") == ("E",)


@given(st.lists(st.tuples(st.sampled_from(SYMBOLS), st.floats(0, 0.5), st.floats(0, 0.2)), max_size=30))
def test_shapes_cover_the_sound_in_order_and_end_with_it(given_: list[tuple[str, float, float]]) -> None:
    at, phones = 0.0, []
    for symbol, length, gap in given_:
        phones.append(Phone(symbol, at + gap, at + gap + length))
        at += gap + length
    made = visemes(phones)
    end = max((phone.end_s for phone in phones if phone.end_s > phone.start_s), default=0.0)
    assert not made or made[0].start_s == 0.0
    assert not made or abs(made[-1].end_s - end) < 1e-9
    for before, after in pairwise(made):
        assert before.end_s == after.start_s
        assert before.name != after.name
    assert all(one.end_s > one.start_s and one.name in NAMES for one in made)


@given(st.lists(st.tuples(st.sampled_from(SYMBOLS), st.floats(0, 3), st.floats(-1, 1)), max_size=20))
def test_sounds_that_overlap_make_no_shapes_that_do(given_: list[tuple[str, float, float]]) -> None:
    made = visemes(Phone(symbol, start, start + length) for symbol, start, length in given_)
    assert all(before.end_s == after.start_s for before, after in pairwise(made))


def test_the_main_vowel_takes_longest() -> None:
    first, second, third = visemes([Phone("uei4", 0.0, 0.3)])
    assert second.end_s - second.start_s > max(first.end_s - first.start_s, third.end_s - third.start_s)
