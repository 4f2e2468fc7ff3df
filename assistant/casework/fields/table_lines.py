"""The text of several rows cut into rows and cells: pasted from a sheet, in numbered lines, with labels, or in one sentence.

Nothing is judged here but whose cell a piece is; whether it is a good one is the business of the column's parser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.casework.fields.result import Accepted
from assistant.casework.fields.table_cells import empty, read_cell, rows_of
from assistant.casework.fields.table_persons import persons_of
from assistant.casework.fields.table_shapes import NUMBERED, looks_like, outright, pieces_of, split_glued
from assistant.engine.components.patterns.numerals import chinese_to_decimal
from knowledge.schema import Column, GuideField
from knowledge.tables import applies, choices_for, columns_of

Raw = dict[str, str]
_NUMBERED = re.compile(
    r"^\s*(?:[(（]?\d{1,3}\s*[)）.、．:：]\s*(?!\d)|[①-⑳]\s*|[-*•]\s+|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}[、.]\s*)"
)
_COUNTER_HEADINGS = frozenset({"序号", "编号", "no", "no.", "#", "行号"})
_CODE = re.compile(r"[0-9A-Za-z]{15,}")
_LABEL_VERB = r"\s*(?:号码|号)?\s*(?:[:：=]|是|为|叫)?\s*"


#: 张三和李四各50万.
_EACH = re.compile(
    r"[，, ]*(?:每人|各自?|均|都是?)(?:认缴|出资?|投资?|占)?\s*"
    r"([\d一二两三四五六七八九十百千][\d.一二两三四五六七八九十百千万亿元块]*)$"
)


@dataclass
class Lines:
    """Cells of rows as they were written. ``whole`` says that a line of headings came first: this is the whole table.

    ``expected`` is the number of rows she said there are (两个股东：…);
    ``headed`` are the headings that are no column's; ``left`` are pieces that fit nowhere.
    """

    rows: list[Raw] = field(default_factory=list)
    whole: bool = False
    tabbed: bool = False
    expected: int | None = None
    headed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def headings(column: Column) -> list[str]:
    """What the column may be headed or named, longest first."""
    return sorted({column.label, *column.names}, key=len, reverse=True)


def by_heading(cells: Sequence[str], columns: Sequence[Column]) -> list[str | None] | None:
    """Which column each cell of a line heads (None: none); None if the line is no line of headings."""
    known = {_plain(name): column.key for column in columns for name in headings(column)}
    found = [known.get(_plain(cell)) for cell in cells]
    named = [cell for cell in cells if cell.strip() and _plain(cell) not in _COUNTER_HEADINGS]
    hits = [key for key in found if key]
    return found if hits and 2 * len(hits) >= len(named) and (len(hits) > 1 or len(columns) == 1) else None


def lines_of(table: GuideField, text: str, values: Mapping[str, Any], today: date) -> Lines:
    """The rows of a text, as written."""
    columns = columns_of(table.columns, values)
    lines = [line.strip(" \r　") for line in text.split("\n")]
    lines = [line for line in lines if line.strip()]
    found = Lines(tabbed=any("\t" in line for line in lines))
    if not lines:
        return found
    for separator in ("\t", ",", "，", "|"):
        cells = lines[0].split(separator)
        order = by_heading(cells, table.columns) if len(cells) > 1 or separator == "\t" else None
        if order is not None and len(lines) > 1:
            found.whole = True
            found.headed = [
                c.strip() for c, k in zip(cells, order, strict=True) if not k and c.strip() and _plain(c) not in _COUNTER_HEADINGS
            ]
            found.rows = [row for line in lines[1:] if (row := _under(order, line.split(separator)))]
            return found
    counted = _counted(table).match(lines[0])
    if counted and (number := chinese_to_decimal(counted[1])) is not None:
        found.expected, lines[0] = int(number), lines[0][counted.end() :]
    reader = _Reader(columns, values, today)
    for line in lines:
        if "\t" in line:
            reader.tabbed(line.split("\t"))
        else:
            for part in re.split(r"[;；]|(?<=[^\d])。|。$", line):
                reader.segment(part)
    found.rows, found.left = [row for row in reader.rows if row], reader.left
    return found


def _counted(table: GuideField) -> re.Pattern[str]:
    """两个股东，一共三辆车: how many there are, said before they are named."""
    rows = rows_of(table)
    called = "|".join(re.escape(name) for name in {rows.called, table.label, "人"})
    return re.compile(
        rf"^(?:我们?|咱们|公司|家里|一共|总共|共|有|就|目前|现在)*([一二两三四五六七八九十百\d]{{1,4}})(?:{re.escape(rows.counter)}|"
        rf"[个位名辆口])?的?"
        rf"(?:{called})[，,：:。、 ]*(?!第)"
    )


def _under(order: Sequence[str | None], cells: Sequence[str]) -> Raw:
    return {key: cell.strip() for key, cell in zip(order, cells, strict=False) if key and cell.strip() and not empty(cell)}


def _plain(text: str) -> str:
    return re.sub(r"[\s*（）()：:]|必填|选填", "", text).lower()


class _Reader:
    """Gives the pieces of lines to the columns, row by row."""

    def __init__(self, columns: Sequence[Column], values: Mapping[str, Any], today: date) -> None:
        self._columns, self._values, self._today = columns, values, today
        self.rows: list[Raw] = []
        self.left: list[str] = []
        self._values_of: list[dict[str, Any]] = []

    def tabbed(self, cells: Sequence[str]) -> None:
        """A line from a sheet: cells by position, empty ones too."""
        cells = [cell.strip() for cell in cells]
        if len(cells) > len(self._columns) and re.fullmatch(r"\d{1,4}[.、]?", cells[0]):
            cells = cells[1:]
        row = self._by_position(cells, skipping=False) or self._by_position([c for c in cells if c], skipping=True)
        if row is None:
            self._open({})
            for cell in cells:
                if cell and not empty(cell):
                    self._give(cell)
        else:
            self._open(row)

    def segment(self, text: str) -> None:
        """A line or a clause: one row, several, or more of the row before."""
        persons = persons_of(self._columns, _NUMBERED.sub("", text).strip(" ，,。、"))
        if persons:
            for person in persons:
                self._open(person)
            return
        text = self._parted(_NUMBERED.sub("", text).strip(" ，,。、"))
        each = _EACH.search(text)
        if each is not None:
            start = len(self.rows)
            self.segment(text[: each.start()])
            for number in range(min(start, max(len(self.rows) - 1, 0)), len(self.rows)):
                self._share(number, each[1])
            return
        if not text:
            return
        for pieces in pieces_of(text):
            if 1 < len(pieces) <= len(self._columns) and (row := self._by_position(pieces, skipping=True)) is not None:
                self._open(row)
                return
        for piece in next(iter(pieces_of(text)), []):
            self._give(piece)

    def _parted(self, text: str) -> str:
        """The text with a comma before every heading, sum and long number that stands right behind a word."""
        names = {name for column in self._columns for name in headings(column) if len(name) > 1}
        for name in sorted(names, key=len, reverse=True):
            text = re.sub(
                rf"(?<=[^\s，,、:：]){re.escape(name)}(?=\s*[:：是为]?\s*[\dA-Za-z一二两三四五六七八九十百])", f"，{name}", text
            )
        if any(column.type == "percent" for column in self._columns):
            text = re.sub(r"(?<=[^\s，,、:：\d.占股])\s*(?=(?:占|持股)?\s*\d+(?:\.\d+)?\s*[%％])", "，", text)
        text = re.sub(r"(?<=[㐀-鿿])(?=\d{15})|(?<=\d{17}[\dXx])(?=[㐀-鿿])", "，", text)
        return re.sub(r"(?<=[㐀-鿿])(?=(?:认缴|出资?|投资?|占|拿)[一二两三四五六七八九十百千]+[万亿千百])", "，", text)

    def _share(self, number: int, piece: str) -> None:
        """各50万: the same for every row of the clause that lacks it."""
        free = [c for c in self._columns if c.key not in self.rows[number]]
        column = outright(piece, free, self._values_of[number], self._values, self._today)
        if column is not None:
            self.rows[number][column.key] = piece

    def _by_position(self, cells: Sequence[str], *, skipping: bool) -> Raw | None:
        """One cell a column in order; None if some cell is none of its column. ``skipping``: only the columns that apply."""
        row: Raw = {}
        held: dict[str, Any] = {}
        waiting = list(cells)
        for column in self._columns:
            if skipping and not applies(column, held, self._values):
                continue
            if not waiting:
                break
            cell = waiting.pop(0)
            if not cell or empty(cell):
                continue
            cell = self._unlabelled(column, cell)
            if skipping and row and column.type == "text" and column.optional and self._names_a_row(cell):
                return None  # 张三、李四: two of them
            if column.type not in NUMBERED and column.type != "text" and _CODE.search(cell):
                return None  # two cells in one: 上海示例投资有限公司 91310115MA1K3TL06A
            read = read_cell(column, cell, held, self._values, self._today)
            if isinstance(read, Accepted):
                held[column.key] = read.value
            elif not looks_like(column, cell):
                return None
            row[column.key] = cell
        if any(waiting) or (skipping and len(row) < self._wanted(held)):
            return None
        first = self._columns[0].key
        return row if row and (not skipping or first in row) else None

    def _names_a_row(self, cell: str) -> bool:
        """Whether a cell may as well be what a row of its own is known by."""
        first = self._columns[0]
        named = first.type in ("person_name", "company_name") and looks_like(first, cell)
        return named and isinstance(read_cell(first, cell, {}, self._values, self._today), Accepted)

    def _wanted(self, held: Mapping[str, Any]) -> int:
        return sum(applies(column, held, self._values) and not column.optional for column in self._columns)

    def _unlabelled(self, column: Column, piece: str) -> str:
        for name in headings(column):
            match = re.match(rf"{re.escape(name)}{_LABEL_VERB}(.+)$", piece)
            if match:
                return match[1]
        return piece

    def _give(self, piece: str) -> None:
        """A piece to the column it fits in the row at hand, or in a new row where that column is filled there."""
        piece = piece.strip()
        if not piece:
            return
        for column in self._columns:
            for name in headings(column):
                match = re.match(rf"{re.escape(name)}{_LABEL_VERB}(.*)$", piece)
                if match and match[1].strip() and (looks_like(column, match[1]) or column.type == "text"):
                    self._put(column, match[1].strip())
                    return
                if match and not match[1].strip():
                    return
        taken = outright(piece, self._free(), self._held, self._values, self._today)
        again = outright(piece, self._columns, {}, self._values, self._today)
        if taken is not None and (again is None or taken.key == again.key or self._ranks(taken, again)):
            self._put(taken, piece)
        elif again is not None:
            if not self._beside(again):
                self._open({})
            self._put(again, piece)
        elif (number := next((c for c in self._free() if c.type in NUMBERED and looks_like(c, piece)), None)) is not None:
            self._put(number, piece)
        elif parts := split_glued(piece):
            for part in parts:
                self._give(part)
        elif (likely := next((c for c in self._free() if looks_like(c, piece)), None)) is not None:
            self._put(likely, piece)
        elif (likely := next((c for c in self._columns if looks_like(c, piece)), None)) is not None:
            self._open({})
            self._put(likely, piece)
        else:
            self.left.append(piece)

    def _beside(self, column: Column) -> bool:
        """Whether a cell of this column can stand in the row at hand, whatever is still to be chosen there."""
        if not self.rows or column.key in self.rows[-1]:
            return False
        keys = {*self.rows[-1], column.key}
        known = [c for c in self._columns if c.key in keys]
        return all(applies(c, self._held, self._values) for c in known) or any(
            options for _, options in choices_for(self._columns, keys, self._held, self._values)
        )

    def _ranks(self, one: Column, other: Column) -> bool:
        """Whether a piece that fits both is rather ``one``: two columns of numbers are filled in their order."""
        return one.type == other.type or one.type not in ("text", "address")

    @property
    def _held(self) -> dict[str, Any]:
        return self._values_of[-1] if self._values_of else {}

    def _free(self) -> list[Column]:
        row = self.rows[-1] if self.rows else {}
        return [c for c in self._columns if c.key not in row and applies(c, self._held, self._values)]

    def _put(self, column: Column, piece: str) -> None:
        if not self.rows or column.key in self.rows[-1]:
            self._open({})
        self.rows[-1][column.key] = piece
        read = read_cell(column, piece, self._held, self._values, self._today)
        if isinstance(read, Accepted):
            self._values_of[-1][column.key] = read.value

    def _open(self, row: Raw) -> None:
        self.rows.append(dict(row))
        held: dict[str, Any] = {}
        for column in self._columns:
            if column.key in row:
                read = read_cell(column, row[column.key], held, self._values, self._today)
                if isinstance(read, Accepted):
                    held[column.key] = read.value
        self._values_of.append(held)
