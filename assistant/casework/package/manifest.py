"""manifest.json: what is in the package, where every value came from, and hashes of every file; and checking it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

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
    """One member of the zip. ``kind``: form, commitment, form_plain (a form in plain layout), checklist, upload."""

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
    """The whole manifest; ``signatures`` stays empty until somebody signs."""

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


def verify(package: bytes) -> list[str]:
    """What is wrong with a package, in English for operators; empty when its files are exactly those it was made with."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            return _verify(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        return [f"not a readable zip: {error}"]


def _verify(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    problems = [f"{name}: there twice" for name in sorted({name for name in names if names.count(name) > 1})]
    if sum(info.file_size for info in archive.infolist()) > _MAX_UNPACKED:
        return [*problems, "unpacks to more than 1 GiB"]
    if MANIFEST not in names:
        return [*problems, f"{MANIFEST} is missing"]
    try:
        plain = json.loads(archive.read(MANIFEST))
        manifest = Manifest.model_validate({"schema_": plain.pop("schema", ""), **plain})
    except (ValueError, AttributeError, TypeError, ValidationError) as error:
        return [*problems, f"{MANIFEST} cannot be read: {type(error).__name__}"]
    if manifest.schema_ != SCHEMA:
        problems.append(f"schema is {manifest.schema_!r}, not {SCHEMA!r}")
    listed = [file.path for file in manifest.files]
    problems += [f"{path}: listed twice" for path in sorted({path for path in listed if listed.count(path) > 1})]
    problems += [f"{path}: listed but not there" for path in listed if path not in names]
    problems += [f"{name}: there but not listed" for name in names
                 if name != MANIFEST and not name.startswith(SIGNATURES) and name not in listed]
    problems += [f"{name}: not a safe path" for name in names if name.startswith("/") or "\\" in name or ".." in name.split("/")]
    for file in manifest.files:
        if file.path in names:
            data = archive.read(file.path)
            problems += [f"{file.path}: {kind} differs" for kind, held, wanted in
                         (("sha256", sha256(data), file.sha256), ("sm3", sm3(data), file.sm3)) if held != wanted]
    return problems
