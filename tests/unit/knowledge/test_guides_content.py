"""What every full guide must have: evidence that stands, names people use, questions that are few and plain."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.foundation.settings import ROOT
from knowledge.conditions import holds
from knowledge.schema import Guide
from knowledge.template_tags import PACKAGE_TAGS
from tests.unit.knowledge.full_guides import CATALOGUE, FULL, TODAY, answers_of, each_citizen, each_guide

LAWS = ROOT.parent / "shared" / "data" / "laws"


# ------------------------------------------------------------------ evidence


def article_stands(title: str, article: str) -> bool:
    number = article.split("条", maxsplit=1)[0]
    texts = [path.read_text(encoding="utf-8") for path in LAWS.glob("*.md") if re.split(r"\(|\.md$", path.name)[0] == title]
    return any(re.search(rf"^{number}条", text, re.MULTILINE) for text in texts)


@each_guide
def test_cited_articles_exist(guide: Guide) -> None:
    if not LAWS.is_dir():
        pytest.skip("the statutes are not beside this checkout")
    titles = {re.split(r"\(|\.md$", path.name)[0] for path in LAWS.glob("*.md")}
    statutes = {key: e for key, e in guide.evidence.items() if e.title in titles}
    assert statutes
    assert [key for key, e in statutes.items() if e.article is None or not article_stands(e.title, e.article)] == []


@pytest.mark.parametrize("guide", CATALOGUE.components.values(), ids=CATALOGUE.components.keys())
def test_components_are_as_well_founded(guide: Guide) -> None:
    """What can only be done as part of a composition is checked like what can be found by itself."""
    test_cited_articles_exist(guide)
    test_every_source_is_used_and_every_step_has_one(guide)
    test_examples_are_answers(guide)


@each_guide
def test_every_source_is_used_and_every_step_has_one(guide: Guide) -> None:
    data = guide.model_dump(exclude={"evidence": True})
    assert set(guide.evidence) == set(_cited(data))
    assert all(step.evidence for step in guide.process)
    assert all(field.evidence for field in guide.fields)
    assert guide.online is not None


def _cited(node: Any) -> list[str]:
    if isinstance(node, list):
        return [key for child in node for key in _cited(child)]
    if not isinstance(node, dict):
        return []
    here = node.get("evidence", [])
    return [*here, *(key for name, child in node.items() if name != "evidence" for key in _cited(child))]


# ------------------------------------------------------------------ names


@each_guide
def test_people_are_understood(guide: Guide) -> None:
    samples = guide.names.samples
    assert len(samples["apply"]) >= 8
    asked = ("ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location")
    assert all(len(samples[intent]) >= 4 for intent in asked)
    said = [sentence for sentences in samples.values() for sentence in sentences]
    assert len(said) == len(set(said))
    assert len(guide.faqs) >= 5
    assert len(guide.names.aliases) >= 5
    assert len(guide.names.colloquial) >= 5
    assert len(guide.names.neighbours) >= 2


# ------------------------------------------------------------------ fields


@each_guide
def test_fields_are_few_and_plain(guide: Guide) -> None:
    for field in guide.fields:
        assert re.search(r"[？。）]$", field.question), field.key
        assert len(field.question) <= 45, field.key
        assert field.why.endswith(("。", "）")), field.key
        assert field.names, field.key
        assert field.key not in PACKAGE_TAGS


@each_guide
def test_situations_are_one_tap(guide: Guide) -> None:
    situations = [field for field in guide.fields if field.situation]
    assert len(situations) >= 2
    assert {field.type for field in situations} <= {"choice", "multi", "yes_no"}
    assert guide.fields[: len(situations)] == situations


@each_guide
def test_options_can_be_ticked_in_a_template(guide: Guide) -> None:
    values = [option.value for field in guide.fields for option in field.options]
    assert [value for value in values if not re.fullmatch(r"[a-z][a-z0-9_]*", value)] == []
    for field in guide.fields:
        if field.type == "yes_no" and field.options:
            assert [option.value for option in field.options] == ["yes", "no"]
        words = [word for option in field.offered for word in (option.label, *option.aliases)]
        assert len(words) == len(set(words)), f"{field.key}: a word means two options"


@each_guide
def test_examples_are_answers(guide: Guide) -> None:
    for field in guide.fields:
        assert field.example, field.key
        others = [other for other in guide.fields if other.type != "table"] if field.type == "table" else []
        read = {other.key: parse(other, other.example or "", TODAY, {}) for other in others}
        parsed = parse(field, field.example, TODAY, {key: one.value for key, one in read.items() if isinstance(one, Accepted)})
        assert isinstance(parsed, Accepted), field.key
        assert parsed.warning is None, field.key


@pytest.mark.parametrize(
    ("code", "key", "answer", "values"),
    [
        ("company-address-change", "new_address", "上海市示例区样板路1号", {"old_address": "上海市示例区样板路1号"}),
        ("company-address-change", "agent_id_number", "11010519491231002X", {"legal_representative_id": "11010519491231002X"}),
        ("food-permit-new", "warehouse_address", "上海市示例区样板路1号", {"premises_address": "上海市示例区样板路1号"}),
        ("remote-medical", "medical_region", "上海市", {"insured_region": "上海市"}),
        ("remote-medical", "end_date", "2026年11月1日", {"start_date": "2026-12-01"}),
    ],
)
def test_rules_refuse(code: str, key: str, answer: str, values: dict[str, str]) -> None:
    field = FULL[code].field(key)
    assert field is not None
    assert not isinstance(parse(field, answer, TODAY, values), Accepted)
    assert isinstance(parse(field, answer, TODAY, {}), Accepted)


@each_citizen
def test_citizens_answers_fit_together(code: str, citizen: dict[str, Any]) -> None:
    values = answers_of(code, citizen)
    hard = [check for check in FULL[code].checks if not check.soft]  # a soft one is only pointed out: people may be such a case
    assert [check.message for check in hard if holds(check.when, values) and not holds(check.must, values)] == []


def _paying(*amounts: float) -> list[dict[str, Any]]:
    return [{"amount": amount} for amount in amounts]


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"shareholder_count": "several", "registered_capital": 900000, "shareholders": _paying(600000, 300000)}, None),
        ({"shareholder_count": "several", "registered_capital": 1000000, "shareholders": _paying(600000, 300000)}, "加起来"),
        ({"shareholder_count": "several", "registered_capital": 9, "shareholders": _paying(3, 3, 3.5)}, "加起来"),
        ({"shareholder_count": "several", "registered_capital": 9, "shareholders": _paying(9)}, "只填了一个"),
        ({"shareholder_count": "one", "shareholders": _paying(3, 3)}, "不止一个"),
        ({"shareholder_kinds": "foreign", "shareholders": [{"kind": "citizen"}, {"kind": "company"}]}, "外国人"),
        ({"shareholder_kinds": "foreign", "shareholders": [{"kind": "citizen"}, {"kind": "hmt"}]}, None),
        ({"shareholder_kinds": "mixed", "shareholders": [{"kind": "citizen"}, {"kind": "company"}]}, None),
        ({"shareholder_count": "one", "registered_capital": 1000000, "shareholders": [{"name": "张三"}]}, None),
    ],
)
def test_founders_answers_must_fit_together(values: dict[str, Any], broken: str | None) -> None:
    checks = FULL["company-founding"].checks
    said = [check.message for check in checks if holds(check.when, values) and not holds(check.must, values)]
    assert len(said) == (broken is not None)
    assert all(broken in message for message in said if broken)


def test_a_regions_own_wording_keeps_what_is_known_of_papers_and_registers() -> None:
    nation = CATALOGUE
    for region in ("310115", "442000"):
        for code, guide in nation.for_region(region).guides.items():
            held = nation.guides.get(code)
            for material in guide.materials if held else []:
                before = held.material(material.code) if held else None
                assert before is None or material.shows == before.shows, (region, code, material.code)
            for field in guide.fields if held else []:
                old = held.field(field.key) if held else None
                assert old is None or (field.prefill, field.subject) == (old.prefill, old.subject), (region, code, field.key)
