"""A table's question in words: what is asked for, and of which row."""

from __future__ import annotations

from assistant.casework.fields.table_cells import rows_of, table_text
from assistant.casework.fields.table_draft import TableDraft
from assistant.casework.fields.table_rows import row_name, title_of
from assistant.casework.flow.talk import Talk
from assistant.foundation.messages import t
from knowledge.schema import GuideField
from knowledge.tables import columns_of

#: So many rows are read out; of longer tables how many there are.
READ_OUT = 5


def question(talk: Talk, table: GuideField) -> str:
    """What to ask for a table now."""
    assert talk.case is not None
    values = {key: value for key, value in talk.case.values().items() if key != table.key}
    columns = [column for column in columns_of(table.columns, values) if not column.optional]
    listed = t("fields.list_separator").join(column.label for column in columns)
    rows = rows_of(table)
    draft = talk.case.drafts.get(table.key)
    answer = talk.case.answers.get(table.key)
    if draft is None and answer is not None and answer.value:
        return t(
            "tables.ask_again", called=table.label, counter=rows.counter, column=columns[-1].label,
            rows=table_text(table, answer.value, masked=True, most=READ_OUT),
        )  # fmt: skip
    if draft is None or not draft.rows:
        return t("tables.ask_first", question=table.question, how=t("tables.how", counter=rows.counter, columns=listed))
    if draft.asked is not None:
        return _of_a_row(table, draft, listed)
    names = [title_of(table, row) or row_name(table, n, row) for n, row in enumerate(draft.rows)]
    shown = t("fields.list_separator").join(names[:READ_OUT]) + ("…" if len(names) > READ_OUT else "")
    return t("tables.ask_more", count=len(names), counter=rows.counter, called=rows.called, names=shown)


def _of_a_row(table: GuideField, draft: TableDraft, listed: str) -> str:
    assert draft.asked is not None
    number, key = draft.asked
    row = draft.rows[number] if number < len(draft.rows) else None
    called = row_name(table, number, row)
    if row is None:
        return t("tables.ask_row", row=called, columns=listed)
    column = next(c for c in table.columns if c.key == key)
    if column.options or not column.example:
        options = t("fields.list_separator").join(option.label for option in column.options)
        asked = t("tables.ask_cell", row=called, column=column.label)
        return f"{asked}{t('tables.ask_cell_options', options=options)}" if options else asked
    return t("tables.ask_cell_example", row=called, column=column.label, example=column.example)
