"""The real LibreOffice: what it keeps, and what we do when it hangs, dies or is missing."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from assistant.casework.package import (
    ConversionFailed,
    OfficeUnavailable,
    OfficeWorker,
    PackageError,
    build,
    gate,
    office,
    verify,
)
from assistant.casework.package.assembly import HandSignature, Trimmings
from assistant.casework.package.forms import Drawn
from assistant.casework.package.press import press
from tests.unit.casework.package import samples

pytestmark = [pytest.mark.office, pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")]


@dataclass
class Settings:
    data_dir: Path
    soffice: str = "soffice"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeWorker]:
    with OfficeWorker(Settings(tmp_path_factory.mktemp("data"))) as held:
        held.warm_up()
        yield held


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.templates(tmp_path_factory.mktemp("templates"))


def test_package_from_word_templates(worker: OfficeWorker, templates: Path) -> None:
    built = build(samples.case(), samples.GUIDE, [], samples.NOW, worker, templates)
    assert verify(built.data) == [] and built.notices == []
    assert sum(file["path"].endswith(".pdf") and file["kind"] in ("form", "commitment") for file in built.manifest["files"]) == 3


def test_answers_beside_boxes_are_found(worker: OfficeWorker) -> None:
    # LibreOffice draws ☐ from another font and after its line: it lands in the middle of the name in the text layer.
    pdf = worker.convert(samples.word("姓名：☑是 ☐否 欧阳·娜&塔", "张㼆明 𠮷祥 100㎡"))
    layer = gate.TextLayer(pdf)
    assert all(layer.shows(gate.squash(text)) for text in ("欧阳·娜&塔", "张㼆明", "𠮷祥", "100㎡"))
    assert not layer.shows(gate.squash("欧阳·娜&培"))


def test_what_is_copied_out_is_what_was_said(worker: OfficeWorker) -> None:
    # Word's and LibreOffice's gap between Chinese and digits would come out as blanks.
    pdf = worker.convert(samples.word("日期：2026年11月5日", "上海市示例区样板路88号1幢501室"))
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "2026年11月5日" in text and "样板路88号1幢501室" in text


def test_windows_fonts_keep_their_faces(worker: OfficeWorker, tmp_path: Path) -> None:
    import io

    from docx import Document
    from docx.oxml.ns import qn

    document = Document()
    for font in ("仿宋_GB2312", "黑体"):
        run = document.add_paragraph().add_run("示例文字")
        run.font.name = font
        run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    buffer = io.BytesIO()
    document.save(buffer)
    file = tmp_path / "fonts.pdf"
    file.write_bytes(worker.convert(buffer.getvalue()))
    fonts = subprocess.run(["pdffonts", str(file)], capture_output=True, text=True, check=True).stdout
    assert "NotoSerifCJK" in fonts and "NotoSansCJK" in fonts


def test_refused_document_leaves_the_converter_well(worker: OfficeWorker) -> None:
    starts = worker.starts
    with pytest.raises(ConversionFailed):
        worker.convert(b"this is no Word file")
    assert worker.convert(samples.word("还在", "x")).startswith(b"%PDF")
    assert worker.starts == starts


def test_killed_converter_is_started_again(worker: OfficeWorker) -> None:
    assert worker.pid is not None
    os.killpg(worker.pid, signal.SIGKILL)
    starts = worker.starts
    assert worker.convert(samples.word("又来", "x")).startswith(b"%PDF")
    assert worker.starts == starts + 1


def test_hanging_converter_is_killed_and_tried_once_more(worker: OfficeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker.pid is not None and worker._child is not None
    stuck, ask = worker.pid, worker._child.request
    os.killpg(stuck, signal.SIGSTOP)
    # It alone is given up soon; the one started in its place has the time it needs.
    monkeypatch.setattr(worker._child, "request", lambda docx, _: ask(docx, 2))
    assert worker.convert(samples.word("醒了", "x")).startswith(b"%PDF")
    assert worker.pid not in (None, stuck)
    assert gone(stuck), "the stuck process group must not stay behind"


def test_recycled_after_its_share(tmp_path: Path) -> None:
    with OfficeWorker(Settings(tmp_path), recycle_after=2) as worker:
        for _ in range(3):
            worker.convert(samples.word("一", "二"))
        assert worker.starts == 2
        assert worker.rss_bytes() > 50_000_000
    assert [path.name for path in (tmp_path / "office").glob("run-*")] == [], "profiles are removed"


def test_recycled_when_it_has_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "WEIGH_EVERY", 1)
    with OfficeWorker(Settings(tmp_path), recycle_above=1) as worker:
        for _ in range(2):
            assert worker.convert(samples.word("一", "二")).startswith(b"%PDF")
        assert worker.starts == 2


def test_killed_in_the_middle_of_a_conversion(worker: OfficeWorker) -> None:
    worker.convert(samples.word("先", "x"))
    assert worker.pid is not None
    starts, stuck = worker.starts, worker.pid
    os.killpg(stuck, signal.SIGSTOP)  # so that the conversion is under way for certain when the kill comes
    found: list[bytes] = []
    asking = threading.Thread(target=lambda: found.append(worker.convert(samples.word("中途", "x"))))
    asking.start()
    time.sleep(0.3)
    os.killpg(stuck, signal.SIGKILL)
    asking.join(60)
    assert found and found[0].startswith(b"%PDF") and worker.starts == starts + 1


def test_killed_twice_the_package_has_a_plain_layout(worker: OfficeWorker, templates: Path) -> None:
    class Dying:
        """LibreOffice that is killed each time a document reaches it."""

        def convert(self, docx: bytes) -> bytes:
            def kill() -> None:
                end = time.monotonic() + 30
                killed = 0
                while killed < 2 and time.monotonic() < end:
                    child = worker._child
                    if child is not None and child.alive and worker._converted == 0:
                        with contextlib.suppress(ProcessLookupError):
                            os.killpg(child.pid, signal.SIGKILL)
                        killed += 1
                        while worker._child is child:
                            time.sleep(0.005)
                    time.sleep(0.005)

            worker.close()
            killer = threading.Thread(target=kill)
            killer.start()
            try:
                return worker.convert(docx)
            finally:
                killer.join()

    built = build(samples.case(), samples.GUIDE, [], samples.NOW, Dying(), templates)
    assert verify(built.data) == [] and len(built.notices) == 3 and all("通用版式" in notice for notice in built.notices)
    worker._refuse_until = 0.0
    assert worker.convert(samples.word("又好了", "x")).startswith(b"%PDF")


def test_a_broken_template_is_named(worker: OfficeWorker, tmp_path: Path) -> None:
    broken = samples.templates(tmp_path)
    for content, why in (
        (b"not a Word file", "不是可用的 Word 文件"),
        (samples.word("姓名：{{ nobody }}", "x"), "nobody"),
        (samples.word("姓名：{{ person", "x"), "标记不完整"),
    ):
        (broken / "form.docx").write_bytes(content)
        with pytest.raises(PackageError) as caught:
            build(samples.case(), samples.GUIDE, [], samples.NOW, worker, broken)
        assert caught.value.code == "template_broken"
        assert "form.docx" in caught.value.message and "示例变更申请书" in caught.value.message and why in caught.value.message


@pytest.mark.parametrize("name", [
    "上" * 40, "阿卜杜拉·买买提", "阿卜杜热合曼·阿卜杜拉·买买提托合提·吾斯曼·艾尔肯江·亚森", "㼆·𠮷", "𠮷㼆&<李>", "Ångström-O'Neill Jean-Luc",
])  # fmt: skip
def test_names_of_every_kind_pass_the_gate(worker: OfficeWorker, templates: Path, name: str) -> None:
    built = build(samples.case(person=(name, name), agent_name=(name, name)), samples.GUIDE, [], samples.NOW, worker, templates)
    assert verify(built.data) == [] and built.notices == []
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        bound = gate.TextLayer(archive.read("合订本.pdf"))
    assert bound.shows(gate.squash(name)), "what is bound for printing holds it too"


def test_a_drawn_signature_stands_on_the_form(worker: OfficeWorker, tmp_path: Path) -> None:
    templates = samples.templates(tmp_path)
    (templates / "form.docx").write_bytes(samples.word(*samples.FORM_TEXT, "申请人（签字）：{{ signature }}"))
    png = press.ink(strokes=[[[0, 0], [50, 80], [100, 10]], [[10, 40], [90, 40]]])
    trim = Trimmings(signature=HandSignature(Drawn(png, 400, 200), samples.NOW))
    built = build(samples.case(), samples.GUIDE, [], samples.NOW, worker, templates, trim)
    assert built.notices == [] and verify(built.data) == []
    assert built.manifest["signatures"][0]["on"] == ["01_示例变更申请书.docx", "01_示例变更申请书.pdf"]
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        assert gate.TextLayer(archive.read("01_示例变更申请书.pdf")).pictures() == 1
    plain = build(samples.case(), samples.GUIDE, [], samples.NOW, worker, templates)
    with zipfile.ZipFile(io.BytesIO(plain.data)) as archive:
        assert gate.TextLayer(archive.read("01_示例变更申请书.pdf")).pictures() == 0


def test_one_document_at_a_time_and_a_limit_on_waiting(worker: OfficeWorker) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(worker.convert(samples.word("并行", "x")))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and all(pdf.startswith(b"%PDF") for pdf in found)


def test_nothing_outlives_a_killed_app(tmp_path: Path) -> None:
    program = (
        "import sys, time; from types import SimpleNamespace as N; from pathlib import Path\n"
        "from assistant.casework.package import OfficeWorker\n"
        f"worker = OfficeWorker(N(data_dir=Path({str(tmp_path)!r}), soffice='soffice')); worker.warm_up()\n"
        "print(worker.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        group = int(app.stdout.readline())
        assert not gone(group, patience_s=0)
        app.kill()
    assert gone(group)
    left = next((tmp_path / "office").glob("run-*"))
    with OfficeWorker(Settings(tmp_path)) as worker:
        worker.convert(samples.word("一", "二"))
        assert not left.exists(), "the next start clears away what the killed one left"


def test_missing_libreoffice_is_said_at_once(tmp_path: Path) -> None:
    worker = OfficeWorker(Settings(tmp_path, soffice="no-such-office"))
    assert "not installed" in (worker.why_unavailable() or "")
    with pytest.raises(OfficeUnavailable):
        worker.convert(b"x")


def test_failing_start_is_not_repeated_for_every_citizen(tmp_path: Path) -> None:
    broken = tmp_path / "soffice"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    now = [0.0]
    worker = OfficeWorker(Settings(tmp_path, soffice=str(broken)), clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(OfficeUnavailable):
            worker.convert(b"x")
    assert worker.starts == 1
    now[0] = office.PAUSE_AFTER_FAILED_START + 1
    with pytest.raises(OfficeUnavailable):
        worker.convert(b"x")
    assert worker.starts == 2


def gone(group: int, patience_s: float = 60) -> bool:
    """Whether the process group has ended (zombies waiting for their parent count as ended)."""
    end = time.monotonic() + patience_s
    while True:
        living = 0
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                living += fields[2] == str(group) and fields[0] != "Z"
        if not living or time.monotonic() > end:
            return not living
        time.sleep(0.05)
