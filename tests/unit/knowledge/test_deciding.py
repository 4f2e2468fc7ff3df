"""Which situation is asked about before an answer: one that decides much, never a trifle, never what is known."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.deciding import choices, decided_by, question
from knowledge.schema import Guide
from tests.unit.knowledge.full_guides import FULL


def asked(code: str, intent: str, **values: Any) -> str | None:
    found = question(FULL[code], intent, values)
    return found.key if found else None


@pytest.mark.parametrize(("code", "intent", "key"), [
    ("residence-permit", "ask_materials", "housing"), ("restaurant-opening", "ask_materials", "has_licence"),
    ("marriage", "ask_materials", "couple_kind"), ("remote-medical", "ask_materials", "filing_type"),
    ("enterprise-deregistration", "ask_materials", "route"), ("sole-trader-deregistration", "ask_materials", "route"),
    ("house-transfer", "ask_fee", "home_use"), ("id-card-renewal", "ask_fee", "reason"),
])  # fmt: skip
def test_what_decides_most_is_asked_first(code: str, intent: str, key: str) -> None:
    assert asked(code, intent) == key


@pytest.mark.parametrize("code", ["passport", "credit-report", "food-permit-new", "retirement", "social-insurance-transfer"])
def test_a_trifle_is_said_and_not_asked(code: str) -> None:
    assert asked(code, "ask_materials") is None


def test_what_is_known_is_not_asked_again() -> None:
    assert asked("marriage", "ask_materials", couple_kind="mainland") is None
    assert asked("residence-permit", "ask_materials", housing="leased") != "housing"


def test_a_question_is_asked_only_where_it_applies() -> None:
    guide = FULL["restaurant-opening"]
    known: dict[str, Any] = {}
    for _ in guide.fields:
        found = question(guide, "ask_materials", known)
        if found is None:
            break
        assert found.situation and found.key not in known
        assert found.when is None or set(found.when.model_dump(exclude_none=True)), found.key
        known[found.key] = choices(found)[-1].value
    else:
        pytest.fail("asks for ever")


@pytest.mark.parametrize("code", FULL)
@pytest.mark.parametrize("intent", ["ask_materials", "ask_fee", "ask_time_limit", "ask_location", "ask_conditions", "ask_process"])
def test_every_question_can_be_tapped_and_settles_something(code: str, intent: str) -> None:
    found = question(FULL[code], intent, {})
    assert found is None or (found.situation and found.type in ("choice", "yes_no") and 2 <= len(choices(found)) <= 6)


def test_a_limit_that_differs_is_always_asked(sign_guide: Guide) -> None:
    assert question(sign_guide, "ask_time_limit", {}) is None
    cased = with_case(sign_guide)
    found = question(cased, "ask_time_limit", {})
    assert found is not None and found.key == "premises"
    assert question(cased, "ask_time_limit", {"premises": "own"}) is None


def test_the_case_an_answer_holds_for(sign_guide: Guide) -> None:
    assert decided_by(sign_guide, "ask_materials", {}) == []
    held = decided_by(sign_guide, "ask_materials", {"premises": "leased", "owner_present": "no"})
    assert ("premises", "leased") in [(field.key, option.value) for field, option in held]
    assert decided_by(sign_guide, "ask_fee", {"premises": "leased"}) == []


def with_case(guide: Guide) -> Guide:
    limit = guide.promised_limit
    assert limit is not None
    case = {"when": {"field": "premises", "is": "leased"}, "days": 9, "text": "租的店面，9个工作日。", "evidence": limit.evidence}
    data = guide.model_dump(by_alias=True, exclude_unset=True)
    return Guide.model_validate({**data, "promised_limit": {**data["promised_limit"], "cases": [case]}})
