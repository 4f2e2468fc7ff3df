"""Papers into one zip: numbered members, checklist, receiving slip, cover and bound file, manifest and signatures."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from assistant.casework.interview import applying_materials
from assistant.casework.model import Case
from assistant.casework.package import archive, book, gate, pages
from assistant.casework.package.forms import Drawn
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
from assistant.casework.package.press import Press, press
from assistant.casework.package.unsigned import Unsigned
from assistant.casework.package.values import printed_values
from assistant.foundation.messages import t
from knowledge.conditions import holds
from knowledge.schema import Guide

_PDF = "application/pdf"
_CALLED = {"form_plain": "form"}
_ORDER = {"checklist": 0, "receipt": 2}


class Sealer(Protocol):
    """Signs a manifest; ``signing.PackageKeys`` is the real one."""

    def declared(self) -> dict[str, Any]: ...
    def sign(self, manifest: bytes, declared: dict[str, Any]) -> bytes: ...


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
class Paper:
    """One document as Word file and checked PDF. ``signed`` says in which of the two the applicant's signature stands,
    ``unsigned`` that a signature is still wanting.
    """

    key: str
    title: str
    pdf_title: str
    kind: str
    pdf_kind: str
    docx: bytes
    pdf: bytes
    pages: int
    signed: tuple[bool, bool] = (False, False)
    unsigned: bool = False


@dataclass(frozen=True)
class HandSignature:
    """The applicant's drawn signature and when she gave it."""

    drawn: Drawn
    signed_at: datetime


@dataclass(frozen=True)
class Share:
    """What one receiving department gets of a case (一件事): keys of documents and fields, codes of materials.

    ``item`` is the part's guide code; ``after`` are the parts of this case that have to be through first.
    """

    item: str
    name: str
    department: str
    documents: Collection[str]
    materials: Collection[str]
    fields: Collection[str]
    after: Sequence[str] = ()

    def named(self) -> dict[str, Any]:
        """The part as manifests name it."""
        return {"item": self.item, "name": self.name, "department": self.department, "after": list(self.after)}


@dataclass(frozen=True)
class Trimmings:
    """What a package may have besides its papers. ``address`` is where citizens reach us, for the QR code."""

    signature: HandSignature | None = None
    sealer: Sealer | None = None
    address: str = "http://127.0.0.1:8080"
    press: Press = press


@dataclass(frozen=True)
class BuiltPackage:
    """``data`` is the zip and ``sha256`` is over it; ``notices`` are sentences the citizen must see.

    ``parts`` are the departments' own packages of a 一件事, each with its share; ``unsigned`` what still wants a signature.
    """

    data: bytes
    sha256: str
    version: int
    manifest: dict[str, Any]
    notices: list[str]
    parts: Sequence[tuple[Share, BuiltPackage]] = field(default=())
    unsigned: Sequence[Unsigned] = field(default=())


@dataclass(frozen=True)
class Slips:
    """Our own two pages, which need no paper to be ready."""

    checklist: bytes
    handover: bytes


@dataclass(frozen=True)
class _Member:
    path: str
    title: str
    kind: str
    data: bytes
    pages: int = 0
    media_type: str = ""
    signed: bool = False
    unsigned: bool = False
    material: str = ""
    document: str = ""

    def entry(self) -> book.Entry:
        """The member as the bound file takes it."""
        called = t(f"package.kind_{_CALLED.get(self.kind, self.kind)}")
        called = t("package.kind_unsigned", kind=called) if self.unsigned else called
        return book.Entry(self.title, called, self.media_type, self.data, self.pages, ours=self.kind != "upload")


def shares(guide: Guide, case: Case) -> list[Share]:
    """The departments a case goes to; none where the guide is no composition, or kept from before shares were."""
    values = case.values()
    parts = [part for part in guide.parts if part.share is not None and holds(part.when, values)]
    here = {part.item for part in parts}
    return [
        Share(part.item, part.share.name, part.share.department, frozenset(part.share.documents), frozenset(part.share.materials),
              frozenset(part.share.fields), [item for item in part.after if item in here])
        for part in parts if part.share is not None
    ]  # fmt: skip


def slips(case: Case, guide: Guide, documents: Sequence[pages.Listed], now: datetime, share: Share | None = None) -> Slips:
    """Checklist and receiving slip. Raises PackageError ``page_broken`` or ``document_incomplete``."""
    name = book.applicant(case, guide)
    materials = [m for m in applying_materials(guide, case) if share is None or m.code in share.materials]
    addressed = guide if share is None else guide.model_copy(update={"department": share.department})
    return Slips(
        pages.checklist(case, addressed, materials, documents, now, name), pages.handover(case, addressed, materials, name, now)
    )


