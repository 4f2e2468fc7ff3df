"""The package: every form as Word and checked PDF, the checklist, the uploads, and the manifest, in one zip."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from assistant.casework.interview import applying_documents, applying_materials
from assistant.casework.model import Case
from assistant.casework.package import gate, pages, unsigned
from assistant.casework.package.assembly import BuiltPackage, Paper, Share, Trimmings, UploadedFile, assemble, shares, slips
from assistant.casework.package.errors import ConversionFailed, OfficeUnavailable, PackageError
from assistant.casework.package.forms import Filled, fill
from assistant.casework.package.glyphs import unprintable
from assistant.casework.package.plain import blocks
from assistant.casework.package.unsigned import Unsigned
from assistant.casework.package.values import filed_by_agent, form_context, printed_values
from assistant.foundation.logging import get_logger
from assistant.foundation.messages import t
from knowledge.schema import DocumentSpec, Guide

_log = get_logger(__name__)
_SUPPLIED_OTHERWISE = ("uploaded", "licence", "promised", "tolerated")


class Converter(Protocol):
    """Word to PDF; ``office.OfficeWorker`` is the real one."""

    def convert(self, docx: bytes) -> bytes: ...


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


def build(
    case: Case, guide: Guide, uploads: Sequence[UploadedFile], now: datetime, office: Converter, templates_dir: Path,
    trimmings: Trimmings | None = None,
) -> BuiltPackage:
    """Make the package of a case; nothing of the case is changed. Its version is ``case.package_version`` + 1.

    Where LibreOffice is missing, PDFs are set in a plain layout, and titles, kinds and ``notices`` say so. Of a 一件事 each
    department's own package is made from the same papers: nothing is converted twice.

    Raises:
        PackageError: a template is broken, or a PDF lost something; nothing is made then.
    """
    trim = trimmings or Trimmings()
    drawn = trim.signature.drawn if trim.signature else None
    context = form_context(case, guide, now)
    labels = {text: field.label for field, _, text in printed_values(case, guide)}
    documents = package_documents(guide, case)
    papers: list[Paper] = []
    notices: list[str] = []
    once = _UntilUnavailable(office)
    with ThreadPoolExecutor(1, thread_name_prefix="package") as converting:
        # The converter works on one document while the next one is filled and the checklist is set.
        waiting: list[tuple[DocumentSpec, Filled, Future[bytes]]] = []
        try:
            for document in documents:
                filled = fill(_template(templates_dir, document), context, document.title, drawn)
                waiting.append((document, filled, converting.submit(once.convert, filled.docx)))
            missing = [one for document, filled, _ in waiting if (one := _unsigned(document, filled, case, guide)) is not None]
            own = slips(case, guide, _listed(documents, missing), now)
            for document, filled, future in waiting:
                paper = _paper(document, filled, future, (case, guide), labels, notices)
                papers.append(replace(paper, unsigned=bool(unsigned.of(missing, {paper.key}))))
        finally:
            for _, _, future in waiting:
                future.cancel()
    parts = [(share, _part(share, case, guide, papers, uploads, now, trim, missing)) for share in shares(guide, case)]
    made = assemble(case, guide, papers, uploads, own, now, trim, parts=parts, missing=missing)
    return replace(made, notices=[*notices, *made.notices])


def package_documents(guide: Guide, case: Case) -> list[DocumentSpec]:
    """The documents to make: those that apply, without forms whose material she has supplied in another way."""
    return [document for document in applying_documents(guide, case) if _wanted(document, guide, case)]


def _wanted(document: DocumentSpec, guide: Guide, case: Case) -> bool:
    made_for = [material for material in guide.materials if material.document == document.key]
    if not made_for or any(material.promise_document == document.key for material in guide.materials):
        return True
    states = [case.materials.get(material.code) for material in applying_materials(guide, case) if material in made_for]
    return any(state is None or state.status not in _SUPPLIED_OTHERWISE for state in states)


def _part(
    share: Share, case: Case, guide: Guide, papers: Sequence[Paper], uploads: Sequence[UploadedFile], now: datetime,
    trim: Trimmings, missing: Sequence[Unsigned],
) -> BuiltPackage:
    """One department's package: its papers, the uploads it needs, its answers."""
    held = [paper for paper in papers if paper.key in share.documents]
    needed = [upload for upload in uploads if upload.material in share.materials]
    mine = unsigned.of(missing, share.documents)
    own = slips(case, guide, _listed(held, mine), now, share)
    return assemble(case, guide, held, needed, own, now, trim, share, missing=mine)


def _unsigned(document: DocumentSpec, filled: Filled, case: Case, guide: Guide) -> Unsigned | None:
    by_agent = document.signature is not None and filed_by_agent(case, guide)
    return unsigned.wanting(document, drawn=bool(filled.pictures), place=bool(filled.places), by_agent=by_agent)


def _listed(documents: Sequence[DocumentSpec | Paper], missing: Sequence[Unsigned]) -> list[pages.Listed]:
    todo = {one.document: one.todo() for one in missing}
    return [pages.Listed(document.title, todo.get(document.key, "")) for document in documents]


def _template(templates_dir: Path, document: DocumentSpec) -> Path:
    # Only the name: a guide cannot reach outside the folder of templates.
    return templates_dir / PurePosixPath(document.template).name


def _paper(
    document: DocumentSpec, filled: Filled, future: Future[bytes], of: tuple[Case, Guide], labels: dict[str, str],
    notices: list[str],
) -> Paper:
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
    signed = (bool(filled.pictures), bool(expected.pictures))
    return Paper(document.key, title, pdf_title, kind, pdf_kind, filled.docx, pdf, held, signed)


__all__ = ["BuiltPackage", "Converter", "Trimmings", "UploadedFile", "build", "package_documents"]
