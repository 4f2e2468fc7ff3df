"""The full guides in use: what simulated citizens are asked, which papers they get, what the Word templates hold."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.foundation.settings import ROOT
from knowledge import template_tags
from knowledge.conditions import holds
from knowledge.schema import Guide, GuideField
from knowledge.settling import settled
from knowledge.template_tags import PACKAGE_TAGS
from tests.unit.knowledge.full_guides import CITIZENS, FULL, TODAY, answers_of, each_citizen, each_guide, own_fields

TEMPLATES = ROOT / "knowledge" / "templates"
tags_of = cache(template_tags.tags_of)  # the same few templates are asked about again and again
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


# ------------------------------------------------------------------ materials and documents


@each_guide
def test_shared_data_is_not_asked_again(guide: Guide) -> None:
    handed_back = {"paper_licence"}
    shared = [m for m in guide.materials if re.search(r"身份证|营业执照", m.name) and m.form == "electronic"]
    assert shared
    assert all(material.met_by[0] == "licence" for material in shared)
    others = [m for m in guide.materials if re.search(r"^营业执照$|身份证$", m.name) and m.form != "electronic"]
    assert {m.code for m in others} <= handed_back


def test_ways_the_law_allows() -> None:
    """A commitment may stand for proof of premises and of residence, never for what protects people's health."""
    ways = {code: {way for material in guide.materials for way in material.met_by} for code, guide in FULL.items()}
    assert "promise" in ways["company-address-change"] & ways["company-founding"]
    assert "promise" not in ways["food-permit-new"]
    assert {"promise", "tolerate"} <= ways["remote-medical"]


@each_citizen
def test_citizen_is_asked_what_applies_and_nothing_else(code: str, citizen: dict[str, Any]) -> None:
    guide, said = FULL[code], citizen["expect"]
    values = answers_of(code, citizen)
    applying = {field.key for field in guide.fields if holds(field.when, values)}
    assert set(citizen["say"]) == set(said)
    assert not set(said) & settled(guide, said, TODAY).keys(), "what follows from other answers is not asked"
    assert applying == set(values) | set(citizen.get("skip", []))
    assert all(field.optional for field in guide.fields if field.key in citizen.get("skip", []))


@each_citizen
def test_citizen_is_not_asked_too_much(code: str, citizen: dict[str, Any]) -> None:
    """A guide may know many questions; what counts is how many one citizen meets.

    Each person or company that takes part may cost four typed answers (a name, a number, a telephone, a share), the matter
    itself six; the rest is tapped, and for one typed answer at most two taps. Sixty turns are the patience of a citizen.
    """
    answered = {*citizen["expect"], *citizen.get("skip", [])}
    asked = [field for field in FULL[code].fields if field.key in answered]
    said = [field.type for field in asked if field.type not in ("choice", "multi", "yes_no", "table")]
    tables = [(field, citizen["expect"].get(field.key, [])) for field in asked if field.type == "table"]
    cells = [column.type for table, rows in tables for row in rows for column in table.columns if column.key in row]
    typed = [kind for kind in (*said, *cells) if kind != "choice"]
    taking_part = [kind for kind in typed if kind in ("person_name", "company_name")]
    assert 5 <= len(asked) <= 56
    assert len(typed) <= 6 + 4 * len(taking_part) + len(cells)
    assert len(asked) - len(said) - len(tables) <= 2 * len(typed)


@each_citizen
def test_citizens_words_are_read(code: str, citizen: dict[str, Any]) -> None:
    values: dict[str, Any] = {}
    for key, words in citizen["say"].items():
        field = FULL[code].field(key)
        assert isinstance(field, GuideField)
        parsed = parse(field, words, TODAY, values)
        assert isinstance(parsed, Accepted), key
        values[key] = parsed.value
    assert values == citizen["expect"]


@each_citizen
def test_citizens_package(code: str, citizen: dict[str, Any]) -> None:
    guide, values = FULL[code], answers_of(code, citizen)
    materials = {m.code: m for m in guide.materials if holds(m.when, values)}
    hers = {c for c, m in materials.items() if m.required and not {"licence", "generated"} & set(m.met_by)}
    assert set(citizen["materials"]) == hers
    assert all(way in materials[material].met_by for material, way in citizen["materials"].items())
    promised = {materials[material].promise_document for material, way in citizen["materials"].items() if way == "promise"}
    on_promise = {material.promise_document for material in guide.materials}
    documents = [d.key for d in guide.documents if holds(d.when, values) and (d.key not in on_promise or d.key in promised)]
    assert documents == citizen["documents"]
    assert {m.document for m in materials.values() if m.document} <= set(documents)


