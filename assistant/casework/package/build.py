"""The package: every form as Word and checked PDF, the checklist, the uploads, and the manifest, in one zip."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from assistant.casework.interview import applying_documents, applying_materials
from assistant.casework.model import Case
from assistant.casework.package import archive, book, gate, pages
from assistant.casework.package.errors import ConversionFailed, OfficeUnavailable, PackageError
from assistant.casework.package.forms import Drawn, Filled, fill
from assistant.casework.package.glyphs import unprintable
from assistant.casework.package.manifest import (
    MANIFEST,
    SCHEMA,
    SIGNATURES,
    GuideRef,
    Manifest,
    PackageField,
    PackageFile,
    sha256,
    sm3,
)
from assistant.casework.package.plain import blocks
from assistant.casework.package.press import Press, press
from assistant.casework.package.values import form_context, printed_values
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.schema import DocumentSpec, Guide

_log = get_logger(__name__)
_PDF = "application/pdf"
_CALLED = {"form_plain": "form"}
_SUPPLIED_OTHERWISE = ("uploaded", "licence", "promised", "tolerated")


class Sealer(Protocol):
    """Signs a manifest; ``signing.PackageKeys`` is the real one."""

    def declared(self) -> dict[str, Any]: ...
    def sign(self, manifest: bytes, declared: dict[str, Any]) -> bytes: ...


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
class HandSignature:
    """The applicant's drawn signature and when she gave it."""

    drawn: Drawn
    signed_at: datetime


@dataclass(frozen=True)
class Share:
    """What one receiving department gets of a case (一件事): keys of documents and fields, codes of materials.

    ``item`` is the part's guide code; ``after`` are the parts that have to be through first.
    """

    item: str
    name: str
    department: str
    documents: Set[str]
    materials: Set[str]
    fields: Set[str]
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Trimmings:
    """What a package may have besides its papers. ``address`` is where citizens reach us, for the QR code."""

    signature: HandSignature | None = None
    sealer: Sealer | None = None
    address: str = "http://127.0.0.1:8080"
    press: Press = press
    more: dict[str, Any] = field(default_factory=dict)


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
    pages: int = 0
    media_type: str = ""
    signed: bool = False

    def entry(self) -> book.Entry:
        """The member as the bound file takes it."""
        called = t(f"package.kind_{_CALLED.get(self.kind, self.kind)}")
        return book.Entry(self.title, called, self.media_type, self.data, self.pages, ours=self.kind != "upload")


def build(
    case: Case, guide: Guide, uploads: Sequence[UploadedFile], now: datetime, office: Converter, templates_dir: Path,
    trimmings: Trimmings | None = None,
) -> BuiltPackage:
    """Make the package of a case; nothing of the case is changed. Its version is ``case.package_version`` + 1.

    Where LibreOffice is missing, PDFs are set in a plain layout, and titles, kinds and ``notices`` say so.

    Raises:
        PackageError: a template is broken, or a PDF lost something; nothing is made then.
    """
    trim = trimmings or Trimmings()
    drawn = trim.signature.drawn if trim.signature else None
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
                filled = fill(_template(templates_dir, document), context, document.title, drawn)
                waiting.append((document, filled, converting.submit(once.convert, filled.docx)))
            titles = [document.title for document in documents]
            applicant = book.applicant(case, guide)
            materials = applying_materials(guide, case)
            checklist = pages.checklist(case, guide, materials, titles, now, applicant)
            handover = pages.handover(case, guide, materials, applicant, now)
            for number, (document, filled, future) in enumerate(waiting, start=1):
                members += _document(number, document, filled, future, (case, guide), labels, taken, notices)
        finally:
            for _, _, future in waiting:
                future.cancel()
    listed = _page("checklist", t("package.checklist_title"), checklist, taken)
    slip = _page("receipt", t("package.handover_title"), handover, taken)
    members += [listed, *_attachments(guide, uploads, taken), slip]
    cover = book.Cover(f"{trim.address}/?case={case.case_no}", case.package_version + 1, now)
    bound = book.bind(case, guide, cover, [m.entry() for m in _in_reading_order(members)], trim.press)
    members.insert(0, _page("cover", t("package.book_title"), bound.front, taken, "00_"))
    if bound.whole is not None:
        members.append(_page("merged", t("package.bound_title"), bound.whole, taken))
    return _assemble(case, guide, members, [*notices, *bound.notices], trim)


