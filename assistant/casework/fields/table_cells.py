"""The cells of a table: read, printed and said as a field of the column's type would be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from assistant.casework.fields.options import match_option
from assistant.casework.fields.parse import YES_NO, parse, said
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.schema import Column, GuideField, Rows
from knowledge.tables import applies

Row = dict[str, Any]
#: What stands in a cell that is left open.
_EMPTY = re.compile(r"[\s\-—–/\\无空]*|没有|暂无|none|n/?a", re.I)
#: A few words without a number: I'm British, not a whole row.
_WORDING = re.compile(r"[^\d\s,，]{1,16}(?: [^\d\s,，]{1,16}){0,3}")
_PERCENT = re.compile(
    r"(?:占|持股)?\s*(?:(?P<number>\d{1,3}(?:\.\d+)?)\s*[%％]?|百分之(?P<words>[一二三四五六七八九十百零〇点]+))"
)
_SUFFIX = {"amount": "元", "area": "平方米"}


def as_field(column: Column) -> GuideField:
    """The column as a field of its own, for the field parsers."""
    kind = "text" if column.type == "percent" else column.type
    return GuideField(
        key=column.key, label=column.label, type=kind, question=column.label, why="", options=column.options,
        optional=column.optional, international=column.international, names=column.names, example=column.example,
    )  # fmt: skip


def rows_of(field: GuideField) -> Rows:
    """How many rows a table may have."""
    return field.rows or Rows()


def empty(text: str) -> bool:
    """Whether a cell says that there is nothing in it."""
    return _EMPTY.fullmatch(text.strip()) is not None


def _read_percent(column: Column, text: str) -> Parsed:
    """A share: 60%, 33.33 ％, 百分之六十 or a bare number up to 100; kept as it is printed, 60%."""
    plain = normalise(text).strip()
    said_so = _PERCENT.fullmatch(plain)
    number = chinese_to_decimal(said_so["number"] or said_so["words"]) if said_so else None
    if number is None or not 0 < number <= 100:
        return Rejected("percent", t("tables.percent", example=column.example or "60%"))
    value = f"{number.normalize():f}%"
    return Accepted(value, value)


def read_cell(column: Column, text: str, row: Mapping[str, Any], values: Mapping[str, Any], today: date) -> Parsed:
    """One cell, by the parser of its type; ``row`` are the cells of the row read before, ``values`` the other fields' values."""
    if column.type == "text" and column.options and _WORDING.fullmatch(text.strip()):
        known = match_option(text, column.options)
        if known is not None:
            return Accepted(known.value, known.label)
    if column.type == "percent":
        return _read_percent(column, text)
    if column.type == "choice":
        plain = normalise(text).strip()
        for option in column.options:
            if plain in (option.value, option.label, *option.aliases):
                return Accepted(option.value, option.label)
    return parse(as_field(column), text.strip(), today, {**values, **row})


def printed_cell(column: Column, value: Any) -> str:
    """A cell as forms print it; empty for None."""
    if value is None or value == "":
        return ""
    match column.type:
        case "choice" | "text":
            return next((option.label for option in column.options if option.value == value), str(value))
        case "yes_no":
            return next((option.label for option in column.options or YES_NO if option.value == value), str(value))
        case "date":
            day = date.fromisoformat(str(value)[:10])
            return f"{day.year}年{day.month}月{day.day}日"
        case _:
            return f"{value}{_SUFFIX.get(column.type, '')}"


def shown_cell(column: Column, value: Any, *, masked: bool) -> str:
    """A cell as the citizen reads it."""
    display = printed_cell(column, value)
    if not display:
        return ""
    text = said(as_field(column), value, display) if language() == ENGLISH else display
    return mask_value(column.type, text) if masked else text


def missing_cells(field: GuideField, row: Row, values: Mapping[str, Any]) -> list[Column]:
    """The columns of a row that are still to be filled."""
    return [c for c in field.columns if not c.optional and row.get(c.key) is None and applies(c, row, values)]


def tidied(field: GuideField, row: Row, values: Mapping[str, Any]) -> Row:
    """The row without cells that do not apply, in the order of the columns."""
    return {c.key: row[c.key] for c in field.columns if row.get(c.key) not in (None, "") and applies(c, row, values)}


def table_text(field: GuideField, rows: Sequence[Row], *, masked: bool = False, most: int | None = None) -> str:
    """All rows in one text: 1. 张三，11010519491231002X，600000元；2. …. ``most`` rows at most, then how many there are."""
    shown = rows if most is None else rows[:most]
    lines = [
        f"{number}. " + "，".join(
            text for column in field.columns if (text := shown_cell(column, row.get(column.key), masked=masked))
        )
        for number, row in enumerate(shown, start=1)
    ]  # fmt: skip
    if len(shown) < len(rows):
        lines.append(t("tables.and_more", count=len(rows), counter=rows_of(field).counter, called=rows_of(field).called))
    return "；".join(lines) or t("tables.none")


def printed_table(field: GuideField, rows: Sequence[Row]) -> str:
    """The whole table as the manifest and the plain layout have it, in Chinese."""
    lines = [
        f"{number}. " + "，".join(text for column in field.columns if (text := printed_cell(column, row.get(column.key))))
        for number, row in enumerate(rows, start=1)
    ]
    return "；".join(lines)
