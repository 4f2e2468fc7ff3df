"""The one PDF to print: every part in order, numbered and with bookmarks, whatever was uploaded."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from assistant.casework.package import book, gate
from assistant.casework.package.pages import Block, plain_form
from assistant.casework.package.press import Leaf, Press, PressError, press
from tests.unit.casework.package import samples

COVER = book.Cover("http://127.0.0.1:8080/?case=BD202611100001", 1, samples.NOW)
PDF = "application/pdf"


def form(words: str, pages: int = 1) -> bytes:
    lines = [Block("paragraph", f"{words}第{number}行") for number in range(1 + 40 * (pages - 1))]
    return plain_form("x", lines, samples.case(), samples.GUIDE)


def photo(width: int, height: int, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def turned(pdf: bytes, degrees: int) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    document[0].set_rotation(degrees)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def entry(title: str, data: bytes, media_type: str = PDF, ours: bool = False) -> book.Entry:
    pages = gate.count_pages(data) if media_type == PDF and ours else 1
    return book.Entry(title, "上传材料", media_type, data, pages, ours)


def bound(*entries: book.Entry) -> tuple[pypdfium2.PdfDocument, book.Book]:
    made = book.bind(samples.case(), samples.GUIDE, COVER, entries, press)
    assert made.whole is not None
    return pypdfium2.PdfDocument(made.whole), made


def test_parts_come_in_order_with_numbers_and_bookmarks() -> None:
    long = form("申请书", 2)
    document, made = bound(entry("申请书", long, ours=True), entry("照片", photo(400, 300), "image/jpeg"), entry("合同", form("合同")))
    many = gate.count_pages(long)
    assert many > 1 and made.notices == []
    assert [(mark.get_title(), mark.get_dest().get_index()) for mark in document.get_toc()] == [
        ("封面", 0), ("目录", 1), ("申请书", 2), ("照片", 2 + many), ("合同", 3 + many),
    ]  # fmt: skip
    assert len(document) == 4 + many
    for number, page in enumerate(document, start=1):
        text = gate.squash(page.get_textpage().get_text_range())
        assert f"总第{number}页共{len(document)}页" in text and "BD202611100001" in text
    assert "合同第0行" in gate.TextLayer(made.whole or b"").pages[-1]
    assert gate.count_pages(made.front) == 2


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_scan_stands_whole_on_its_page(degrees: int) -> None:
    document, made = bound(entry("扫描件", turned(form("扫描"), degrees)))
    assert "扫描第0行" in gate.TextLayer(made.whole or b"").pages[-1]
    page = document[len(document) - 1]
    assert page.get_size() == pytest.approx((595, 842), abs=1)
    ink = page.render(scale=0.5).to_pil().convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
    assert ink is not None and ink[0] >= 0 and ink[2] <= 298 and ink[3] <= 421
    assert sum(1 for _ in page.get_objects()) > 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_become_pages(kind: str) -> None:
    document, _ = bound(entry("照片", photo(3000, 2000, kind), f"image/{kind.lower()}"))
    page = document[len(document) - 1].render(scale=0.5).to_pil().convert("RGB")
    red = page.getpixel((page.width // 2, page.height // 2))
    assert isinstance(red, tuple) and red[0] > 150 and red[1] < 80
    assert page.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("bad", [b"%PDF-1.7 broken", form("页数不对", 2)])
def test_what_cannot_be_bound_is_listed_and_said(bad: bytes) -> None:
    document, made = bound(entry("申请书", form("申请书"), ours=True), entry("坏文件", bad), entry("合同", form("合同")))
    assert made.notices == ["《坏文件》合不进合订本，请单独打印。材料包里有这份文件，没有少。"]
    assert [mark.get_title() for mark in document.get_toc()] == ["封面", "目录", "申请书", "合同"]
    assert "《坏文件》不能合在一起打印" in gate.TextLayer(made.front).whole.replace("\n", "")


def test_word_files_are_listed() -> None:
    document, made = bound(entry("说明", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))
    assert len(document) == 2 and made.notices == [] and "另附" in gate.TextLayer(made.front).pages[1]


class Dead(Press):
    """A press whose helper dies at every file that is not ours."""

    def bind(self, base: bytes, leaves: list[Leaf]) -> tuple[bytes, bytes]:  # type: ignore[override]
        if any(b"hostile" in leaf.data for leaf in leaves):
            raise PressError("too_complex")
        return press.bind(base, leaves)


def test_a_file_that_kills_the_helper_costs_only_the_uploads() -> None:
    entries = [entry("申请书", form("申请书"), ours=True), entry("坏", b"%PDF hostile"), entry("好", form("好"))]
    made = book.bind(samples.case(), samples.GUIDE, COVER, entries, Dead())
    assert made.whole is not None and len(made.notices) == 2
    assert [m.get_title() for m in pypdfium2.PdfDocument(made.whole).get_toc()] == ["封面", "目录", "申请书"]


class Gone(Press):
    def bind(self, base: bytes, leaves: object) -> tuple[bytes, bytes]:
        raise PressError("busy")


def test_without_a_press_there_is_still_a_cover() -> None:
    made = book.bind(samples.case(), samples.GUIDE, COVER, [entry("申请书", form("申请书"), ours=True)], Gone())
    assert made.whole is None and len(made.notices) == 1 and gate.count_pages(made.front) == 2


def test_the_code_on_the_cover_opens_the_case() -> None:
    import cv2
    import numpy

    document, _ = bound(entry("申请书", form("申请书"), ours=True))
    picture = numpy.array(document[0].render(scale=3).to_pil().convert("L"))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert text == COVER.link


def test_the_same_case_gives_the_same_cover() -> None:
    held = [entry("申请书", form("申请书"), ours=True)]
    first = book.bind(samples.case(), samples.GUIDE, COVER, held, Gone())
    assert first.front == book.bind(samples.case(), samples.GUIDE, COVER, held, Gone()).front


STROKES = [[[0.0, 0.0], [50.0, 80.0], [100.0, 10.0]], [[10.0, 40.0], [90.0, 40.0]]]


def test_a_signature_is_cut_to_what_is_drawn() -> None:
    image = Image.open(io.BytesIO(press.ink(strokes=STROKES)))
    assert image.mode == "LA" and image.width > 100
    paper = Image.new("RGB", (1200, 900), "white")
    paper.paste((10, 10, 10), (300, 400, 700, 420))
    paper.paste((10, 10, 10), (480, 300, 500, 500))
    out = io.BytesIO()
    paper.save(out, "PNG")
    cut = Image.open(io.BytesIO(press.ink(png=out.getvalue())))
    assert cut.width == pytest.approx(2 * cut.height, abs=4)


def test_an_uploaded_paper_is_shown_page_by_page_in_colour_and_upright() -> None:
    page = Image.open(io.BytesIO(press.look("pdf", form("合同", 2), 1, 300)))
    assert (page.format, page.mode, page.width) == ("JPEG", "RGB", 300)
    lying = Image.new("RGB", (800, 400), "red")
    exif = lying.getexif()
    exif[0x0112] = 6  # taken with the camera turned
    held = io.BytesIO()
    lying.save(held, "JPEG", exif=exif)
    seen = Image.open(io.BytesIO(press.look("picture", held.getvalue(), 0, 100)))
    assert seen.size == (100, 200) and seen.convert("HSV").getpixel((50, 50))[1] > 200, "red, not grey"  # type: ignore[index]
    for data in (form("合同"), held.getvalue()):
        with pytest.raises(PressError, match="no_page"):
            press.look("pdf" if data.startswith(b"%PDF") else "picture", data, 1, 100)


@pytest.mark.parametrize(("png", "code"), [
    (photo(300, 100, "PNG"), "empty"), (b"no picture", "broken"), (photo(5000, 1000, "PNG"), "too_large"),
    (photo(300, 200, "JPEG"), "broken"),
])  # fmt: skip
def test_what_is_no_signature_is_refused(png: bytes, code: str) -> None:
    with pytest.raises(PressError) as caught:
        press.ink(png=png)
    assert caught.value.code == code


def test_pages_as_pictures() -> None:
    image = Image.open(io.BytesIO(press.picture(form("申请书"), 0, 600)))
    assert image.width == pytest.approx(600, abs=2) and image.format == "PNG"
    with pytest.raises(PressError, match="no_page"):
        press.picture(form("申请书"), 5, 600)
