"""A photograph or scan as upright pages: found, straightened, written as a PDF at its true size. Runs in the helper process."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pypdfium2  # type: ignore[import-untyped, unused-ignore]
from PIL import Image, ImageOps

from assistant.casework.upload_checks import geometry, images
from assistant.casework.upload_checks.findings import Finding
from assistant.casework.upload_checks.geometry import Picture

DECODED = 3000  # longest side, in pixels, a photograph is decoded at
PAGES_READ = 3
_SCAN_PIXELS = 1700  # longest side a scanned page is rendered at: 145 dpi of A4
_QUALITY = 88
_CLIPPED = 250  # grey level from which a spot says nothing any more
_GLARE = 0.012  # of a straightened page burnt out, where its paper is no white
_POINT = 72 / 25.4  # points a millimetre
A4 = (210.0, 297.0)
CARD = (85.6, 54.0)


def pages_of(data: bytes, kind: str) -> tuple[dict[str, Any], list[bytes]]:
    """The pages to be read, each as JPEG, and what is known of each.

    Returns ``{pages: [{found, cut, skew, checks, text}]}``; a page with ``text`` (lines of a PDF's own words and their boxes)
    needs no reading and has an empty picture.
    """
    cv2.setNumThreads(1)
    if kind == "pdf":
        return _of_pdf(data)
    if kind == "docx":
        return {"pages": []}, []
    told, jpeg = _page(_decoded(data, kind), photographed=True)
    return {"pages": [told]}, [jpeg]


def _decoded(data: bytes, kind: str) -> Picture:
    with Image.open(io.BytesIO(data), formats=[images.FORMATS[kind]]) as image:
        if kind == "jpg":
            image.draft("RGB", (DECODED, DECODED))
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("P", "LA", "PA", "RGBA"):
            paper = Image.new("RGBA", upright.size, "white")
            paper.alpha_composite(upright.convert("RGBA"))
            upright = paper
        upright = upright.convert("RGB")
        upright.thumbnail((DECODED, DECODED), Image.Resampling.BOX)
        return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)[:, :, ::-1])


def _of_pdf(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    told, pictures = [], []
    with pypdfium2.PdfDocument(data) as document:
        for number in range(min(len(document), PAGES_READ)):
            page = document[number]
            lines = _text(page)
            if lines:
                told.append({"found": False, "cut": 0, "skew": 0.0, "checks": [], "text": lines})
                pictures.append(b"")
            elif any(True for _ in page.get_objects(max_depth=1)):
                longest = max(page.get_width(), page.get_height(), 1.0)
                rendered = page.render(scale=_SCAN_PIXELS / longest, may_draw_forms=False).to_pil().convert("RGB")
                one, jpeg = _page(np.ascontiguousarray(np.asarray(rendered, dtype=np.uint8)[:, :, ::-1]), photographed=False)
                told.append(one)
                pictures.append(jpeg)
            else:
                told.append({"found": False, "cut": 0, "skew": 0.0, "checks": [], "text": []})
                pictures.append(b"")
            page.close()
    return {"pages": told}, pictures


def _text(page: Any) -> list[dict[str, Any]]:
    """The words a page has as words: ``[{text, box}]`` from the top left, boxes in points; none where it is a picture."""
    height = page.get_height()
    text = page.get_textpage()
    try:
        lines = []
        for i in range(min(text.count_rects(), 600)):
            left, bottom, right, top = text.get_rect(i)
            words = text.get_text_bounded(left, bottom, right, top).strip()
            if words:
                lines.append({"text": words[:300], "box": [left, height - top, right, height - bottom]})
        return lines if sum(len(line["text"]) for line in lines) >= 8 else []
    finally:
        text.close()


def _page(picture: Picture, *, photographed: bool) -> tuple[dict[str, Any], bytes]:
    sheet = geometry.find_sheet(picture) if photographed else None
    page = geometry.straighten(picture, sheet.corners) if sheet is not None else _smaller(picture)
    told: dict[str, Any] = {
        "found": sheet is not None,
        "cut": sheet.edges_cut if sheet else 0,
        "skew": round(sheet.skew, 1) if sheet else 0.0,
        "corners": [[round(float(v), 1) for v in corner] for corner in sheet.corners] if sheet else None,
        "size": [page.shape[1], page.shape[0]],
        "checks": [vars(finding) for finding in _quality(page)] if sheet is not None else [],
    }
    ok, jpeg = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return told, jpeg.tobytes() if ok else b""


def _smaller(picture: Picture) -> Picture:
    scale = geometry.LONGEST_PAGE / max(picture.shape[:2])
    return (
        np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        if scale < 1
        else picture
    )


def _quality(page: Picture) -> list[Finding]:
    """Sharpness and light once more, of the sheet alone: the table around it is neither sharp nor glaring for anybody."""
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    found = [f for f in images.judge(Image.fromarray(grey)) if f.code in ("sharpness", "light")]
    return [*found, Finding("glare", not _glares(grey))]


def _glares(grey: Picture) -> bool:
    """A burnt-out spot: larger than strokes and seals leave white, on paper that is not as bright itself."""
    height, width = grey.shape
    inner = grey[height // 40 : height - height // 40, width // 40 : width - width // 40]
    if float(np.median(inner)) > 232:
        return False
    burnt = (inner >= _CLIPPED).astype(np.uint8)
    side = max(5, min(inner.shape) // 40)
    solid = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return bool(solid.mean() > _GLARE)


def as_pdf(pages: list[bytes], turns: list[int], size: tuple[float, float] | None) -> bytes:
    """Pages (JPEG) as a PDF, each turned clockwise by its quarter turns. ``size`` in millimetres, long side first; else A4."""
    document = pypdfium2.PdfDocument.new()
    for data, turned in zip(pages, turns, strict=True):
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            upright = image.convert("RGB") if not turned % 4 else image.convert("RGB").rotate(-90 * turned, expand=True)
            wide, high = _size(upright, size)
            held = io.BytesIO()
            upright.save(held, "JPEG", quality=_QUALITY)
        picture = pypdfium2.PdfImage.new(document)
        held.seek(0)
        picture.load_jpeg(held, inline=True)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(wide, high))
        page = document.new_page(wide, high)
        page.insert_obj(picture)
        page.gen_content()
        page.close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def turned_pdf(data: bytes, turns: list[int]) -> bytes:
    """The same PDF with its pages turned clockwise by quarter turns: nothing is rendered anew, so nothing is lost."""
    with pypdfium2.PdfDocument(data) as document:
        for number, turned in enumerate(turns):
            page = document[number]
            page.set_rotation((page.get_rotation() + 90 * turned) % 360)
            page.close()
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def _size(image: Image.Image, size: tuple[float, float] | None) -> tuple[float, float]:
    """Width and height of the page in points: the paper's own size, or as much of A4 as its proportions take."""
    width, height = image.size
    if size is None:
        long, short = A4[1], A4[0]
        scale = min(long / max(width, height), short / min(width, height))
        return width * scale * _POINT, height * scale * _POINT
    long, short = max(size), min(size)
    return (long * _POINT, short * _POINT) if width >= height else (short * _POINT, long * _POINT)
