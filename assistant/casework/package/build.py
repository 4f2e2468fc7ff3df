"""The package: every form as Word and checked PDF, the checklist, the uploads, and the manifest, in one zip."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from assistant.casework.interview import applying_documents, applying_materials
from assistant.casework.model import Case
from assistant.casework.package import archive, gate, pages
from assistant.casework.package.errors import ConversionFailed, OfficeUnavailable, PackageError
from assistant.casework.package.forms import Filled, fill
from assistant.casework.package.glyphs import unprintable
from assistant.casework.package.manifest import MANIFEST, SCHEMA, GuideRef, Manifest, PackageField, PackageFile, sha256, sm3
from assistant.casework.package.plain import blocks
from assistant.casework.package.values import form_context, printed_values
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.schema import DocumentSpec, Guide

_log = get_logger(__name__)
_SUPPLIED_OTHERWISE = ("uploaded", "licence", "promised", "tolerated")


class Converter(Protocol):
    """Word to PDF; ``office.OfficeWorker`` is the real one."""

    def convert(self, docx: bytes) -> bytes: ...


@dataclass(frozen=True)
class UploadedFile:
    """A file the citizen uploaded, already inspected. ``material`` is a code of the guide, or None."""

    upload_id: str
    material: str | None
    name: str
    media_type: str
    data: bytes
    sha256: str
    pages: int


@dataclass(frozen=True)
class BuiltPackage:
    """``data`` is the zip and ``sha256`` is over it; ``notices`` are sentences the citizen must see."""

    data: bytes
    sha256: str
    version: int
    manifest: dict[str, Any]
    notices: list[str]


class _UntilUnavailable:
    """The converter, not asked again in this package once it was unavailable: a hang costs its time limit once, not per form."""

    def __init__(self, office: Converter) -> None:
        self._office = office
        self._error: OfficeUnavailable | None = None

    def convert(self, docx: bytes) -> bytes:
        if self._error is not None:
            raise self._error
        try:
            return self._office.convert(docx)
        except OfficeUnavailable as error:
            self._error = error
            raise


@dataclass(frozen=True)
class _Member:
    path: str
    title: str
    kind: str
    data: bytes


def build(
    case: Case, guide: Guide, uploads: Sequence[UploadedFile], now: datetime, office: Converter, templates_dir: Path,
) -> BuiltPackage:
    """Make the package of a case; nothing of the case is changed. Its version is ``case.package_version`` + 1.

    Where LibreOffice is missing, PDFs are set in a plain layout, and titles, kinds and ``notices`` say so.

    Raises:
        PackageError: a template is broken, or a PDF lost something; nothing is made then.
    """
    context = form_context(case, guide, now)
    labels = {text: field.label for field, _, text in printed_values(case, guide)}
    documents = package_documents(guide, case)
    taken: set[str] = {MANIFEST}
    members: list[_Member] = []
    notices: list[str] = []
    once = _UntilUnavailable(office)
    with ThreadPoolExecutor(1, thread_name_prefix="package") as converting:
        # The converter works on one document while the next one is filled and the checklist is set.
        waiting: list[tuple[DocumentSpec, Filled, Future[bytes]]] = []
        try:
            for document in documents:
                filled = fill(_template(templates_dir, document), context, document.title)
                waiting.append((document, filled, converting.submit(once.convert, filled.docx)))
            titles = [document.title for document in documents]
            checklist = pages.checklist(case, guide, applying_materials(guide, case), titles, now)
            for number, (document, filled, future) in enumerate(waiting, start=1):
                members += _document(number, document, filled, future, (case, guide), labels, taken, notices)
        finally:
            for _, _, future in waiting:
                future.cancel()
    title = t("package.checklist_title")
    members.append(_Member(archive.unique(f"{title}.pdf", taken), title, "checklist", checklist))
    members += _attachments(guide, uploads, taken)
    return _assemble(case, guide, members, notices)


def package_documents(guide: Guide, case: Case) -> list[DocumentSpec]:
    """The documents to make: those that apply, without forms whose material she has supplied in another way."""
    return [document for document in applying_documents(guide, case) if _wanted(document, guide, case)]


def _wanted(document: DocumentSpec, guide: Guide, case: Case) -> bool:
    made_for = [material for material in guide.materials if material.document == document.key]
    if not made_for or any(material.promise_document == document.key for material in guide.materials):
        return True
    states = [case.materials.get(material.code) for material in applying_materials(guide, case) if material in made_for]
    return any(state is None or state.status not in _SUPPLIED_OTHERWISE for state in states)


def _template(templates_dir: Path, document: DocumentSpec) -> Path:
    # Only the name: a guide cannot reach outside the folder of templates.
    return templates_dir / PurePosixPath(document.template).name


def _document(
    number: int, document: DocumentSpec, filled: Filled, future: Future[bytes], of: tuple[Case, Guide], labels: dict[str, str],
    taken: set[str], notices: list[str],
) -> list[_Member]:
    title, kind = document.title, document.kind
    pdf_title, pdf_kind = title, str(kind)
    strange = unprintable("".join(filled.printed))
    notices += [sentence for sign in strange if (sentence := t("package.notice_glyph", sign=sign)) not in notices]
    expected = gate.expect(filled, strange)
    try:
        pdf = future.result()
    except OfficeUnavailable as error:
        _log.error("package.plain_layout", template=document.template, reason=str(error))
        pdf = pages.plain_form(title, blocks(filled.docx), *of)
        pdf_title, pdf_kind = t("package.title_plain", title=title), "form_plain"
        notices.append(t("package.notice_plain", title=title))
    except ConversionFailed as error:
        why = t("package.template_unreadable", detail="LibreOffice")
        raise PackageError(
            "template_broken", t("package.template_broken", title=title, file=document.template, why=why)
        ) from error
    gate.check(pdf, expected, title, lambda text: labels.get(text, t("package.an_answer")))
    stem = f"{number:02d}_{archive.safe_name(title)}"
    return [
        _Member(archive.unique(f"{stem}.docx", taken), title, kind, filled.docx),
        _Member(archive.unique(f"{stem}.pdf", taken), pdf_title, pdf_kind, pdf),
    ]


def _attachments(guide: Guide, uploads: Sequence[UploadedFile], taken: set[str]) -> list[_Member]:
    members = []
    for number, upload in enumerate(uploads, start=1):
        material = guide.material(upload.material) if upload.material else None
        title = material.name if material else t("package.other_material")
        name = f"{number:02d}_{archive.safe_name(title)}_{archive.safe_name(upload.name)}"
        path = archive.unique(f"{t('package.attachments_folder')}/{name}", taken)
        members.append(_Member(path, title, "upload", upload.data))
    return members


def _assemble(case: Case, guide: Guide, members: list[_Member], notices: list[str]) -> BuiltPackage:
    version = case.package_version + 1
    manifest = Manifest(
        schema_=SCHEMA, case_no=case.case_no, version=version,
        guide=GuideRef(code=guide.code, name=guide.name, version=case.guide_version),
        files=[PackageFile(path=m.path, title=m.title, kind=m.kind, sha256=sha256(m.data), sm3=sm3(m.data)) for m in members],
        fields=[
            PackageField(field=field.key, label=field.label, value=text, source=answer.source, confirmed_at=answer.confirmed_at)
            for field, answer, text in printed_values(case, guide)
        ],
    ).as_json()
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    data = archive.pack([(MANIFEST, text), *((m.path, m.data) for m in members)])
    return BuiltPackage(data, sha256(data), version, manifest, notices)
