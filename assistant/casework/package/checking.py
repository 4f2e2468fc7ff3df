"""Is this package the one that was made? Everything a finished zip can be asked offline: its files and its signatures."""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from assistant.casework.package.manifest import MANIFEST, SIGNATURES, Finding, read, sha256, sm3
from assistant.casework.package.signing import DetachedSignature, PublicKey, fits, key_id

_UNREADABLE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip


class Verdict(BaseModel):
    """``ok`` where nothing is wrong. ``signatures``: each one's kind and whether it holds;
    of the package's own, algorithm and key too.
    """

    ok: bool
    case_no: str | None = None
    version: int | None = None
    guide: str | None = None
    files: int = 0
    findings: list[Finding]
    signatures: list[dict[str, Any]] = []


def examine(package: bytes, keys: Sequence[PublicKey]) -> Verdict:
    """Check a package against its manifest, and its signature against the keys one trusts.

    A package without a signature is not ok: whoever changes one would leave the signature out.
    """
    findings: list[Finding] = []
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            manifest, found = read(archive)
            findings += found
            if manifest is None:
                return Verdict(ok=False, findings=findings)
            signatures = _signatures(archive, manifest.signatures, keys, findings)
    except _UNREADABLE as error:
        return Verdict(ok=False, findings=[*findings, Finding("unreadable", "", type(error).__name__)])
    return Verdict(
        ok=not findings, case_no=manifest.case_no, version=manifest.version, guide=manifest.guide.name,
        files=len(manifest.files), findings=findings, signatures=signatures,
    )  # fmt: skip


def _signatures(
    archive: zipfile.ZipFile, declared: Sequence[dict[str, Any]], keys: Sequence[PublicKey], findings: list[Finding]
) -> list[dict[str, Any]]:
    names = set(archive.namelist())
    listed = {str(entry.get("path")) for entry in declared}
    findings += [Finding("added", name) for name in sorted(names) if name.startswith(SIGNATURES) and name not in listed]
    seen: list[dict[str, Any]] = []
    sealed = False
    for entry in declared:
        path = str(entry.get("path"))
        if path not in names:
            findings.append(Finding("signature_missing", path))
            continue
        data = archive.read(path)
        if entry.get("kind") == "package":
            sealed = True
            problem = _seal(entry, data, archive.read(MANIFEST), keys)
            findings += [problem] if problem else []
            by = {"algorithm": entry.get("algorithm"), "key_id": entry.get("key_id")}
            seen.append({"kind": "package", **by, "ok": not problem})
        else:
            same = sha256(data) == entry.get("sha256") and sm3(data) == entry.get("sm3")
            findings += [] if same else [Finding("changed", path)]
            seen.append({"kind": entry.get("kind"), "signed_at": entry.get("signed_at"), "ok": same})
    if not sealed:
        findings.append(Finding("unsigned", MANIFEST))
    return seen


def _seal(entry: dict[str, Any], data: bytes, manifest: bytes, keys: Sequence[PublicKey]) -> Finding | None:
    path = str(entry["path"])
    try:
        held = DetachedSignature.model_validate(json.loads(data))
        carried = PublicKey(key_id=held.key_id, algorithm=held.algorithm, public_key=held.public_key)
        if key_id(base64.b64decode(held.public_key, validate=True)) != held.key_id:
            return Finding("signature_wrong", path, held.key_id)
    except (ValueError, ValidationError):
        return Finding("signature_unreadable", path)
    declared = (entry.get("algorithm"), entry.get("key_id"), MANIFEST)
    if held.as_file() != data or (held.algorithm, held.key_id, held.signed) != declared:
        return Finding("signature_wrong", path, held.key_id)
    trusted = next((key for key in keys if key.key_id == held.key_id and key.algorithm == held.algorithm), None)
    if held.sha256 != sha256(manifest) or not fits(held, manifest, trusted or carried):
        return Finding("signature_wrong", path, held.key_id)
    return None if trusted else Finding("key_unknown", path, held.key_id)
