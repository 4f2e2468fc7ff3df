"""What the citizens' files show of the guides: every option of every situation is taken, every way to meet a material is used."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.foundation.settings import ROOT
from benchmarks.citizens import coverage, report
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.road import Journey
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.settling import settled

GUIDES = {guide.code: guide for guide in Catalogue.load(ROOT / "knowledge" / "guides").all() if not guide.outline}
TODAY = date(2026, 11, 10)
COMPOSED = [guide for guide in Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").all() if not guide.outline]
CITIZENS = load(ROOT / "tests" / "e2e" / "cases")


def taken(guide: Guide, key: str) -> set[str]:
    """The values of a field that citizens of the guide expect to be stored, or that follow from what they say."""
    told = [{**facts.expect, **settled(guide, facts.expect, TODAY)} for facts in CITIZENS if facts.guide == guide.code]
    held = [values[key] for values in told if key in values]
    return {str(one) for value in held for one in (value if isinstance(value, list) else [value])}


def test_every_option_of_every_situation_is_taken_by_a_citizen() -> None:
    never = [
        f"{guide.code}: {field.key}={option['value']}"
        for guide in GUIDES.values()
        for field in guide.fields
        if field.situation
        for option in coverage.options(field.model_dump())
        if option["value"] not in taken(guide, field.key)
    ]
    assert not never


@pytest.mark.parametrize("guide", [guide for guide in COMPOSED if guide.parts], ids=lambda guide: guide.code)
def test_every_option_of_a_composition_is_taken_in_it_or_in_a_part(guide: Guide) -> None:
    """What a part's own citizens take need not be taken again in 一件事; what no part has citizens for must be."""
    parts = [part.item for part in guide.parts]
    never = []
    for field in guide.fields:
        asked_in = [code for code in parts if code in GUIDES and (asked := GUIDES[code].field(field.key)) and asked.situation]
        held = taken(guide, field.key).union(*(taken(GUIDES[code], field.key) for code in asked_in))
        options = coverage.options(field.model_dump()) if field.situation else []
        never += [f"{field.key}={option['value']}" for option in options if option["value"] not in held]
    assert not never


GUIDE: dict[str, Any] = {
    "fields": [
        {"key": "kind", "type": "choice", "situation": True,
         "options": [{"value": "a", "label": "冷食"}, {"value": "b", "label": "冷食类制售"}, {"value": "c", "label": "热食"}]},
        {"key": "own", "type": "yes_no", "situation": True},
        {"key": "name", "type": "text"},
    ],
    "materials": [{"code": "photo", "met_by": ["upload", "bring"]}],
    "documents": [{"key": "form", "title": "申请表"}, {"key": "letter", "title": "委托书"}],
}  # fmt: skip


def test_what_a_journey_has_shown() -> None:
    facts = Facts(guide="g", name="she", opening="我要办")
    journey = Journey(facts, asked=["kind", "own"], chosen={"kind": "冷食类制售", "own": "是"},
                      materials={"photo": "bring"}, documents=["01-申请表.pdf"])  # fmt: skip
    shown = coverage.of_guide(GUIDE, [journey])
    assert shown["situations"] == {"seen": 2, "of": 5, "open": ["kind=a", "kind=c", "own=no"]}
    assert shown["fields"]["open"] == ["name"] and shown["documents"]["open"] == ["letter"]
    assert shown["materials"]["open"] == ["photo upload"]
    assert coverage.total({"g": shown, "h": shown})["situations"] == {"seen": 4, "of": 10}


def test_whatever_no_journey_has_shown_is_named() -> None:
    """Every field, option, way to meet a material and document of a guide is counted as seen, or stands in the output by name."""
    facts = Facts(guide="g", name="she", opening="我要办")
    journey = Journey(facts, asked=["kind", "own"], chosen={"kind": "冷食", "own": "否"}, materials={"photo": "uploaded"})
    told = {code: coverage.of_guide(guide.model_dump(), []) for code, guide in GUIDES.items()}
    told["g"] = coverage.of_guide(GUIDE, [journey])
    figures = {"coverage": {"guides": told, "all": coverage.total(told)}, "citizens": [], **dict.fromkeys(report.SUMS, 0)}
    printed = "\n".join(report.lines(figures))
    for code, kinds in told.items():
        for kind, held in kinds.items():
            assert held["seen"] + len(held["open"]) == held["of"]
            named = [f"- {kind}: {', '.join(held['open'])}"] if held["open"] else []
            assert all(line in printed for line in (f"{code:>32}  fields", *named))
    assert told["g"]["situations"]["open"] == ["kind=b", "kind=c", "own=yes"] and told["g"]["materials"]["open"] == [
        "photo bring"
    ]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES.keys())
def test_no_way_to_meet_a_material_is_left_out_of_the_count(guide: Guide) -> None:
    shown = coverage.of_guide(guide.model_dump(), [])
    ways = {f"{material.code} {way}" for material in guide.materials for way in material.met_by}
    assert set(shown["materials"]["open"]) == ways and shown["materials"]["of"] == len(ways)
    options = {f"{f.key}={o['value']}" for f in guide.fields if f.situation for o in coverage.options(f.model_dump())}
    assert set(shown["situations"]["open"]) == options
