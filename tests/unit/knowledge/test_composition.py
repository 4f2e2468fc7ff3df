"""A 一件事 asks each question once, wants each paper once, and each only where one of its items does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from knowledge.catalogue import Catalogue
from knowledge.composition import composed
from knowledge.conditions import holds
from knowledge.resolving import resolved
from knowledge.schema import Condition, Guide
from knowledge.settling import awaited, settled
from knowledge.situations import verdict

E = ["law"]


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": key, "type": "text", "question": f"{key}？", "why": "要写。", **more}


def full(code: str, fields: list[dict[str, Any]], materials: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A guide as small as can be."""
    return {
        "code": code, "name": f"事项{code}", "version": "2026.1", "effective": "2026-01-01", "applicant": ["enterprise"],
        "department": "部门", "summary": "一句话。", "evidence": {"law": {"title": f"{code}条例", "article": "第一条"}},
        "conditions": [{"text": f"{code}的条件。", "evidence": E}], "legal_limit": {"days": 20, "text": "20天。", "evidence": E},
        "fee": {"charged": False, "text": "不收费。", "evidence": E}, "process": [{"name": "办", "text": "办。", "evidence": E}],
        "places": [{"name": "窗口", "evidence": E}], "result": {"name": "证", "text": "领证。", "evidence": E},
        "faqs": [{"question": "问？", "answer": "答。", "evidence": E}], "fields": fields, "materials": materials,
        "documents": [{"key": "form", "title": f"{code}申请书", "template": f"{code}.docx", "kind": "form"}], **more,
    }  # fmt: skip


def material(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, "form": "original", "met_by": ["bring"], "evidence": E, **more}


