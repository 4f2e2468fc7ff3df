"""A table put as a question: its columns, the rows there are, and which cell is wanted next."""

from __future__ import annotations

from assistant.casework.fields import table_sheet
from assistant.casework.fields.parse import field_options
from assistant.casework.fields.table_cells import as_field
from assistant.casework.fields.table_rows import row_name
from assistant.casework.model import Case
from assistant.foundation.messages import t
from knowledge.replies import Ask, AskColumn, Option
from knowledge.schema import Column, GuideField
from knowledge.tables import columns_of

SHEET_ACCEPT = [".xlsx"]
_KINDS = {"choice": "choice", "yes_no": "choice", "date": "date", "area": "number", "amount": "number", "integer": "number"}


def ask_table(table: GuideField, case: Case) -> Ask:
    """The question for a table; its label names the row and the column where one cell is wanted."""
    draft, answer = case.drafts.get(table.key), case.answers.get(table.key)
    values = {key: value for key, value in case.values().items() if key != table.key}
    rows = draft.rows if draft else answer.value if answer and not answer.skipped else None
    label, column = table.label, None
    if draft is not None and draft.asked is not None:
        number, key = draft.asked
        row = draft.rows[number] if number < len(draft.rows) else None
        label = row_name(table, number, row)
        column = next((c for c in table.columns if c.key == key), None) if row is not None else None
        if column is not None:
            label = t("tables.cell_label", row=label, column=column.label)
    elif draft is not None and draft.rows and not draft.closed:
        label = t("tables.more_label", called=table.rows.called if table.rows else table.label)
    return Ask(
        field=table.key, label=label, kind="text", columns=[_column(c) for c in columns_of(table.columns, values)],
        value=rows or None, example=column.example if column else table.example, why=table.why, optional=table.optional,
        accept=SHEET_ACCEPT,
    )  # fmt: skip


def sheet_of(table: GuideField, case: Case) -> bytes:
    """The sheet (.xlsx) of a table in this case, with the rows there are."""
    draft, answer = case.drafts.get(table.key), case.answers.get(table.key)
    rows = draft.rows if draft else answer.value if answer and not answer.skipped else []
    return table_sheet.sheet_of(table, {k: v for k, v in case.values().items() if k != table.key}, rows or [])


def _column(column: Column) -> AskColumn:
    choices = field_options(as_field(column)) if column.type in ("choice", "yes_no") else []
    return AskColumn.model_validate(
        {
            "field": column.key,
            "label": column.label,
            "kind": _KINDS.get(column.type, "text"),
            "options": [Option(value=o.value, label=o.label) for o in choices] or None,
            "optional": column.optional,
            "example": column.example,
        }
    )
