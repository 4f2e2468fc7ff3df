"""Filling Word templates: docxtpl with escaping on, missing names an error, and a record of everything printed."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree  # type: ignore[import-untyped, unused-ignore]

from assistant.casework.package.archive import repack
from assistant.casework.package.errors import PackageError
from assistant.casework.package.values import TICKED, UNTICKED, SignaturePlace
from assistant.foundation.messages import t

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CACHED_SOURCES = 256
SIGNATURE_MM = (32.0, 11.0)
"""The room a signature takes at most: width and height in millimetres."""


@dataclass(frozen=True)
class Filled:
    """A filled form. ``printed`` are the texts its template really printed; ``text`` is all that a reader of its body sees.

    ``pictures`` is how often the applicant's signature was put in, ``places`` how often room was left for it.
    """

    docx: bytes
    printed: tuple[str, ...]
    text: str
    ticks: int
    boxes: int
    pictures: int = 0
    places: int = 0


@dataclass(frozen=True)
class Drawn:
    """A signature as a picture: a PNG and its size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass
class _Record(threading.local):
    printed: list[str] = field(default_factory=list)
    pictures: int = 0
    places: int = 0


class _Environment(ImmutableSandboxedEnvironment):
    """Templates come from people who edit Word, not from programmers: no attribute of Python is reachable from them."""

    def __init__(self) -> None:
        super().__init__(undefined=jinja2.StrictUndefined, autoescape=True, finalize=self._note)
        self.record = _Record()
        self._compiled = lru_cache(_CACHED_SOURCES)(super().from_string)

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> jinja2.Template:
        """Half of a fill is compiling; the same template is compiled once. docxtpl passes the source only."""
        return self._compiled(source)

    def _note(self, value: Any) -> Any:
        if isinstance(value, str | int | float) and str(value).strip():
            self.record.printed.append(str(value))
        elif isinstance(value, InlineImage):
            self.record.pictures += 1
        elif isinstance(value, SignaturePlace):
            self.record.places += 1
        return value


_environment = _Environment()


def fill(template: Path, context: Mapping[str, Any], title: str, signature: Drawn | None = None) -> Filled:
    """Fill one Word template; ``signature`` stands wherever the template has ``{{ signature }}``.

    Raises:
        PackageError: ``template_broken``: missing, not a Word file, a tag Word has torn apart, or a name no field has.
    """
    printed = _environment.record.printed = []
    record = _environment.record
    record.pictures = record.places = 0
    try:
        document = DocxTemplate(io.BytesIO(template.read_bytes()))
        picture = {"signature": _picture(document, signature)} if signature else {}
        document.render({**context, **picture}, _environment, autoescape=True)
        buffer = io.BytesIO()
        document.save(buffer)
        docx = repack(buffer.getvalue())
        text = visible_text(docx)
    except FileNotFoundError:
        raise _broken(template, title, t("package.template_missing")) from None
    except jinja2.UndefinedError as error:
        raise _broken(template, title, t("package.template_unknown_name", detail=error.message or "")) from error
    except jinja2.TemplateError as error:
        raise _broken(template, title, t("package.template_tag", detail=error.message or type(error).__name__)) from error
    except Exception as error:  # docx, lxml and zipfile each have their own ways to say "this is not a Word file"
        raise _broken(template, title, t("package.template_unreadable", detail=type(error).__name__)) from error
    seen = tuple(dict.fromkeys(printed))
    return Filled(docx, seen, text, text.count(TICKED), text.count(UNTICKED), record.pictures, record.places)


def _picture(document: DocxTemplate, drawn: Drawn) -> InlineImage:
    wide, high = SIGNATURE_MM
    scale = min(wide / drawn.width, high / drawn.height)
    return InlineImage(document, io.BytesIO(drawn.png), width=Mm(drawn.width * scale), height=Mm(drawn.height * scale))


def visible_text(docx: bytes) -> str:
    """The text of a Word file's body in reading order, paragraphs on lines of their own."""
    return "\n".join(paragraph_text(paragraph) for paragraph in body(docx).iter(f"{W}p"))


def body(docx: bytes) -> Any:
    """The ``w:body`` element of a Word file, each text box in it once."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"), etree.XMLParser(resolve_entities=False, no_network=True))
    for fallback in root.iter(FALLBACK):  # the second copy of a text box, for old versions of Word
        fallback.clear()
    return root.find(f"{W}body")


def paragraph_text(paragraph: Any) -> str:
    """The text of one ``w:p`` element, without that of paragraphs inside it (text boxes)."""
    parts: list[str] = []
    for node in paragraph.iter(f"{W}t", f"{W}br", f"{W}tab", f"{W}noBreakHyphen"):
        if next(node.iterancestors(f"{W}p")) is paragraph:
            parts.append({f"{W}t": node.text or "", f"{W}noBreakHyphen": "-"}.get(node.tag, " "))
    return "".join(parts)


def _broken(template: Path, title: str, why: str) -> PackageError:
    return PackageError("template_broken", t("package.template_broken", title=title, file=template.name, why=why))
