"""The audit finds what a city's auditor would, says it in the guide's own file and line, and leaves sound guides alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.foundation.messages import catalogue as messages
from knowledge.audit import STALE_DAYS, audit
from knowledge.catalogue import Catalogue
from knowledge.lint import lint
from knowledge.satisfiable import can_hold
from knowledge.schema import Condition, Guide
from tests.unit.knowledge.test_catalogue import SIGN, line_with, spoil
from tests.unit.knowledge.test_lint import templates_dir  # noqa: F401 - a fixture

TODAY = date(2026, 11, 10)
NAMES = ["示例招牌设置", "公司设立登记"]


def rules_of(guide: Guide, today: date = TODAY) -> set[str]:
    return {finding.rule for finding in audit(guide, NAMES, today)}


@pytest.fixture
def sign(fixture_catalogue: Catalogue) -> Guide:
    return fixture_catalogue.guides["shop-sign"]


def changed(guide: Guide, **parts: Any) -> Guide:
    """The guide with parts replaced, given as the YAML would have them."""
    said = guide.model_dump(by_alias=True, exclude_unset=True)
    return Guide.model_validate({**said, **parts})


def test_a_sound_guide_is_left_alone(sign: Guide) -> None:
    assert rules_of(sign) == set()


E = ["law_1"]
FREE = {"charged": False, "text": "不收费。", "evidence": E}


@pytest.mark.parametrize(("parts", "rule"), [
    ({"handling": None}, "audit_missing"),
    ({"contacts": []}, "audit_missing"),
    ({"result": {"name": "准予决定书", "text": "领。", "evidence": E}}, "audit_missing"),
    ({"faqs": [{"question": "问？", "answer": "答。", "evidence": E}]}, "audit_few_faqs"),
    ({"themes": ["nonsense"]}, "audit_category"),
    ({"life_events": ["nonsense"]}, "audit_category"),
    ({"sector": "nonsense"}, "audit_category"),
    ({"promised_limit": {"days": 21, "text": "。", "evidence": E}}, "promise_too_long"),
    ({"promised_limit": {"days": 0, "text": "。", "evidence": E}}, "audit_handling_at_once"),
    ({"handling": "immediate"}, "audit_handling_later"),
    ({"promised_limit": {"days": 6, "text": "。", "evidence": E}}, "audit_steps"),
    ({"process": [{"name": "一", "text": "。", "days": 5, "after": ["二"], "evidence": E}]}, "audit_step_unknown"),
    ({"visits": {"count": 0, "reason": "领证", "evidence": E}}, "audit_visit_reason"),
    ({"online": {"text": "可以。", "evidence": E}}, "audit_no_way"),
    ({"visits": {"count": 1, "evidence": E}}, "audit_whole"),
    ({"fee": {"charged": True, "text": "收10元。", "evidence": E}}, "audit_fee_items"),
    ({"fee": {**FREE, "items": [{"name": "工本费", "yuan": "10", "per": "本"}]}}, "audit_fee_free"),
    ({"contacts": [{"kind": "consult", "name": "电话", "phone": "5555", "evidence": E},
                   {"kind": "complain", "name": "电话", "phone": "12345", "evidence": E}]}, "audit_phone"),
    ({"contacts": [{"kind": "complain", "name": "电话", "phone": "12345", "evidence": E}]}, "audit_no_consult"),
    ({"contacts": [{"kind": "consult", "name": "电话", "phone": "12345", "evidence": E}]}, "audit_no_complain"),
    ({"contacts": [{"kind": kind, "name": "电话", "phone": "021-55550000", "evidence": E} for kind in ("consult", "complain")]},
     "audit_same_phone"),
    ({"places": [{"name": "中心", "address": "示例路8号", "evidence": E}]}, "audit_address"),
    ({"result": {"name": "示例许可证", "kind": "decision", "text": "领。", "evidence": E}}, "audit_result"),
    ({"result": {"name": "补贴", "kind": "payment", "text": "到账。", "evidence": E,
                 "receiving": [{"way": "post", "text": "寄。", "evidence": E}]}}, "audit_receiving_nothing"),
    ({"result": {"name": "示例许可证", "kind": "certificate", "text": "领。", "evidence": E,
                 "receiving": [{"way": "post", "text": text, "evidence": E} for text in ("寄。", "也寄。")]}}, "audit_receiving_twice"),
    ({"followups": [{"item": "没有的事项", "why": "。"}]}, "audit_followup"),
    ({"followups": [{"item": "示例招牌设置", "why": "。"}]}, "audit_followup"),
    ({"checked": "2026-11-11"}, "audit_checked_later"),
    ({"expires": "2026-11-09"}, "audit_expired"),
    ({"version": "2026.2"}, "audit_no_history"),
])
def test_each_rule_has_its_finding(sign: Guide, parts: dict[str, Any], rule: str) -> None:
    assert rule in rules_of(changed(sign, **parts))
    assert f"knowledge.{rule}" in messages() and f"knowledge.{rule}_remedy" in messages()


@pytest.mark.parametrize("parts", [
    {"contacts": [{"kind": kind, "name": "市民服务热线", "phone": "12345", "evidence": E} for kind in ("consult", "complain")]},
    {"followups": [{"item": "公司设立登记", "why": "。"}]},
    {"version": "2026.2", "history": [{"version": "2026.2", "effective": "2026-11-01", "text": ["改了电话"]}]},
    {"fee": {"charged": True, "text": "每块10元。", "items": [{"name": "工本费", "yuan": "10", "per": "块"}], "evidence": E}},
    {"places": [{"name": "中心", "address": "示例路8号1层3号窗口", "evidence": E}]},
])
def test_what_is_right_is_left_alone(sign: Guide, parts: dict[str, Any]) -> None:
    assert rules_of(changed(sign, **parts)) == set()


def test_a_year_without_a_look_is_stale(sign: Guide) -> None:
    assert sign.checked is not None
    assert rules_of(sign, date.fromordinal(sign.checked.toordinal() + STALE_DAYS)) == set()
    assert rules_of(sign, date.fromordinal(sign.checked.toordinal() + STALE_DAYS + 1)) == {"audit_stale"}


@pytest.mark.parametrize(("material", "asked_again"), [
    ({"name": "身份证", "met_by": ["upload"]}, True),
    ({"name": "申请人的身份证复印件", "met_by": ["upload", "bring"]}, True),
    ({"name": "营业执照（副本）", "met_by": ["bring"]}, True),
    ({"name": "身份证", "met_by": ["licence", "bring"]}, False),
    ({"name": "营业执照正本、副本", "met_by": ["bring"], "note": "交回旧的。"}, False),
    ({"name": "外国人的身份证明", "met_by": ["upload"]}, False),
    ({"name": "身份证挂失说明", "met_by": ["upload"]}, False),
])
def test_shared_data_is_not_asked_for(sign: Guide, material: dict[str, Any], asked_again: bool) -> None:
    said = sign.model_dump(by_alias=True, exclude_unset=True)
    more = {"code": "more", "form": "copy", "evidence": E, **material}
    assert ("audit_shared" in rules_of(changed(sign, materials=[*said["materials"], more]))) is asked_again


@pytest.mark.parametrize(("when", "possible"), [
    ({"field": "premises", "is": "leased"}, True),
    ({"all": [{"field": "premises", "is": "own"}, {"field": "premises", "is": "leased"}]}, False),
    ({"all": [{"field": "premises", "is": "own"}, {"field": "owner_present", "is": "yes"}]}, False),
    ({"all": [{"field": "premises", "is": "own"}, {"not": {"field": "owner_present", "is": "yes"}}]}, True),
    ({"all": [{"field": "sign_area", "over": 10}, {"field": "sign_area", "under": 10}]}, False),
    ({"all": [{"field": "sign_area", "over": 10}, {"field": "sign_area", "under": 12}]}, True),
    ({"all": [{"field": "shop_name", "known": True}, {"field": "shop_name", "known": False}]}, False),
    ({"field": "shop_name", "known": False}, True),
    ({"any": [{"field": "lit", "is": "maybe"}, {"field": "lit", "is": "no"}]}, True),
])
def test_conditions_that_can_never_hold(sign: Guide, when: dict[str, Any], possible: bool) -> None:
    assert can_hold(Condition.model_validate(when), sign) is possible
    said = sign.model_dump(by_alias=True, exclude_unset=True)
    more = {"code": "more", "name": "说明", "form": "copy", "met_by": ["upload"], "when": when, "evidence": E}
    assert ("audit_never" in rules_of(changed(sign, materials=[*said["materials"], more]))) is not possible


def test_lint_points_at_the_line(guides_dir: Path, templates_dir: Path) -> None:  # noqa: F811
    spoil(guides_dir, "kind: decision, ", "kind: certificate, ")
    problems = [problem for problem in lint(guides_dir, templates_dir, TODAY) if problem.file == SIGN]
    assert [problem.line for problem in problems] == [line_with(guides_dir, "kind: certificate")]
    assert all(problem.why and problem.remedy for problem in problems)


def test_what_only_shows_in_a_region_is_said_of_its_file(guides_dir: Path, templates_dir: Path) -> None:  # noqa: F811
    folder = guides_dir / "regions" / "310115"
    folder.mkdir(parents=True)
    (folder / "shop-sign.yaml").write_text(
        'region: "310115"\nversion: "2026.1"\neffective: 2026-01-01\nvisits: {count: 1, evidence: [law_1]}\n', encoding="utf-8"
    )
    problems = lint(guides_dir, templates_dir, TODAY)
    assert [problem.file for problem in problems] == ["regions/310115/shop-sign.yaml"]
    assert "全程网办" in problems[0].why
