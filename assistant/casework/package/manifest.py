"""manifest.json: what is in the package, where every value came from, and hashes of every file; and checking it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from pydantic import BaseModel, ValidationError

from assistant.casework.model import Source

SCHEMA = "bandao.package/1"
MANIFEST = "manifest.json"
SIGNATURES = "signatures/"
_MAX_UNPACKED = 1 << 30


class GuideRef(BaseModel):
    """The guide the case was made on."""

    code: str
    name: str
    version: str


class PackageFile(BaseModel):
    """One member of the zip. ``kind``: cover, form, commitment, form_plain (a form in plain layout), checklist,
    upload, receipt (the slip for whoever takes the papers), merged (everything as one PDF)."""

    path: str
    title: str
    kind: str
    sha256: str
    sm3: str


class PackageField(BaseModel):
    """One answer, whole, as the forms print it; ``confirmed_at`` is RFC 3339 with offset."""

    field: str
    label: str
    value: str
    source: Source
    confirmed_at: datetime | None


class Manifest(BaseModel):
    """The whole manifest; ``signatures`` lists the drawn signature and the package's own, in the folder ``signatures/``."""

    schema_: str
    case_no: str
    version: int
    guide: GuideRef
    files: list[PackageFile]
    fields: list[PackageField]
    signatures: list[dict[str, Any]] = []

    def as_json(self) -> dict[str, Any]:
        """The manifest as the API's contract has it."""
        plain = self.model_dump(mode="json")
        fields = [{**entry, "source": {key: value for key, value in entry["source"].items() if value is not None}}
                  for entry in plain["fields"]]
        return {"schema": plain.pop("schema_"), **plain, "fields": fields}


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def sm3(data: bytes) -> str:
    """SM3 (GB/T 32905) in lower-case hex, by whichever library of this machine knows it."""
    try:
        digest = hashes.Hash(hashes.SM3())
    except UnsupportedAlgorithm:
        return hashlib.new("sm3", data).hexdigest()
    digest.update(data)
    return digest.finalize().hex()


class Finding(NamedTuple):
    """Something wrong with a package: a stable ``code``, the member it is about, and a detail for operators.

    Codes: ``unreadable too_large manifest_missing manifest_unreadable schema twice listed_twice missing added unsafe changed``,
    and of signatures ``unsigned signature_missing signature_unreadable signature_wrong key_unknown``.
    """

    code: str
    member: str
    detail: str = ""


_WORDS = {
    "twice": "{member}: there twice",
    "too_large": "unpacks to more than 1 GiB",
    "manifest_missing": "{member} is missing",
    "manifest_unreadable": "{member} cannot be read: {detail}",
    "schema": "schema is {detail}",
    "changed": "{member}: {detail} differs",
    "listed_twice": "{member}: listed twice",
    "missing": "{member}: listed but not there",
    "added": "{member}: there but not listed",
    "unsafe": "{member}: not a safe path",
}


def verify(package: bytes) -> list[str]:
    """What is wrong with a package, in English for operators; empty when its files are exactly those it was made with.

    Signatures are not looked at: ``checking.examine`` does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            return [_WORDS[found.code].format(**found._asdict()) for found in read(archive)[1]]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        return [f"not a readable zip: {error}"]


def read(archive: zipfile.ZipFile) -> tuple[Manifest | None, list[Finding]]:
    """The manifest of a package, and everything its files have against it."""
    names = archive.namelist()
    found = [Finding("twice", name) for name in sorted({name for name in names if names.count(name) > 1})]
    if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
        return None, [*found, Finding("too_large", "")]
    if MANIFEST not in names:
        return None, [*found, Finding("manifest_missing", MANIFEST)]
    try:
        plain = json.loads(archive.read(MANIFEST))
        manifest = Manifest.model_validate({"schema_": plain.pop("schema", ""), **plain})
    except (ValueError, AttributeError, TypeError, ValidationError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        return None, [*found, Finding("manifest_unreadable", MANIFEST, type(error).__name__)]
    if manifest.schema_ != SCHEMA:
        found.append(Finding("schema", MANIFEST, f"{manifest.schema_!r}, not {SCHEMA!r}"))
    listed = [file.path for file in manifest.files]
    found += [Finding("listed_twice", path) for path in sorted({path for path in listed if listed.count(path) > 1})]
    found += [Finding("missing", path) for path in listed if path not in names]
    found += [Finding("added", name) for name in names
              if name != MANIFEST and not name.startswith(SIGNATURES) and name not in listed]
    found += [Finding("unsafe", name) for name in names if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    for file in manifest.files:
        if file.path in names:
            try:
                data = archive.read(file.path)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                found.append(Finding("changed", file.path, "stored form"))
                continue
            found += [Finding("changed", file.path, kind) for kind, held, wanted in
                      (("sha256", sha256(data), file.sha256), ("sm3", sm3(data), file.sm3)) if held != wanted]
    return manifest, found
