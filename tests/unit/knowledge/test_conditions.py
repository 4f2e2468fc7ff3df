"""Conditions, and what is settled before everything is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.conditions import holds
from knowledge.schema import Condition, Guide, condition_fields
from knowledge.situations import describe, open_fields, verdict

VALUES: dict[str, list[Any]] = {
    "premises": ["own", "leased"], "lit": ["yes", "no"], "sign_area": ["3", "10", "12.5"], "shop_name": ["示例店"],
}

leaves = st.one_of(
    st.builds(lambda v: {"field": "premises", "is": v}, st.sampled_from(["own", "leased"])),
    st.builds(lambda v: {"field": "lit", "in": v}, st.lists(st.sampled_from(["yes", "no"]), min_size=1)),
    st.builds(lambda v: {"field": "sign_area", "over": v}, st.integers(0, 20)),
    st.builds(lambda v: {"field": "sign_area", "under": v}, st.integers(0, 20)),
    st.builds(lambda v: {"field": "shop_name", "known": v}, st.booleans()),
    st.builds(lambda v: {"field": "sign_area", "sum_of": v}, st.lists(st.sampled_from(["sign_area", "shop_name"]), min_size=1, max_size=2)),
)
conditions = st.recursive(leaves, lambda inner: st.one_of(
    st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
    st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
    st.builds(lambda part: {"not": part}, inner),
), max_leaves=6).map(Condition.model_validate)
answered = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})
everything = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in VALUES.items()})


@given(conditions, everything)
def test_not_is_the_opposite(condition: Condition, values: dict[str, Any]) -> None:
    assert holds(Condition.model_validate({"not": condition}), values) is not holds(condition, values)


@given(st.lists(conditions, min_size=1, max_size=3), everything)
def test_all_and_any(parts: list[Condition], values: dict[str, Any]) -> None:
    assert holds(Condition.model_validate({"all": parts}), values) == all(holds(part, values) for part in parts)
    assert holds(Condition.model_validate({"any": parts}), values) == any(holds(part, values) for part in parts)


def test_unanswered_never_holds() -> None:
    for raw in ({"field": "lit", "is": "no"}, {"field": "lit", "in": ["no"]}, {"field": "sign_area", "under": 5}):
        assert not holds(Condition.model_validate(raw), {})
    assert holds(None, {})


def test_multi_contains() -> None:
    assert holds(Condition.model_validate({"field": "food", "is": "cold"}), {"food": ["hot", "cold"]})
    assert not holds(Condition.model_validate({"field": "food", "in": ["raw"]}), {"food": ["hot", "cold"]})


SUM = Condition.model_validate({"field": "total", "sum_of": ["a", "b", "c"]})


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=3), st.integers(-1, 1))
def test_a_sum_is_exact_to_the_cent(parts: list[Decimal], cents: int) -> None:
    """As numbers come from answers: whole ones as int, others as float of two places."""
    numbers = [int(part) if part == part.to_integral_value() else float(part) for part in parts]
    total = sum(parts) + Decimal(cents) / 100
    values = {**dict(zip("abc", numbers, strict=False)), "total": float(total)}
    assert holds(SUM, values) is (cents == 0)


@pytest.mark.parametrize("values", [{}, {"total": 5}, {"a": 5}, {"total": 5, "a": "五"}, {"total": 5, "a": 2, "b": 2}])
def test_what_is_no_sum(values: dict[str, Any]) -> None:
    assert not holds(SUM, values)


def test_a_sum_counts_only_what_was_answered() -> None:
    assert holds(SUM, {"total": 5, "b": 5})
    assert condition_fields(SUM) == ["total", "a", "b", "c"]


@pytest.mark.parametrize("raw", [{"field": "a", "sum_of": ["b"], "is": 1}, {"field": "a"}, {"field": "a", "is": 1, "over": 2}, {"all": [], "any": []}, {"is": 1}, {}])
def test_malformed_conditions_are_no_conditions(raw: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="condition"):
        Condition.model_validate(raw)


@pytest.fixture(scope="module")
def guide(fixture_catalogue: Any) -> Guide:
    found: Guide = fixture_catalogue.guides["shop-sign"]
    return found


@given(condition=conditions, values=answered, later=everything)
def test_a_verdict_is_never_taken_back(guide: Guide, condition: Condition, values: dict[str, Any], later: dict[str, Any]) -> None:
    """Whatever is answered later, what was settled stays settled, and settled means what ``holds`` says."""
    settled = verdict(condition, guide, values)
    if settled is not None:
        assert holds(condition, {**later, **values}) is settled
        assert not open_fields([condition], guide, values)
    else:
        assert open_fields([condition], guide, values), "somebody must be able to settle it"


@given(condition=conditions, values=everything)
def test_everything_answered_settles_everything(guide: Guide, condition: Condition, values: dict[str, Any]) -> None:
    assert verdict(condition, guide, values) is holds(condition, values)


def test_what_cannot_apply_any_more_is_settled(guide: Guide) -> None:
    consent = Condition.model_validate({"field": "owner_present", "is": "yes"})
    assert verdict(consent, guide, {}) is None
    assert verdict(consent, guide, {"premises": "leased"}) is None
    assert verdict(consent, guide, {"premises": "own"}) is False
    assert [field.key for field in open_fields([consent], guide, {})] == ["owner_present"]


def test_in_words(guide: Guide) -> None:
    structure = guide.material("structure")
    assert structure is not None and structure.when is not None
    assert describe(structure.when, guide) == "招牌面积大于10，或者招牌发光是“是”"
    both = Condition.model_validate({
        "all": [{"field": "premises", "in": ["own", "leased"]}, {"not": {"field": "lit", "is": "no"}}],
    })
    assert describe(both, guide) == "店铺来源是“自有”或“租赁”，而且不是（招牌发光是“否”）"
    assert describe(Condition.model_validate({"field": "shop_name", "known": False}), guide) == "没有填店名"
    total = Condition.model_validate({"field": "sign_area", "sum_of": ["sign_area", "shop_name"]})
    assert describe(total, guide) == "招牌面积、店名加起来等于招牌面积"


def test_parts_of_a_table_are_compared() -> None:
    rows = [{"kind": "citizen", "amount": 6}, {"kind": "company", "amount": 4.5}]
    values = {"total": 10.5, "people": rows, "empty": []}

    def true(**condition: Any) -> bool:
        return holds(Condition.model_validate(condition), values)

    assert true(field="people.rows", over=1) and not true(field="people.rows", over=2) and true(field="empty.rows", under=1)
    assert true(field="people.kind", **{"is": "company"}) and not true(field="people.kind", **{"in": ["foreigner"]})
    assert true(field="people.first.kind", **{"is": "citizen"}) and not true(field="people.first.kind", **{"is": "company"})
    assert true(field="total", sum_of=["people.amount"])
    assert not true(field="nobody.rows", under=1) and not true(field="empty.first.kind", **{"is": "citizen"})
