"""Which column a piece of text fits, by its shape, and where to cut text into pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from assistant.casework.fields.result import Accepted
from assistant.casework.fields.table_cells import read_cell
from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import Column
from knowledge.tables import applies

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_MONEY = (
    r"(?:人民币|rmb|¥|￥)?\s*\d[\d.]*\s*(?:万亿|[万亿千百]|w)?\s*(?:元整?|块钱?|圆|人民币)?|[一二两三四五六七八九十百千]+[万亿]+(?:元整?|"
    r"块钱?)?"
)
_SHAPES: dict[str, re.Pattern[str]] = {
    "id_number": re.compile(r"\d{12,20}[Xx]?|\d{6}[ -]\d{8}[ -]\d{3}[\dXx]|[A-Za-z]{1,2}\d{6,9}"),
    "uscc": re.compile(r"(?=.*[0-9])[0-9A-Za-z]{14,20}"),
    "phone": re.compile(r"\+?[\d()（） -]{7,20}"),
    "email": re.compile(r"\S+@\S+"),
    "date": re.compile(r"(?:\d{4}|\d{2})[年./-]\d{1,2}[月./-]\d{1,2}[日号]?|\d{8}"),
    "area": re.compile(r"\d[\d.]*\s*(?:平方米|平米|平方|平|㎡|m2|亩)?"),
    "amount": re.compile(_MONEY, re.I),
    "percent": re.compile(r"(?:占|持股)?\s*(?:\d{1,3}(?:\.\d+)?\s*[%％]|百分之[一二三四五六七八九十百零〇点]+)"),
    "integer": re.compile(r"\d{1,9}|[一二两三四五六七八九十百]{1,4}"),
    "person_name": re.compile(rf"[{_HAN}·•・．]+|[^\W\d_][^\W\d_ .'’·-]*(?:[ .'’·-]+[^\W\d_.'’·-]+)*\.?"),
    "company_name": re.compile(rf"[{_HAN}（）()A-Za-z0-9·&\s]{{2,}}"),
    "address": re.compile(r".*[省市区县镇乡路街道弄巷村号室幢栋].*"),
    "text": re.compile(r".+"),
    "choice": re.compile(r"(?!)"),
    "yes_no": re.compile(r"是|否|有|无|没有|对|不是|yes|no", re.I),
}
_FIRM = re.compile(r"公司|集团|企业|合伙|事务所|合作社|[厂店行部社中心]$")
#: Columns of numbers and codes whose form tells them from everything else.
NUMBERED = frozenset({"id_number", "uscc", "phone", "email", "date"})
_UNIT = re.compile(r"[元块圆万亿]")
_FILLER = re.compile(
    r"^(?:(?:另外|还有|以及|然后|其中|再加上?|加上|包括|分别|他|她|它|叫做?|是|分别是|一个是|一位是|一名是|第[一二三四五六七八九十\d]+[个位名辆条]?(?:股东|"
    r"人|成员|车)?(?:是|叫|:|：)?)\s*)+"
)
_TAIL = re.compile(r"(?:[吧呢啊哈呀哦了的]|元整|人民币)*[。.！!，, ]*$")
_VERB = re.compile(r"^(?:认缴)?(?:出资额?|出钱|认缴额?|认缴出资额?|出|投资?|占|拿|各)\s*(?=[\d一二两三四五六七八九十百¥￥])")
_GLUED = re.compile(
    rf"[A-Za-z]{{0,2}}\d{{5,}}[A-Za-z]?\d*|(?:{_MONEY})|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9]{{5,6}}|"
    rf"[{_HAN}·•・]+?(?=(?:认缴|出资|出|投|占|拿)?(?:{_MONEY})|\d|$)|[A-Za-z][A-Za-z .'’·-]+",
    re.I,
)
_AND = re.compile(r"(?<=.)(?:和|跟|与|及|还有|以及)(?=.)")


def looks_like(column: Column, piece: str) -> bool:
    """Whether a piece that the column's parser refused was meant for it all the same."""
    if column.type == "choice":
        plain = normalise(piece).strip()
        return any(plain in (o.value, o.label, *o.aliases) for o in column.options)
    return _SHAPES[column.type].fullmatch(normalise(piece).strip()) is not None


def outright(
    piece: str, columns: Sequence[Column], held: Mapping[str, Any], values: Mapping[str, Any], today: date
) -> Column | None:
    """The column that takes the piece as it stands: numbers and choices by their form, then names, free text last."""
    named = ("company_name", "person_name", "address", "text")
    for kind in ("choice", *sorted(NUMBERED), "percent", "yes_no", "amount", "area", "integer", *named):
        for column in columns:
            if column.type != kind or not (applies(column, held, values) if held else True):
                continue
            if kind in ("amount", "area") and not _UNIT.search(piece) and any(c.type == "integer" for c in columns):
                continue
            if kind == "company_name" and not _FIRM.search(piece):
                continue
            if kind == "text" and any(
                c.type not in ("text", "address") and looks_like(c, piece) and c.type != "company_name"
                for c in columns
                if c is not column
            ):
                continue
            if kind != "text" and not looks_like(column, piece):
                continue
            if isinstance(read_cell(column, piece, held, values, today), Accepted):
                return column
    return None


def pieces_of(text: str) -> Iterator[list[str]]:
    """The text cut in the ways it may be meant, the likeliest first."""
    text = re.sub(r"(?<!\d)(\d{1,3}(?:,\d{3})+)(?!\d)", lambda m: m[1].replace(",", ""), text)
    text = re.sub(r"(?<=\d)\s+(?=[万亿]?元|[万亿])", "", text)
    ways = [r"[,，]\s*", r"、\s*", r"[,，、|\s]+", r"[,，、|/\s]+"]
    tried: list[list[str]] = []
    whole = re.split(r"[,，、|]\s*|\s+(?![A-Za-z])|(?<![A-Za-z.'])\s+", text)
    for pieces in (whole, *(re.split(way, text) for way in ways)):
        cleaned = [clean for piece in pieces if (clean := tidy(piece))]
        if cleaned and cleaned not in tried:
            tried.append(cleaned)
            yield cleaned


def tidy(piece: str) -> str:
    """A piece without the words that only lead to it: 出资60万 → 60万, 另外李四 → 李四."""
    piece = _TAIL.sub("", _FILLER.sub("", piece.strip(" \u3000:："))) or piece.strip()
    return _VERB.sub("", piece).strip()


def split_glued(piece: str) -> list[str]:
    """张三60万李四40万 and 张三和李四 cut apart; empty where there is nothing to cut."""
    parts = [tidy(part) for part in _AND.split(piece)]
    if len(parts) > 1:
        return [part for part in parts if part]
    parts = [tidy(match[0]) for match in _GLUED.finditer(piece)]
    return [part for part in parts if part] if len(parts) > 1 else []
