"""Signs by what their names sound nearest to, however a recogniser wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.components.patterns.codes import USCC_ALPHABET
from assistant.speech.hearing.nearest import nearest

ANY = [USCC_ALPHABET] * 4


def likeliest(text: str, count: int = 4) -> list[str]:
    found = nearest(text, [USCC_ALPHABET] * count)
    return sorted(found, key=lambda signs: -found[signs])


@pytest.mark.parametrize(
    ("written", "said", "among"),
    [
        ("矮目A巴士", "MA84", 1), ("爱慕诶一开", "MA1K", 2), ("三提艾漏零", "3TL0", 1), ("由爱夫司林", "UF40", 1),
        ("I'm AYP", "MAYP", 1), ("AYMU E 03", "MA03", 5), ("P-R-D-W", "PRDW", 1), ("达不溜九埃弗零", "W9F0", 1),
        ("第五五千", "D557", 4), ("阿姨溜恩", "R16N", 5), ("ＭＡ１Ｋ", "MA1K", 2),
    ],
)  # fmt: skip
def test_what_was_said_is_among_what_it_sounds_like(written: str, said: str, among: int) -> None:
    assert said in likeliest(written)[:among]


@pytest.mark.parametrize(("written", "said"), [("六诶", "6A"), ("一屁", "1P"), ("二五", "25"), ("七二", "72")])
def test_two_signs(written: str, said: str) -> None:
    assert said in likeliest(written, 2)[:3]


@pytest.mark.parametrize("text", ["", "……", "嗯", "对", "公司地址变更怎么办理", "ß"])
def test_what_sounds_like_nothing_of_the_kind(text: str) -> None:
    assert not nearest(text, ANY)


def test_only_what_is_allowed_at_its_place() -> None:
    assert set(nearest("联务联务", ["0123456789"] * 4)) and all(signs.isdigit() for signs in nearest("联务联务", ["0123456789"] * 4))
    assert all(signs.startswith("MA") for signs in nearest("安慰诶零三", ["M", "A", *ANY[:2]]))


@given(st.text(USCC_ALPHABET, min_size=4, max_size=4), st.sampled_from(["", " ", "，"]))
def test_signs_that_are_written_are_among_the_likeliest(signs: str, between: str) -> None:
    """E and 1, and some other pairs, have one name: both are likely."""
    assert signs in likeliest(between.join(signs))[:8]


@given(st.text(max_size=40), st.integers(1, 6))
def test_likelihoods_are_shares_whatever_was_written(text: str, count: int) -> None:
    found = nearest(text, [USCC_ALPHABET] * count)
    assert sum(found.values()) <= 1.0 + 1e-9
    assert all(len(signs) == count and 0 < share <= 1 for signs, share in found.items())
