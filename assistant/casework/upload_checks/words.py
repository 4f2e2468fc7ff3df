"""Word files: a zip of reasonable size, no macros, nothing fetched from elsewhere. Runs in the helper process."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

from assistant.casework.upload_checks.findings import Finding, Findings, Unusable
from assistant.casework.upload_checks.kinds import EICAR

MOST_MEMBERS = 2000
MOST_UNPACKED = 150 << 20  # bytes, all members and nested zips together
MOST_RATIO = 100  # unpacked : packed; ordinary XML reaches 10 to 20
RATIO_FROM = 1 << 20  # bytes unpacked from which the ratio is looked at
DEEPEST = 1  # zips inside: a spreadsheet embedded in the text, but nothing inside that
_CHUNK = 1 << 20
_MACROS = re.compile(r"(vbaProject|vbaData)[^/]*$", re.IGNORECASE)
_OUTSIDE = re.compile(rb'Type="[^"]*/(attachedTemplate|oleObject|frame|subDocument|externalLink)"[^>]*TargetMode="External"'
                      rb'|TargetMode="External"[^>]*Type="[^"]*/(attachedTemplate|oleObject|frame|subDocument|externalLink)"')
_DDE = re.compile(rb"DDEAUTO|[^A-Za-z]DDE\s", re.IGNORECASE)
_PAGES = re.compile(rb"<Pages>(\d{1,5})</Pages>")


def inspect(data: bytes, most_pages: int) -> Findings:
    """The checks of a Word file.

    Raises:
        Unusable: ``archive_bomb``, ``macros``, ``encrypted``, ``infected``, ``broken`` or ``too_many_pages``.
    """
    try:
        members = unpacked(data, MOST_UNPACKED)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError, KeyError):
        raise Unusable("broken") from None
    if has_macros(members):
        raise Unusable("macros")
    for name in ("[Content_Types].xml", "word/document.xml"):
        parse(members.get(name, b""))
    said = _PAGES.search(members.get("docProps/app.xml", b""))
    pages = max(1, int(said[1])) if said else 1
    if pages > most_pages:
        raise Unusable("too_many_pages", pages=pages, most=most_pages)
    active = any(_OUTSIDE.search(part) for name, part in members.items() if name.endswith(".rels")) or any(
        name.startswith(("word/embeddings/", "word/activeX/")) for name in members
    ) or _DDE.search(b" ".join(re.findall(rb"<w:instrText[^>]*>([^<]*)<", members["word/document.xml"]))) is not None
    return Findings(pages, [Finding("active_content", not active)])


def has_macros(members: dict[str, bytes]) -> bool:
    """Whether an Office file carries programs."""
    types = members.get("[Content_Types].xml", b"")
    return any(_MACROS.search(name) for name in members) or b"macroEnabled" in types or b"vbaProject" in types


def unpacked(data: bytes, most: int) -> dict[str, bytes]:
    """The members of an Office file by name. Raises Unusable where they are more than ``most`` bytes, or too many."""
    budget = [most]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _members(archive, len(data), budget, depth=0)


def _members(archive: zipfile.ZipFile, size: int, budget: list[int], depth: int) -> dict[str, bytes]:
    """Every member, read with our own limits: what a zip says about its sizes is only a claim."""
    infos = archive.infolist()
    claimed = sum(info.file_size for info in infos)
    # Members that overlap claim more packed bytes than the file has: the trick of the densest zip bombs.
    overlapping = sum(info.compress_size for info in infos) > size
    if len(infos) > MOST_MEMBERS or overlapping or claimed > budget[0] or (claimed > RATIO_FROM and claimed > MOST_RATIO * size):
        raise Unusable("archive_bomb")
    if any(info.flag_bits & 1 for info in infos):
        raise Unusable("encrypted")
    found: dict[str, bytes] = {}
    for info in infos:
        content = _read(archive, info, budget)
        if EICAR in content:
            raise Unusable("infected", name="EICAR")
        if content.startswith(b"PK\x03\x04"):
            if depth >= DEEPEST:
                raise Unusable("archive_bomb")
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                inside = _members(inner, len(content), budget, depth + 1)
            found |= {f"{info.filename}!{name}": part for name, part in inside.items()}
        found[info.filename] = content
    return found


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: list[int]) -> bytes:
    parts: list[bytes] = []
    with archive.open(info) as member:
        while part := member.read(_CHUNK):
            parts.append(part)
            budget[0] -= len(part)
            if budget[0] < 0:
                raise Unusable("archive_bomb")
    return b"".join(parts)


def parse(xml: bytes) -> None:
    """Raise Unusable for XML that is none, or that defines entities."""
    # A document type could define entities that unfold to gigabytes; Word never writes one.
    if b"<!DOCTYPE" in xml or "<!DOCTYPE".encode("utf-16-le") in xml or "<!DOCTYPE".encode("utf-16-be") in xml:
        raise Unusable("broken")
    try:
        ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        raise Unusable("broken") from None
