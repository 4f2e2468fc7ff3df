"""Facts that hold in some situations only, and sentences nobody has checked: what a guide may say of them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.audit import whens
from knowledge.facts import Fact, Faq, FollowUp, TimeLimit
from knowledge.schema import Guide

LEASED = {"field": "premises", "is": "leased"}
LIMIT: dict[str, Any] = {"days": 9, "text": "租的，9个工作日。", "when": LEASED}


def changed(guide: Guide, **parts: Any) -> Guide:
    return Guide.model_validate({**guide.model_dump(by_alias=True, exclude_unset=True), **parts})


def test_a_doubtful_sentence_stands_in_what_is_said() -> None:
    assert Fact(text="要交。三天拿到。", doubtful=["三天拿到。"], evidence=["law"]).doubtful == ["三天拿到。"]
    assert Faq(question="多久？", answer="三天。", doubtful=["三天"], evidence=["law"])
    with pytest.raises(ValidationError, match="doubtful is not in the text: 四天"):
        Fact(text="要交。三天拿到。", doubtful=["四天"], evidence=["law"])


def test_conditions_of_facts_name_fields_of_the_guide(sign_guide: Guide) -> None:
    limit = sign_guide.legal_limit
    assert limit is not None
    case = {**LIMIT, "evidence": limit.evidence}
    cased = changed(sign_guide, legal_limit={**limit.model_dump(), "cases": [case]})
    assert cased.legal_limit is not None and cased.legal_limit.cases[0].days == 9
    assert (("legal_limit", "cases", 0), cased.legal_limit.cases[0].when) in list(whens(cased))
    stranger = {**case, "when": {"field": "nobody", "is": "x"}}
    with pytest.raises(ValidationError, match=r"legal_limit.cases\[0\] depends on unknown field nobody"):
        changed(sign_guide, legal_limit={**limit.model_dump(), "cases": [stranger]})
    with pytest.raises(ValidationError, match=r"legal_limit.cases\[0\] cites unknown evidence other"):
        changed(sign_guide, legal_limit={**limit.model_dump(), "cases": [{**case, "evidence": ["other"]}]})


def test_fee_lines_and_next_items_may_cite(sign_guide: Guide) -> None:
    assert FollowUp(item="示例事项", why="常接着办").evidence == []
    with pytest.raises(ValidationError, match=r"followups\[0\] cites unknown evidence nothing"):
        changed(sign_guide, followups=[{"item": "示例事项", "why": "常接着办", "evidence": ["nothing"]}])


def test_a_limit_without_cases_is_as_before() -> None:
    assert TimeLimit(days=3, text="3个工作日", evidence=["law"]).cases == []
