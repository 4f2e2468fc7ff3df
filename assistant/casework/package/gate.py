"""The gate every PDF passes: its text layer must hold every answer that was printed, and every tick.

Text vanishes in silence on the way to PDF (a missing glyph, a cell too small, an unescaped ``&``). What is counted is
what the reader can copy out of the finished file; nothing is rendered again.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar, cast

import pypdfium2  # type: ignore[import-untyped, unused-ignore]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped, unused-ignore]

from assistant.casework.package.errors import PackageError
from assistant.casework.package.forms import Filled
from assistant.casework.package.text import squash
from assistant.casework.package.values import TICKED, UNTICKED
from assistant.foundation.messages import t

_T = TypeVar("_T")
_CUTTABLE = 10  # a shorter text stands on one line, so no page break cuts it
_EDGE = 300  # characters of footers and headers that may stand between a page's edge and a cut text
_WHOLE = "\0"
_BETWEEN = "\0"
_pdfium = threading.Lock()  # PDFium may be used by one thread of a process at a time


@dataclass(frozen=True)
class Expected:
    """What a PDF must show: each text with how often at least, how many boxes are ticked and empty (None: any), and how many
    pictures at least (signatures)."""

    texts: tuple[tuple[str, int], ...]
    ticks: int | None = None
    boxes: int | None = None
    pictures: int = 0


def expect(filled: Filled, without: Iterable[str] = ()) -> Expected:
    """What the PDF of a filled form must show.

    A text counts as often as the paragraphs of the Word file show it, so that losing one of two equal answers is noticed; where
    one cell ends in 3 and the next begins with 4 no 34 is lost by a page break between them. ``without`` are characters no
    font has: they are not looked for (whoever leaves them out tells the citizen).
    """
    drop = str.maketrans(dict.fromkeys(without))
    # Kept apart by a sign that stands in no answer, so that nothing is found across two paragraphs.
    held = _BETWEEN.join(squash(paragraph) for paragraph in filled.text.translate(drop).split("\n"))
    texts = [text.translate(drop) for text in filled.printed if text not in (TICKED, UNTICKED)]
    counted = tuple((text, max(1, held.count(squash(text)))) for text in texts if squash(text))
    return Expected(counted, filled.ticks, filled.boxes, filled.pictures)


def expect_texts(texts: Iterable[str]) -> Expected:
    """What one of our own pages must show: every text at least once."""
    return Expected(tuple((text, 1) for text in dict.fromkeys(texts) if squash(text)))


def check(pdf: bytes, expected: Expected, title: str, name_of: Callable[[str], str] | None = None) -> int:
    """The number of pages of a PDF that shows all that is expected.

    ``name_of`` turns a missing text into the words the message uses for it (the field's label); a message never repeats
    the answer itself, because messages are logged.

    Raises:
        PackageError: ``document_incomplete``, naming what is missing.
    """
    layer = TextLayer(pdf)
    missing = [text for text, times in expected.texts if not layer.shows(squash(text), times)]
    if missing:
        names = dict.fromkeys(name_of(text) if name_of else t("package.an_answer") for text in missing)
        raise _incomplete(title, t("package.gate_answers", names="、".join(names)))
    for sign, wanted in ((TICKED, expected.ticks), (UNTICKED, expected.boxes)):
        if wanted is not None and (held := layer.whole.count(squash(sign))) != wanted:
            raise _incomplete(title, t("package.gate_ticks", sign=sign, wanted=wanted, held=held))
    if expected.pictures and layer.pictures() < expected.pictures:
        raise _incomplete(title, t("package.gate_signature"))
    return len(layer.pages)


def count_pages(pdf: bytes) -> int:
    """How many pages a PDF of ours has."""
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


class TextLayer:
    """The text a PDF gives when copied, squashed. Raises ``pypdfium2.PdfiumError`` when the bytes are no PDF."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self.pages = [squash(page) for page in self._read(lambda layer: cast("str", layer.get_text_range()))]
        self.whole = "".join(self.pages)

    def shows(self, short: str, times: int = 1) -> bool:
        """Whether the squashed text stands there at least ``times`` times."""
        return (
            self.whole.count(short) >= times
            or self.whole.count(short) + self._across_pages(short) >= times
            or self._in_one_font(short) >= times
        )

    def _across_pages(self, short: str) -> int:
        """How often a text is cut by a page break, with a footer and a header between its halves.

        A break falls between lines, so only a text of more than one line can be cut; its halves stand at the pages' edges.
        """
        if len(short) < _CUTTABLE:
            return 0
        found, edge = 0, _EDGE + len(short)
        for before, after in pairwise(self.pages):
            # Where the same text stands whole beside the cut one, its own characters are no halves.
            end, start = before[-edge:].replace(short, _WHOLE), after[:edge].replace(short, _WHOLE)
            found += any(short[:cut] in end and short[cut:] in start for cut in range(2, len(short) - 1))
        return found

    def _in_one_font(self, short: str) -> int:
        """How often a text stands there when each font is read alone.

        LibreOffice draws the characters a font lacks (☑, rare characters) after the rest of their line, so they turn up
        elsewhere in the text layer: in the middle of another answer, or missing from their own.
        """
        best = 0
        for font, text in self._fonts.items():
            held = set(text)
            main = "".join(character for character in short if character in held)
            rest = set(short) - held
            elsewhere = "".join(other for name, other in self._fonts.items() if name != font)
            if 2 * len(main) >= len(short) and rest <= set(elsewhere):
                best = max(best, text.count(main))
        return best

    @cached_property
    def _fonts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for runs in self._read(_by_font):
            for font, text in runs.items():
                texts[font] = texts.get(font, "") + squash(text)
        return texts

    def pictures(self) -> int:
        """How many pictures stand on the pages."""
        with _pdfium:
            document = pypdfium2.PdfDocument(self._pdf)
            try:
                return sum(1 for page in document for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
            finally:
                document.close()

    def _read(self, read: Callable[..., _T]) -> list[_T]:
        with _pdfium:
            document = pypdfium2.PdfDocument(self._pdf)
            try:
                found: list[_T] = []
                for page in document:
                    layer = page.get_textpage()
                    found.append(read(layer))
                    layer.close()
                    page.close()
                return found
            finally:
                document.close()


def _by_font(layer: pypdfium2.PdfTextPage) -> dict[str, str]:
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    texts: dict[str, list[str]] = {}
    for index in range(layer.count_chars()):
        pdfium.FPDFText_GetFontInfo(layer.raw, index, name, len(name), flags)
        texts.setdefault(name.value.decode(errors="replace"), []).append(chr(pdfium.FPDFText_GetUnicode(layer.raw, index)))
    # Characters beyond the basic plane may come as two surrogates.
    return {font: "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace") for font, parts in texts.items()}


def _incomplete(title: str, why: str) -> PackageError:
    return PackageError("document_incomplete", t("package.document_incomplete", title=title, why=why))
