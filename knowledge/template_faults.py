"""What an editor of a Word template has broken: tags torn, ends deleted, words in a row that will vanish.

Looked at as text, paragraph by paragraph, before the template engine sees the file: what the engine says of a broken template
(``Unexpected end of template``) tells a civil servant neither which tag nor where it stands.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from lxml import etree  # type: ignore[import-untyped, unused-ignore]

Kind = Literal[
    "tag_torn", "tag_unopened", "tag_single", "tag_wide", "tag_punctuation", "tag_expression",
    "tag_word", "tag_unended", "tag_unbegun", "tag_mixed", "tag_lost", "tag_no_row",
]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}")
_STATEMENT = re.compile(r"\{%-?(?:(?P<scope>tr|tc|p|r)\b)?\s*(?P<word>\w*)\s*(?P<rest>.*?)-?%\}", re.S)
_OPENS = {"if": "endif", "for": "endfor"}
_MIDDLE = ("else", "elif", "set")
_ABROAD = re.compile("[‘’“”＝，（）：．]")  # what an input method types for ' = , ( ) : .
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_LATIN_END = re.compile(r"[!-~ ]*$")
_HAN = re.compile("[\u3400-\u9fff]")
_NEAR = 24


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing broken: the message that says it, the tag as it stands there, and the words beside it to find it by in Word."""

    kind: Kind
    tag: str
    near: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A paragraph: its own text, its table row's text, and words to find it by."""

    text: str
    row: str | None
    near: str


def faults_of(path: Path) -> list[Fault]:
    """What is broken in a template, in reading order; empty for one that is no Word file (the engine says that)."""
    try:
        places = list(_places(path))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return []
    found: list[Fault] = []
    open_blocks: list[tuple[str, str, str, _Place]] = []  # word, scope, tag, place
    for place in places:
        for tag, fault in _tags(place.text):
            if fault is not None:
                found.append(Fault(fault, tag, place.near))
            elif tag.startswith("{{"):
                found += _of_expression(tag, tag[2:-2], place)
            else:
                found += _of_statement(tag, place, open_blocks)
    return found + [Fault("tag_unended", tag, place.near) for _, _, tag, place in open_blocks]


def near(path: Path, tag: str) -> str:
    """The words beside the first place a tag (``company_name``, ``tick.filer.agent``) stands at; empty where it is nowhere."""
    wanted = re.compile(rf"\{{[{{%][^}}]*(?<![\w.]){re.escape(tag.rpartition('[].')[2])}(?!\w)")
    try:
        return next((place.near for place in _places(path) if wanted.search(place.text)), "")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError):
        return ""


def meant(name: str, known: list[str]) -> str | None:
    """The name an unknown one was probably meant to be."""
    return next(iter(get_close_matches(name, known, 1, 0.75)), None)


def _tags(text: str) -> Iterator[tuple[str, Kind | None]]:
    """Every tag of a paragraph whole, and what is left of those that are not."""
    rest, at, start = [], 0, -1
    for mark in _MARKS.finditer(text):
        sign = mark.group()
        if sign in ("{{", "{%"):
            if start >= 0:
                yield _short(text[start : mark.start()]), "tag_torn"
            else:
                rest.append(text[at : mark.start()])
            start = mark.start()
        elif start < 0:
            yield _LATIN_END.search(text[at : mark.start()]).group() + sign, "tag_unopened"  # type: ignore[union-attr]  # it matches nothing too
            rest.append(text[at : mark.start()])
        elif (text[start : start + 2] == "{{") is (sign == "}}"):
            yield text[start : mark.end()], None
            start = -1
        else:
            yield _short(text[start : mark.end()]), "tag_torn"
            start = -1
        at = mark.end()
    if start >= 0:
        yield _short(text[start:]), "tag_torn"
    else:
        rest.append(text[at:])
    for piece in rest:
        if (brace := re.search("[｛｝].{0,20}", piece)) is not None:
            yield brace.group(), "tag_wide"
        if (brace := re.search(r"[{}].{0,20}", piece)) is not None:
            yield brace.group(), "tag_single"


