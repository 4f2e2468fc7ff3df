"""Lint points at the line of everything the schema alone cannot see."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from knowledge.lint import lint
from knowledge.template_tags import TemplateUnreadable, tags_of
from tests.unit.knowledge.test_catalogue import SIGN, line_with, spoil


def write_template(path: Path, text: str, header: str = "") -> None:
    document = Document()
    document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.save(str(path))


@pytest.fixture
def templates_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    write_template(folder / "shop-sign.docx", "{{ shop_name }} {{ tick.premises.leased }} {{ today }}", "{{ case_no }}")
    write_template(folder / "promise.docx", "{{ promised }}")
    return folder


def test_sound_guides_have_no_problems(guides_dir: Path, templates_dir: Path) -> None:
    assert [problem for problem in lint(guides_dir, templates_dir) if problem.file == SIGN] == []
    assert lint(guides_dir, templates_dir) == []


@pytest.mark.parametrize(("old", "new", "at", "why"), [
    ("- {name: 提交, text: 网上", "- {name: 提交, txt: 网上", "txt", "txt"),
    ("when: {field: premises, is: leased}, met_by", "when: {field: premises, is: rented}, met_by", "code: lease", "rented"),
    ('{field: lit, is: "yes"}', "{field: lit, is: true}", "code: structure", "True"),
    ("{field: sign_area, over: 10}", "{field: shop_name, over: 10}", "code: structure", "shop_name"),
    ("materials:\n", "checks:\n  - {must: {field: sign_area, sum_of: [shop_name]}, message: 不对, remedy: 改, ask: sign_area}\nmaterials:\n",
     "must:", "shop_name"),
    ("materials:\n", "checks:\n  - {must: {field: lit, is: maybe}, message: 不对, remedy: 改, ask: lit}\nmaterials:\n", "must:", "maybe"),
    ("materials:\n", "checks:\n  - {must: {field: lit, is: \"yes\"}, message: 不对, remedy: 改, ask: nobody}\nmaterials:\n", "must:", "nobody"),
    ("materials:\n", "judgements:\n  - {key: a, when: {field: lit, is: maybe}, reason: 看, message: 看, evidence: [law_1]}\nmaterials:\n", "{field: lit, is: maybe}", "maybe"),
    ("materials:\n", "judgements:\n  - {key: a, when: {field: lit, is: \"yes\"}, reason: 看, message: 看, evidence: [no_such]}\nmaterials:\n",
     "key: a", "no_such"),
    ("materials:\n", "judgements:\n" + "".join(f"  - {{key: again, when: {{field: lit, is: b}}, reason: {reason}, message: 看, evidence: [law_1]}}\n"
                                              for reason in ("看", "再看")) + "materials:\n", "再看", "again"),
    ("promised_limit: {days: 5", "promised_limit: {days: 25", "promised_limit", "25"),
    ("template: promise.docx", "template: gone.docx", "gone.docx", "gone.docx"),
    ("  - key: shop_name\n    label: 店名", "  - key: today\n    label: 店名", "label: 店名", "today"),
    ("neighbours: []", "neighbours: [{name: 没有此事项, difference: 不同。}]", "没有此事项", "没有此事项"),
    ("aliases: [店招设置, 门头招牌]", "aliases: [店招设置, 公司地址變更]", "公司地址變更", "公司住所变更登记"),
])
def test_finds_it_and_points_at_it(guides_dir: Path, templates_dir: Path, old: str, new: str, at: str, why: str) -> None:
    spoil(guides_dir, old, new)
    problems = [problem for problem in lint(guides_dir, templates_dir) if why in problem.why]
    assert problems
    assert all(problem.file == SIGN and problem.remedy for problem in problems)
    if why != "today":
        assert line_with(guides_dir, at) in {problem.line for problem in problems}


def test_templates_and_fields_must_match(guides_dir: Path, templates_dir: Path) -> None:
    write_template(templates_dir / "shop-sign.docx", "{{ shopname }} {{ tick.premises.owned }} {{ tick.lit.yes }}", "{{ headline }}")
    by_line: dict[int, set[str]] = {}
    for problem in lint(guides_dir, templates_dir):
        by_line.setdefault(problem.line, set()).add(problem.why)
    template_line, field_line = line_with(guides_dir, "template: shop-sign.docx"), line_with(guides_dir, "key: shop_name")
    said = "".join(by_line.pop(template_line))
    assert all(tag in said for tag in ("shopname", "tick.premises.owned", "headline")) and "tick.lit" not in said
    assert "shop_name" in "".join(by_line.pop(field_line)), "a field nothing uses is one question too many"
    assert not by_line


@pytest.mark.parametrize("content", [b"not a zip", b""])
def test_unreadable_templates_are_said(guides_dir: Path, templates_dir: Path, content: bytes) -> None:
    (templates_dir / "promise.docx").write_bytes(content)
    assert any("promise.docx" in problem.why for problem in lint(guides_dir, templates_dir))
    with pytest.raises(TemplateUnreadable):
        tags_of(templates_dir / "promise.docx")


def test_unclosed_tag_is_said(guides_dir: Path, templates_dir: Path) -> None:
    write_template(templates_dir / "promise.docx", "{% if promised %} 没有结尾")
    assert any("promise.docx" in problem.why for problem in lint(guides_dir, templates_dir))