def test_largest_company_package_has_six_documents() -> None:
    assert max(len(citizen["documents"]) for code, citizen in CITIZENS if code == "company-address-change") == 6


def test_citizens_cover_every_option_that_decides() -> None:
    for code, guide in FULL.items():
        deciding = {field.key for field in guide.fields if field.situation and field.type == "choice"} & own_fields(code)
        met = {(key, answers_of(c, citizen).get(key)) for c, citizen in CITIZENS if c == code for key in deciding}
        for field in guide.fields:
            if field.key in deciding:
                assert {(field.key, option.value) for option in field.offered} <= met, field.key


# ------------------------------------------------------------------ templates


def used_by() -> dict[str, list[Guide]]:
    users: dict[str, list[Guide]] = {}
    for guide in FULL.values():
        for document in guide.documents:
            users.setdefault(document.template, []).append(guide)
    return users


def ticks_of(guide: Guide) -> set[str]:
    """Every box a template may hold for this guide."""
    return {tick for field in guide.fields for tick in _row_of(field)}


def cells_of(guide: Guide) -> set[str]:
    """Every cell and box of tables a template may hold for this guide."""
    tables = [field for field in guide.fields if field.type == "table"]
    found = {f"{table.key}[].no" for table in tables}
    for key, column in ((table.key, column) for table in tables for column in table.columns):
        found |= {f"{key}[].{column.key}", f"{key}.first.{column.key}"}
        found |= {f"{key}[].tick.{column.key}.{option.value}" for option in column.options}
    return found


def _row_of(field: GuideField) -> set[str]:
    """The boxes of a field that is chosen from a list; none for any other."""
    chosen = field.type in ("choice", "multi", "yes_no")
    return {f"tick.{field.key}.{value}" for value in _values(field)} if chosen else set()


def _values(field: GuideField, offered: bool = False) -> list[str]:
    return [option.value for option in (field.offered if offered else field.options)] or ["yes", "no"]


@pytest.mark.parametrize("template", sorted(used_by()))
def test_template_asks_only_for_what_each_guide_holds(template: str) -> None:
    tags = tags_of(TEMPLATES / template)
    assert tags
    for guide in used_by()[template]:
        fed = {field.key for field in guide.fields} | ticks_of(guide) | cells_of(guide) | (PACKAGE_TAGS - {"tick"})
        assert tags <= fed, guide.code


@each_guide
def test_the_form_holds_every_answer(guide: Guide) -> None:
    form = guide.documents[0]
    assert form.kind == "form"
    assert form.when is None
    tags = tags_of(TEMPLATES / form.template)
    if guide.parts:  # each part has a form of its own
        tags = {tag for document in guide.documents for tag in tags_of(TEMPLATES / document.template)}
    for field in guide.fields:
        row = _row_of(field)
        offered = {f"tick.{field.key}.{value}" for value in _values(field, offered=True)} & row
        assert tags & row == set() or offered <= tags, f"{field.key}: a row of boxes shows every option"
        # A long list, of countries say, is not drawn as boxes: the label of what was chosen is printed.
        # Who signs a resolution stands in the resolution.
        papers = guide.documents if field.type == "table" and field.optional else [form]
        shown = tags.union(*(tags_of(TEMPLATES / paper.template) for paper in papers))
        assert field.key in shown or tags & row, field.key
    assert {tag for tag in tags if tag.startswith("tick.")} <= ticks_of(guide)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.docx")), ids=lambda path: path.stem)
def test_template_is_an_official_page(path: Path) -> None:
    """A4; only the faces every office computer has; nothing of whoever drew it; no template lies about unused."""
    with zipfile.ZipFile(path) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
        author = archive.read("docProps/core.xml").decode()
        footers = [archive.read(name).decode() for name in archive.namelist() if name.startswith("word/footer")]
    size = body.find(f".//{W}pgSz")
    assert size is not None
    assert (round(int(size.get(f"{W}w", "0")), -2), round(int(size.get(f"{W}h", "0")), -2)) == (11900, 16800)
    faces = {fonts.get(f"{W}eastAsia") for run in body.iter(f"{W}r") for fonts in run.iter(f"{W}rFonts")}
    assert faces <= {"宋体", "黑体", "仿宋", "MS Gothic"}
    assert "黑体" in faces and faces & {"宋体", "仿宋"}
    assert "办到" in author
    assert any("PAGE" in footer for footer in footers)
    assert path.name in used_by()