def _of_expression(tag: str, expression: str, place: _Place) -> Iterator[Fault]:
    yield from _parsed("{{" + expression.removeprefix("r ") + "}}", tag, expression, place)


def _parsed(source: str, tag: str, written: str, place: _Place) -> Iterator[Fault]:
    """A fault where the engine cannot make sense of ``source``, which is a tag made whole by itself."""
    from jinja2 import Environment, TemplateSyntaxError

    try:
        Environment(autoescape=True).parse(source)
    except TemplateSyntaxError:
        yield Fault("tag_punctuation" if _ABROAD.search(written) else "tag_expression", tag, place.near)


def _of_statement(tag: str, place: _Place, open_blocks: list[tuple[str, str, str, _Place]]) -> Iterator[Fault]:
    read = _STATEMENT.fullmatch(tag)
    word, scope = (read["word"], read["scope"] or "") if read else ("", "")
    if read is None or word not in (*_OPENS, *_OPENS.values(), *_MIDDLE):
        yield Fault("tag_word", tag, place.near)
        return
    if scope == "tr" and place.row is None:
        yield Fault("tag_no_row", tag, place.near)
    elif scope in ("tr", "p") and _beside(place, scope):
        yield Fault("tag_lost", tag, place.near)
    if word in _OPENS:
        open_blocks.append((word, scope, tag, place))
    elif word in _OPENS.values():
        if not open_blocks or _OPENS[open_blocks[-1][0]] != word:
            if any(_OPENS[opened] == word for opened, *_ in open_blocks):  # what stands between them lacks its end
                while _OPENS[open_blocks[-1][0]] != word:
                    _, _, unended, where = open_blocks.pop()
                    yield Fault("tag_unended", unended, where.near)
            else:
                yield Fault("tag_unbegun", tag, place.near)
                return
        _, opened_scope, opened, _ = open_blocks.pop()
        if opened_scope != scope:
            yield Fault("tag_mixed", f"{opened} … {tag}", place.near)
    if word in ("if", "elif", "for"):
        head = "{% if x %}" if word == "elif" else ""
        tail = "{% endfor %}" if word == "for" else "{% endif %}"
        yield from _parsed(f"{head}{{% {word} {read['rest']} %}}{tail}", tag, read["rest"], place)


def _beside(place: _Place, scope: str) -> bool:
    """Whether words stand where only a ``{%tr … %}`` or ``{%p … %}`` may: they are thrown away with its row or paragraph."""
    whole = place.row if scope == "tr" and place.row is not None else place.text
    return bool(re.sub(r"\{%-?(?:tr|p)\b.*?%\}", "", whole, flags=re.S).strip())


def _places(path: Path) -> Iterator[_Place]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        names = sorted(name for name in archive.namelist() if _PARTS.fullmatch(name))
        safe = etree.XMLParser(resolve_entities=False, no_network=True)
        roots = [etree.fromstring(archive.read(name), safe) for name in names]
    for root in roots:
        for fallback in root.iter(_FALLBACK):
            fallback.clear()
        before = ""
        for paragraph in root.iter(f"{_W}p"):
            text = _text(paragraph)
            row = next(paragraph.iterancestors(f"{_W}tr"), None)
            in_row = None if row is None else " ".join(_text(each) for each in row.iter(f"{_W}p"))
            words = _words(text) or _words(in_row or "") or before
            before = _words(text) or before
            yield _Place(text, in_row, words)


def _text(paragraph: Any) -> str:
    nodes = paragraph.iter(f"{_W}t", f"{_W}br", f"{_W}tab")
    own = [node for node in nodes if next(node.iterancestors(f"{_W}p")) is paragraph]
    return "".join((node.text or "") if node.tag == f"{_W}t" else " " for node in own)


def _words(text: str) -> str:
    """The printed words of a text, tags left out, to be searched for in Word."""
    plain = re.sub(r"\{[{%].*?[%}]\}", " ", text)
    pieces = [piece.strip() for piece in re.split(r"[{}｛｝%]|\s{2,}", plain)]
    return max((piece for piece in pieces if _HAN.search(piece)), key=len, default="")[:_NEAR]


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 2 * _NEAR else text[: 2 * _NEAR] + "…"
