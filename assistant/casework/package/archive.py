"""Zip files whose bytes depend on nothing but their members, and names that are safe in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from assistant.casework.package.text import clean

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
_UNSAFE = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')
_STORED = (".jpg", ".jpeg", ".png", ".webp", ".docx", ".pdf")  # compressed inside already
_LONGEST = 60


def pack(members: Iterable[tuple[str, bytes]], *, deflate_all: bool = False) -> bytes:
    """A zip of ``members`` in their order, all with the same time stamp; names are UTF-8."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in members:
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            stored = path.lower().endswith(_STORED) and not deflate_all
            archive.writestr(info, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def repack(data: bytes) -> bytes:
    """The same zip with fixed time stamps (a DOCX made twice from the same answers is the same file)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return pack([(info.filename, archive.read(info)) for info in archive.infolist()], deflate_all=True)


def safe_name(text: str, fallback: str = "file") -> str:
    """``text`` as one file name: no folders, no characters Windows forbids, no leading dots, not too long."""
    name = _UNSAFE.sub("_", clean(text)).strip("._ ")
    return name[:_LONGEST].rstrip("._ ") or fallback


def unique(path: str, taken: set[str]) -> str:
    """``path``, numbered if it is in ``taken`` already (letter case does not tell names apart); adds it to ``taken``."""
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, ending = path, ""
    candidate, number = path, 2
    while candidate.casefold() in taken:
        candidate = f"{stem}_{number}{dot}{ending}" if dot else f"{stem}_{number}"
        number += 1
    taken.add(candidate.casefold())
    return candidate
