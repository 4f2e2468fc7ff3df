"""Anti-forgery codes: every slip of one hand is noticed, whatever the books say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.results.codes import ALPHABET, LENGTH, BadCode, check_sign, grouped, new_code, read_code

BODIES = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def test_no_two_signs_look_alike() -> None:
    for alike in ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "UV"):
        assert len(set(alike) & set(ALPHABET)) <= 1


@given(BODIES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(body: str, place: int, other: str) -> None:
    code = body + check_sign(body)
    assert read_code(code) == code
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadCode) as caught:
            read_code(wrong)
        assert caught.value.reason == "check"


@given(BODIES, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_signs_that_changed_places_are_noticed(body: str, one: int, two: int) -> None:
    signs = list(body + check_sign(body))
    signs[one], signs[two] = signs[two], signs[one]
    if "".join(signs) != body + check_sign(body):
        with pytest.raises(BadCode):
            read_code("".join(signs))


def test_it_is_read_as_people_type_it() -> None:
    code = new_code()
    assert read_code(f"  {grouped(code).lower()} ") == code
    assert read_code("".join(chr(ord(sign) + 0xFEE0) for sign in code)) == code  # full-width


@pytest.mark.parametrize(("said", "reason"), [("", "length"), ("2346", "length"), ("2346-7O89", "sign"), ("<script>", "sign")])
def test_what_is_no_code_is_told_from_a_slip(said: str, reason: str) -> None:
    with pytest.raises(BadCode) as caught:
        read_code(said)
    assert caught.value.reason == reason


def test_no_code_twice() -> None:
    assert len({new_code() for _ in range(1000)}) == 1000
