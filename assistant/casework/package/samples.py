"""Forms before there is a case: blank ones to write on by hand, and samples filled with the guide's own examples.

Made from the same Word templates as a case's forms. No case is read: what a sample shows is written in the guide.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor

from assistant.casework.fields.parse import parse, printed
from assistant.casework.fields.result import Accepted
from assistant.casework.fields.table_cells import read_cell
from assistant.casework.fields.table_rows import accepted as accepted_rows
from assistant.casework.interview import applying_materials, next_field, record, refresh_materials
from assistant.casework.model import Case, Source
from assistant.casework.package.archive import repack
from assistant.casework.package.forms import Filled, fill, visible_text
from assistant.casework.package.table_values import blank_rows
from assistant.casework.package.values import UNTICKED, Boxes, form_context, option_values
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import CHINESE, t, use_language
from knowledge.satisfiable import answers_for, leaves
from knowledge.schema import Condition, DocumentSpec, Guide, GuideField, Rows
from knowledge.tables import applies

GAP = "\ue000"
"""Stands for an answer in a blank form until it is known what is around it; a private character no template uses."""
_LINE = "＿" * 6
_TICKS = ("choice", "multi", "yes_no")
_HIGH = Cm(0.6)
_BLANK_ROWS = 5
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def blank(guide: Guide, document: DocumentSpec, templates_dir: Path) -> bytes:
    """The form with nothing in it, as a Word file: boxes are empty, cells too, and in a sentence there is a line to write on.

    Parts for which there must be an answer are there, to be filled or struck out.

    Raises:
        PackageError: ``template_broken``.
    """
    with use_language(CHINESE):
        context: dict[str, Any] = {
            field.key: blank_rows(field, GAP, _room(field)) if field.type == "table" else GAP for field in guide.fields
        }
        boxes = {
            field.key: Boxes(dict.fromkeys(option_values(field), UNTICKED)) for field in guide.fields if field.type in _TICKS
        }
        context |= {
            "tick": Boxes(boxes), "case_no": "", "guide_name": guide.name, "today": t("package.blank_date"), "promised": GAP,
            "signature": "",
        }  # fmt: skip
        filled = fill(templates_dir / PurePosixPath(document.template).name, context, document.title)
    return _with_room(filled.docx)


def _room(table: GuideField) -> int:
    """How many rows a blank form has to write in; whoever needs more goes on with a continuation sheet."""
    rows = table.rows or Rows()
    return min(rows.most, max(rows.least, _BLANK_ROWS))


def sample(guide: Guide, document: DocumentSpec, templates_dir: Path) -> Filled:
    """The form filled with every field's own example, marked 样张 at the top and the foot of each page.

    Raises:
        PackageError: ``template_broken``.
    """
    day = guide.checked or guide.effective
    now = datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)
    with use_language(CHINESE):
        context = form_context(example_case(guide, document, now), guide, now)
        filled = fill(templates_dir / PurePosixPath(document.template).name, context, document.title)
        docx = _marked(filled.docx, t("package.sample_line"))
    return Filled(docx, filled.printed, visible_text(docx), filled.ticks, filled.boxes)


def example_case(guide: Guide, document: DocumentSpec, now: datetime) -> Case:
    """A case answered with the guide's examples, in a situation in which the document is needed."""
    case = Case(
        case_no=t("package.sample_mark"), guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
        created_at=now, updated_at=now,
    )  # fmt: skip
    needing = next((m.when for m in guide.materials if document.key in (m.document, m.promise_document)), None)
    examples = {field.key: _example(field, now, {}) for field in guide.fields if field.type != "table"}
    liked = {key: accepted.value for key, accepted in examples.items() if accepted is not None}
    conditions = [when for when in (document.when, needing) if when is not None]
    forced = answers_for([*conditions, *_rows_that_fit(guide)], guide, liked) or answers_for(conditions, guide, liked) or {}
    for _ in guide.fields:
        field = next_field(guide, case)
        if field is None:
            break
        accepted = _forced(field, forced, now, case.values()) or _example(field, now, case.values())
        skipped = accepted is None
        record(guide, case, field, accepted or Accepted(None, ""), Source(kind="computed"), now, skipped=skipped)
    refresh_materials(guide, case)
    for material in applying_materials(guide, case):
        if material.promise_document == document.key:
            case.materials[material.code].status = "promised"
    return case


