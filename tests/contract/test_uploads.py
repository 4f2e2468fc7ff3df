"""An upload by its route: checked, read, kept with its straightened copy, and known to the message that attaches it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from assistant.casework import repository
from assistant.casework.interview import refresh_materials
from assistant.casework.papers import background, reading
from assistant.casework.papers.lines import Line, Page
from assistant.casework.papers.ocr import OcrUnavailable
from assistant.foundation.settings import Settings
from benchmarks import drawn_papers, paper_photos
from benchmarks.package import sample_case
from channels.api.messages import attached
from channels.app import create_app
from tests.quick import empty_database


class Reader:
    """Reads the same page whatever it is given: what a licence says; ``gate`` keeps it waiting, ``broken`` makes it fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.broken = False
        self.turned = 2

    def read(self, jpeg: bytes, wait_s: float) -> Page:
        if self.broken:
            raise OcrUnavailable("missing")
        assert jpeg.startswith(b"\xff\xd8") and self.gate.wait(20)
        words = ("营业执照", "统一社会信用代码 91310115MA1K3TL06A", "名称 上海示例甲有限公司", "法定代表人 张三", "登记机关")
        lines = [Line(text=text, box=(60, 60 + 80 * i, 60 + 30 * len(text), 100 + 80 * i)) for i, text in enumerate(words)]
        return Page(lines=lines, width=1280, height=900, turned=self.turned)


class Upload:
    """An app without an engine and a case in it, whose uploads are read by ``Reader``."""

    def __init__(self, settings: Settings, reader: Reader) -> None:
        self.app, self.reader = create_app(settings), reader
        self.parts = self.app.state.parts
        self.client = TestClient(self.app)
        opened = self.client.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id = opened["conversation_id"]
        self.client.headers["Authorization"] = f"Bearer {opened['token']}"
        guide = self.parts.services.catalogue.get("company-address-change")
        case, now = sample_case(guide), self.parts.clock.now()
        refresh_materials(guide, case)
        with self.parts.db.write() as conn:
            repository.save(conn, case, self.id, now)
            conv = self._conversation(conn)
            conv.active_case = case.case_no
            from assistant.conversation import repository as conversations

            conversations.save(conn, conv, now)

    def _conversation(self, conn: Any) -> Any:
        from assistant.conversation import repository as conversations

        return conversations.load(conn, self.id)

    def send(self, data: bytes, material: str | None, name: str = "照片.jpg") -> dict[str, Any]:
        form = {"material": material} if material else {}
        answer = self.client.post(f"/api/v1/conversations/{self.id}/uploads", files={"file": (name, data, "image/jpeg")}, data=form)
        assert answer.status_code == 201, answer.text
        held: dict[str, Any] = answer.json()
        return held

    def row(self, upload_id: str) -> dict[str, Any]:
        with self.parts.db.read() as conn:
            return repository.uploads_by_id(conn, [upload_id])[0]

    def attached(self, upload_id: str) -> Any:
        with self.parts.db.read() as conn:
            conv = self._conversation(conn)
        return attached(self.parts, conv, [upload_id])[0]


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def upload(tmp_path: Any, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upload]:
    monkeypatch.setattr(background, "look", lambda *given: reading.look(*given, by=reader))
    settings = Settings(data_dir=tmp_path, rate_per_conversation=0, rate_per_address=0, ocr_wait_seconds=30)
    empty_database(settings).dispose()
    yield Upload(settings, reader)


def photo() -> bytes:
    rng = np.random.default_rng(3)
    return paper_photos.jpeg(paper_photos.photograph(drawn_papers.draw("business_licence", rng).picture, rng, quarter=2).picture)


def found(answer: dict[str, Any], code: str) -> dict[str, Any]:
    return next(check for check in answer["checks"] if check["code"] == code)


def test_right_paper_is_read_and_kept_upright_beside_the_original(upload: Upload) -> None:
    data = photo()
    answer = upload.send(data, "business_licence")
    assert found(answer, "document")["ok"] and "营业执照" in found(answer, "document")["message"]
    assert found(answer, "upright")["ok"] and found(answer, "straightened")["ok"] and found(answer, "crop")["ok"]
    row = upload.row(answer["upload_id"])
    assert upload.parts.blobs.get(row["blob_id"]) == data and row["sha256"] == hashlib.sha256(data).hexdigest()
    straight = upload.parts.blobs.get(row["straight_blob_id"])
    assert straight.startswith(b"%PDF") and hashlib.sha256(straight).hexdigest() == row["straight_sha256"]
    held = upload.attached(answer["upload_id"])
    assert held.paper.kind == "business_licence" and held.paper.values["uscc"] == "91310115MA1K3TL06A" and held.ok


def test_wrong_paper_is_named_and_may_be_attached(upload: Upload) -> None:
    answer = upload.send(photo(), "premises_lease")
    document = found(answer, "document")
    assert not document["ok"] and "营业执照" in document["message"] and "租赁合同" in document["message"]
    held = upload.attached(answer["upload_id"])
    assert not held.ok and document["message"] not in held.problems, "the turn says it, of the material it is attached to"


def test_what_was_read_is_in_no_column_that_can_be_read(upload: Upload) -> None:
    upload.send(photo(), "business_licence")
    files = [path for path in upload.parts.settings.data_dir.rglob("*") if path.is_file()]
    assert files and not any("上海示例甲".encode() in path.read_bytes() for path in files)


def test_without_a_reader_it_is_taken_and_said(upload: Upload, reader: Reader) -> None:
    reader.broken = True
    answer = upload.send(photo(), "business_licence")
    assert not found(answer, "document")["ok"] and "没能自动核对" in found(answer, "document")["message"]
    assert upload.row(answer["upload_id"])["straight_blob_id"] is None


def test_slow_reading_goes_on_after_the_answer(upload: Upload, reader: Reader) -> None:
    upload.parts.settings.__dict__["ocr_wait_seconds"] = 0.2
    reader.gate.clear()
    answer = upload.send(photo(), "business_licence")
    assert found(answer, "document")["ok"] and "正在核对" in found(answer, "document")["message"]
    assert upload.row(answer["upload_id"])["reading"]["state"] == "waiting"
    reader.gate.set()
    until = time.monotonic() + 20
    while upload.row(answer["upload_id"])["reading"]["state"] == "waiting" and time.monotonic() < until:
        time.sleep(0.05)
    row = upload.row(answer["upload_id"])
    assert row["reading"]["kind"] == "business_licence" and row["straight_blob_id"] is not None
    assert any(check["code"] == "document" and "看得出" in check["message"] for check in row["checks"])
    with upload.parts.db.read() as conn:
        from assistant.conversation.repository import events_after

        told = [event for event in events_after(conn, upload.id, 0) if event.kind == "upload"]
    assert len(told) == 2 and told[0].data["upload_id"] == told[1].data["upload_id"], "who listens hears of both"


def test_what_is_wrong_is_told_in_english(upload: Upload) -> None:
    with upload.parts.db.write() as conn:
        from assistant.conversation import repository as conversations

        conv = conversations.load(conn, upload.id)
        assert conv is not None
        conv.locale = "en"
        conversations.save(conn, conv, upload.parts.clock.now())
    answer = upload.send(photo(), "premises_lease")
    assert found(answer, "document")["message"].startswith("This looks like: business licence. Wanted here is")
    others = "".join(check["message"] for check in answer["checks"] if check["code"] != "document")
    assert not any("㐀" <= sign <= "鿿" for sign in others)
