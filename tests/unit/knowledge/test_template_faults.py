"""Templates as civil servants break them in Word: each fault is found, with its tag and the words beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from assistant.foundation.settings import ROOT
from knowledge.lint import lint
from knowledge.template_faults import faults_of, meant, near


def template(path: Path, *paragraphs: str, rows: tuple[tuple[str, ...], ...] = (), header: str = "") -> Path:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.sections[0].header.paragraphs[0].text = header
    document.save(str(path))
    return path


@pytest.mark.parametrize(
    ("paragraph", "kind", "tag"),
    [
        ("公司名称：{{ company_name", "tag_torn", "{{ company_name"),
        ("公司名称：{{ company_name }", "tag_torn", "{{ company_name }"),
        ("公司名称：{{ company_name　电话：{{ phone }}", "tag_torn", "{{ company_name　电话："),
        ("公司名称：{{ company_name %}", "tag_torn", "{{ company_name %}"),
        ("公司名称：company_name }}", "tag_unopened", "company_name }}"),
        ("公司名称：{ company_name }}", "tag_unopened", "{ company_name }}"),
        ("公司名称：{ company_name }", "tag_single", "{ company_name }"),
        ("公司名称：｛｛ company_name ｝｝", "tag_wide", "｛｛ company_name ｝｝"),
        ("公司名称：{% if phone ＝＝ '1' %}有{% endif %}", "tag_punctuation", "{% if phone ＝＝ '1' %}"),
        ("公司名称：{% if phone == ‘1’ %}有{% endif %}", "tag_punctuation", "{% if phone == ‘1’ %}"),
        ("公司名称：{{ company name }}", "tag_expression", "{{ company name }}"),
        ("公司名称：{% fi phone %}有{% endif %}", "tag_word", "{% fi phone %}"),
        ("公司名称：{% if phone %}有", "tag_unended", "{% if phone %}"),
        ("公司名称：有{% endif %}", "tag_unbegun", "{% endif %}"),
        ("公司名称：{% for x in people %}{% if x %}有{% endfor %}", "tag_unended", "{% if x %}"),
    ],
)
def test_a_broken_tag_is_named_with_the_words_beside_it(tmp_path: Path, paragraph: str, kind: str, tag: str) -> None:
    found = faults_of(template(tmp_path / "t.docx", "标题", paragraph, "{{ phone }}"))
    assert (kind, tag) in {(fault.kind, fault.tag) for fault in found}
    assert all("公司名称" in fault.near for fault in found if fault.kind == kind)


def test_a_deleted_end_of_repeated_rows_is_found(tmp_path: Path) -> None:
    rows = (("姓名", "出资额"), ("{%tr for row in holders %}", ""), ("{{ row.name }}", "{{ row.amount }}"))
    found = faults_of(template(tmp_path / "t.docx", rows=rows))
    assert [(fault.kind, fault.tag) for fault in found] == [("tag_unended", "{%tr for row in holders %}")]
    assert not faults_of(template(tmp_path / "t.docx", rows=(*rows, ("{%tr endfor %}", ""))))


def test_words_in_a_row_that_is_thrown_away_are_found(tmp_path: Path) -> None:
    rows = (("{%tr if phone %}", "联系电话"), ("{{ phone }}", ""), ("{%tr endif %}", ""))
    (fault,) = faults_of(template(tmp_path / "t.docx", rows=rows))
    assert (fault.kind, fault.near) == ("tag_lost", "联系电话")
    (fault,) = faults_of(template(tmp_path / "t.docx", "{%p if phone %}有电话的：", "{{ phone }}", "{%p endif %}"))
    assert fault.kind == "tag_lost"


def test_rows_and_paragraphs_are_not_mixed(tmp_path: Path) -> None:
    rows = (("{%tr if phone %}", ""), ("{{ phone }}", ""), ("{% endif %}", ""))
    assert [fault.kind for fault in faults_of(template(tmp_path / "t.docx", rows=rows))] == ["tag_mixed"]
    assert [fault.kind for fault in faults_of(template(tmp_path / "t.docx", "{%tr if phone %}", "有", "{%tr endif %}"))] == ["tag_no_row"] * 2


def test_headers_are_read_and_runs_do_not_matter(tmp_path: Path) -> None:
    assert [fault.kind for fault in faults_of(template(tmp_path / "t.docx", "好", header="办件编号：{{ case_no"))] == ["tag_torn"]
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ comp", "any_name", " }", "}"):  # as Word cuts a tag up when a part of it is set in another face
        paragraph.add_run(piece)
    document.save(str(tmp_path / "runs.docx"))
    assert faults_of(tmp_path / "runs.docx") == []


def test_what_is_no_word_file_has_no_such_faults(tmp_path: Path) -> None:
    (tmp_path / "t.docx").write_bytes(b"no zip")
    assert faults_of(tmp_path / "t.docx") == [] and near(tmp_path / "t.docx", "phone") == ""


def test_a_name_is_found_by_the_words_beside_it_and_guessed(tmp_path: Path) -> None:
    path = template(tmp_path / "t.docx", "抬头", "联系电话：{{ phnoe }}", "{{ tick.filer.agnet }} 委托代理人")
    assert near(path, "phnoe") == "联系电话：" and near(path, "tick.filer.agnet") == "委托代理人"
    assert meant("phnoe", ["company_name", "phone"]) == "phone" and meant("xyz", ["phone"]) is None


@pytest.mark.parametrize("path", sorted((ROOT / "knowledge" / "templates").glob("*.docx")), ids=lambda path: path.stem)
def test_no_template_in_use_is_broken(path: Path) -> None:
    assert faults_of(path) == []


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        ("{{ shop_name }}", "{{ shop_nme }}", "shop_nme 没有字段可填", "改成 shop_name"),
        ("{{ shop_name }}", "{{ shop_name", "标记没有写完：{{ shop_name", "一口气重打"),
        ("{{ tick.premises.leased }}", "{{ tick.premises.rented }}", "tick.premises.rented 没有这个选项", "leased"),
        ("{% endif %}", "", "{% if shop_name=='x' %} 没有结尾", "endif"),
        ("=='x'", "＝＝‘x’", "标记里有中文标点", "英文输入法"),
    ],
)
def test_lint_says_which_tag_in_which_template_and_what_to_do(
    guides_dir: Path, tmp_path: Path, old: str, new: str, said: str, remedy: str
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    sound = "{{ shop_name }}{% if shop_name=='x' %}{{ tick.premises.leased }} 租赁{% endif %} {{ today }} {{ case_no }}"
    template(folder / "promise.docx", "{{ promised }}")
    template(folder / "shop-sign.docx", f"店名：{sound}")
    assert lint(guides_dir, folder) == []
    template(folder / "shop-sign.docx", f"店名：{sound.replace(old, new)}")
    (problem,) = lint(guides_dir, folder)
    assert problem.why.startswith("模板 shop-sign.docx 的“店名：”旁边") and said in problem.why and remedy in problem.remedy