def assemble(
    case: Case, guide: Guide, papers: Sequence[Paper], uploads: Sequence[UploadedFile], own: Slips, now: datetime,
    trim: Trimmings, share: Share | None = None, parts: Sequence[tuple[Share, BuiltPackage]] = (),
    missing: Sequence[Unsigned] = (),
) -> BuiltPackage:
    """The zip of these papers and uploads; with ``share`` it is that department's. ``missing`` signatures are noted in it."""
    taken: set[str] = {MANIFEST}
    listed = _page("checklist", t("package.checklist_title"), own.checklist, taken)
    slip = _page("receipt", t("package.handover_title"), own.handover, taken)
    members = [
        *(member for number, paper in enumerate(papers, start=1) for member in _both(number, paper, taken)),
        listed, *_attachments(guide, uploads, taken), slip,
    ]  # fmt: skip
    version = case.package_version + 1
    part, department = (share.name, share.department) if share else ("", "")
    cover = book.Cover(f"{trim.address}/?case={case.case_no}", version, now, part, department)
    printed = sorted((member for member in members if member.media_type), key=lambda member: _ORDER.get(member.kind, 1))
    bound = book.bind(case, guide, cover, [member.entry() for member in printed], trim.press)
    members.insert(0, _page("cover", t("package.book_title"), bound.front, taken, "00_"))
    if bound.whole is not None:
        members.append(_page("merged", t("package.bound_title"), bound.whole, taken))
    more: dict[str, Any] = {"materials": _materials(case, guide, members, share)}
    if share:
        more["part"] = share.named()
    if parts:
        more |= {"parts": [{**held.named(), "sha256": package.sha256} for held, package in parts]}
    if missing:
        more["unsigned"] = [one.noted() for one in missing]
    return replace(_sealed(case, guide, members, bound.notices, trim, share, more, parts), unsigned=tuple(missing))


def _both(number: int, paper: Paper, taken: set[str]) -> list[_Member]:
    stem = f"{number:02d}_{archive.safe_name(paper.title)}"
    return [
        _Member(
            archive.unique(f"{stem}.docx", taken), paper.title, paper.kind, paper.docx, signed=paper.signed[0], document=paper.key
        ),
        _Member(
            archive.unique(f"{stem}.pdf", taken), paper.pdf_title, paper.pdf_kind, paper.pdf, paper.pages, _PDF, paper.signed[1],
            paper.unsigned, document=paper.key,
        ),
    ]


def _page(kind: str, title: str, pdf: bytes, taken: set[str], number: str = "") -> _Member:
    held = 0 if kind in ("cover", "merged") else gate.count_pages(pdf)
    return _Member(archive.unique(f"{number}{title}.pdf", taken), title, kind, pdf, held, _PDF)


def _attachments(guide: Guide, uploads: Sequence[UploadedFile], taken: set[str]) -> list[_Member]:
    members = []
    for number, upload in enumerate(uploads, start=1):
        material = guide.material(upload.material) if upload.material else None
        title = material.name if material else t("package.other_material")
        name = f"{number:02d}_{archive.safe_name(title)}_{archive.safe_name(upload.name)}"
        path = archive.unique(f"{t('package.attachments_folder')}/{name}", taken)
        code = material.code if material else ""
        members.append(_Member(path, title, "upload", upload.data, upload.pages, upload.media_type, material=code))
    return members


def _materials(case: Case, guide: Guide, members: Sequence[_Member], share: Share | None) -> list[dict[str, Any]]:
    """The materials as the office is told of them: how each is met, until when, and the members it is in, if any.

    An office that wants one corrected, or is to have it at the window, can name it only by its code.
    """
    listed = []
    for material in applying_materials(guide, case):
        if share is not None and material.code not in share.materials:
            continue
        state = case.materials.get(material.code)
        files = [m.path for m in members if m.material == material.code or (m.document and m.document == material.document)]
        due = {"due": state.due.isoformat()} if state and state.due else {}
        status = state.status if state else "missing"
        listed.append({"code": material.code, "name": material.name, "status": status, **due, "files": files})
    return listed


def _sealed(
    case: Case, guide: Guide, members: Sequence[_Member], notices: list[str], trim: Trimmings, share: Share | None,
    more: dict[str, Any], parts: Sequence[tuple[Share, BuiltPackage]],
) -> BuiltPackage:
    version = case.package_version + 1
    signatures, signed = _signatures(members, trim)
    manifest = Manifest(
        schema_=SCHEMA, case_no=case.case_no, version=version,
        guide=GuideRef(code=guide.code, name=guide.name, version=case.guide_version),
        files=[PackageFile(path=m.path, title=m.title, kind=m.kind, sha256=sha256(m.data), sm3=sm3(m.data)) for m in members],
        fields=[
            PackageField(field=field.key, label=field.label, value=text, source=answer.source, confirmed_at=answer.confirmed_at)
            for field, answer, text in printed_values(case, guide) if share is None or field.key in share.fields
        ],
        signatures=signatures,
    ).as_json() | more  # fmt: skip
    text = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    if trim.sealer is not None:
        signed.append((signatures[-1]["path"], trim.sealer.sign(text, signatures[-1])))
    data = archive.pack([(MANIFEST, text), *((m.path, m.data) for m in members), *signed])
    return BuiltPackage(data, sha256(data), version, manifest, notices, parts)


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
