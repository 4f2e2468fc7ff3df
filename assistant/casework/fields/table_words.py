"""What is said of a table's rows: that there are no more, one more, one less, or another value in one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assistant.casework.fields.table_cells import Row, rows_of, shown_cell
from assistant.casework.fields.table_lines import headings
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise
from knowledge.schema import Column, GuideField

_DONE = re.compile(
    r"(?:好了?|嗯|行|对|ok|[，, ])*(?:就(?:是)?(?:这些?|这么多|这么些|这几?(?:个|位|名|辆|人|条|项)?|他们?|她们?|"
    r"那些|(?:这|那)?[一二两三四五六七八九十\d]+(?:个|位|名|辆|人|条|项)(?:人|股东)?)(?:了|人|吧)*|"
    r"(?:没有?|没别的|没其他的?|再没有?|没有其他|没有别的|没有更多)(?:了|人|股东|车)*|(?:都)?(?:填|说|写|报|加)"
    r"?(?:完|齐|好)了?|不加了?|不用加?了?|不改了?|没变|不变|(?:都|全)(?:在这|对)(?:了|里)?|可以了|够了|done|that'?s all|"
    r"no more|nothing else|finished)"
    r"(?:[，,。.！!了吧 ])*",
    re.I,
)
_NONE = re.compile(r"(?:都|一个都|一辆都)?(?:没有?|无|none|暂无|没有的?)(?:了|啊|呢)*[。.！! ]*", re.I)
_CLEAR = re.compile(
    r"(?:全部|都|全)?(?:清空|重填|重新填|重来|从头(?:再)?来|全删(?:了|掉)?|删光)(?:一遍|吧|了)*[。.！! ]*|start (?:over|"
    r"again)",
    re.I,
)
_ADD = re.compile(
    r"(?:我(?:还)?(?:要|想)?)?(?:再(?:加上?|添加?|增加|补充?|来|要)?|还要(?:再)?加上?|还得加上?|另外(?:再|还)?加上?|加上|添加|增加|补充|补上|"
    r"还有|再有|add|加(?=一|[个位名辆条]))(?:一|1)?(?P<unit>.{0,4}?)(?:another|one more)?\s*[:：，,]?\s*(?P<rest>.*)",
    re.I | re.S,
)
_DROP = re.compile(
    r"(?:(?:请|帮我|把|麻烦|我想)*)(?:删掉|删除|删去|去掉|移除|划掉|拿掉|删|不要|remove|delete|drop)了?\s*(?P<after>.+?)"
    r"[了吧。.！! ]*$|(?:请|帮我|把)*(?P<before>.+?)(?:也|就)?(?:给)?(?:删掉|删除|删去|去掉|移除|划掉|拿掉|删|"
    r"不要|不算|退出|不参加|不入股)(?:了|吧|掉)*[。.！! ]*$",
    re.I,
)
_SET = re.compile(
    r"(?P<who>.+?)(?:的)?(?:应该|其实|要|得)?(?:改成|改为|换成|更正为|变成|应为|应该是|该是|写成|改一下[，,]|改|"
    r"是|to|should be|is)\s*[:：]?\s*(?P<new>[^，,。；;]+?)\s*(?:才对|吧|的|了)?[。.！! ]*$",
    re.I,
)
_CHANGES = re.compile(r"改|换成|更正|变成|应该|应为|写错|说错|填错|不对|错了|不是|change|correct|should", re.I)
_NTH = re.compile(
    r"第\s*(?P<n>[一二两三四五六七八九十百\d]{1,4})\s*(?:个|位|名|辆|行|条|项|人)?|最后(?:那|一)?(?:个|位|名|辆|"
    r"行|条|项)?|(?P<row>\d{1,3})\s*(?:号|行)|row (?P<en>\d{1,3})|last one",
    re.I,
)


@dataclass(frozen=True)
class Command:
    """``row`` is the number of the row it is about, from 0; ``column`` and ``text`` what is to stand there."""

    kind: Literal["done", "none", "add", "drop", "set", "clear", "which"]
    row: int | None = None
    column: Column | None = None
    text: str = ""


def is_done(text: str) -> bool:
    """Whether it says that there are no more rows."""
    return _DONE.fullmatch(normalise(text)) is not None


def command(table: GuideField, text: str, rows: Sequence[Row], *, outside: bool = False) -> Command | None:
    """What the words ask to be done with the table; None where they do not speak of its rows.

    Args:
        rows: the rows there are.
        outside: another question is pending, so that the table must be meant clearly: a row named, and a change.
    """
    plain = normalise(text)
    if "\t" in text or "\n" in text.strip() or len(plain) > 200:
        return None
    if not outside:
        if _NONE.fullmatch(plain):
            return Command("none")
        if _DONE.fullmatch(plain):
            return Command("done")
        if _CLEAR.fullmatch(plain):
            return Command("clear")
    dropped = _dropped(table, plain, rows)
    if dropped is not None:
        return dropped
    changed = _changed(table, plain, rows, outside)
    if changed is not None:
        return changed
    return _added(table, plain, outside)


def _dropped(table: GuideField, plain: str, rows: Sequence[Row]) -> Command | None:
    match = _DROP.fullmatch(plain)
    who = (match["after"] or match["before"] or "") if match else ""
    if not who or len(who) > 60:
        return None
    row = row_in(table, who, rows)
    return Command("drop", row) if row is not None else None


def _changed(table: GuideField, plain: str, rows: Sequence[Row], outside: bool) -> Command | None:
    match = _SET.fullmatch(plain)
    if match is None or (outside and not _CHANGES.search(plain)):
        return None
    row = row_in(table, match["who"], rows)
    if row is None:
        return None
    rest = re.sub(r"不是.*?[，,]", "", match["who"])
    column = next((c for name, c in _names(table) if name in rest), None)
    if column is None and not _CHANGES.search(plain):
        return None
    return Command("set", row, column, match["new"].strip())


def _added(table: GuideField, plain: str, outside: bool) -> Command | None:
    match = _ADD.fullmatch(plain)
    if match is None:
        return None
    rows = rows_of(table)
    called = re.compile(
        rf"(?:{re.escape(rows.counter)}|[个位名辆行条项人])?(?:{re.escape(rows.called)}|{re.escape(table.label)}|人|"
        rf"行)?[:：，, ]*"
    )
    rest = re.sub(r"^ ?(?:another|one more)(?: one| row)?\b", "个", f"{match['unit'] or ''}{match['rest'] or ''}", flags=re.I)
    said = called.match(rest)
    after = rest[said.end() :] if said else rest
    if outside and not (rows.called in rest or table.label in rest):
        return None
    if not outside and not after and not said:
        return None
    return Command("add", text=after.strip(" 吧了。.！!"))


def _names(table: GuideField) -> list[tuple[str, Column]]:
    return sorted(((name, c) for c in table.columns for name in headings(c)), key=lambda pair: -len(pair[0]))


def row_in(table: GuideField, text: str, rows: Sequence[Row]) -> int | None:
    """The row that words name: by its number, or by what stands in one of its cells."""
    match = _NTH.search(text)
    if match is not None:
        number = match["n"] or match["row"] or match["en"]
        value = chinese_to_decimal(number) if number else len(rows)
        return int(value) - 1 if value is not None and 0 < value <= len(rows) else None
    hits: list[tuple[int, int]] = []
    for index, row in enumerate(rows):
        for column in table.columns:
            if column.type in ("choice", "yes_no", "amount", "integer", "area"):
                continue
            cell: Any = row.get(column.key)
            shown = normalise(shown_cell(column, cell, masked=False)) if cell is not None else ""
            if len(shown) > 1 and shown.lower() in text.lower():
                hits.append((len(shown), -index))
    return -max(hits)[1] if hits else None
