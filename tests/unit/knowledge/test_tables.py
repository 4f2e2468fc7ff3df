"""Tables of a guide: what is wrong with one is said, with the line it is in."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.guide_file import guide_of
from knowledge.lint import Tags, checked
from knowledge.template_tags import tags_of

GUIDE = ROOT / "knowledge" / "guides" / "company-founding.yaml"
TEMPLATES = ROOT / "knowledge" / "templates"
TEXT = GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "is_", "says"),
    [
        ("kind: sum_equals, column: amount,", "kind: sum_equals, column: nothing,", "nothing"),
        ("kind: sum_equals, column: amount,", "kind: sum_equals, column: name,", "name"),
        ("column: amount, field: registered_capital", "column: amount, field: nothing", "nothing"),
        ("      - key: country\n", "      - key: name\n", "name"),
        ("      - key: country\n", "      - key: first\n", "first"),
        ("when: {field: kind, is: foreigner}", "when: {field: sort, is: foreigner}", "sort"),
        ("rows: {least: 1, most: 50,", "rows: {least: 60, most: 50,", "least"),
        ("one_when: {field: shareholder_count,", "one_when: {field: nothing,", "nothing"),
    ],
)
def test_a_faulty_table_is_not_loaded(was: str, is_: str, says: str) -> None:
    assert was in TEXT
    read = guide_of(TEXT.replace(was, is_, 1), "company-founding.yaml")
    assert read.guide is None
    assert any(says in f"{problem.why} {problem.remedy}" for problem in read.problems), read.problems
    assert all(problem.line >= 1 for problem in read.problems)


@pytest.mark.parametrize("path", ["shareholders.nothing", "shareholders.first.nothing"])
def test_a_condition_on_a_column_that_is_not_there_is_found(path: str) -> None:
    read = guide_of(TEXT.replace("must: {field: shareholders.kind, in: [foreigner, hmt]}", f"must: {{field: {path}, is: hmt}}", 1), "x.yaml")
    assert read.guide is not None
    rules = [finding.rule for finding in checked(read.guide, set(), Tags(TEMPLATES), date(2026, 11, 22))]
    assert "column_unknown" in rules


def test_a_condition_on_an_option_a_column_does_not_have_is_found() -> None:
    read = guide_of(TEXT.replace("must: {field: shareholders.kind, in: [foreigner, hmt]}", "must: {field: shareholders.kind, is: alien}", 1), "x.yaml")
    assert read.guide is not None
    findings = [f for f in checked(read.guide, set(), Tags(TEMPLATES), date(2026, 11, 22)) if f.rule == "value_unknown"]
    assert [finding.named["value"] for finding in findings] == ["alien"]


def test_a_template_that_asks_for_a_column_that_is_not_there_is_found() -> None:
    read = guide_of(TEXT.replace("      - key: passport\n", "      - key: travel_document\n", 1).replace("column: passport", "column: travel_document"), "x.yaml")
    assert read.guide is not None
    findings = [f for f in checked(read.guide, set(), Tags(TEMPLATES), date(2026, 11, 22)) if f.rule == "tag_unfed"]
    assert "shareholders[].passport" in {finding.named["tag"] for finding in findings}
    assert all(finding.path[0] == "documents" for finding in findings)


def test_loops_with_one_name_are_told_apart() -> None:
    tags = tags_of(TEMPLATES / "road-freight-permit-form.docx")
    assert {"fleet[].plate", "drivers[].name"} <= tags and "drivers[].plate" not in tags


def test_what_a_table_is_in_english() -> None:
    guide = Catalogue.load(GUIDE.parent).get("company-founding", "en")
    table = guide.field("shareholders") if guide else None
    assert table is not None
    assert [column.label for column in table.columns][:3] == ["Kind", "Name", "Identity card number"]
    assert "身份证号码" in next(column for column in table.columns if column.key == "id").names
