"""Check digits catch every single mistake; official codes that fail their own are doubted, never refused for good."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.casework.fields import extract, identifiers
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted, Rejected
from assistant.engine.components.patterns import codes
from assistant.foundation.settings import ROOT
from knowledge.schema import GuideField

TODAY = date(2026, 11, 10)
VECTORS = ROOT.parent / "shared" / "data" / "uscc_vectors.tsv"

births = st.dates(date(1930, 1, 1), TODAY)
first17 = st.builds(lambda region, born, order: f"{region}{born:%Y%m%d}{order:03d}",
                    st.sampled_from(["110105", "310115", "440106", "650102"]), births, st.integers(0, 999))  # fmt: skip
uscc17 = st.text(codes.USCC_ALPHABET, min_size=17, max_size=17)


@given(first17)
def test_a_right_identity_number_is_taken_in_any_writing(head: str) -> None:
    number = head + codes.id_check_digit(head)
    for written in (number, number.lower(), f"我的身份证号是{number[:6]} {number[6:14]} {number[14:]}",
                    number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))):  # fmt: skip
        assert identifiers.parse_id_number(written, TODAY) == Accepted(number, number)


@given(first17, st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_of_an_identity_number_is_caught(head: str, place: int, step: int) -> None:
    number = head + codes.id_check_digit(head)
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert isinstance(identifiers.parse_id_number(wrong, TODAY), Rejected)


@given(uscc17, st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_of_a_credit_code_is_doubted(head: str, place: int, step: int) -> None:
    code = head + codes.uscc_check_digit(head)
    read = identifiers.parse_uscc(code)
    assert isinstance(read, Accepted) and read.value == code
    assert (read.warning is None) == (code[2:4] == "10" or code[2:4] in codes.PROVINCES)
    alphabet = codes.USCC_ALPHABET
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


@pytest.mark.parametrize(("written", "number"), [
    ("+44 20 7946 0958", "+442079460958"), ("+44 (0)20 7946 0958", "+442079460958"), ("0044 20 7946 0958", "+442079460958"),
    ("＋６５ ６０００ ００００", "+6560000000"), ("+852-2345-6789", "+85223456789"), ("+1 (415) 555-0132", "+14155550132"),
    ("my number is +1.415.555.0132, thanks", "+14155550132"), ("+353 1 234 5678", "+35312345678"), ("我的电话是+81-3-1234-5678", "+81312345678"),
    ("13800138000", "13800138000"), ("+86 138 0013 8000", "13800138000"), ("008613800138000", "13800138000"), ("021-12345678", "021-12345678"),
])  # fmt: skip
def test_numbers_of_any_country_where_the_field_takes_them(written: str, number: str) -> None:
    assert identifiers.parse_phone(written, international=True) == Accepted(number, number)


@pytest.mark.parametrize(
    "written", ["+44 20", "20 7946 0958", "+999 1234 5678", "+1 015 555 0132", "+44 1234 5678 9012 3456", "phone", "+"]
)
def test_what_is_no_number_anywhere(written: str) -> None:
    read = identifiers.parse_phone(written, international=True)
    assert isinstance(read, Rejected) and "+44" in read.message


@pytest.mark.parametrize("written", ["+44 20 7946 0958", "+44 02079460958", "+6560000000"])
def test_a_mainland_field_says_what_it_wants(written: str) -> None:
    read = identifiers.parse_phone(written)
    assert isinstance(read, Rejected) and read.code == "phone_abroad"
    assert identifiers.parse_phone(f"{written} 或者 13800138000") == Accepted("13800138000", "13800138000")


COUNTRIES = ["7", "20", "44", "49", "65", "81", "82", "84", "91", "353", "852", "886", "971"]
GAPS = st.sampled_from(["", " ", "-", "."])


@given(
    st.sampled_from(COUNTRIES),
    st.text("0123456789", min_size=6, max_size=11),
    GAPS,
    st.integers(2, 4),
    st.sampled_from(["+", "00"]),
)
def test_a_number_reads_the_same_however_it_is_grouped(country: str, rest: str, gap: str, size: int, plus: str) -> None:
    rest = "2" + rest[1:]
    groups = gap.join(rest[at : at + size] for at in range(0, len(rest), size))
    read = identifiers.parse_phone(f"{plus}{country}{gap}{groups}", international=True)
    assert read == Accepted(f"+{country}{rest}", f"+{country}{rest}")
    assert identifiers.parse_phone(f"+{country}{rest}", international=True) == read


@given(st.text(max_size=60))
def test_no_text_breaks_the_telephone(text: str) -> None:
    assert isinstance(identifiers.parse_phone("+" + text, international=True), Accepted | Rejected)


def test_the_field_decides() -> None:
    field = GuideField.model_validate(
        {"key": "f", "label": "电话", "type": "phone", "question": "?", "why": "x", "international": True}
    )
    assert isinstance(parse(field, "+44 20 7946 0958", TODAY, {}), Accepted)
    assert extract.plainly_answers(field, "+44 20 7946 0958", TODAY)
    mainland = field.model_copy(update={"international": False})
    assert isinstance(parse(mainland, "+44 20 7946 0958", TODAY, {}), Rejected)
    with pytest.raises(ValueError, match="cannot be international"):
        GuideField.model_validate({**field.model_dump(), "type": "email"})