def _in_reading_order(members: Sequence[_Member]) -> list[_Member]:
    """What is bound: the checklist first, then the papers as PDFs and what was uploaded, the slip last."""
    order = {"checklist": 0, "receipt": 2}
    bound = [member for member in members if member.media_type]
    return sorted(bound, key=lambda member: order.get(member.kind, 1))


def _page(kind: str, title: str, pdf: bytes, taken: set[str], number: str = "") -> _Member:
    pages_held = 0 if kind in ("cover", "merged") else gate.count_pages(pdf)
    return _Member(archive.unique(f"{number}{title}.pdf", taken), title, kind, pdf, pages_held, _PDF)


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
        if filled.pictures:
            notices.append(t("package.notice_unsigned", title=title))
            expected = replace(expected, pictures=0)
    except ConversionFailed as error:
        why = t("package.template_unreadable", detail="LibreOffice")
        raise PackageError(
            "template_broken", t("package.template_broken", title=title, file=document.template, why=why)
        ) from error
    held = gate.check(pdf, expected, title, lambda text: labels.get(text, t("package.an_answer")))
    stem = f"{number:02d}_{archive.safe_name(title)}"
    return [
        _Member(archive.unique(f"{stem}.docx", taken), title, kind, filled.docx, signed=bool(filled.pictures)),
        _Member(archive.unique(f"{stem}.pdf", taken), pdf_title, pdf_kind, pdf, held, _PDF, bool(expected.pictures)),
    ]


def _attachments(guide: Guide, uploads: Sequence[UploadedFile], taken: set[str]) -> list[_Member]:
    members = []
    for number, upload in enumerate(uploads, start=1):
        material = guide.material(upload.material) if upload.material else None
        title = material.name if material else t("package.other_material")
        name = f"{number:02d}_{archive.safe_name(title)}_{archive.safe_name(upload.name)}"
        path = archive.unique(f"{t('package.attachments_folder')}/{name}", taken)
        members.append(_Member(path, title, "upload", upload.data, upload.pages, upload.media_type))
    return members


def _assemble(case: Case, guide: Guide, members: list[_Member], notices: list[str], trim: Trimmings) -> BuiltPackage:
    version = case.package_version + 1
    signatures, signed = _signatures(members, trim)
    manifest = Manifest(
        schema_=SCHEMA, case_no=case.case_no, version=version,
        guide=GuideRef(code=guide.code, name=guide.name, version=case.guide_version),
        files=[PackageFile(path=m.path, title=m.title, kind=m.kind, sha256=sha256(m.data), sm3=sm3(m.data)) for m in members],
        fields=[
            PackageField(field=field.key, label=field.label, value=text, source=answer.source, confirmed_at=answer.confirmed_at)
            for field, answer, text in printed_values(case, guide)
        ],
        signatures=signatures,
    ).as_json() | trim.more
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    if trim.sealer is not None:
        signed.append((signatures[-1]["path"], trim.sealer.sign(text, signatures[-1])))
    data = archive.pack([(MANIFEST, text), *((m.path, m.data) for m in members), *signed])
    return BuiltPackage(data, sha256(data), version, manifest, notices)


def _signatures(members: Sequence[_Member], trim: Trimmings) -> tuple[list[dict[str, Any]], list[tuple[str, bytes]]]:
    """What the manifest says of signatures, the package's own last; and the drawn one's picture as a member."""
    said: list[dict[str, Any]] = []
    held: list[tuple[str, bytes]] = []
    if trim.signature is not None:
        png, path = trim.signature.drawn.png, f"{SIGNATURES}applicant.png"
        said.append({
            "kind": "drawn", "path": path, "sha256": sha256(png), "sm3": sm3(png),
            "signed_at": trim.signature.signed_at.isoformat(), "on": [member.path for member in members if member.signed],
        })  # fmt: skip
        held.append((path, png))
    if trim.sealer is not None:
        said.append(trim.sealer.declared())
    return said, held
