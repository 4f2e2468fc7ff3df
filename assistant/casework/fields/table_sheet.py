"""The empty sheet (.xlsx) of a table: headings, one example row, and lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from assistant.casework.fields.parse import YES_NO
from assistant.casework.fields.table_cells import Row, printed_cell, rows_of
from assistant.foundation.messages import t
from knowledge.schema import Column, GuideField
from knowledge.tables import columns_of

_LONGEST_LIST = 250


def sheet_of(table: GuideField, values: Mapping[str, Any], rows: list[Row]) -> bytes:
    """The sheet of a table in a case: rows given already stand in it, else the example row (which is not read back)."""
    # Here, because a tenth of what a start imports would be this, and sheets are rare.
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    heading, example = PatternFill("solid", fgColor="DDE6F0"), Font(italic=True, color="808080")
    columns = columns_of(table.columns, values)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = table.label[:31]
    last = rows_of(table).most + 1
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        head = sheet.cell(1, number, column.label)
        head.font, head.fill, head.alignment = Font(bold=True), heading, Alignment(wrap_text=True, vertical="center")
        if column.optional:
            head.comment = Comment(t("tables.sheet_optional"), "-")
        sheet.column_dimensions[letter].width = max(14, 2 * len(column.label) + 4, 24 if column.type in _LONG else 0)
        for line in range(2, last + 1):
            sheet.cell(line, number).number_format = "@"  # identity numbers stay whole only as text
        choices = _choices(column)
        if choices:
            listed = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(listed)
            listed.add(f"{letter}2:{letter}{last}")
    for line, row in enumerate(rows, start=2):
        for number, column in enumerate(columns, start=1):
            text = _plain(column, row.get(column.key))
            sheet.cell(line, number, text or None)
    if not rows:
        for number, column in enumerate(columns, start=1):
            cell = sheet.cell(2, number, column.example)
            cell.font = example
        sheet.cell(1, 1).comment = Comment(t("tables.sheet_example"), "-")
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_LONG = frozenset({"id_number", "uscc", "address", "company_name"})


def _plain(column: Column, value: Any) -> str:
    if value is None:
        return ""
    return str(value) if column.type in ("amount", "area", "integer", "date") else printed_cell(column, value)


def _choices(column: Column) -> str:
    options = (column.options or YES_NO) if column.type == "yes_no" else column.options
    joined = ",".join(option.label.replace(",", "，").replace('"', "") for option in options)
    return joined if len(joined) <= _LONGEST_LIST else ""
