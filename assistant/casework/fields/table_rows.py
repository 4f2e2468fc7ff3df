"""What was written for a table as rows of values: cells judged, rows matched with those there, rules over all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.fields.table_cells import (
    Row,
    missing_cells,
    printed_cell,
    printed_table,
    read_cell,
    rows_of,
    shown_cell,
    tidied,
)
from assistant.casework.fields.table_draft import CellProblem
from assistant.casework.fields.table_lines import Lines, Raw, lines_of
from assistant.foundation.messages import t
from knowledge.conditions import value_at
from knowledge.schema import Column, GuideField, TableRule
from knowledge.tables import applies, choices_for, most_rows


@dataclass
class Reading:
    """Rows read. ``problems`` are cells that could not be used, by number of the row; ``warnings`` do not block."""

    rows: list[Row] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    whole: bool = False
    tabbed: bool = False
    expected: int | None = None
    left: list[str] = field(default_factory=list)


def read_rows(table: GuideField, text: str, values: Mapping[str, Any], today: date) -> Reading:
    """The rows that a text holds; see ``table_lines`` for the layouts."""
    return judged(table, lines_of(table, text, values, today), values, today)


def judged(table: GuideField, lines: Lines, values: Mapping[str, Any], today: date) -> Reading:
    """Raw rows with every cell judged by its column's parser."""
    found = Reading(whole=lines.whole, tabbed=lines.tabbed, expected=lines.expected, left=list(lines.left))
    for number, given_row in enumerate(lines.rows):
        row: Row = {}
        raw = _told_apart(table, given_row, values)
        for column in table.columns:
            given = raw.get(column.key)
            if given is None:
                continue
            if not applies(column, row, values):
                found.left.append(given)  # a company has no identity card: not taken, and said
                continue
            put(found, table, number, row, column, given, values, today)
        found.rows.append(row)
    return found


def _told_apart(table: GuideField, raw: Raw, values: Mapping[str, Any]) -> Raw:
    """The row with a choice nobody made put in where its other cells allow one only: who has an identity card is a citizen."""
    row: Row = {}
    for column in table.columns:
        if column.key in raw and column.type == "choice":
            plain = raw[column.key].strip()
            row[column.key] = next((o.value for o in column.options if plain in (o.value, o.label, *o.aliases)), None)
    if all(applies(c, row, values) for c in table.columns if c.key in raw):
        return raw
    for choice, fitting in choices_for(table.columns, raw.keys(), row, values):
        if len(fitting) == 1:
            return {**raw, choice.key: fitting[0].label}
    return raw


def put(
    found: Reading, table: GuideField, number: int, row: Row, column: Column, given: str, values: Mapping[str, Any], today: date
) -> None:
    """One cell into its row, or among the problems."""
    read = read_cell(column, given, row, values, today)
    if isinstance(read, Accepted):
        row[column.key] = read.value
        if read.warning:
            named = row_name(table, number, row)
            found.warnings.append(t("tables.cell_warning", row=named, column=column.label, warning=read.warning))
        return
    insist = read.insist
    found.problems.append(
        CellProblem(
            row=number, column=column.key, given=given, code=read.code, message=read.message,
            insist=insist.value if insist else None, warning=insist.warning if insist else None,
        )
    )  # fmt: skip


def row_name(table: GuideField, number: int, row: Row | None) -> str:
    """What to call a row: 第2个股东（李四）."""
    rows = rows_of(table)
    called = t("tables.row", number=number + 1, counter=rows.counter, called=rows.called)
    title = title_of(table, row or {})
    return t("tables.row_named", row=called, name=title) if title else called


def title_of(table: GuideField, row: Row) -> str:
    """The cell a row is known by: the first one of a name or a free text that is filled."""
    for column in table.columns:
        if column.type in ("person_name", "company_name", "text") and row.get(column.key):
            return shown_cell(column, row[column.key], masked=column.type == "text")
    return ""


def identity(table: GuideField, row: Row) -> dict[str, Any]:
    """The cells that tell one row from another: those that must be distinct, and the one it is known by."""
    keys = [rule.column for rule in table.table_rules if rule.kind == "distinct"]
    keys += [c.key for c in table.columns if c.type in ("person_name", "company_name")] or [table.columns[0].key]
    return {key: row[key] for key in keys if row.get(key) is not None}


def merged(table: GuideField, held: Sequence[Row], new: Sequence[Row]) -> tuple[list[Row], dict[int, int]]:
    """New rows laid over those there: a row known by the same cells is filled up, others come after.

    Returns the rows, and for each new row the number it has now.
    """
    rows = [dict(row) for row in held]
    places: dict[int, int] = {}
    for number, row in enumerate(new):
        place = next((i for i in range(len(held)) if i not in places.values() and _same(table, rows[i], row)), None)
        last = len(held) - 1
        if place is None and held and not identity(table, row) and number == 0 and not set(row) & set(rows[last]):
            place = last  # only cells the last row lacks: they are its own
        if place is None:
            places[number] = len(rows)
            rows.append(dict(row))
        else:
            places[number] = place
            rows[place] |= row
    return rows, places


def _same(table: GuideField, one: Row, other: Row) -> bool:
    known, new = identity(table, one), identity(table, other)
    shared = known.keys() & new.keys()
    if not shared:
        return False
    distinct = {rule.column for rule in table.table_rules if rule.kind == "distinct" and not rule.soft} & shared
    if distinct:
        return any(known[key] == new[key] for key in distinct)
    return all(known[key] == new[key] for key in shared)


@dataclass(frozen=True)
class Broken:
    """A rule the rows together do not keep: what to say, and the row that is one too many where it is one row's doing."""

    rule: TableRule
    said: str
    row: int | None = None


