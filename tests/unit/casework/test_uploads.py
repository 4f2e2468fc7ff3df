from __future__ import annotations

import io
import os
import signal
import socket
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from assistant.casework.upload_checks import helpers as helpers_module
from assistant.casework.upload_checks.findings import Unusable
from assistant.casework.upload_checks.helpers import Helpers
from assistant.casework.upload_checks.kinds import EICAR, WORD
from assistant.casework.upload_checks.scanner import ClamdScanner, ScannerUnavailable
from assistant.casework.uploads import Inspection, UnusableUpload, inspect_upload


@dataclass
class Settings:
    upload_max_bytes: int = 20 << 20
    upload_max_pages: int = 5
    clamd_socket: Path | None = None


def look(data: bytes, name: str = "x", declared: str = "", settings: Settings | None = None) -> Inspection:
    return inspect_upload(data, name, declared, settings or Settings())


def refused(data: bytes, name: str = "x", settings: Settings | None = None) -> str:
    with pytest.raises(UnusableUpload) as caught:
        look(data, name, settings=settings)
    assert caught.value.message.endswith("。") and caught.value.remedy.startswith("请"), "it says why, and what to do"
    return caught.value.code


def doubts(data: bytes, name: str = "x") -> set[str]:
    return {check.code for check in look(data, name).checks if not check.ok}


def photo(size: tuple[int, int] = (1600, 1100), ground: int = 205, ink: int = 30) -> Image.Image:
    """A page of small print, as a phone would take it."""
    image = Image.new("L", size, ground)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=22)
    for line in range(8, size[1] - 30, 34):
        draw.text((20, line), "LEASE AGREEMENT 0123456789 No. 88 Sample Road " * 3, fill=ink, font=font)
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pdf(pages: int = 1, blank: bool = False) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        page = document.new_page(595, 842)
        if not blank:
            picture = pypdfium2.PdfImage.new(document)
            picture.set_bitmap(pypdfium2.PdfBitmap.from_pil(photo().convert("RGB")))
            picture.set_matrix(pypdfium2.PdfMatrix().scale(595, 842))
            page.insert_obj(picture)
            page.gen_content()
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def raw_pdf(catalogue: str = "", objects: tuple[str, ...] = (), trailer: str = "") -> bytes:
    """A one-page PDF written by hand; ``objects`` are numbered from 4."""
    parts = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 99 0 R>>",
        *objects,
    ]
    body, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{part}endobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(parts) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    body += f"trailer<</Root 1 0 R/Size {size}{trailer}>>\nstartxref\n{len(body)}\n%%EOF".encode()
    return body


def docx(extra: dict[str, bytes] | None = None, text: str = "租赁合同") -> bytes:
    buffer = io.BytesIO()
    document = Document()
    document.add_paragraph(text)
    document.save(buffer)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def changed(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(old.read(info)) if info.filename == member else old.read(info))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type", "pages"),
    [
        (saved(photo()), "合同.jpg", "image/jpeg", 1),
        (saved(photo(), "PNG"), "合同.PNG", "image/png", 1),
        (saved(photo(), "WEBP"), "合同.webp", "image/webp", 1),
        (pdf(3), "合同.pdf", "application/pdf", 3),
        (docx(), "合同.docx", WORD, 1),
    ],
)
def test_good_files_pass_every_check(data: bytes, name: str, media_type: str, pages: int) -> None:
    found = look(data, name)
    assert (found.media_type, found.pages) == (media_type, pages)
    assert [check.code for check in found.checks if not check.ok] == []
    assert found.checks[0].code == "name" and all(check.message for check in found.checks)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + b"\x00" * 200, "program"),
        (b"\x7fELF" + b"\x00" * 200, "program"),
        (b"#!/bin/sh\nrm -rf /", "program"),
        (b"GIF89a" + b"\x00" * 50, "type"),
        (b"just words", "type"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (EICAR, "infected"),
        (b"%PDF-1.7\n" + EICAR, "infected"),
        (b"%PDF-1.7\nnothing more", "broken"),
        (raw_pdf(trailer="/Broken")[:60], "broken"),
        (b"\xff\xd8\xff\xe0broken", "broken"),
        (b"PK\x03\x04[Content_Types].xml word/document.xml", "broken"),
        (b"PK\x03\x04" + b"\x00" * 100, "type"),
    ],
)
def test_unusable_files_are_refused_whatever_their_name(data: bytes, code: str) -> None:
    assert refused(data, "身份证.jpg") == code
    assert refused(data, "合同.pdf") == code


