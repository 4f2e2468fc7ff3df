"""A table being filled in: by sentences, by a card's lines or by a sheet; what is missing of which row is asked next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.casework import interview
from assistant.casework.fields import asides, english, options
from assistant.casework.fields.result import Accepted
from assistant.casework.fields.table_cells import rows_of, shown_cell
from assistant.casework.fields.table_draft import CellProblem, TableDraft
from assistant.casework.fields.table_read_sheet import SheetProblem, read_sheet
from assistant.casework.fields.table_rows import (
    Reading,
    accepted,
    broken_rules,
    cell_message,
    first_gap,
    merged,
    put,
    read_rows,
    row_name,
    sums_settled,
)
from assistant.casework.fields.table_words import Command, command, is_done
from assistant.casework.flow.asking import advance, ask, reject
from assistant.casework.flow.storing import store
from assistant.casework.flow.talk import Talk
from assistant.foundation.messages import t
from knowledge.schema import GuideField
from knowledge.tables import most_rows

#: These words steer the talk; no row is made of a name read out of them.
_STEERS = re.compile(
    r"人工|客服|排队|返回|回到|上一|暂停|取消|不办|重新|退出|提交|进度|修改|更改|稍后|等[下会一]|晚点|再见|谢|你好|您好|投诉|跳过|不填|不知道|不清楚|"
    r"帮我|我要|我想|为什么|上次|一样|刚才"
)
#: So many wrong cells are named in one turn; the others are counted.
LISTED = 5


def asked_table(talk: Talk) -> GuideField | None:
    """The table that is being asked for, if it is one."""
    field = talk.guide.field(talk.asking) if talk.guide and talk.asking else None
    return field if field is not None and field.type == "table" and talk.case is not None else None


def draft_of(talk: Talk, table: GuideField) -> TableDraft:
    """The rows so far: those of the draft, or of the answer that is being changed."""
    assert talk.case is not None
    held = talk.case.drafts.get(table.key)
    if held is not None:
        return held.model_copy(deep=True)
    answer = talk.case.answers.get(table.key)
    rows = [dict(row) for row in answer.value] if answer and isinstance(answer.value, list) else []
    return TableDraft(rows=rows, closed=bool(rows))


def plainly(talk: Talk) -> bool:
    """Whether the words are rows or cells of the table being asked for, or speak of them, and nothing else."""
    table = asked_table(talk)
    if table is None or talk.case is None:
        return False
    text = talk.text.strip()
    draft = draft_of(talk, table)
    if "\t" in text or command(table, text, draft.rows) is not None or (draft.problems and _agrees(text)):
        return True
    if _asks(text) or _aside(talk, text):
        return False
    if _asked_cell(talk, table, draft, text):
        return draft.asked is None or _told(table, {draft.asked[1]}) or not _STEERS.search(text)
    read = read_rows(table, text, _others(talk, table), talk.now.date())
    cells = [key for row in read.rows for key in row] + [problem.column for problem in read.problems]
    return _told(table, set(cells)) or (len(cells) > 1 and not _STEERS.search(text))


def _told(table: GuideField, keys: set[str]) -> bool:
    """Whether the cells are of columns whose values have a form of their own; names and free text may be anything."""
    return any(c.key in keys and c.type not in ("person_name", "company_name", "text", "address") for c in table.columns)


def _asks(text: str) -> bool:
    return english.asks(text) or any(word in text for word in ("?", "？", "什么", "怎么", "多少", "哪里", "为啥"))


def _aside(talk: Talk, text: str) -> bool:
    """Whether the words ask why the table is wanted or for an example, which is in no cell."""
    again = talk.case is not None and talk.asking in talk.case.answers
    return any(aside.kind in ("why", "example") for aside in asides.read(text, again))


def _agrees(text: str) -> bool:
    return len(text) <= 8 and options.yes_or_no(text) is True


def take(talk: Talk) -> bool:
    """Read the turn as rows of the table being asked for; False where it is something else."""
    table = asked_table(talk)
    if table is None or talk.case is None:
        return False
    if talk.attachments:
        return _take_sheet(talk, table)
    draft = draft_of(talk, table)
    text = "\n".join(talk.tapped) if talk.tapped is not None else talk.text
    said = command(table, text, draft.rows)
    if said is not None and _perform(talk, table, draft, said):
        return True
    if draft.problems and draft.problems[0].insist is not None and (_agrees(text) or _again(draft.problems[0], text)):
        _insist(draft)
        settle(talk, table, draft)
        return True
    if talk.tapped is None and _aside(talk, text):
        return False
    if _asked_cell(talk, table, draft, text):
        found = Reading(rows=draft.rows)
        number, key = draft.asked or (0, "")
        column = next(c for c in table.columns if c.key == key)
        while len(draft.rows) <= number:
            draft.rows.append({})
        draft.problems = [p for p in draft.problems if (p.row, p.column) != (number, key)]
        put(found, table, number, draft.rows[number], column, text, _others(talk, table), talk.now.date())
        draft.warnings += found.warnings
        settle(talk, table, draft, news=True)
        return True
    read = read_rows(table, text, _others(talk, table), talk.now.date())
    cells = {key for row in read.rows for key in row}
    wrong = {problem.column for problem in read.problems}
    if not (cells or _told(table, wrong)) or (_STEERS.search(text) and not _told(table, cells | wrong)):
        return _not_rows(talk, table, draft, text)
    _lay(talk, table, draft, read)
    settle(talk, table, draft, news=True)
    return True


def _not_rows(talk: Talk, table: GuideField, draft: TableDraft, text: str) -> bool:
    """Words that are no rows: told what is wrong with the cell asked for; whatever else they are is not said here."""
    if talk.intent in ("skip", "apply") or talk.guide is None or _STEERS.search(text):
        return False
    if draft.asked is not None and draft.asked[0] < len(draft.rows):
        found = Reading(rows=draft.rows)
        column = next(c for c in table.columns if c.key == draft.asked[1])
        put(found, table, draft.asked[0], dict(draft.rows[draft.asked[0]]), column, text, _others(talk, table), talk.now.date())
        if found.problems:
            draft.problems = [found.problems[0], *(p for p in draft.problems if (p.row, p.column) != draft.asked)]
            settle(talk, table, draft)
            return True
    return False


def _lay(talk: Talk, table: GuideField, draft: TableDraft, read: Reading) -> None:
    """Rows read, put in the place of those there or beside them."""
    replaces = read.whole or (read.tabbed and draft.closed)
    held = [] if replaces else draft.rows
    draft.rows, places = merged(table, held, read.rows)
    moved = [p.model_copy(update={"row": places[p.row]}) for p in read.problems]
    filled = {(places[i], key) for i, row in enumerate(read.rows) for key in row} | {(p.row, p.column) for p in moved}
    draft.problems = [*moved, *(p for p in ([] if replaces else draft.problems) if (p.row, p.column) not in filled)]
    draft.warnings = [*([] if replaces else draft.warnings), *read.warnings]
    draft.expected = read.expected or draft.expected
    if held and draft.rows == held and draft.asked is None and not moved:
        draft.closed = True  # asked for more she says the same again: that is all there is
    several = len(read.rows) > 1 or read.whole or read.tabbed
    draft.closed = draft.closed or (several and (draft.expected is None or len(draft.rows) >= draft.expected))
    draft.closed = draft.closed or (draft.expected is not None and len(draft.rows) >= draft.expected)
    if read.left:
        talk.notice("warning", t("tables.left", pieces=t("fields.list_separator").join(read.left[:LISTED])))


def _asked_cell(talk: Talk, table: GuideField, draft: TableDraft, text: str) -> bool:
    """Whether the words are a value of the very cell that was asked for."""
    if draft.asked is None or "\n" in text.strip() or "\t" in text:
        return False
    number, key = draft.asked
    column = next((c for c in table.columns if c.key == key), None)
    if column is None or is_done(text):
        return False
    row = dict(draft.rows[number]) if number < len(draft.rows) else {}
    found = Reading(rows=[row])
    put(found, table, number, row, column, text, _others(talk, table), talk.now.date())
    if found.problems:
        return False
    read = read_rows(table, text, _others(talk, table), talk.now.date())
    cells = [cell for cells in read.rows for cell in cells.items()]
    return len(cells) <= 1 and not (read.problems and len(cells) + len(read.problems) > 1)


def _again(problem: CellProblem, text: str) -> bool:
    def plain(words: str) -> str:
        return "".join(ch for ch in words if ch.isalnum()).upper()

    return plain(text).endswith(plain(str(problem.insist)))


def _insist(draft: TableDraft) -> None:
    problem = draft.problems.pop(0)
    while len(draft.rows) <= problem.row:
        draft.rows.append({})
    draft.rows[problem.row][problem.column] = problem.insist
    if problem.warning:
        draft.warnings.append(problem.warning)


def _perform(talk: Talk, table: GuideField, draft: TableDraft, said: Command) -> bool:
    rows = rows_of(table)
    if said.kind in ("done", "none"):
        if said.kind == "none" and not draft.rows and rows.least > 0:
            return False  # 没有 of a table that must have rows: left out, if it may be
        draft.closed, draft.expected = True, None
    elif said.kind == "clear":
        draft = TableDraft()
    elif said.kind == "drop" and said.row is not None:
        gone = row_name(table, said.row, draft.rows[said.row])
        drop_row(draft, said.row)
        talk.notice("info", t("tables.dropped", row=gone))
    elif said.kind == "set" and said.row is not None:
        set_cell(talk, table, draft, said)
    elif said.kind == "add":
        draft.closed, draft.expected = False, len(draft.rows) + 1
        if said.text:
            read = read_rows(table, said.text, _others(talk, table), talk.now.date())
            if any(read.rows):
                _lay(talk, table, draft, read)
    settle(talk, table, draft, news=said.kind not in ("done", "none"))
    return True


def drop_row(draft: TableDraft, number: int) -> None:
    """Take a row out, and what was wrong in it."""
    del draft.rows[number]
    draft.problems = [
        p.model_copy(update={"row": p.row - (p.row > number)}) for p in draft.problems if p.row != number
    ]  # fmt: skip
    draft.asked, draft.expected = None, None


def set_cell(talk: Talk, table: GuideField, draft: TableDraft, said: Command) -> None:
    """Put another value into one cell; the column named, or the one that takes it."""
    assert said.row is not None
    row, values = draft.rows[said.row], _others(talk, table)
    if said.column is None:
        read = read_rows(table, said.text, values, talk.now.date())
        keys = {key for cells in read.rows[:1] for key in cells} | {p.column for p in read.problems}
        column = next((c for c in table.columns if c.key in keys), None)
    else:
        column = said.column
    if column is None:
        talk.notice("warning", t("tables.which_column", row=row_name(table, said.row, row)))
        return
    found = Reading(rows=draft.rows)
    before = row.pop(column.key, None)
    put(found, table, said.row, row, column, said.text, values, talk.now.date())
    draft.problems = [p for p in draft.problems if (p.row, p.column) != (said.row, column.key)]
    if found.problems:
        if before is not None:
            row[column.key] = before
        draft.problems = [*found.problems, *draft.problems]
        return
    draft.warnings += found.warnings
    talk.notice(
        "info",
        t("tables.set", row=row_name(table, said.row, row), column=column.label,
          value=shown_cell(column, row[column.key], masked=True)),
    )  # fmt: skip


def _take_sheet(talk: Talk, table: GuideField) -> bool:
    sheets = [upload for upload in talk.attachments if upload.sheet is not None]
    if not sheets:
        return False
    sheet = sheets[-1].sheet
    assert sheet is not None
    draft = draft_of(talk, table)
    try:
        read = read_sheet(table, sheet, _others(talk, table), talk.now.date())
    except SheetProblem as error:
        _keep(talk, table, draft)
        reject(talk, error.code, error.message)
        return True
    read.whole = True
    _lay(talk, table, draft, read)
    draft.closed = True
    rows = rows_of(table)
    talk.notice("info", t("tables.sheet_read", count=len(draft.rows), counter=rows.counter, called=rows.called))
    settle(talk, table, draft)
    return True


def settle(talk: Talk, table: GuideField, draft: TableDraft, *, news: bool = False) -> None:
    """Ask for what the table lacks, or keep it as the answer.

    ``news``: what was taken is told, because more is asked.
    """
    values, rows = _others(talk, table), rows_of(table)
    draft.asked = None
    most = most_rows(rows, values)
    if len(draft.rows) > most:
        _keep(talk, table, draft)
        many = t("tables.too_many", most=most, counter=rows.counter, called=rows.called, count=len(draft.rows))
        reject(talk, "table_too_many", rows.too_many if rows.too_many and most == rows.most else many)
        return
    if draft.problems:
        draft.problems.sort(key=lambda p: p.row)
        first = draft.problems[0]
        draft.asked = (first.row, first.column)
        _keep(talk, table, draft)
        reject(talk, "table_cell", problems_text(table, draft))
        return
    gap = first_gap(table, draft.rows, values)
    lacking = max(rows.least, draft.expected or 0)
    if gap is not None:
        draft.asked = (gap[0], gap[1].key)
    elif len(draft.rows) < lacking:
        draft.asked = (len(draft.rows), table.columns[0].key)
    if draft.asked is None:
        hard = [found for found in broken_rules(table, draft.rows, values) if not found.rule.soft]
        if hard and (draft.closed or hard[0].row is not None):
            draft.asked = (hard[0].row, hard[0].rule.column) if hard[0].row is not None else None
            _keep(talk, table, draft)
            reject(talk, "table_rule", hard[0].said)
            return
        if draft.closed or sums_settled(table, draft.rows, values) or len(draft.rows) == most:
            _store(talk, table, draft)
            return
    _keep(talk, table, draft)
    talk.status = "collecting"
    if news and draft.rows:
        talk.state.failures = 0


def _store(talk: Talk, table: GuideField, draft: TableDraft) -> None:
    assert talk.case is not None
    talk.case.drafts.pop(table.key, None)
    value: Accepted = accepted(table, draft.rows, _others(talk, table), draft.warnings)
    store(talk, table, value)
    advance(talk)


def _keep(talk: Talk, table: GuideField, draft: TableDraft) -> None:
    """The draft as it is now, and the question for what it lacks."""
    assert talk.case is not None
    talk.case.drafts[table.key] = draft
    ask(talk, interview.ask_field(table, talk.case))


def problems_text(table: GuideField, draft: TableDraft) -> str:
    """What is wrong, cell by cell; the first ones in full, the others counted."""
    lines = [cell_message(table, problem, draft.rows) for problem in draft.problems[:LISTED]]
    more = len(draft.problems) - len(lines)
    if more > 0:
        lines.append(t("tables.more_problems", count=more))
    kept = len(draft.rows) - len({problem.row for problem in draft.problems})
    if kept > 0:
        lines.append(t("tables.others_kept", count=kept, counter=rows_of(table).counter, called=rows_of(table).called))
    return "\n".join(lines)


def _others(talk: Talk, table: GuideField) -> dict[str, object]:
    assert talk.case is not None
    return {key: value for key, value in talk.case.values().items() if key != table.key}


def _answered(talk: Talk) -> Sequence[GuideField]:
    case, guide = talk.case, talk.guide
    if case is None or guide is None:
        return []
    fields = [guide.field(key) for key in reversed(case.asked) if key in case.answers]
    return [f for f in fields if f is not None and f.type == "table" and isinstance(case.answers[f.key].value, list)]


def meant(talk: Talk) -> tuple[GuideField, Command] | None:
    """The answered table, and what the words ask to be changed in it, while something else is being asked."""
    if talk.tapped is not None or talk.attachments or talk.case is None:
        return None
    for table in _answered(talk):
        if table.key == talk.asking:
            continue
        said = command(table, talk.text, talk.case.answers[table.key].value, outside=True)
        if said is not None:
            return table, said
    return None


def corrects(talk: Talk) -> bool:
    """Change one row of a table that was answered before: 李四的出资改成50万, 删掉李四, 再加一个股东."""
    found = meant(talk)
    if found is None:
        return False
    table, said = found
    talk.state.editing = table.key
    _perform(talk, table, draft_of(talk, table), said)
    return True
