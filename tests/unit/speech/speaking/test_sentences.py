"""Sentence by sentence: nothing is lost, nothing is said twice, no sentence is long."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.speaking.sentences import LONGEST, sentences


def test_sentences_are_cut_at_their_ends() -> None:
    assert sentences("请准备身份证。带上户口本！还有别的吗？") == ["请准备身份证。", "带上户口本！", "还有别的吗？"]


def test_a_word_alone_goes_with_what_follows() -> None:
    assert sentences("好的。请说您的手机号。") == ["好的。请说您的手机号。"]


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    text = "，".join(["请把营业执照正副本和公章都带到二楼的窗口"] * 6) + "。"
    cut = sentences(text)
    assert len(cut) > 1 and all(len(one) <= LONGEST for one in cut) and all(one[-1] in "，。" for one in cut)


def test_english_sentences() -> None:
    assert sentences("Please wait here. The clerk is coming. Thank you") == ["Please wait here.", "The clerk is coming.", "Thank you"]


@given(st.text(alphabet="请带好证件去二楼，。！？；、（）a b.\n", max_size=300))
def test_nothing_is_lost_and_nothing_is_long(text: str) -> None:
    cut = sentences(text)
    assert re.sub(r"\s", "", "".join(cut)) == re.sub(r"\s", "", text)
    assert all(one and len(one) <= LONGEST for one in cut)
