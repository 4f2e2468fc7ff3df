"""Tables kept true to the other answers: whose cells are wanted may depend on them."""

from __future__ import annotations

from assistant.casework.fields.table_cells import printed_table, tidied
from assistant.casework.fields.table_draft import TableDraft
from assistant.casework.fields.table_rows import first_gap
from assistant.casework.model import Case
from knowledge.schema import Guide


def reopen_tables(guide: Guide, case: Case) -> None:
    """Ask again for tables that lack cells now, and drop the cells that apply no more; nothing else of a row is lost."""
    for field in guide.fields:
        answer = case.answers.get(field.key)
        if field.type != "table" or answer is None or answer.skipped or not isinstance(answer.value, list):
            continue
        values = {key: value for key, value in case.values().items() if key != field.key}
        rows = [tidied(field, row, values) for row in answer.value]
        gap = first_gap(field, rows, values)
        if gap is not None:
            case.drafts[field.key] = TableDraft(rows=rows, asked=(gap[0], gap[1].key), closed=True)
            del case.answers[field.key]
            if field.key in case.asked:
                case.asked.remove(field.key)
        elif rows != answer.value:
            case.answers[field.key] = answer.model_copy(update={"value": rows, "display": printed_table(field, rows)})
