"""Blank forms and samples, made once and kept on disk: their content hangs on the guide and the template alone."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path, PurePosixPath
from typing import Literal

from assistant.casework.package import gate, samples
from assistant.casework.package.build import Converter
from assistant.casework.package.errors import OfficeUnavailable
from assistant.foundation.messages import t
from knowledge.schema import DocumentSpec, Guide

Kind = Literal["blank.docx", "blank.pdf", "sample.pdf"]
KINDS: tuple[Kind, ...] = ("blank.docx", "blank.pdf", "sample.pdf")
WAIT_SECONDS = 10.0
"""How long one asker waits for another's form; citizens' packages need the converter too."""
MOST_KEPT = 2000


class FormShelf:
    """The forms of one installation. Thread-safe; at most one form is being made at a time."""

    def __init__(self, folder: Path, templates_dir: Path, office: Converter) -> None:
        self._folder, self._templates, self._office = folder, templates_dir, office
        self._making = threading.Lock()

    def get(self, guide: Guide, document: DocumentSpec, kind: Kind) -> bytes:
        """The bytes of a form; made where they are not kept yet. ``guide`` is the Chinese one: forms are always in Chinese.

        Raises:
            PackageError: the template is broken, or the PDF lost something.
            OfficeUnavailable: LibreOffice is missing or busy.
            ConversionFailed: LibreOffice refuses the form.
        """
        path = self._folder / self._name(guide, document, kind)
        if path.exists():
            return path.read_bytes()
        if not self._making.acquire(timeout=WAIT_SECONDS):
            raise OfficeUnavailable("other forms are being made")
        try:
            if not path.exists():
                self._keep(path, self._made(guide, document, kind))
            return path.read_bytes()
        finally:
            self._making.release()

    def _name(self, guide: Guide, document: DocumentSpec, kind: Kind) -> str:
        template = self._templates / PurePosixPath(document.template).name
        digest = hashlib.sha256(template.read_bytes() if template.is_file() else b"").hexdigest()[:16]
        return f"{guide.code}-{guide.version}-{document.key}-{digest}-{kind}"

    def _made(self, guide: Guide, document: DocumentSpec, kind: Kind) -> bytes:
        if kind != "sample.pdf":
            docx = samples.blank(guide, document, self._templates)
            return docx if kind == "blank.docx" else self._office.convert(docx)
        filled = samples.sample(guide, document, self._templates)
        pdf = self._office.convert(filled.docx)
        gate.check(pdf, gate.expect(filled), document.title)
        gate.check(pdf, gate.expect_texts([t("package.sample_mark")]), document.title)
        return pdf

    def _keep(self, path: Path, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_bytes(data)
        draft.replace(path)
        kept = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
        for old in kept[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