FORM = {"met_by": ["generated"], "document": "form"}
LICENCE = full(
    "licence",
    [field("address"), field("owner"), field("phone", optional=True)],
    [material("form", "登记申请书", **FORM), material("card", "身份证")],
)
FOOD = full(
    "food",
    [field("kind", type="choice", situation=True, options=[{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]),
     field("address"), field("phone"), field("plan", when={"field": "kind", "is": "a"})],
    [material("form", "许可申请书", **FORM), material("card", "身份证"), material("plan", "图", when={"field": "kind", "is": "a"})],
)
WHOLE = {
    **{key: value for key, value in full("whole", [], []).items() if key not in ("fields", "materials", "documents", "conditions")},
    "evidence": {"law": {"title": "一件事方案", "verified": False}},
    "fields": [field("licensed", type="yes_no", situation=True)],
    "parts": [
        {"item": "licence", "when": {"field": "licensed", "is": "no"}},
        {"item": "food", "after": ["licence"]},
    ],
}


@pytest.fixture
def parts() -> dict[str, Guide]:
    return {"licence": Guide.model_validate(LICENCE), "food": Guide.model_validate(FOOD)}


def together(parts: dict[str, Guide], **changes: Any) -> Guide:
    return resolved({**parts, "whole": Guide.model_validate({**WHOLE, **changes})}, {}, "310115")["whole"]


def asked(guide: Guide, values: dict[str, Any]) -> list[str]:
    return [one.key for one in guide.fields if holds(one.when, values)]


def wanted(guide: Guide, values: dict[str, Any]) -> list[str]:
    return [one.code for one in guide.materials if holds(one.when, values)]


def test_each_question_is_asked_once_and_where_it_is_needed(parts: dict[str, Guide]) -> None:
    guide = together(parts)
    assert len({one.key for one in guide.fields}) == len(guide.fields)
    assert asked(guide, {"licensed": "no", "kind": "a"}) == ["licensed", "kind", "address", "owner", "phone", "plan"]
    assert asked(guide, {"licensed": "yes", "kind": "b"}) == ["licensed", "kind", "address", "phone"]
    phone = guide.field("phone")
    assert phone is not None and not phone.optional, "one of the items cannot do without it"


def test_what_a_person_judges_in_a_part_is_judged_where_the_part_is(parts: dict[str, Guide]) -> None:
    rule = {"key": "odd", "when": {"field": "owner", "known": True}, "reason": "看看", "message": "要看看", "evidence": E}
    guide = together({**parts, "licence": Guide.model_validate({**LICENCE, "judgements": [rule]})})
    [judgement] = guide.judgements
    assert (judgement.key, guide.evidence[judgement.evidence[0]].title) == ("licence_odd", "licence条例")
    assert holds(judgement.when, {"licensed": "no", "owner": "张三"}) and not holds(judgement.when, {"licensed": "yes", "owner": "张三"})


def test_each_paper_is_wanted_once(parts: dict[str, Guide]) -> None:
    guide = together(parts)
    assert wanted(guide, {"licensed": "no", "kind": "a"}) == ["form", "card", "food_form", "plan"]
    assert wanted(guide, {"licensed": "yes", "kind": "b"}) == ["card", "food_form"]
    documents = {document.key: document.template for document in guide.documents}
    assert documents == {"form": "licence.docx", "food_form": "food.docx"}
    assert {one.document for one in guide.materials if one.document} == documents.keys()


def test_each_part_has_its_own_share(parts: dict[str, Guide]) -> None:
    guide = together(parts)
    shares = {part.item: part.share for part in guide.parts}
    licence, food = shares["licence"], shares["food"]
    assert licence is not None and food is not None
    assert (licence.documents, food.documents) == (["form"], ["food_form"])
    assert "food_form" in food.materials and "food_form" not in licence.materials
    assert set(licence.fields) <= {field.key for field in guide.fields} and "kind" in food.fields and "kind" not in licence.fields
    assert food.name == "事项food" and food.department == "部门"


def test_every_fact_keeps_its_own_source(parts: dict[str, Guide]) -> None:
    guide = together(parts)
    titles = {one.code: [guide.evidence[key].title for key in one.evidence] for one in guide.materials}
    assert titles == {"form": ["licence条例"], "card": ["licence条例"], "food_form": ["food条例"], "plan": ["food条例"]}
    assert [guide.evidence[key].title for fact in guide.conditions for key in fact.evidence] == ["licence条例", "food条例"]
    assert {source.title for source in guide.evidence.values()} == {"licence条例", "food条例", "一件事方案"}
    assert [fact.text for fact in guide.conditions] == ["事项licence：licence的条件。", "事项food：food的条件。"]


def test_its_own_wording_comes_first(parts: dict[str, Guide]) -> None:
    own = field("address", question="店开在哪里？", when={"field": "licensed", "is": "no"})
    guide = together(parts, fields=[*WHOLE["fields"], own])
    address = guide.field("address")
    assert address is not None and address.question == "店开在哪里？"
    assert "address" not in asked(guide, {"licensed": "yes"})


@pytest.mark.parametrize(("changes", "why"), [
    ({"parts": [{"item": "nothing"}]}, "nothing"),
    ({"parts": [{"item": "licence", "after": ["food"]}, {"item": "food", "after": ["licence"]}]}, "waits for itself"),
    ({"parts": [{"item": "food", "after": ["nothing"]}]}, "nothing"),
    ({"parts": [{"item": "food", "when": {"field": "nothing", "is": "a"}}]}, "nothing"),
])
def test_parts_that_do_not_fit_are_refused(parts: dict[str, Guide], changes: dict[str, Any], why: str) -> None:
    whole = Guide.model_validate({**WHOLE, **changes})
    with pytest.raises(ValueError, match=why):
        composed(whole.model_copy(update={"version": "2026.1+000000"}), parts)


def test_two_types_of_one_question_must_be_settled(parts: dict[str, Guide]) -> None:
    other = Guide.model_validate({**FOOD, "fields": [field("owner", type="person_name"), field("kind")], "materials": [
        material("form", "许可申请书", **FORM)]})
    with pytest.raises(ValueError, match="owner"):
        composed(Guide.model_validate(WHOLE).model_copy(update={"version": "2026.1+000000"}), {**parts, "food": other})


def test_fewer_options_are_offered_than_a_parts_form_has_boxes(parts: dict[str, Guide]) -> None:
    own = field("kind", type="choice", options=[{"value": "b", "label": "乙店"}, {"value": "c", "label": "丙店"}])
    kind = together(parts, fields=[*WHOLE["fields"], own]).field("kind")
    assert kind is not None
    assert [option.label for option in kind.offered] == ["乙店", "丙店"]
    assert [option.value for option in kind.options] == ["b", "c", "a"]
    assert not isinstance(parse(kind, "甲", date(2026, 11, 10), {}), Accepted), "a box on the form, and no answer"


def test_what_follows_is_not_asked(parts: dict[str, Guide]) -> None:
    food = Guide.model_validate({**FOOD, "fields": [*FOOD["fields"], field("boss")]})
    guide = together({**parts, "food": food}, settled=[
        {"field": "kind", "value": "a"}, {"field": "boss", "from": "owner", "when": {"field": "licensed", "is": "no"}},
    ])
    given = {"licensed": "no", "owner": "张三"}
    assert settled(guide, given) == {"kind": "a", "boss": "张三"}
    assert settled(guide, {"licensed": "yes", "owner": "张三"}) == {"kind": "a"}, "nobody asks for the owner here"
    assert awaited(guide, {"licensed": "no"}, {"licensed": "no"}) == {"kind", "boss"}
    assert awaited(guide, {"licensed": "yes"}, {"licensed": "yes"}) == {"kind"}
    assert awaited(guide, given, {**given, "kind": "a", "boss": "张三"}) == set()
    assert verdict(Condition.model_validate({"field": "kind", "is": "b"}), guide, {}) is False


@pytest.mark.parametrize("entry", [{"field": "nothing", "value": "a"}, {"field": "address", "from": "nothing"}])
def test_what_follows_names_questions_there_are(parts: dict[str, Guide], entry: dict[str, Any]) -> None:
    whole = Guide.model_validate({**WHOLE, "settled": [entry]}).model_copy(update={"version": "2026.1+000000"})
    with pytest.raises(ValueError, match="unknown field nothing"):
        composed(whole, parts)


def test_a_part_settles_only_where_it_is_wanted(parts: dict[str, Guide]) -> None:
    licence = Guide.model_validate({**LICENCE, "settled": [{"field": "owner", "value": "张三"}]})
    guide = together({**parts, "licence": licence})
    assert settled(guide, {"licensed": "no"}) == {"owner": "张三"}
    assert settled(guide, {"licensed": "yes"}) == {}


def test_one_form_of_several_parts_is_made_once() -> None:
    """Two parts that come after a third, whose authorisation is another form, share theirs."""
    signed = {"documents": [{"key": "form", "title": "授权委托书", "template": "shared.docx", "kind": "form"}]}
    guides = {
        code: Guide.model_validate({**full(code, [field("name")], [material("form", "授权委托书", **FORM)]), **more})
        for code, more in (("one", {}), ("two", signed), ("three", signed))
    }
    whole = {**WHOLE, "fields": [], "parts": [{"item": code} for code in guides]}
    guide = resolved({**guides, "whole": Guide.model_validate(whole)}, {}, "310115")["whole"]
    assert {document.key: document.template for document in guide.documents} == {"form": "one.docx", "two_form": "shared.docx"}
    assert {one.code: one.document for one in guide.materials} == {"form": "form", "two_form": "two_form"}


def test_its_own_paper_stands_for_that_of_every_part(parts: dict[str, Guide]) -> None:
    own = {"key": "form", "title": "一张表", "template": "whole.docx", "kind": "form"}
    guide = together(parts, materials=[material("form", "一张表", **FORM)], documents=[own])
    assert [(one.code, one.name, one.document) for one in guide.materials if one.document] == [("form", "一张表", "form")]
    assert [document.template for document in guide.documents] == ["whole.docx"]


def test_a_question_keeps_the_rules_of_every_part(parts: dict[str, Guide]) -> None:
    def ruled(guide: dict[str, Any], other: str) -> Guide:
        rule = {"kind": "differs_from", "field": other, "message": "一样。"}
        return Guide.model_validate({**guide, "fields": [field("name", rules=[rule]), *guide["fields"]]})

    name = together({"licence": ruled(LICENCE, "owner"), "food": ruled(FOOD, "plan")}).field("name")
    assert name is not None
    assert [rule.field for rule in name.rules] == ["owner", "plan"]


def write(folder: Path, *guides: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    for guide in guides:
        (folder / f"{guide['code']}.yaml").write_text(yaml.dump(guide, Dumper=_InFull, allow_unicode=True), encoding="utf-8")
    return folder


class _InFull(yaml.SafeDumper):
    """What stands twice is written twice: a guide has no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def test_a_region_of_a_part_is_a_region_of_the_whole(tmp_path: Path) -> None:
    folder = write(tmp_path / "guides", LICENCE, FOOD, WHOLE)
    before = Catalogue.load(folder).for_region("310115").guides["whole"]
    (folder / "regions" / "310115").mkdir(parents=True)
    (folder / "regions" / "310115" / "food.yaml").write_text(
        'region: "310115"\nversion: "2026.1"\neffective: 2026-01-01\nremove: {materials: [plan]}\n', encoding="utf-8"
    )
    catalogue = Catalogue.load(folder)
    here, there = (catalogue.for_region(region).guides["whole"] for region in ("310115", "440100"))
    assert catalogue.problems == []
    assert [one.code for one in here.materials] == ["form", "card", "food_form"]
    assert there == before
    assert here.version != before.version


def test_a_broken_composition_is_refused_and_the_last_good_one_served(tmp_path: Path) -> None:
    folder = write(tmp_path / "guides", LICENCE, FOOD, WHOLE)
    good = Catalogue.load(folder)
    write(folder, {**WHOLE, "parts": [{"item": "nothing"}]})
    alone, after = Catalogue.load(folder), Catalogue.load(folder, good)
    assert [problem.file for problem in alone.problems] == ["whole.yaml"]
    assert alone.guides.keys() == {"licence", "food"}
    assert after.for_region("310115").guides["whole"] == good.for_region("310115").guides["whole"]


def test_components_are_parts_and_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path / "guides", FOOD, WHOLE)
    write(folder / "components", LICENCE)
    catalogue = Catalogue.load(folder)
    served = catalogue.for_region("310115")
    assert catalogue.problems == []
    assert served.guides.keys() == {"food", "whole"}
    assert "owner" in {one.key for one in served.guides["whole"].fields}
    (folder / "components" / "licence.yaml").write_text("nonsense", encoding="utf-8")
    assert [problem.file for problem in Catalogue.load(folder).problems] == ["components/licence.yaml", "whole.yaml"]
    assert Catalogue.load(folder, catalogue).for_region("310115").guides == served.guides


def test_a_component_cannot_take_a_guides_code(tmp_path: Path) -> None:
    folder = write(tmp_path / "guides", LICENCE, FOOD, WHOLE)
    write(folder / "components", {**LICENCE, "name": "别的"})
    catalogue = Catalogue.load(folder)
    assert [problem.file for problem in catalogue.problems] == ["components/licence.yaml"]
    assert catalogue.guides["licence"].name == "事项licence"