def test_too_large_names_the_limit() -> None:
    with pytest.raises(UnusableUpload) as caught:
        look(b"x" * 100, settings=Settings(upload_max_bytes=99))
    assert (caught.value.code, "1 KB" in caught.value.message) == ("too_large", True)
    assert refused(pdf(6)) == "too_many_pages"


def test_encrypted_pdf() -> None:
    secret = "/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -1/O<" + "ab" * 32 + ">/U<" + "cd" * 32 + ">>>/ID[<00><00>]"
    assert refused(raw_pdf(trailer=secret)) == "encrypted"


def test_truncated_pictures() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = saved(photo(), kind)
        assert refused(whole[: len(whole) // 2]) in ("truncated", "broken"), kind
    jpeg = saved(photo())
    assert refused(jpeg[: len(jpeg) * 3 // 4]) == "truncated"


def test_picture_that_unfolds_to_gigabytes() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    assert refused(bomb) == "image_bomb"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (docx({"word/media/zeros.bin": b"\0" * (160 << 20)}), "archive_bomb"),  # more than may be unpacked
        (docx({"word/media/zeros.bin": b"\0" * (30 << 20)}), "archive_bomb"),  # too dense
        (docx({f"word/x{number}.xml": b"" for number in range(2100)}), "archive_bomb"),
        (docx({"word/embeddings/a.docx": docx({"b.docx": docx()})}), "archive_bomb"),  # zips inside zips inside
        (docx({"word/vbaProject.bin": b"x"}), "macros"),
        (docx({"word/media/x.bin": EICAR}), "infected"),
        (changed(docx(), "word/document.xml", lambda xml: b"<a"), "broken"),
        (changed(docx(), "word/document.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY x "xx">]>' + xml), "broken"),
        (changed(docx(), "[Content_Types].xml", lambda xml: xml.replace(b"openxml", b"macroEnabled", 1)), "macros"),
        (docx()[:-200], "broken"),
    ],
)
def test_hostile_word_files(data: bytes, code: str) -> None:
    assert refused(data) == code


def test_word_file_that_lies_about_its_sizes() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<w/>")
        archive.writestr("big", b"\0" * (200 << 20))
    data = buffer.getvalue().replace(struct.pack("<I", 200 << 20), struct.pack("<I", 10))
    assert refused(data) in ("archive_bomb", "broken")


@pytest.mark.parametrize(
    "data",
    [
        saved(photo()) + docx(),  # a picture that is a Word file
        pdf() + docx(),
        b"%PDF-1.4\n<script>alert(1)</script>\n" + pdf(),
        saved(photo())[:20] + b"%PDF-1.4" + saved(photo())[20:],
    ],
)
def test_files_that_are_two_things(data: bytes) -> None:
    assert refused(data) == "polyglot"


@pytest.mark.parametrize(
    "data",
    [
        raw_pdf("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
        raw_pdf("/OpenAction<</S/J#61vaScript/J#53(app.alert\\(1\\))>>"),
        raw_pdf("/Names<</JavaScript<</Names[(a) 4 0 R]>>>>", ("<</S/JavaScript/JS(1)>>",)),
        raw_pdf("/AA<</WC<</S/Launch/F(calc.exe)>>>>"),
        raw_pdf(
            "/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>",
            ("<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>", "<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream"),
        ),
    ],
)
def test_pdf_with_programs_inside_is_doubted(data: bytes) -> None:
    assert "active_content" in doubts(data)


def test_script_in_a_compressed_object_stream_is_found() -> None:
    packed = zlib.compress(b"7 0 <</S/JavaScript/JS(app.alert(1))>>").decode("latin-1")
    data = raw_pdf()
    stream = f"9 0 obj<</Type /ObjStm/N 1/First 4/Filter/FlateDecode/Length {len(packed)}>>stream\n{packed}\nendstream endobj\n"
    assert "active_content" in doubts(data.replace(b"xref\n", stream.encode("latin-1") + b"xref\n", 1))


def test_word_file_that_fetches_from_elsewhere_is_doubted() -> None:
    rels = (
        b'<Relationship Id="x" Type="http://x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/></Relationships>'
    )
    data = changed(docx(), "word/_rels/document.xml.rels", lambda xml: xml.replace(b"</Relationships>", rels))
    assert doubts(data) == {"active_content"}


def test_quality_of_pictures() -> None:
    assert doubts(saved(photo((400, 300)))) >= {"resolution"}
    assert doubts(saved(photo().filter(ImageFilter.GaussianBlur(6)))) == {"sharpness"}
    assert doubts(saved(photo(ground=110, ink=60).filter(ImageFilter.GaussianBlur(1)))) == set(), "pale is not blurred"
    assert doubts(saved(photo(ground=45, ink=5))) >= {"light"}
    glaring = photo(ground=150)
    ImageDraw.Draw(glaring).ellipse((500, 200, 1300, 900), fill=255)
    assert doubts(saved(glaring)) == {"light"}
    assert doubts(saved(photo(ground=255, ink=0))) == set(), "a clean scan on white paper is no glare"
    assert doubts(saved(Image.new("L", (1600, 1100), 255))) == {"blank"}
    assert doubts(pdf(2, blank=True)) == {"blank_pages"}


def test_scanned_pdf_is_judged_like_a_picture() -> None:
    codes = {check.code for check in look(pdf()).checks}
    assert codes >= {"resolution", "sharpness", "light", "blank", "blank_pages", "active_content"}


def test_name_that_says_something_else_is_doubted() -> None:
    assert doubts(saved(photo()), "合同.pdf") == {"name"}
    assert doubts(saved(photo()), "合同") == set()
    assert not look(saved(photo()), "合同", "application/pdf").checks[0].ok


def test_transparent_and_palette_pictures() -> None:
    clear = Image.new("RGBA", (1600, 1100), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0), photo().point(lambda level: 255 if level < 128 else 0))
    assert doubts(saved(clear, "PNG")) == set(), "what is see-through shows white paper"
    assert look(saved(photo().convert("P"), "PNG")).media_type == "image/png"


def test_helper_that_hangs_or_dies_is_replaced() -> None:
    helpers = Helpers(size=1)
    try:
        good = saved(photo())
        assert helpers.inspect("jpg", good, 5)["pages"] == 1
        (child,) = helpers._children
        os.kill(child.pid, signal.SIGSTOP)
        helpers._limit_s = 0.3
        with pytest.raises(Unusable, match="too_complex"):
            helpers.inspect("jpg", good, 5)
        assert not child.alive
        helpers._limit_s = helpers_module.LIMIT_SECONDS
        assert helpers.inspect("jpg", good, 5)["pages"] == 1
        (child,) = helpers._children
        os.kill(child.pid, signal.SIGKILL)
        child._process.wait()
        assert helpers.inspect("jpg", good, 5)["pages"] == 1, "a dead helper is replaced without anybody noticing"
    finally:
        helpers.close()


class Clamd(threading.Thread):
    """clamd for one connection: reads INSTREAM and answers what it is told to."""

    def __init__(self, path: Path, answer: bytes) -> None:
        super().__init__(daemon=True)
        self._answer = answer
        self.received = b""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(path))
        self._socket.listen(1)

    def run(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := int.from_bytes(stream.read(4), "big"):
                self.received += stream.read(length)
            connection.sendall(self._answer)
        self._socket.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"stream: OK\0", None),
        (b"stream: Win.Test FOUND\0", "infected"),
        (b"INSTREAM size limit exceeded. ERROR\0", "scanner_down"),
    ],
)
def test_clamd(tmp_path: Path, answer: bytes, code: str | None) -> None:
    data = saved(photo())
    clamd = Clamd(tmp_path / "s", answer)
    clamd.start()
    settings = Settings(clamd_socket=tmp_path / "s")
    if code:
        assert refused(data, settings=settings) == code
    else:
        assert look(data, settings=settings).pages == 1
    clamd.join(60)
    assert clamd.received == data


def test_a_scanner_that_is_configured_and_gone_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(tmp_path / "none").scan(b"x")
    assert refused(saved(photo()), settings=Settings(clamd_socket=tmp_path / "none")) == "scanner_down"
