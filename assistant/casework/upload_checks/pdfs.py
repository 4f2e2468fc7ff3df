"""PDF files: open without a password, not too long, no programs inside, no blank or tiny scans. Runs in the helper process."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pypdfium2  # type: ignore[import-untyped, unused-ignore]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped, unused-ignore]

from assistant.casework.upload_checks import images
from assistant.casework.upload_checks.findings import Finding, Findings, Unusable

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z])")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAM = re.compile(rb"/Type\s*/ObjStm")
_INFLATED_MOST = 16 << 20  # bytes of object streams looked through, all together
_PAGES_LOOKED_AT = 3


def inspect(data: bytes, most_pages: int) -> Findings:
    """The checks of a PDF.

    Raises:
        Unusable: ``encrypted``, ``broken`` or ``too_many_pages``.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Unusable("encrypted" if pdfium.FPDF_GetLastError() == _PASSWORD else "broken") from None
    with document:
        pages = len(document)
        if pages == 0:
            raise Unusable("broken")
        if pages > most_pages:
            raise Unusable("too_many_pages", pages=pages, most=most_pages)
        checks = [Finding("active_content", not _is_active(document, data))]
        try:
            blank = [number + 1 for number in range(pages) if _is_blank(document[number])]
        except pypdfium2.PdfiumError:
            raise Unusable("broken") from None
        checks.append(Finding("blank_pages", not blank, {"pages": "、".join(map(str, blank[:10]))}))
        checks += _scans(document, min(pages, _PAGES_LOOKED_AT))
        return Findings(pages, checks)


def text(data: bytes, most_pages: int) -> str:
    """The text layer of every page. Raises Unusable as ``inspect`` does."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Unusable("encrypted" if pdfium.FPDF_GetLastError() == _PASSWORD else "broken") from None
    with document:
        if not 0 < len(document) <= most_pages:
            raise Unusable("too_many_pages" if len(document) else "broken", pages=len(document), most=most_pages)
        try:
            # Characters beyond the basic plane may come as two surrogates.
            pages = [page.get_textpage().get_text_range() for page in document]
        except pypdfium2.PdfiumError:
            raise Unusable("broken") from None
    return "\n".join(pages).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_active(document: Any, data: bytes) -> bool:
    """Scripts, programs started on opening, attached files: by PDFium's own account, and by the words in the file."""
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0 or pdfium.FPDFDoc_GetAttachmentCount(document.raw) > 0:
        return True
    return any(_ACTIVE.search(_HEX.sub(lambda found: bytes([int(found[1], 16)]), part)) for part in _structure(data))


def _structure(data: bytes) -> Iterator[bytes]:
    """The file without its streams (pictures hold any bytes by chance), and what its object streams unpack to."""
    budget = _INFLATED_MOST
    position = 0
    while (start := data.find(b"stream", position)) >= 0:
        yield data[position:start]
        header = data[max(position, start - 400):start]
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        if _OBJECT_STREAM.search(header) and budget > 0:
            try:
                inflated = zlib.decompressobj().decompress(data[start + 6:end].lstrip(b"\r\n"), budget)
            except zlib.error:
                inflated = b""
            budget -= len(inflated)
            yield inflated
        position = end + len(b"endstream")
    yield data[position:]


def _is_blank(page: Any) -> bool:
    objects = sum(1 for _ in page.get_objects(max_depth=1))
    page.close()
    return objects == 0


def _scans(document: Any, pages: int) -> list[Finding]:
    """For pages that are one picture each: was it scanned large enough and is it readable? The worst page decides."""
    found: dict[str, Finding] = {}
    for number in range(pages):
        page = document[number]
        objects = list(page.get_objects(max_depth=2))
        pictures = [item for item in objects if item.type == pdfium.FPDF_PAGEOBJ_IMAGE]
        if len(pictures) != 1 or any(item.type == pdfium.FPDF_PAGEOBJ_TEXT for item in objects):
            continue
        width, height = pictures[0].get_px_size()
        longest = max(page.get_width(), page.get_height(), 1.0)
        rendered = page.render(scale=images.LOOKED_AT / longest, grayscale=True, may_draw_forms=False).to_pil().convert("L")
        for finding in [images.resolution(width, height), *images.judge(rendered)]:
            if finding.code not in found or not finding.ok:
                found[finding.code] = finding
        page.close()
    return list(found.values())
