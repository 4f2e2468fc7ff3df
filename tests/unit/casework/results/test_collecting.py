"""Fetching results: once and only once, whatever the office sends and whatever breaks off."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.casework import events, repository
from assistant.casework.events import CaseEvent, Consumer
from assistant.casework.model import Answer, Case, CaseStatus, Source
from assistant.casework.package.pages import compile_page
from assistant.casework.package.signing import PackageKeys
from assistant.casework.results import store
from assistant.casework.results.codes import read_code
from assistant.casework.results.collecting import Collector
from assistant.casework.results.proof import examine
from assistant.casework.submission import outbox
from assistant.casework.submission.office import OfficeFile, OfficeUnavailable, ResultNote
from assistant.conversation import repository as conversations
from assistant.conversation.handing_over import ResultNews
from assistant.foundation import audit
from assistant.foundation.blobs import BlobStore
from assistant.foundation.tables import conversation, result
from tests.unit.casework.flow.support import small_guide
from tests.unit.casework.submission.support import NOW, MemoryOffice, clock, open_database

NO = "BD20251121ABCDEFGH"
NUMBER = "JY13100000000001"
GUIDE = small_guide("food-permit-new", "食品经营许可新办")


def licence(holder: str = "示例餐饮有限公司", case_no: str = NO, number: str = NUMBER) -> bytes:
    words = [f"主体名称：{holder}", f"许可证编号：{number}", f"办件编号：{case_no}"]
    blocks = [{"kind": "paragraph", "text": line, "bold": False, "centred": False, "columns": 0, "rows": []} for line in words]
    return compile_page("form", "食品经营许可证", {"title": "食品经营许可证", "case_no": "", "guide": "", "blocks": blocks}, at=NOW)


GOOD = licence()


class Office(MemoryOffice):
    """An office that has made a result."""

    def __init__(self) -> None:
        super().__init__()
        self.data = GOOD
        self.said: dict[str, Any] = {}

    def file(self, office_ref: str) -> OfficeFile:
        self._do("file", lambda: None)
        if not self.data:
            note = None
        else:
            said = {"sha256": hashlib.sha256(self.data).hexdigest(), "number": NUMBER, "title": "食品经营许可证", "kind": "licence",
                    "issued": date(2025, 11, 21), "expires": date(2030, 11, 20), "media_type": "application/pdf", **self.said}
            note = ResultNote.model_validate(said)
        return OfficeFile(receipt_no="SJ1", case_no=NO, version=1, status="approved", result=note)

    def result(self, office_ref: str) -> bytes:
        return bytes(self._do("result", lambda: self.data))


class World:
    """A case that was sent, its office, and the collector."""

    def __init__(self, folder: Path) -> None:
        self.db, self.clock, self.office = open_database(folder), clock(), Office()
        self.keys, self.blobs = PackageKeys(folder / "keys.json"), BlobStore(folder / "blobs", self.db.keyring)
        self.keys.public()
        with self.db.write() as conn:
            conn.execute(conversation.insert().values(
                id="c1", token_hash="x", token_expires_at=NOW, channel="web", locale="zh-CN", owner="bot", turn_count=1, state={},
                last_event=0, created_at=NOW, updated_at=NOW, revision=1,
            ))  # fmt: skip
            answer = Answer(value="示例餐饮有限公司", display="示例餐饮有限公司", source=Source(kind="said"))
            case = Case(case_no=NO, guide_code=GUIDE.code, guide_name=GUIDE.name, guide_version="2026.1", status=CaseStatus.APPROVED,
                        answers={"company": answer}, created_at=NOW, updated_at=NOW)
            repository.save(conn, case, "c1", NOW)
            outbox.add(conn, NO, 1, NOW)
            row = outbox.get(conn, NO, 1)
            assert row is not None
            outbox.sent(conn, row, "SJ1", NOW)
        self.told: list[str] = []
        self.news = ResultNews("http://127.0.0.1/verify")
        self.news.announce = self.told.append
        self.collector = Collector(
            self.db, self.blobs, self.keys, self.news, self.clock, guide_of=lambda case: GUIDE,
            office_of=lambda case_no, part: self.office, verify_url="http://127.0.0.1/verify", max_bytes=10_000_000,
        )

    def stream(self, kind: str) -> list[dict[str, Any]]:
        with self.db.read() as conn:
            return [event.data for event in conversations.events_after(conn, "c1", 0) if event.kind == kind]

    def rows(self) -> list[store.Result]:
        with self.db.read() as conn:
            return store.of_part(conn, NO, "")

    def log(self) -> list[str]:
        with self.db.read() as conn:
            return [event.kind for event in events.of_case(conn, NO) if event.kind != "status"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_result_is_kept_proven_and_told(world: World) -> None:
    made = world.collector.collect(NO)
    assert made is not None and world.blobs.get(made.blob_id) == GOOD
    assert read_code(made.said.code) == made.said.code
    assert made.said.issuer == "示例局" and made.said.holder_shown == "示例**有限公司"
    verdict = examine(GOOD, made.said.proof.encode(), world.keys.public())
    assert verdict.ok and verdict.statement is not None and verdict.statement.holder == "示例**有限公司"
    message = world.stream("message")[-1]
    assert [reply["kind"] for reply in message["replies"]] == ["text", "card", "file", "file"]
    assert f"/api/v1/cases/{NO}/results/{made.id}" == message["replies"][2]["url"]
    assert world.log() == ["result"] and world.told == ["c1"]
    with world.db.read() as conn:
        assert audit.verify(conn).ok
        assert b"JY131" not in bytes(conn.exec_driver_sql("select data from result").scalar_one())


def test_that_there_is_none_is_said_and_asked_again_once_it_is_delivered(world: World) -> None:
    world.office.data, none = b"", list[str]()
    world.collector.nothing_to_come = lambda _conn, case_no: none.append(case_no)
    approved, delivered = (CaseEvent(NO, "status", NOW, status=status) for status in ("approved", "delivered"))
    world.collector.expect(approved)
    world.collector.round()
    assert none == [NO] and world.collector.round() == 0 and none == [NO]
    world.collector.expect(delivered)
    world.office.data = GOOD
    assert world.collector.round() == 1 and none == [NO] and world.log() == ["result"]


def test_another_departments_result_is_not_handed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = world.office.file
    monkeypatch.setattr(world.office, "file", lambda ref: whole(ref).model_copy(update={"part": "another"}))
    assert world.collector.collect(NO) is None and world.rows() == []
    assert world.log() == ["stuck"] and len(world.stream("notice")) == 1


def test_asking_again_gives_nothing_twice(world: World) -> None:
    first = world.collector.collect(NO)
    assert world.collector.collect(NO) == first
    assert len(world.stream("message")) == 1 and world.log() == ["result"] and len(world.rows()) == 1


@pytest.mark.parametrize("step", ["add_in", "handed"])
def test_a_crash_in_the_middle_leaves_nothing_half_done(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        if step == "handed":
            broken.setattr(world.news, "handed", crash)
        else:
            broken.setattr("assistant.casework.results.collecting.events.add_in", crash)
        with pytest.raises(KeyboardInterrupt):
            world.collector.collect(NO)
    assert world.rows() == [] and world.log() == [] and world.stream("message") == []
    assert world.collector.collect(NO) is not None
    assert len(world.rows()) == 1 and world.log() == ["result"] and len(world.stream("message")) == 1


@pytest.mark.parametrize(("data", "said", "code"), [
    (b"<html>sorry</html>", {}, "not_pdf"),
    (b"%PDF-1.7\nbroken", {}, "broken"),
    (b"MZ\x90 program", {}, "not_pdf"),
    (GOOD, {"sha256": "0" * 64}, "other_hash"),
    (GOOD, {"media_type": "text/html"}, "other_type"),
    (licence(case_no="BD20251121ZZZZZZZZ"), {}, "other_case"),
    (licence(number="JY99900000000009"), {}, "other_number"),
    (licence(holder="别家示例有限公司"), {}, "other_holder"),
    (licence(holder="示例餐饮有限公司浦东分公司"), {}, "other_holder"),
])  # fmt: skip
def test_what_is_not_what_it_says_is_kept_aside_and_fetched_again(world: World, data: bytes, said: dict[str, Any], code: str) -> None:
    world.office.data, world.office.said = data, said
    assert world.collector.collect(NO) is None
    assert world.collector.collect(NO) is None
    kept = world.rows()
    assert [(row.state, row.said.fault) for row in kept] == [("aside", code)] and world.blobs.get(kept[0].blob_id) == data
    assert world.log() == ["stuck"], "staff are told once"
    assert len(world.stream("notice")) == 1 and world.stream("message") == []
    with world.db.read() as conn:
        assert store.of_case(conn, NO) == []
    world.office.data, world.office.said = GOOD, {}
    assert world.collector.collect(NO) is not None
    with world.db.read() as conn:
        assert len(store.of_case(conn, NO)) == 1 and store.waiting(conn, NO, "") is None


def test_a_file_too_large_is_not_handed_on(world: World) -> None:
    world.collector._max_bytes = 100
    assert world.collector.collect(NO) is None
    assert world.rows()[0].said.fault == "too_large"


def test_rubbish_without_end_does_not_fill_the_disk(world: World) -> None:
    for number in range(10):
        world.office.data = b"rubbish %d" % number
        world.collector.collect(NO)
    assert len(world.rows()) == 3 and len(world.stream("notice")) == 1


def test_the_rounds_ask_when_due_and_wait_longer_each_time(world: World) -> None:
    def down(step: str) -> None:
        raise OfficeUnavailable("timeout")

    consumer = Consumer(world.db, "results", world.collector.expect)
    with world.db.write() as conn:
        events.add_in(conn, CaseEvent(NO, "status", NOW, status="in_review"))
        events.add_in(conn, CaseEvent(NO, "status", NOW, status="delivered"))
    consumer.run()
    world.office.before = down
    assert world.collector.round() == 0 and world.office.calls == ["file"]
    assert world.collector.round() == 0 and world.office.calls == ["file"], "not before its time"
    world.clock.advance(timedelta(seconds=6))
    world.collector.round()
    world.clock.advance(timedelta(seconds=6))
    world.collector.round()
    assert world.office.calls == ["file", "file"]
    world.office.before = lambda step: None
    world.clock.advance(timedelta(days=4))
    assert world.collector.round() == 1 and world.collector.round() == 0


def test_a_new_edition_replaces_the_old(world: World) -> None:
    first = world.collector.collect(NO)
    world.clock.advance(timedelta(days=1))
    world.office.data = licence(number="JY13100000000002")
    world.office.said = {"number": "JY13100000000002"}
    second = world.collector.collect(NO)
    assert first is not None and second is not None
    assert [row.state for row in world.rows()] == ["replaced", "valid"]


def test_two_at_once_hand_over_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Collector._held
    looked = []

    def late(self: Collector, case_no: str, part: str, sha256: str) -> store.Result | None:
        looked.append(sha256)
        if len(looked) == 1:  # while this one has looked and not yet written, the other does all
            with monkeypatch.context() as plain:
                plain.setattr(Collector, "_held", real)
                assert world.collector.collect(NO) is not None
            return None
        return real(self, case_no, part, sha256)

    monkeypatch.setattr(Collector, "_held", late)
    assert world.collector.collect(NO) is not None
    with world.db.read() as conn:
        assert conn.execute(select(func.count()).select_from(result)).scalar_one() == 1
    assert len(world.stream("message")) == 1


