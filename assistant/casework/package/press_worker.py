"""The helper process that opens other people's PDFs and pictures to print them: little memory, little time, no files.

Run as ``python -m assistant.casework.package.press_worker``. Reads frames (see ``assistant.casework.child``): a line of JSON, a
newline, the files one after the other. Answers ``+`` and the bytes made, or ``-`` and the reason.

``bind``: ``{op, base, parts: [{kind: pdf|picture, size, pages}]}`` with the files: puts the parts' pages on the last pages of
``base``; answered by four bytes of length, the pages before them as a file of their own, and the whole. ``picture``:
``{op, page, width}`` with a PDF: that page as PNG. ``look``: ``{op, kind: pdf|picture, page, width}`` with an uploaded paper:
one page in colour as JPEG. ``ink``: ``{op, strokes?, most_pixels}`` with a PNG (or none): a signature cut to what is drawn,
black on nothing, as PNG.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2  # type: ignore[import-untyped, unused-ignore]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped, unused-ignore]
from PIL import Image, ImageDraw, ImageOps

from assistant.casework.confined import confine, serve

MEMORY = 2 << 30
SECONDS = 60
A4 = (595.28, 841.89)
MARGIN = 36.0  # around pictures, and around pages larger than A4; points
DOTS = (1654, 2339)  # a picture prints at 200 dots an inch at most
INK_WIDE, INK_HIGH = 800, 300


class Refused(Exception):
    """What cannot be done; the text is a stable code for the caller, followed by a detail for the log."""


def main() -> None:
    """Serve until standard input closes."""
    confine(MEMORY)
    serve(answer, SECONDS)


def answer(frame: bytes) -> bytes:
    """The reply to one frame."""
    line, _, data = frame.partition(b"\n")
    request = json.loads(line)
    work = {"bind": bind, "picture": picture, "look": look, "ink": ink}[request["op"]]
    try:
        return b"+" + work(request, data)
    except Refused as refused:
        return b"-" + str(refused).encode()
    except MemoryError:
        return b"-too_complex"
    except Exception as error:  # a file no library of ours understands must not end this process for the next one
        return f"-broken {type(error).__name__}".encode()


def bind(request: dict[str, Any], data: bytes) -> bytes:
    """The parts on the last pages of the base."""
    base = pypdfium2.PdfDocument(data[: request["base"]])
    at = request["base"]
    first = len(base) - sum(part["pages"] for part in request["parts"])
    front = pypdfium2.PdfDocument.new()
    front.import_pages(base, list(range(first)))
    early = _dated_as(data[: request["base"]], _saved(front))
    for number, part in enumerate(request["parts"]):
        piece, at = data[at : at + part["size"]], at + part["size"]
        try:
            if part["kind"] == "pdf":
                _place_pdf(base, piece, first, part["pages"])
            else:
                _place_picture(base, piece, first)
        except (pypdfium2.PdfiumError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Refused(f"part {number} {type(error).__name__}") from error
        first += part["pages"]
    return len(early).to_bytes(4, "big") + early + _saved(base)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    document.close()
    return _settled(out.getvalue())


def _settled(pdf: bytes) -> bytes:
    """The same with its random identifier made from its content: the same pages are the same bytes."""
    at = pdf.rfind(b"/ID[")
    if at < 0:
        return pdf
    head, tail = pdf[:at], pdf[at:]
    name = hashlib.sha256(head).hexdigest()[:32].upper().encode()
    return head + re.sub(rb"<[0-9A-F]{32}>", b"<" + name + b">", tail)


def _dated_as(base: bytes, pdf: bytes) -> bytes:
    """A file of our own pages with the date of the file they came from, instead of the moment it was written."""
    given = re.search(rb"/CreationDate ?\(D:([0-9]{14})", base)
    if given is None:
        return pdf
    dated = re.sub(rb"(/CreationDate ?\(D:)[0-9]{14}", lambda found: found[1] + given[1], pdf, count=1)
    return _settled(dated)


def _place_pdf(base: Any, piece: bytes, first: int, pages: int) -> None:
    source = pypdfium2.PdfDocument(piece)
    if len(source) != pages:
        raise ValueError("another number of pages than was said")
    source.init_forms()
    for index in range(pages):
        page = source[index]
        wide, high = page.get_size()
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT)  # stamps and filled fields are drawn beside the page's content
        page.close()
        page = source[index]
        held = page.get_textpage()
        letters = held.count_chars()
        held.close()
        page.close()
        target = base[first + index]
        before = target.get_textpage()
        there = before.count_chars()
        before.close()
        # PDFium's copy is turned as the page is shown, and its lower left corner is the origin, whatever the page's box.
        shape = pdfium.FPDF_NewXObjectFromPage(base, source, index)
        if not shape:
            raise ValueError("a page cannot be copied")
        piece_object = pdfium.FPDF_NewFormObjectFromXObject(shape)
        pdfium.FPDFPageObj_SetMatrix(piece_object, _fit(wide, high).to_raw())
        pdfium.FPDFPage_InsertObject(target, piece_object)
        pdfium.FPDF_CloseXObject(shape)
        target.gen_content()
        target.close()
        target = base[first + index]
        after = target.get_textpage()
        if after.count_chars() < there + letters:
            raise ValueError("a page lost text")
        after.close()
        target.close()
    source.close()


def _fit(wide: float, high: float) -> Any:
    """A4 pages stand as they are; others are turned to stand upright, made smaller if need be, and put in the middle."""
    matrix = pypdfium2.PdfMatrix()
    if abs(wide - A4[0]) < 3 and abs(high - A4[1]) < 3:  # forms keep their size: some offices lay a stencil on them
        return matrix
    if wide > high:
        matrix = matrix.rotate(90, ccw=True).translate(high, 0)
        wide, high = high, wide
    scale = min(1.0, (A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN) / high)
    return matrix.scale(scale, scale).translate((A4[0] - wide * scale) / 2, (A4[1] - high * scale) / 2)


def _place_picture(base: Any, piece: bytes, first: int) -> None:
    image = _upright(piece, DOTS)
    if image.width > image.height:
        image = image.transpose(Image.Transpose.ROTATE_90)
    image.thumbnail(DOTS)
    held = io.BytesIO()
    image.save(held, "JPEG", quality=82)
    held.seek(0)
    placed = pypdfium2.PdfImage.new(base)
    placed.load_jpeg(held, inline=True)
    scale = min((A4[0] - 2 * MARGIN) / image.width, (A4[1] - 2 * MARGIN) / image.height)
    wide, high = image.width * scale, image.height * scale
    placed.set_matrix(pypdfium2.PdfMatrix().scale(wide, high).translate((A4[0] - wide) / 2, (A4[1] - high) / 2))
    target = base[first]
    target.insert_obj(placed)
    target.gen_content()
    target.close()


def _upright(data: bytes, most: tuple[int, int]) -> Image.Image:
    """A picture as it was taken, on white; ``most`` is how large it is wanted, so that no more than that is read of it."""
    opened = Image.open(io.BytesIO(data))
    opened.draft("RGB", most)
    image = ImageOps.exif_transpose(opened)
    if image.mode in ("RGBA", "LA", "P"):
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    return image.convert("RGB")


def picture(request: dict[str, Any], data: bytes) -> bytes:
    """One page as PNG, ``width`` pixels wide."""
    document = pypdfium2.PdfDocument(data)
    if not 0 <= request["page"] < len(document):
        raise Refused("no_page")
    page = document[request["page"]]
    wide, high = page.get_size()
    scale = min(request["width"] / wide, 4000 / high)
    out = io.BytesIO()
    page.render(scale=scale, may_draw_forms=True).to_pil().convert("L").save(out, "PNG", optimize=False)
    document.close()
    return out.getvalue()


def look(request: dict[str, Any], data: bytes) -> bytes:
    """One page of an uploaded paper, ``width`` pixels wide at most."""
    if request["kind"] == "pdf":
        document = pypdfium2.PdfDocument(data)
        if not 0 <= request["page"] < len(document):
            raise Refused("no_page")
        page = document[request["page"]]
        wide, high = page.get_size()
        image = page.render(scale=min(request["width"] / wide, 4000 / high), may_draw_forms=True).to_pil().convert("RGB")
        document.close()
    elif request["page"]:
        raise Refused("no_page")
    else:
        most = (request["width"], 4000)
        image = _upright(data, most)
        image.thumbnail(most)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def ink(request: dict[str, Any], data: bytes) -> bytes:
    """A signature: what is dark or drawn, cut out."""
    shade = _strokes(request["strokes"]) if request.get("strokes") else _drawn(data, request["most_pixels"])
    shade = shade.point(lambda value: 0 if value < 24 else value)
    box = shade.getbbox()
    if box is None:
        raise Refused("empty")
    shade = shade.crop(box)
    covered = sum(shade.histogram()[128:]) / (shade.width * shade.height)
    if min(shade.size) < 8 or max(shade.size) < 40 or covered > 0.6:
        raise Refused("no_signature")
    shade.thumbnail((INK_WIDE, INK_HIGH))
    result = Image.new("LA", shade.size, 0)
    result.putalpha(shade)
    out = io.BytesIO()
    result.save(out, "PNG")
    return out.getvalue()


def _drawn(data: bytes, most_pixels: int) -> Image.Image:
    """How dark each point of a picture is, 0 to 255; what is transparent is paper."""
    try:
        image = Image.open(io.BytesIO(data), formats=("PNG",))
        if image.width * image.height > most_pixels:
            raise Refused("too_large")
        image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(f"broken {type(error).__name__}") from error
    clear = image.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    paper.alpha_composite(clear)
    shade = ImageOps.invert(paper.convert("L"))
    shades = [value for value, count in enumerate(shade.histogram()) if count]
    if shades[-1] - shades[0] < 64:
        raise Refused("empty")
    return shade


def _strokes(strokes: list[list[list[float]]]) -> Image.Image:
    """Strokes drawn as a pen does, four times larger and made smaller again so that edges are smooth."""
    points = [point for stroke in strokes for point in stroke]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    wide, high = max(x for x, _ in points) - left, max(y for _, y in points) - top
    scale = min((INK_WIDE - 24) / max(wide, 1e-6), (INK_HIGH - 24) / max(high, 1e-6))
    image = Image.new("L", (INK_WIDE * 2, INK_HIGH * 2), 0)
    draw = ImageDraw.Draw(image)
    pen = 14
    for stroke in strokes:
        line = [(2 * ((x - left) * scale + 12), 2 * ((y - top) * scale + 12)) for x, y in stroke]
        if len(line) > 1:
            draw.line(line, fill=255, width=pen, joint="curve")
        for x, y in _ends(line):
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return image.resize((INK_WIDE, INK_HIGH), Image.Resampling.BOX)


def _ends(line: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    yield line[0]
    yield line[-1]


if __name__ == "__main__":
    main()
