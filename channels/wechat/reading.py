"""The XML of callbacks, read by a parser that knows elements and text and nothing else: no document type, no entities."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

DEEPEST = 8
MOST_ELEMENTS = 400
LONGEST_TEXT = 64 * 1024

Xml = dict[str, Any]
"""An element's children by name: text, or another ``Xml``; of several with one name, a list."""


class BadXml(ValueError):
    """Not the XML a platform sends; ``code`` for the log: ``malformed doctype entity deep large``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(data: bytes) -> Xml:
    """The children of the root element ``<xml>``.

    Raises:
        BadXml: it is malformed, declares a document type or an entity, or is deeper or larger than any callback.
    """
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse("doctype")
    parser.EntityDeclHandler = _refuse("entity")
    parser.ExternalEntityRefHandler = _refuse("entity")
    parser.SkippedEntityHandler = _refuse("entity")
    parser.UnparsedEntityDeclHandler = _refuse("entity")
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, UnicodeError):
        raise BadXml("malformed") from None
    if not isinstance(reader.root, dict):
        raise BadXml("malformed")
    return reader.root


def text_of(found: Xml, name: str) -> str:
    """The text of a child; empty where there is none, or it has children of its own."""
    held = found.get(name, "")
    return held if isinstance(held, str) else ""


def written(members: dict[str, str]) -> bytes:
    """``<xml>`` with these children, each text escaped."""
    inner = "".join(f"<{name}>{escape(_plain(value))}</{name}>" for name, value in members.items())
    return f"<xml>{inner}</xml>".encode()


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign in "\t\n\r" or ord(sign) >= 0x20)


def _refuse(code: str) -> Any:
    def handler(*_: Any) -> None:
        raise BadXml(code)

    return handler


class _Reader:
    def __init__(self) -> None:
        self.root: Xml | str | None = None
        self._open: list[tuple[str, Xml, list[str]]] = []
        self._elements = self._characters = 0

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= DEEPEST:
            raise BadXml("deep")
        if self._elements > MOST_ELEMENTS:
            raise BadXml("large")
        self._open.append((name, {}, []))

    def text(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > LONGEST_TEXT:
            raise BadXml("large")
        if self._open:
            self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        made: Xml | str = children or "".join(texts)
        if not self._open:
            self.root = made or {}
            return
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = made
        elif isinstance(held := siblings[name], list):
            held.append(made)
        else:
            siblings[name] = [held, made]
