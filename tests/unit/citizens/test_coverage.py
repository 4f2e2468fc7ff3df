"""What the citizens' files show of the guides: every option of every situation is taken, every way to meet a material is used."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.foundation.settings import ROOT
from benchmarks.citizens import coverage
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.road import Journey
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.settling import settled

GUIDES = {guide.code: guide for guide in Catalogue.load(ROOT / "knowledge" / "guides").all() if not guide.outline}
TODAY = date(2026, 11, 10)
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
