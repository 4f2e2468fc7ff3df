"""Tables in forms: every row printed, every cell found again by the gate, a heading on every page, empty rows to write in."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from assistant.casework.fields.table_rows import accepted
from assistant.casework.interview import record
from assistant.casework.model import Source
from assistant.casework.package import gate
from assistant.casework.package.errors import PackageError
from assistant.casework.package.forms import Filled, fill
from assistant.casework.package.samples import blank, example_case, sample
from assistant.casework.package.values import form_context, printed
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from tests.unit.casework.fields.tables import id_number
from tests.unit.casework.package.samples import NOW
from tests.unit.casework.package.test_build import Plain

TEMPLATES = ROOT / "knowledge" / "templates"


@pytest.fixture(scope="module")
def founding() -> Guide:
    guide = Catalogue.load(ROOT / "knowledge" / "guides").get("company-founding")
    assert guide is not None
    return guide


def rows(count: int) -> list[dict[str, Any]]:
    """Shareholders with names of forty characters, rare ones and separators among them."""
    named = ["阿卜杜拉·买买提", "㼆𠮷", "张" + "三" * 39, "Mary-Jane O'Neill"]
    names = [*named, *(f"示例{chr(0x9000 + n)}" for n in range(count))]
    return [{"name": names[n], "id": id_number(110105, date(1980, 1, 1), n), "amount": 1000 + n} for n in range(count)]


def held(guide: Guide, count: int) -> Any:
    """A case of the founding guide with so many shareholders."""
    document = next(d for d in guide.documents if d.key == "articles")
    made, table = example_case(guide, document, NOW), guide.field("shareholders")
    assert table is not None
    shareholders = rows(count)
    for key, value in (("shareholder_count", "several"), ("registered_capital", sum(row["amount"] for row in shareholders))):
        made.answers[key] = made.answers[key].model_copy(update={"value": value, "display": str(value)})
    values = {key: value for key, value in made.values().items() if key != table.key}
    record(guide, made, table, accepted(table, shareholders, values), Source(kind="computed"), NOW)
    return made


def test_two_hundred_rows_pass_the_gate(founding: Guide) -> None:
    made = held(founding, 200)
    filled = fill(TEMPLATES / "company-founding-articles.docx", form_context(made, founding, NOW), "公司章程")
    assert all(row["name"] in filled.text and f"{row['amount']}元" in filled.text for row in rows(200))
    pages = gate.check(Plain().convert(filled.docx), gate.expect(filled), "公司章程")
    assert pages > 3
    table = Document(io.BytesIO(filled.docx)).tables[0]
    assert len(table.rows) == 201
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_the_gate_notices_a_lost_cell(founding: Guide) -> None:
    filled = fill(TEMPLATES / "company-founding-authorisation.docx", form_context(held(founding, 20), founding, NOW), "委托书")
    lost = Plain(lambda held: [block for block in held if block.kind != "table" or not any("示例" in c for r in block.rows for c, _ in r)])
    with pytest.raises(PackageError) as caught:
        gate.check(lost.convert(filled.docx), gate.expect(filled), "委托书")
    assert caught.value.code == "document_incomplete"


def test_the_manifest_has_the_whole_table(founding: Guide) -> None:
    made, table = held(founding, 3), founding.field("shareholders")
    assert table is not None
    text = printed(table, made.answers["shareholders"])
    assert text.startswith("1. 阿卜杜拉·买买提，") and "2. 㼆𠮷，" in text and rows(3)[1]["id"] in text


def test_a_blank_form_has_rows_to_write_in_and_a_sample_has_the_examples(founding: Guide) -> None:
    document = next(d for d in founding.documents if d.key == "articles")
    table = Document(io.BytesIO(blank(founding, document, TEMPLATES))).tables[0]
    assert len(table.rows) == 6
    assert not any(cell.text.strip() for cell in table.rows[1].cells[:2])
    shown = sample(founding, document, TEMPLATES)
    assert "张三" in shown.text and "李四" in shown.text


def test_a_form_for_foreigners_is_shown_with_a_foreigner(founding: Guide) -> None:
    document = next(d for d in founding.documents if d.key == "recipient_authorisation")
    assert "X1234567" in sample(founding, document, TEMPLATES).text


def test_a_column_a_table_does_not_have_is_an_error(founding: Guide, tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=3, cols=1)
    for row, text in zip(table.rows, ("{%tr for row in shareholders %}", "{{ row.nothing }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = text
    document.save(str(tmp_path / "t.docx"))
    with pytest.raises(PackageError) as caught:
        fill(tmp_path / "t.docx", form_context(held(founding, 2), founding, NOW), "示例")
    assert caught.value.code == "template_broken" and "nothing" in caught.value.message



def test_a_number_that_two_neighbouring_cells_make_by_chance_is_not_looked_for() -> None:
    filled = Filled(b"", ("33", "34", "110101198001010033", "4"), "33\n110101198001010033\n4\n34\n34", 0, 0)
    assert dict(gate.expect(filled).texts) == {"33": 2, "34": 2, "110101198001010033": 1, "4": 3}
