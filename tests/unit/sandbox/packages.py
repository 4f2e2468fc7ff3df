"""Packages as the product sends them, for the sandbox's tests: written out here, because the sandbox knows nobody's code."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

FORM = b"%PDF-1.7 fictitious form"


def manifest(listed: dict[str, bytes], /, *, case_no: str = "BD-0001", version: int = 1, **changes: Any) -> dict[str, Any]:
    """A manifest of ``listed``; ``changes`` replace members."""
    return {
        "schema": "bandao.package/1",
        "case_no": case_no,
        "version": version,
        "guide": {"code": "food-licence-new", "name": "食品经营许可新办", "version": "2025.1"},
        "files": [
            {
                "path": path,
                "title": f"材料 {path}",
                "kind": "form",
                "sha256": hashlib.sha256(data).hexdigest(),
                "sm3": hashlib.new("sm3", data).hexdigest(),
            }
            for path, data in listed.items()
        ],
        "fields": [
            {
                "field": "name",
                "label": "经营者名称",
                "value": "示例公司<b>",
                "source": {"kind": "said", "turn": 3},
                "confirmed_at": None,
            },
            {
                "field": "kinds",
                "label": "经营项目",
                "value": ["热食", "冷食"],
                "source": {"kind": "tapped"},
                "confirmed_at": None,
            },
        ],
        "signatures": [],
        **changes,
    }


def pack(members: dict[str, bytes], document: dict[str, Any] | bytes | None) -> bytes:
    """A zip of ``members`` and the manifest (None = leave it out)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)  # no clock in it: the same files are the same bytes
        if document is not None:
            text = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
            archive.writestr(zipfile.ZipInfo("manifest.json"), text)
    return buffer.getvalue()


def good_package(*, case_no: str = "BD-0001", version: int = 1, content: bytes = FORM) -> bytes:
    """A package the office takes in."""
    files = {"01_申请书.pdf": content, "materials/营业执照.jpg": b"\xff\xd8 fictitious"}
    return pack(files, manifest(files, case_no=case_no, version=version))


def metadata(package: bytes, *, case_no: str = "BD-0001", version: int = 1, **changes: Any) -> dict[str, Any]:
    """What the sender says about ``package``."""
    guide = {"code": "food-licence-new", "name": "食品经营许可新办", "version": "2025.1"}
    return {"case_no": case_no, "version": version, "sha256": hashlib.sha256(package).hexdigest(), "guide": guide, **changes}
