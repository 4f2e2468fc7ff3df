"""A case's package made and stored: its uploads and signature fetched, everything built, the zips kept encrypted."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from assistant.casework import repository
from assistant.casework.model import Case, PartPackage
from assistant.casework.package import gate
from assistant.casework.package.assembly import BuiltPackage, HandSignature, Trimmings, UploadedFile
from assistant.casework.package.build import Converter, build
from assistant.casework.package.errors import PackageError
from assistant.casework.package.forms import Drawn
from assistant.casework.package.manifest import read
from assistant.casework.package.press import press
from assistant.casework.package.signing import Algorithm, PackageKeys
from assistant.foundation.blobs import BlobStore
from assistant.foundation.database import Database
from assistant.foundation.messages import t
from knowledge.schema import Guide

SHOWN = ("cover", "form", "commitment", "form_plain", "checklist", "receipt")
_PREVIEWS = 3
_REMEMBERED = 48  # PDFs of about 100 kB: the forms of the last ten packages or so
_OPEN_PACKAGES = 8  # small, because they are whole packages in clear


class MakerSettings(Protocol):
    """What making packages needs of the settings."""

    @property
    def templates_dir(self) -> Path: ...
    @property
    def keys_dir(self) -> Path: ...
    @property
    def public_url(self) -> str: ...
    @property
    def package_signature(self) -> Algorithm: ...


class PreviewPage(NamedTuple):
    """A page that can be looked at as a picture. ``number`` counts from 1 over the package, ``page`` from 1 in its file."""

    number: int
    title: str
    path: str
    page: int


@dataclass(frozen=True)
class Made:
    """A package as it was built and stored, and the departments' own."""

    built: BuiltPackage
    blob_id: str
    parts: list[PartPackage]
    previews: list[PreviewPage]


class Remembering:
    """A converter that gives the same PDF for the same Word file: a package made again after an edit or a signature converts only
    what differs, and what was checked before keeps its bytes. Thread-safe; a few megabytes, in memory only."""

    def __init__(self, office: Converter) -> None:
        self._office = office
        self._held: OrderedDict[bytes, bytes] = OrderedDict()
        self._guard = threading.Lock()

    def convert(self, docx: bytes) -> bytes:
        """The PDF of a Word file; see ``office.OfficeWorker.convert`` for what is raised."""
        key = hashlib.sha256(docx).digest()
        with self._guard:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        pdf = self._office.convert(docx)
        with self._guard:
            self._held[key] = pdf
            while len(self._held) > _REMEMBERED:
                self._held.popitem(last=False)
        return pdf


class PackageMaker:
    """Makes, signs and stores packages. Thread-safe."""

    def __init__(self, settings: MakerSettings, db: Database, blobs: BlobStore, office: Converter) -> None:
        self._settings, self._db, self._blobs, self._office = settings, db, blobs, Remembering(office)
        self.keys = package_keys(settings)

    def make(self, case: Case, guide: Guide, now: datetime) -> Made:
        """Make and store the package of a case. ``case.signature``, where there is one, is put on the forms.

        Raises:
            PackageError: with a sentence for the citizen.
        """
        trim = Trimmings(signature=self._signature(case), sealer=self.keys, address=self._settings.public_url)
        built = build(case, guide, self._uploads(case), now, self._office, Path(self._settings.templates_dir), trim)
        parts = [
            PartPackage(
                item=share.item, name=share.name, department=share.department, after=list(share.after), version=part.version,
                sha256=part.sha256, blob_id=self._blobs.put(part.data), built_at=now,
                files=[str(file["path"]) for file in part.manifest["files"]],
            )
            for share, part in built.parts
        ]  # fmt: skip
        return Made(built, self._blobs.put(built.data), parts, previews(built.data))

    def pages(self, blob_id: str) -> list[PreviewPage]:
        """The pages of a stored package that can be looked at."""
        return _preview_pages(self._blobs.get(blob_id))

    def picture(self, blob_id: str, number: int, width: int) -> bytes:
        """One of these pages as PNG, ``width`` pixels wide.

        Raises:
            KeyError: there is no such page.
            PressError: it cannot be drawn now.
        """
        data = self._blobs.get(blob_id)
        page = next((page for page in _preview_pages(data) if page.number == number), None)
        if page is None:
            raise KeyError(number)
        return _picture(data, page, width)

    def _signature(self, case: Case) -> HandSignature | None:
        held = case.signature
        if held is None:
            return None
        png = self._blobs.get(held.blob_id)
        return HandSignature(Drawn(png, held.width, held.height), held.signed_at)

    def _uploads(self, case: Case) -> list[UploadedFile]:
        wanted = {upload_id: code for code, state in case.materials.items() for upload_id in state.upload_ids}
        with self._db.read() as conn:
            rows = repository.uploads_by_id(conn, list(wanted))
        return [file for row in rows for file in self._upload(row, wanted[row["id"]])]

    def _upload(self, row: Mapping[str, Any], material: str) -> list[UploadedFile]:
        """An upload, and its straightened, upright copy where one was made; the copy never takes the original's place."""
        name, media_type, pages = row["file_name"], row["media_type"], row["pages"] or 1
        held = [UploadedFile(row["id"], material, name, media_type, self._kept(row, ""), row["sha256"], pages)]
        if row.get("straight_blob_id") is not None:
            copied = t("uploads.straightened_name", name=Path(name).stem)
            of = pages if media_type == "application/pdf" else 1
            data = self._kept(row, "straight_")
            held.append(UploadedFile(row["id"], material, copied, "application/pdf", data, row["straight_sha256"], of))
        return held

    def _kept(self, row: Mapping[str, Any], which: str) -> bytes:
        data = self._blobs.get(row[f"{which}blob_id"])
        if hashlib.sha256(data).hexdigest() != row[f"{which}sha256"]:
            raise PackageError("upload_changed", t("package.upload_changed", name=row["file_name"]))
        return data


def package_keys(settings: MakerSettings) -> PackageKeys:
    """The signing keys of an installation."""
    return PackageKeys(settings.keys_dir / "package_keys.json", settings.package_signature)


def previews(data: bytes) -> list[PreviewPage]:
    """The first pages of the first papers, to be shown when a package is ready."""
    held = [page for page in _preview_pages(data) if page.page == 1]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        manifest = read(archive)[0]
    kinds = {file.path: file.kind for file in manifest.files} if manifest else {}
    return [page for page in held if kinds.get(page.path) in ("form", "commitment", "form_plain")][:_PREVIEWS]


@lru_cache(_OPEN_PACKAGES)
def _preview_pages(data: bytes) -> list[PreviewPage]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        manifest = read(archive)[0]
        files = [file for file in (manifest.files if manifest else []) if file.kind in SHOWN and file.path.endswith(".pdf")]
        counts: Sequence[int] = [gate.count_pages(archive.read(file.path)) for file in files]
    found: list[PreviewPage] = []
    for file, count in zip(files, counts, strict=True):
        found += [PreviewPage(len(found) + number, file.title, file.path, number) for number in range(1, count + 1)]
    return found


@lru_cache(64)
def _picture(data: bytes, page: PreviewPage, width: int) -> bytes:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return press.picture(archive.read(page.path), page.page - 1, width)
