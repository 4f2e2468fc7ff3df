"""Check digits catch every single mistake; official codes that fail their own are doubted, never refused for good."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields import identifiers
from assistant.casework.fields.result import Accepted, Rejected
from assistant.foundation.settings import ROOT

TODAY = date(2026, 11, 10)
VECTORS = ROOT.parent / "shared" / "data" / "uscc_vectors.tsv"

births = st.dates(date(1930, 1, 1), TODAY)
first17 = st.builds(lambda region, born, order: f"{region}{born:%Y%m%d}{order:03d}",
                    st.sampled_from(["110105", "310115", "440106", "650102"]), births, st.integers(0, 999))  # fmt: skip
uscc17 = st.text(identifiers.USCC_ALPHABET, min_size=17, max_size=17)


@given(first17)
def test_a_right_identity_number_is_taken_in_any_writing(head: str) -> None:
    number = head + identifiers.id_check_digit(head)
    for written in (number, number.lower(), f"我的身份证号是{number[:6]} {number[6:14]} {number[14:]}",
                    number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))):  # fmt: skip
        assert identifiers.parse_id_number(written, TODAY) == Accepted(number, number)


@given(first17, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_of_an_identity_number_is_caught(head: str, place: int, step: int) -> None:
    number = head + identifiers.id_check_digit(head)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert isinstance(identifiers.parse_id_number(wrong, TODAY), Rejected)


@given(uscc17, st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_of_a_credit_code_is_doubted(head: str, place: int, step: int) -> None:
    code = head + identifiers.uscc_check_digit(head)
    assert identifiers.parse_uscc(code) == Accepted(code, code)
    alphabet = identifiers.USCC_ALPHABET
    wrong = code[:place] + alphabet[(alphabet.index(code[place]) + step) % 31] + code[place + 1 :]
    doubted = identifiers.parse_uscc(wrong)
    assert isinstance(doubted, Rejected) and doubted.insist is not None and doubted.insist.value == wrong


def test_real_codes_keep_their_verdict() -> None:
    if not VECTORS.exists():
        pytest.skip("the table of real codes is not beside this checkout")
    rows = [line.split("\t") for line in Path(VECTORS).read_text(encoding="utf-8").splitlines()[1:]]
    for code, _agency, fits in rows:
        read = identifiers.parse_uscc(code)
        assert isinstance(read, Accepted) is (fits.strip() == "True"), code
        assert isinstance(read, Accepted) or read.insist is not None, f"{code} must not be refused for good"


@pytest.mark.parametrize(("written", "code"), [
    ("11010519491231002", "id_length"), ("", "id_length"), ("110105194902300021", "id_birth"), ("990105194912310023", "id_region"),
    ("110105194912310021", "id_check_digit"), ("110105203912310029", "id_birth"),
])  # fmt: skip
def test_what_is_wrong_with_an_identity_number_is_said(written: str, code: str) -> None:
    read = identifiers.parse_id_number(written, TODAY)
    assert isinstance(read, Rejected) and read.code == code and read.message


@pytest.mark.parametrize(("written", "number"), [
    ("13800138000", "13800138000"), ("138 0013 8000", "13800138000"), ("+86-138-0013-8000", "13800138000"),
    ("幺三八零零一三八零零零", "13800138000"), ("我手机是１３８００１３８０００", "13800138000"), ("021-12345678", "021-12345678"),
    ("座机02112345678转801", "021-12345678-801"),
])  # fmt: skip
def test_telephone_numbers_as_people_write_them(written: str, number: str) -> None:
    assert identifiers.parse_phone(written) == Accepted(number, number)


@pytest.mark.parametrize("written", ["1380013800", "138001380001", "12345678", "电话", "23800138000"])
def test_what_is_no_telephone_number(written: str) -> None:
    assert isinstance(identifiers.parse_phone(written), Rejected)
