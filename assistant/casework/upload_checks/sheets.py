"""Spreadsheets, taken only as the rows of a table: a small zip, no macros, nothing fetched. Runs in the helper process."""

from __future__ import annotations

import zipfile
from typing import Any

from assistant.casework.upload_checks import words
from assistant.casework.upload_checks.findings import Finding, Findings, Unusable

MOST_BYTES = 2 << 20
MOST_UNPACKED = 16 << 20


def inspect(data: bytes) -> Findings:
    """The checks of a spreadsheet.

    Raises:
        Unusable: ``archive_bomb``, ``macros``, ``encrypted``, ``infected`` or ``broken``.
    """
    if len(data) > MOST_BYTES:
        raise Unusable("archive_bomb")
    try:
        members: dict[str, Any] = words.unpacked(data, MOST_UNPACKED)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, KeyError):
        raise Unusable("broken") from None
    if words.has_macros(members):
        raise Unusable("macros")
    for name, part in members.items():
        if name.endswith((".xml", ".rels")):
            words.parse(part)
    outside = any(name.startswith(("xl/externalLinks/", "xl/embeddings/", "xl/activeX/")) for name in members)
    return Findings(1, [Finding("active_content", not outside)])
