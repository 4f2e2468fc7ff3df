"""What a file really is: by its bytes, never by its name."""

from __future__ import annotations

import io
import zipfile
from typing import Literal, NamedTuple

import filetype  # type: ignore[import-untyped, unused-ignore]

Kind = Literal["pdf", "jpg", "png", "webp", "docx", "xlsx"]


class KindInfo(NamedTuple):
    """A kind we take: its media type, the endings its name may have, and what people call it."""

    media_type: str
    endings: tuple[str, ...]
    name: str


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Every kind of file that can be uploaded.
ALLOWED: dict[Kind, KindInfo] = {
    "pdf": KindInfo("application/pdf", (".pdf",), "PDF"),
    "jpg": KindInfo("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "JPG 照片"),
    "png": KindInfo("image/png", (".png",), "PNG 图片"),
    "webp": KindInfo("image/webp", (".webp",), "WebP 图片"),
    "docx": KindInfo(WORD, (".docx",), "Word 文档（.docx）"),
    "xlsx": KindInfo(EXCEL, (".xlsx",), "Excel 表（.xlsx）"),
}
#: Taken as the rows of a table that is asked for, never for a material.
ROWS_ONLY: frozenset[Kind] = frozenset({"xlsx"})

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"#!", b"dex\n", b"\x00asm")
_SCRIPTS = (b"<script", b"<html", b"<?php", b"<!doctype html", b"<svg")
_HEAD = 1024


class Unacceptable(Exception):
    """The file is of no kind we take. ``code`` is a key of the message catalogue, ``found`` what it seems to be."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.found = found


def kind_of(data: bytes) -> Kind:
    """The kind of ``data``.

    Raises:
        Unacceptable: ``program``, ``encrypted``, ``old_word``, ``heic``, ``polyglot`` or ``type``.
    """
    head = data[:_HEAD]
    if head.startswith(_PROGRAMS):
        raise Unacceptable("program")
    if head.startswith(_OLE):
        # An encrypted DOCX is an OLE file around an encrypted package; any other OLE file is Office 97.
        raise Unacceptable("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_word")
    kind = _by_signature(data)
    if kind is None:
        guessed = filetype.guess(head)
        found = guessed.extension if guessed else ""
        raise Unacceptable("heic" if found in ("heic", "avif") or head[4:12] in (b"ftypheic", b"ftypmif1") else "type", found)
    if _is_also_something_else(data, head, kind):
        raise Unacceptable("polyglot")
    return kind


def name_fits(filename: str, kind: Kind) -> bool:
    """Whether the name's ending is one this kind has; a name without an ending fits everything."""
    dot = filename.rfind(".")
    return dot < 0 or filename[dot:].lower().strip() in ALLOWED[kind].endings


def _by_signature(data: bytes) -> Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data[:16].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-"):
        return "pdf"
    return _office(data) if data.startswith(b"PK\x03\x04") else None


def _office(data: bytes) -> Kind | None:
    # Names stand unpacked in a zip. It is opened by the helper process only: its directory may be made to choke a reader.
    if b"[Content_Types].xml" not in data:
        return None
    return "docx" if b"word/document.xml" in data else "xlsx" if b"xl/workbook.xml" in data else None


def _is_also_something_else(data: bytes, head: bytes, kind: Kind) -> bool:
    """Files that are two kinds at once get past whoever looks for one of them."""
    if kind != "pdf" and b"%PDF-" in head:
        return True
    if kind not in ("docx", "xlsx"):
        lowered = head.lower()
        if any(mark in lowered for mark in _SCRIPTS):
            return True
        # A zip is found from its end: that is how it hides behind a picture or a PDF.
        return zipfile.is_zipfile(io.BytesIO(data))
    return False
