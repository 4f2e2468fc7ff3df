"""A table filled in a spreadsheet (.xlsx): read with limits, because the file comes from outside.

Only the first sheet that has cells is read; formulas count with the value they had when the file was saved.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from assistant.casework.fields.table_cells import empty
from assistant.casework.fields.table_lines import Lines, by_heading
from assistant.casework.fields.table_rows import Reading, judged
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.schema import GuideField
from knowledge.tables import columns_of

_log = get_logger(__name__)
MOST_BYTES = 2 << 20
MOST_UNPACKED = 16 << 20
MOST_MEMBERS = 200
MOST_ROWS = 2_000
MOST_COLUMNS = 40
MOST_CELL = 500
#: Headings stand in one of the first lines: above them there may be a title and hints.
_HEADING_WITHIN = 10


class SheetProblem(Exception):
    """The sheet cannot be read as this table; ``message`` says why and what to do."""

    def __init__(self, code: str, **named: Any) -> None:
        super().__init__(code)
        self.code = f"sheet_{code}"
        self.message = t(f"tables.sheet_{code}", **named)


def read_sheet(table: GuideField, data: bytes, values: Mapping[str, Any], today: date) -> Reading:
    """The rows of a sheet.

    Raises:
        SheetProblem: ``too_large``, ``broken``, ``headings`` (with those expected) or ``empty``.
    """
    lines = _cells(data)
    columns = columns_of(table.columns, values)
    expected = t("fields.list_separator").join(column.label for column in columns)
    start, order = next(
        ((n, heads) for n, line in enumerate(lines[:_HEADING_WITHIN]) if (heads := by_heading(line, table.columns))), (0, None)
    )
    if order is None:
        held = next((line for line in lines if any(line)), [])
        raise SheetProblem("headings", expected=expected, found=t("fields.list_separator").join(c for c in held if c)[:100])
    missing = [c.label for c in columns if c.key not in order and not c.optional and c.when is None]
    if missing:
        found = t("fields.list_separator").join(cell for cell in lines[start] if cell)
        raise SheetProblem("headings", expected=expected, found=found[:100])
    example = [c.example or "" for c in table.columns]
    raw = Lines(whole=True, tabbed=True)
    for line in lines[start + 1 :]:
        row = {key: cell for key, cell in zip(order, line, strict=False) if key and cell and not empty(cell)}
        if row and not (set(row.values()) <= set(example) and len(row) > 1):
            raw.rows.append(row)
    if not raw.rows:
        raise SheetProblem("empty", expected=expected)
    return judged(table, raw, values, today)


def _cells(data: bytes) -> list[list[str]]:
    """The cells of the first sheet that has any, as text."""
    from openpyxl import load_workbook  # here for the reason table_sheet has

    _harmless(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                lines = [
                    [_text(cell) for cell in line]
                    for line in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
                ]
                while lines and not any(lines[-1]):
                    lines.pop()
                if len(lines) > MOST_ROWS:
                    raise SheetProblem("too_large", most=MOST_ROWS)
                if lines:
                    return lines
        finally:
            book.close()
    except SheetProblem:
        raise
    except Exception as error:  # openpyxl raises whatever zipfile, expat or it thinks fit
        _log.info("sheet.broken", reason=type(error).__name__)
        raise SheetProblem("broken") from error
    return []


def _harmless(data: bytes) -> None:
    """Raise for a file that unpacks to far more than a table needs, before anything of it is unpacked."""
    if len(data) > MOST_BYTES:
        raise SheetProblem("too_large", most=MOST_ROWS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise SheetProblem("broken") from error
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise SheetProblem("too_large", most=MOST_ROWS)
    for member in members:
        if member.compress_size and member.file_size / member.compress_size > 400 and member.file_size > (1 << 20):
            raise SheetProblem("too_large", most=MOST_ROWS)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        # Excel keeps 15 figures: an identity number typed as a number has lost its last ones, and is refused as such
        return f"{int(cell)}" if cell.is_integer() else f"{cell:.10g}"
    return str(cell).replace("\n", " ").strip()[:MOST_CELL]