def broken_rules(table: GuideField, rows: Sequence[Row], values: Mapping[str, Any]) -> list[Broken]:
    """The rules the rows together do not keep."""
    found: list[Broken] = []
    for rule in table.table_rules:
        cells = [(number, row[rule.column]) for number, row in enumerate(rows) if row.get(rule.column) is not None]
        if rule.kind == "distinct":
            seen: dict[str, int] = {}
            for number, cell in cells:
                before = seen.setdefault(_plainly(cell), number)
                if before != number:
                    one, other = (row_name(table, n, rows[n]) for n in (before, number))
                    pair = t("tables.both", one=one, other=other)
                    found.append(Broken(rule, t("tables.rule_rows", rows=pair, message=rule.message), number))
                    break
            continue
        if rule.kind == "differs":
            other = value_at(values, rule.field)
            same = next((number for number, cell in cells if other is not None and _plainly(cell) == _plainly(other)), None)
            if same is not None:
                said = t("tables.rule_rows", rows=row_name(table, same, rows[same]), message=rule.message)
                found.append(Broken(rule, said, same))
            continue
        total = sum((Decimal(str(cell)) for _, cell in cells), Decimal(0))
        wanted = rule.value if rule.field is None else value_at(values, rule.field)
        if wanted is None or not cells:
            continue
        limit = Decimal(str(wanted))
        if (rule.kind == "sum_equals" and total != limit) or (rule.kind == "sum_at_most" and total > limit):
            said = t("tables.rule_sum", total=_number(total), wanted=_number(limit), message=rule.message)
            found.append(Broken(rule, said))
    return found


def _plainly(cell: Any) -> str:
    return re.sub(r"\s", "", str(cell))


def _number(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}" if value % 1 else f"{int(value)}"


def sums_settled(table: GuideField, rows: Sequence[Row], values: Mapping[str, Any]) -> bool:
    """Whether a sum that must come out comes out, so that no row can be lacking."""
    sums = [rule for rule in table.table_rules if rule.kind == "sum_equals" and not rule.soft]
    known = [rule for rule in sums if value_at(values, rule.field) is not None or rule.value is not None]
    broken = [found.rule for found in broken_rules(table, rows, values)]
    filled = all(row.get(rule.column) is not None for rule in known for row in rows)
    return bool(known) and bool(rows) and filled and not any(rule in broken for rule in known)


def first_gap(table: GuideField, rows: Sequence[Row], values: Mapping[str, Any]) -> tuple[int, Column] | None:
    """The first cell that is still to be filled."""
    for number, row in enumerate(rows):
        missing = missing_cells(table, row, values)
        if missing:
            return number, missing[0]
    return None


def parse_table(table: GuideField, text: str, today: date, values: Mapping[str, Any]) -> Parsed:
    """A whole table from one text, with every cell filled; anything else is rejected with what is missing or wrong."""
    read = read_rows(table, text, values, today)
    if not read.rows:
        return Rejected("table_empty", t("tables.not_read", called=rows_of(table).called))
    if read.problems:
        problem = read.problems[0]
        return Rejected("table_cell", cell_message(table, problem, read.rows))
    gap = first_gap(table, read.rows, values)
    if gap is not None:
        number, column = gap
        where = row_name(table, number, read.rows[number])
        return Rejected("table_incomplete", t("tables.cell_missing", row=where, column=column.label))
    rows = [tidied(table, row, values) for row in read.rows]
    hard = [found.said for found in broken_rules(table, rows, values) if not found.rule.soft]
    if hard:
        return Rejected("table_rule", hard[0])
    return accepted(table, rows, values, read.warnings)


def accepted(table: GuideField, rows: Sequence[Row], values: Mapping[str, Any], warnings: Sequence[str] = ()) -> Accepted:
    """The rows as a value, with what is doubtful about them."""
    tidy = [tidied(table, row, values) for row in rows]
    soft = [found.said for found in broken_rules(table, tidy, values) if found.rule.soft]
    warning = "".join(dict.fromkeys([*warnings, *soft])) or None
    return Accepted(tidy, printed_table(table, tidy) or t("tables.none"), warning)


def kept_rows(table: GuideField, value: Any, values: Mapping[str, Any], today: date) -> Accepted | None:
    """Rows of an earlier answer as this table takes them today; None where a cell is lacking, no longer read or unknown here."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return None
    known = {column.key for column in table.columns}
    if not value or any(set(row) - known for row in value):
        return None
    raw = [{c.key: printed_cell(c, row[c.key]) for c in table.columns if row.get(c.key) not in (None, "")} for row in value]
    read = judged(table, Lines(rows=raw), values, today)
    rows = [tidied(table, row, values) for row in read.rows]
    if read.problems or read.left or read.warnings or first_gap(table, rows, values) is not None:
        return None
    if any(not found.rule.soft for found in broken_rules(table, rows, values)) or len(rows) > most_rows(rows_of(table), values):
        return None
    return accepted(table, rows, values)


def cell_message(table: GuideField, problem: CellProblem, rows: Sequence[Row]) -> str:
    """What is wrong with one cell, by row and column."""
    column = next(c for c in table.columns if c.key == problem.column)
    row = rows[problem.row] if problem.row < len(rows) else None
    return t("tables.cell_wrong", row=row_name(table, problem.row, row), column=column.label, why=problem.message)


__all__ = [
    "Lines", "Raw", "Reading", "accepted", "broken_rules", "cell_message", "first_gap", "identity", "judged", "kept_rows",
    "merged", "parse_table", "put", "read_rows", "row_name", "sums_settled", "title_of",
]  # fmt: skip
