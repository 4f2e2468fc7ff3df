"""The reader as a process: missing, hanging, dying, recycled; and, really, which way up a page is."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from datetime import date

import cv2
import numpy as np
import pytest

from assistant.casework.papers import background
from assistant.casework.papers.ocr import OcrReader, OcrUnavailable
from assistant.casework.papers.reading import Looked, look
from benchmarks import drawn_papers, paper_photos

READY = 'import sys,time;o=sys.stdout.buffer;i=sys.stdin.buffer;w=lambda b:(o.write(len(b).to_bytes(4,"big")+b),o.flush());w(b"+ready");'
READS = READY + "\nwhile (h:=i.read(4)): i.read(int.from_bytes(h,'big')); w(b'{\"lines\": [], \"width\": 9, \"height\": 9, \"turned\": 0, \"sure\": 1}')"
HANGS = READY + "i.read(4); time.sleep(60)"
DIES = READY + "i.read(4); sys.exit(3)"
TODAY = date(2026, 11, 22)


def reader(program: str, **options: float) -> OcrReader:
    return OcrReader(command=(sys.executable, "-c", program), **{"read_s": 0.5, "start_s": 10.0, **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("program", "why"), [(HANGS, "hung"), (DIES, "died"), ("import no_such_module", "missing")])
def test_reader_that_fails_is_ended_and_says_why(program: str, why: str) -> None:
    ocr = reader(program)
    with pytest.raises(OcrUnavailable, match=why):
        ocr.read(b"x", 5)
    assert ocr.pid is None


def test_reader_that_does_not_start_is_not_tried_for_everybody() -> None:
    now = [0.0]
    ocr = OcrReader(command=(sys.executable, "-c", "pass"), clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(OcrUnavailable, match="missing"):
            ocr.read(b"x", 5)
    assert ocr.starts == 1
    now[0] = 100.0
    with pytest.raises(OcrUnavailable):
        ocr.read(b"x", 5)
    assert ocr.starts == 2


def test_reader_is_replaced_after_so_many_pages() -> None:
    ocr = reader(READS, recycle_after=2)
    try:
        for _ in range(5):
            ocr.read(b"x", 5)
        assert ocr.starts == 3
    finally:
        ocr.close()


def test_one_page_at_a_time_and_nobody_waits_for_ever() -> None:
    ocr = reader(READS)
    ocr._lock.acquire()
    with pytest.raises(OcrUnavailable, match="busy"):
        ocr.read(b"x", 0.05)
    ocr._lock.release()


def test_without_a_reader_an_upload_stays_usable_and_says_that_it_was_not_read() -> None:
    photo = paper_photos.photograph(drawn_papers.draw("id_card_front", np.random.default_rng(1)).picture, np.random.default_rng(1))
    for program in (HANGS, "import no_such_module"):
        looked = look(paper_photos.jpeg(photo.picture), "jpg", TODAY, 5, by=reader(program))
        assert looked.read.state == "not_read" and looked.pdf is None


def test_reading_goes_on_after_the_call_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    release, kept = threading.Event(), threading.Event()

    def slow(*_: object) -> Looked:
        release.wait(60)
        return Looked.__new__(Looked)

    monkeypatch.setattr(background, "look", slow)
    going = background.begin("u1", b"", "jpg", TODAY)
    assert going is not None and background.result(going, 0.05) is None
    background.then("u1", going, lambda _: kept.set())
    assert not kept.is_set()
    release.set()
    assert kept.wait(60)
    until = time.monotonic() + 60
    while background._going:  # it is forgotten after that, by the thread that read
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def ocr() -> Iterator[OcrReader]:
    real = OcrReader()
    yield real
    real.close()


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_pages_are_read_whichever_way_up_they_lie(ocr: OcrReader, quarter: int) -> None:
    paper = drawn_papers.draw("id_card_front", np.random.default_rng(quarter))
    picture = np.ascontiguousarray(np.rot90(np.asarray(paper.picture)[:, :, ::-1], -quarter))
    page = ocr.read(cv2.imencode(".jpg", picture)[1].tobytes(), 60)
    assert page.turned == (4 - quarter) % 4 and page.sure > 0.5
    assert paper.fields["id_number"] in page.text.replace("\n", "")


def test_a_photograph_becomes_an_upright_card_and_what_it_says(ocr: OcrReader) -> None:
    rng = np.random.default_rng(7)
    paper = drawn_papers.draw("id_card_front", rng)
    looked = look(paper_photos.jpeg(paper_photos.photograph(paper.picture, rng, quarter=2).picture), "jpg", TODAY, 60, by=ocr)
    assert looked.read.kind == "id_card_front" and looked.read.turned and looked.read.found and not looked.read.notes
    assert {key: looked.read.values[key] for key in ("name", "id_number")} == {key: paper.fields[key] for key in ("name", "id_number")}
    assert looked.pdf is not None and looked.pdf.startswith(b"%PDF")


def test_a_cat_is_no_paper(ocr: OcrReader) -> None:
    looked = look(paper_photos.jpeg(paper_photos.cat(np.random.default_rng(0))), "jpg", TODAY, 60, by=ocr)
    assert looked.read.state == "read" and not looked.read.readable and looked.read.kind is None and looked.pdf is None


def test_worker_can_open_nothing_more(ocr: OcrReader) -> None:
    from pathlib import Path

    ocr.read(cv2.imencode(".jpg", np.full((80, 200, 3), 255, np.uint8))[1].tobytes(), 60)
    limits = Path(f"/proc/{ocr.pid}/limits").read_text()
    files = next(line for line in limits.splitlines() if line.startswith("Max open files")).split()
    held = [int(entry.name) for entry in Path(f"/proc/{ocr.pid}/fd").iterdir()]
    assert int(files[3]) <= max(held) + 1 and sorted(held) == list(range(len(held))), "no number is left below the limit"
    assert "3221225472" in next(line for line in limits.splitlines() if line.startswith("Max address space"))
