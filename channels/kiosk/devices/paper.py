"""What is to be printed of a package: its bound file, or its papers one after the other; and how many pages that is."""

from __future__ import annotations

import io
import zipfile

import orjson
import pypdfium2  # type: ignore[import-untyped, unused-ignore]  # brings no types, or some, by its version

from channels.kiosk.devices.interfaces import DeviceFault

MOST_BYTES = 64 * 1024 * 1024
MOST_PAGES = 200


def to_print(data: bytes) -> tuple[bytes, int]:
    """The PDF of a package's zip (or a PDF as it is) and its pages.

    Raises:
        DeviceFault: ``unreadable``: neither; ``too_large``: more than a kiosk's printer should be asked for.
    """
    if len(data) > MOST_BYTES:
        raise DeviceFault("too_large")
    pdf = data if data.startswith(b"%PDF-") else _bound(data)
    try:
        document = pypdfium2.PdfDocument(pdf)
        pages = len(document)
        document.close()
    except pypdfium2.PdfiumError:
        raise DeviceFault("unreadable") from None
    if pages > MOST_PAGES:
        raise DeviceFault("too_large")
    return pdf, pages


def _bound(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            held = {one.filename: one for one in package.infolist()}
            told = orjson.loads(_member(package, held, "manifest.json"))["files"]
            papers = [(one["kind"], one["path"]) for one in told if str(one["path"]).endswith(".pdf")]
            bound = [path for kind, path in papers if kind == "merged"] or [path for _, path in papers]
            files = [_member(package, held, path) for path in bound]
        return files[0] if len(files) == 1 else _together(files)
    except (zipfile.BadZipFile, KeyError, TypeError, orjson.JSONDecodeError, NotImplementedError, pypdfium2.PdfiumError):
        raise DeviceFault("unreadable") from None


def _member(package: zipfile.ZipFile, held: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    if held[name].file_size > MOST_BYTES:
        raise DeviceFault("too_large")
    return package.read(name)


def _together(files: list[bytes]) -> bytes:
    whole, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for file in files:
        part = pypdfium2.PdfDocument(file)
        whole.import_pages(part)
        part.close()
    whole.save(out)
    whole.close()
    return out.getvalue()
