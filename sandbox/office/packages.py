"""Checking a package before it is taken in: its hash, its shape as a zip, and every hash of its manifest.

Nothing is ever unpacked to disk, so a hostile name or a zip bomb has nothing to hit; sizes are checked on the central
directory, beyond whose figures ``zipfile`` does not read.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.config import SandboxConfig
from sandbox.problems import Problem

MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 4 * 1024 * 1024
_CHUNK = 1024 * 1024
_SHA256 = r"^[0-9a-f]{64}$"
# Signatures cover the manifest, so the manifest cannot list them by hash.
_SIGNATURE_NAME = re.compile(r"^(signatures/.+|manifest\.[^/]+|signature[^/]*)$")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


class Guide(BaseModel):
    """The item applied for, as the sender names it."""

    model_config = ConfigDict(extra="ignore")
    code: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    version: Annotated[str, Field(max_length=100)] = ""


class ListedFile(BaseModel):
    """One member as the manifest lists it. Hashes are lower-case hex over the member's bytes."""

    model_config = ConfigDict(extra="ignore")
    path: Annotated[str, Field(min_length=1, max_length=255)]
    title: Annotated[str, Field(max_length=300)] = ""
    kind: Annotated[str, Field(max_length=60)] = ""
    sha256: Annotated[str, Field(pattern=_SHA256)]
    sm3: Annotated[str | None, Field(pattern=_SHA256)] = None


class Part(BaseModel):
    """The share of one department, where a case goes to several."""

    model_config = ConfigDict(extra="ignore")
    item: Annotated[str, Field(max_length=100)] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    department: Annotated[str, Field(max_length=100)] = ""


class Manifest(BaseModel):
    """The part of manifest.json the office relies on; the rest is kept as it came."""

    model_config = ConfigDict(extra="ignore")
    case_no: str
    version: Annotated[int, Field(ge=1)]
    guide: Guide
    files: Annotated[list[ListedFile], Field(min_length=1)]
    fields: list[dict[str, Any]] = []
    part: Part = Part()


def check(package: BinaryIO, sha256: str, limits: SandboxConfig) -> tuple[Manifest, str, int]:
    """Check a package completely.

    Returns:
        The manifest, its text as sent, and the package's size in bytes.

    Raises:
        Problem: 413 for what is too large, 422 for everything else, with a code that says what is wrong.
    """
    size = _check_hash(package, sha256, limits)
    try:
        with zipfile.ZipFile(package) as archive:
            members = _check_members(archive, limits)
            manifest, text = _read_manifest(archive, members)
            _check_files(archive, members, manifest)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise Problem(422, "package-unreadable", "申请包不是可读的 zip 文件", type(error).__name__) from error
    return manifest, text, size


def _check_hash(package: BinaryIO, sha256: str, limits: SandboxConfig) -> int:
    package.seek(0)
    digest = hashlib.sha256()
    size = 0
    while chunk := package.read(_CHUNK):
        size += len(chunk)
        if size > limits.max_package_bytes:
            raise Problem(413, "package-too-large", "申请包超过大小上限", f"上限 {limits.max_package_bytes} 字节")
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise Problem(422, "package-hash-mismatch", "申请包与所报摘要不符")
    return size


def _check_members(archive: zipfile.ZipFile, limits: SandboxConfig) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise Problem(413, "too-many-files", "申请包内文件过多", f"上限 {limits.max_members} 个")
    if sum(info.file_size for info in infos) > limits.max_unpacked_bytes:
        raise Problem(413, "package-too-large", "申请包解压后超过大小上限", f"上限 {limits.max_unpacked_bytes} 字节")
    members: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        if info.is_dir():
            continue
        name = info.filename
        # Folded: two names that differ in case only would overwrite each other on an official's Windows machine.
        if name.casefold() in folded:
            raise Problem(422, "duplicate-file", "申请包内有重名文件")
        if not _safe_name(name) or stat.S_ISLNK(info.external_attr >> 16):
            raise Problem(422, "unsafe-name", "申请包内有不允许的文件名")
        if info.flag_bits & 0x1:
            raise Problem(422, "encrypted-file", "申请包内有加密文件")
        folded.add(name.casefold())
        members[name] = info
    return members


def _safe_name(name: str) -> bool:
    """Whether a member's name is a plain relative path."""
    if not 0 < len(name) <= 255 or name.startswith("/") or _FORBIDDEN.search(name):
        return False
    return all(part not in {"", ".", ".."} and part == part.strip() for part in name.split("/"))


def _read_manifest(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> tuple[Manifest, str]:
    info = members.get(MANIFEST)
    if info is None:
        raise Problem(422, "manifest-missing", "申请包缺少 manifest.json")
    if info.file_size > _MAX_MANIFEST_BYTES:
        raise Problem(413, "manifest-too-large", "manifest.json 过大")
    try:
        text = archive.read(info).decode("utf-8")
        return Manifest.model_validate(json.loads(text)), text
    except ValidationError as error:
        where = "; ".join(".".join(str(part) for part in item["loc"]) for item in error.errors()[:10])
        raise Problem(422, "manifest-invalid", "manifest.json 不符合要求", where) from error
    except (UnicodeDecodeError, ValueError) as error:
        raise Problem(422, "manifest-invalid", "manifest.json 不是可读的 JSON") from error


def _check_files(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], manifest: Manifest) -> None:
    listed = {file.path: file for file in manifest.files}
    if len(listed) != len(manifest.files):
        raise Problem(422, "manifest-invalid", "manifest.json 重复列出同一文件")
    if missing := [path for path in listed if path not in members]:
        raise Problem(422, "file-missing", "清单所列文件不在申请包内", f"{len(missing)} 个")
    unlisted = [name for name in members if name not in listed and name != MANIFEST and not _SIGNATURE_NAME.match(name)]
    if unlisted:
        raise Problem(422, "file-unlisted", "申请包内有清单未列的文件", f"{len(unlisted)} 个")
    for path, file in listed.items():
        sha256, sm3 = hashlib.sha256(), hashlib.new("sm3") if file.sm3 and "sm3" in hashlib.algorithms_available else None
        with archive.open(members[path]) as stream:
            while chunk := stream.read(_CHUNK):
                sha256.update(chunk)
                if sm3 is not None:
                    sm3.update(chunk)
        if sha256.hexdigest() != file.sha256 or (sm3 is not None and sm3.hexdigest() != file.sm3):
            raise Problem(422, "file-hash-mismatch", "文件与清单所列摘要不符")


def read_member(package: Path, name: str) -> bytes | None:
    """The bytes of one member the manifest lists, or None when it does not list such a member."""
    with zipfile.ZipFile(package) as archive:
        try:
            return archive.read(name)
        except KeyError:
            return None
