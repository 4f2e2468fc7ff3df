"""What other answers tell: each derivation, what it does not know, what is waited for, and what lint says of a slip."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assistant.engine.components.patterns.codes import id_check_digit
from knowledge.derivations import Settled, region_of, same_region, worked_out
from knowledge.lint import lint
from knowledge.settling import awaited, cycles, settled
from tests.unit.knowledge.full_guides import FULL, TODAY
from tests.unit.knowledge.test_catalogue import SIGN, spoil
from tests.unit.knowledge.test_lint import templates_dir

__all__ = ["templates_dir"]

PUDONG, JINGAN, SUZHOU = "上海市浦东新区示例路100号2幢301室", "静安区样板路88号1幢501室", "江苏省苏州市示例区样板路1号"
MAN, WOMAN = "310115199003070017", "310101198512120024"


def entry(**form: Any) -> Settled:
    return Settled.model_validate({"field": "target", **form})


def number(born: date, male: bool = True) -> str:
    first = f"310101{born:%Y%m%d}00{1 if male else 2}"
    return first + id_check_digit(first)


@pytest.mark.parametrize(("one", "other", "district", "city"), [
    (PUDONG, JINGAN, False, True),
    (PUDONG, "浦东新区样板路9号601室", True, True),
    (PUDONG, SUZHOU, False, False),
    (PUDONG, "上海市示例路8号", None, True),  # names no district
    (PUDONG, "样板路88号1幢501室", None, None),
    (PUDONG, "朝阳区示例街1号", None, None),  # there are several of this name
    ("广东省中山市石岐街道示例路2号", "中山市东区街道样板路7号", None, True),  # a city without districts
    ("广东省广州市示例区样板路12号", "广东省示例路1号", None, None),
    ("广东省广州市天河区样板路12号", "广东省深圳市南山区示例路1号", False, False),
])
def test_two_addresses(one: str, other: str, district: bool | None, city: bool | None) -> None:
    for form, told in (("same_district", district), ("same_city", city)):
        for pair in (("a", one, "b", other), ("a", other, "b", one)):
            values = {pair[0]: pair[1], pair[2]: pair[3]}
            found = worked_out(entry(**{form: ["a", "b"]}, then="no", **{"else": "yes"}), values, TODAY)
            assert found == {None: None, True: "no", False: "yes"}[told], (form, pair)


def test_a_county_run_by_its_province_is_a_city_of_its_own() -> None:
    assert same_region("429004", "429005", "city") is False and same_region("429004", "429004", "city") is True
    assert same_region(None, "310115", "city") is None


@pytest.mark.parametrize(("born", "least", "told"), [
    (date(1961, 11, 10), 65, True), (date(1961, 11, 11), 65, False), (date(2008, 2, 29), 18, True), (date(2030, 1, 1), 1, None),
])  # fmt: skip
def test_age_is_completed_years_of_a_number_or_a_date(born: date, least: int, told: bool | None) -> None:
    wanted = entry(age_at_least={"a": least}, then="yes", **{"else": "no"})
    for value in (number(born), born.isoformat()):
        assert worked_out(wanted, {"a": value}, TODAY) == {None: None, True: "yes", False: "no"}[told]
    assert worked_out(wanted, {"a": number(born)}, None) is None, "without a day nobody has an age"


def test_each_must_be_old_enough_and_one_who_is_not_decides() -> None:
    wanted = entry(age_at_least={"man": 22, "woman": 20}, then="yes", **{"else": "no"})
    old, young = number(date(1990, 1, 1)), number(date(2008, 1, 1))
    assert worked_out(wanted, {"man": old, "woman": old}, TODAY) == "yes"
    assert worked_out(wanted, {"man": old, "woman": young}, TODAY) == "no"
    assert worked_out(wanted, {"man": old}, TODAY) is None
    assert worked_out(wanted, {"man": old, "woman": "E00000001"}, TODAY) is None


def test_sex_and_birth_of_a_number_that_is_one() -> None:
    assert [worked_out(entry(is_male="a", then="man"), {"a": held}, TODAY) for held in (MAN, WOMAN, "E00000001")] == ["man", None, None]
    assert [worked_out(entry(birth_of="a"), {"a": held}, TODAY) for held in (MAN, "E00000001")] == ["1990-03-07", None]
    assert worked_out(entry(birth_of="a"), {"a": "310115199013070017"}, TODAY) is None


def test_a_value_may_wait_for_what_its_condition_is_about() -> None:
    guide = FULL["road-freight-permit"]
    fleet = [{"kind": "重型厢式货车", "mass": 18000}, {"kind": "轻型厢式货车", "mass": 4400}]
    assert "light_only" in awaited(guide, {}, {})
    assert "light_only" not in settled(guide, {})
    assert settled(guide, {"fleet": fleet})["light_only"] == "no"
    assert settled(guide, {"fleet": fleet[1:]})["light_only"] == "yes"


@pytest.mark.parametrize("form", [
    {}, {"value": "a", "from": "b"}, {"same_city": ["a"], "then": "x"}, {"same_city": ["a", "b"]}, {"value": "a", "then": "x"},
    {"is_male": "a", "birth_of": "a", "then": "x"}, {"from": "a", "told_by": ["b"]}, {"age_at_least": {}, "then": "x"},
])  # fmt: skip
def test_one_form_and_what_belongs_to_it(form: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        entry(**form)


def test_what_can_no_more_be_told_is_asked() -> None:
    guide = FULL["company-address-change"]
    assert "cross_registry" in awaited(guide, {}, {})
    assert "cross_registry" in awaited(guide, {"old_address": PUDONG}, {"old_address": PUDONG})
    known = {"old_address": PUDONG, "new_address": "样板路88号1幢501室"}
    assert "cross_registry" not in awaited(guide, known, known) and "cross_registry" not in settled(guide, known)
    assert "cross_registry" not in awaited(guide, {}, {"old_address": None}), "put aside for good: nothing will come"


def test_no_guide_settles_in_a_circle_and_every_derivation_is_used() -> None:
    assert not [code for code, guide in FULL.items() if cycles(guide)]
    used = {entry.form for guide in FULL.values() for entry in guide.settled if entry.derived}
    assert used == {"value", "same_district", "same_city", "age_at_least", "is_male", "birth_of"}


PLACES = st.sampled_from([PUDONG, JINGAN, SUZHOU, "样板路1号", "上海市示例路8号", "浦东新区样板路9号", "中山市东区街道样板路7号"])


@given(old=PLACES, new=PLACES)
def test_never_against_the_answers_it_comes_from(old: str, new: str) -> None:
    told = settled(FULL["company-address-change"], {"old_address": old, "new_address": new, "cross_registry": "no"})
    here, there = region_of(old), region_of(new)
    whole = here is not None and there is not None and here[4:] != "00" and there[4:] != "00"
    if told.get("cross_registry") == "no":
        assert here == there
    if told.get("cross_registry") == "yes":
        assert here != there
    assert "cross_registry" in told or not whole


@given(born=st.dates(date(1926, 1, 1), TODAY), male=st.booleans())
def test_a_number_says_the_same_of_age_sex_and_birth(born: date, male: bool) -> None:
    held = number(born, male)
    old = settled(FULL["senior-card"], {"id_number": held}, TODAY)["over_65"]
    assert old == ("yes" if (TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))) >= 65 else "no")
    child = settled(FULL["birth-certificate-reissue"], {"role": "grown", "id_number": held, "applicant_name": "张三"}, TODAY)
    assert child == {"child_name": "张三", "child_sex": "male" if male else "female", "birth_date": born.isoformat()}
    assert settled(FULL["retirement"], {"id_number": held}, TODAY) == ({"worker_kind": "man"} if male else {})


@pytest.mark.parametrize(("line", "why"), [
    ("{field: lit, same_city: [shop_name, shop_name], then: \"yes\"}", "不能从 shop_name 看出来"),
    ("{field: premises, value: rented}", "rented"),
    ("{field: premises, from: lit}\n  - {field: lit, from: premises}", "绕成了圈"),
    ("{field: lit, from: nobody}", "nobody"),
    ("{field: lit, value: \"yes\", from: premises}", "写法不对"),
    ("{field: lit, birth_of: shop_name}", "birth_of"),
])
def test_lint_says_what_where_and_what_to_do(guides_dir: Path, request: pytest.FixtureRequest, line: str, why: str) -> None:
    folder = request.getfixturevalue("templates_dir")
    spoil(guides_dir, "materials:\n", f"settled:\n  - {line}\nmaterials:\n")
    problems = [problem for problem in lint(guides_dir, folder) if why in problem.why]
    assert problems and all(problem.file == SIGN and problem.remedy and problem.line > 1 for problem in problems)


@pytest.mark.parametrize(("hint", "why"), [
    ("herself: [nobody]", "herself"), ("prefill: [\"person(buyer_id,shop_name).phone\"]", "person(buyer_id,shop_name).phone"),
    ("prefill: [\"person(shop_name).phone\"]", "person(shop_name).phone"),
])  # fmt: skip
def test_lint_finds_slips_in_who_is_looked_up(guides_dir: Path, request: pytest.FixtureRequest, hint: str, why: str) -> None:
    folder = request.getfixturevalue("templates_dir")
    spoil(guides_dir, "  - key: shop_name\n", f"  - key: shop_name\n    {hint}\n")
    problems = [problem for problem in lint(guides_dir, folder) if why in problem.why]
    assert problems and all(problem.file == SIGN and problem.remedy for problem in problems)