def _rows_that_fit(guide: Guide) -> list[Condition]:
    """What must be true of the rows of tables (a foreigner among them, where there are said to be some), as conditions."""
    found = []
    for check in guide.checks:
        cells = [leaf for leaf in leaves(check.must) if "." in (leaf.field or "")]
        compared = [leaf for leaf in cells if leaf.in_ or "is_" in leaf.model_fields_set]
        if compared and not check.soft:
            found.append(Condition(any_=[Condition(not_=check.when), check.must]) if check.when else check.must)
    return found


def _forced(field: GuideField, forced: dict[str, Any], now: datetime, values: dict[str, Any]) -> Accepted | None:
    if forced.get(field.key) is None:
        return None
    if field.type == "table":
        return _example_rows(field, forced[field.key], now, {**forced, **values})
    accepted = Accepted(forced[field.key], str(forced[field.key]))
    return Accepted(accepted.value, printed(field, accepted))


def _example(field: GuideField, now: datetime, values: dict[str, Any]) -> Accepted | None:
    """The field's example as it would be taken; the first option where it is none of them, the words as they are elsewhere."""
    parsed = parse(field, field.example or "", now.date(), values) if field.example else None
    if isinstance(parsed, Accepted):
        return Accepted(parsed.value, printed(field, parsed))
    if field.type in _TICKS:
        first = option_values(field)[0]
        return _forced(field, {field.key: [first] if field.type == "multi" else first}, now, values)
    if field.type == "table":
        return _example_rows(field, [{}], now, values)
    return Accepted(field.example, field.example) if field.example else None


def _example_rows(table: GuideField, rows: list[dict[str, Any]], now: datetime, values: dict[str, Any]) -> Accepted:
    """Rows that have these cells, the others filled with the columns' own examples."""
    made = []
    for given in rows:
        row: dict[str, Any] = {}
        for column in table.columns:
            if not applies(column, row, values):
                continue
            if column.key in given:
                row[column.key] = given[column.key]
            elif column.example and isinstance(read := read_cell(column, column.example, row, values, now.date()), Accepted):
                row[column.key] = read.value
            elif column.options:
                row[column.key] = column.options[0].value
        made.append(row)
    return accepted_rows(table, made, values)


def _with_room(docx: bytes) -> bytes:
    """Gaps that have their paragraph to themselves are left empty; others become a line to write on."""
    document = Document(io.BytesIO(docx))
    for part in document.part.package.iter_parts():
        root = getattr(part, "element", None)
        for paragraph in root.iter(f"{_W}p") if root is not None else ():
            texts = [node for node in paragraph.iter(f"{_W}t") if next(node.iterancestors(f"{_W}p")) is paragraph]
            whole = "".join(node.text or "" for node in texts)
            if GAP not in whole:
                continue
            alone = not re.sub(rf"[{GAP}\s]", "", whole)
            for node in texts:
                node.text = (node.text or "").replace(GAP, "" if alone else _LINE)
    return _saved(document)


def _marked(docx: bytes, line: str) -> bytes:
    """The same with a line at the top and the foot of every page. LibreOffice carries headers over; a drawing it may lose."""
    document = Document(io.BytesIO(docx))
    for number, section in enumerate(document.sections):
        section.header_distance = min(section.header_distance or _HIGH, _HIGH)
        for edge in (
            section.header, section.footer, section.first_page_header, section.first_page_footer, section.even_page_header,
            section.even_page_footer,
        ):  # fmt: skip
            if edge.is_linked_to_previous and number > 0:
                continue  # it shows what the section before it shows
            # in the line that is there already: one more would push the form onto a further page
            there = edge.paragraphs or [edge.add_paragraph()]
            paragraph = next((one for one in there if one.text.strip()), there[0])
            if not paragraph.text.strip():
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(f"　{line}　")
            run.bold = True
            run.font.size = Pt(10)
            run.font.color.rgb = RGBColor(0xC0, 0x20, 0x20)
    return _saved(document)


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return repack(buffer.getvalue())
