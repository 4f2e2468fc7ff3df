"""What a table puts into forms: one row after the other, each cell as text, each option as a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.casework.fields.parse import YES_NO
from assistant.casework.fields.table_cells import Row, printed_cell, printed_table
from assistant.casework.package.text import clean
from knowledge.schema import Column, GuideField

TICKED, UNTICKED = "☑", "☐"


class FormRow:
    """A row in a template: ``row.no`` counts from 1, ``row.<column>`` is text, ``row.tick.<column>.<option>`` a box.

    Not a dict: a column may be called ``items``.
    """

    def __init__(self, cells: Mapping[str, Any]) -> None:
        self._cells = dict(cells)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_cells"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._cells[str(name)]


class FormRows(list[FormRow]):
    """The rows of a table in a template; ``first`` is the first one, or a row of empty cells where there is none."""

    def __init__(self, rows: Sequence[FormRow], nothing: FormRow, text: str) -> None:
        super().__init__(rows)
        self.first = rows[0] if rows else nothing
        self._text = text

    def __str__(self) -> str:
        return self._text


def form_rows(table: GuideField, rows: Sequence[Row]) -> FormRows:
    """The rows of an answer as a template reads them."""
    made = [_row(table, number, row) for number, row in enumerate(rows, start=1)]
    return FormRows(made, _row(table, 0, {}), clean(printed_table(table, rows)))


def blank_rows(table: GuideField, cell: str, count: int) -> FormRows:
    """Rows to write in: ``cell`` stands in every cell, no box is ticked."""
    made = [
        FormRow({"no": str(number), **dict.fromkeys((c.key for c in table.columns), cell), "tick": _ticks(table, {})})
        for number in range(1, count + 1)
    ]
    return FormRows(made, made[0] if made else _row(table, 0, {}), cell)


def _row(table: GuideField, number: int, row: Row) -> FormRow:
    cells: dict[str, Any] = {c.key: clean(printed_cell(c, row.get(c.key))) for c in table.columns}
    return FormRow({"no": str(number), **cells, "tick": _ticks(table, row)})


def _ticks(table: GuideField, row: Row) -> FormRow:
    return FormRow(
        {
            column.key: FormRow({value: TICKED if row.get(column.key) == value else UNTICKED for value in tickable(column)})
            for column in table.columns
            if column.type in ("choice", "yes_no")
        }
    )


def tickable(column: Column) -> list[str]:
    """The options of a column that a template can tick."""
    options = column.options if column.type == "choice" else column.options or YES_NO
    return [option.value for option in options]
