"""A case in parts against the real sandbox: sent side by side, one corrected, one waiting its turn, one taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assistant.casework import events, repository
from assistant.casework.model import Case, CaseStatus, PackageRef, PartPackage
from assistant.casework.submission import SubmissionService, parts
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.http_office import HttpOffice
from assistant.conversation import repository as conversation
from assistant.conversation.far_side import CaseSink, package_loader
from assistant.foundation import audit
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import SystemClock
from assistant.foundation.settings import Settings
from assistant.foundation.tables import submission
from tests.contract.test_receiving_office import KEY, Sandbox, until
from tests.unit.casework.submission import support

C = CaseStatus
AFTER: dict[str, list[str]] = {"premises": [], "firm": [], "licence": ["premises", "firm"]}


class World:
    """The service with the real sink over the real office, and one case."""

    def __init__(self, folder: Path, url: str, case_no: str) -> None:
        self.settings = Settings(data_dir=folder, sandbox_url=url, office_api_key=KEY, engine_token="unused-here")
        self.db = support.open_database(folder, self.settings.database_url)
        self.blobs = BlobStore(self.settings.blobs_dir, self.db.keyring)
        self.clock = SystemClock()
        self.sink = CaseSink(self.db, self.clock)
        self.service = SubmissionService(
            self.settings, self.db, package_loader(self.db, self.blobs), self.sink, office=HttpOffice(url, KEY, timeout_s=5),
            backoff=Backoff(first_s=0.05, cap_s=0.2), follow_every_s=0.1, scan_every_s=0.2, poll_s=0.1,
        )  # fmt: skip
        self.case_no = case_no
        support.add_case(self.db, "BD-HOLDER")
        now = self.clock.now()
        self.case = Case(case_no=case_no, guide_code="x", guide_name="开店一件事", guide_version="1", created_at=now, updated_at=now)
        self.case.move(C.READY)
        self.pack(1)

    def pack(self, version: int) -> None:
        """Make the packages of a version, as the maker does."""
        now, case = self.clock.now(), self.case
        case.package = PackageRef(version=version, sha256="0" * 64, blob_id="whole", built_at=now)
        case.package_version = version
        case.packages = [
            PartPackage(
                version=version, sha256="0" * 64, built_at=now, item=item, name=f"{item}证", department=f"{item} office", after=after,
                blob_id=self.blobs.put(support.package(self.case_no, version, item)),
            )
            for item, after in AFTER.items()
        ]  # fmt: skip
        parts.mark_met(case, version)

    def submit(self) -> None:
        with self.db.write() as conn:
            parts.submit(self.case, self.clock.now())
            repository.save(conn, self.case, "c-BD-HOLDER", self.clock.now())
            assert self.case.package is not None
            for part, waiting in parts.to_send(self.case):
                self.service.enqueue_in(conn, self.case_no, self.case.package.version, part, waiting=waiting)
        self.service.kick()

    def load(self) -> Case:
        with self.db.read() as conn:
            found = repository.find(conn, self.case_no)
        assert found is not None
        self.case = found[0]
        return self.case

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What appeared in the conversation, oldest first."""
        with self.db.read() as conn:
            return [(event.kind, event.data) for event in conversation.events_after(conn, "c-BD-HOLDER", 0)]

    def stands(self) -> dict[str, str]:
        return {part.item: part.status.value for part in self.load().parts}

    def until(self, **expected: str) -> None:
        until(lambda: expected.items() <= self.stands().items(), f"{expected}, and not {self.stands()}")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    made = Sandbox(tmp_path / "sandbox")
    made.start()
    yield made
    made.stop()
    made.client.close()


@pytest.fixture
def world(tmp_path: Path, sandbox: Sandbox) -> Iterator[World]:
    made = World(tmp_path / "app", sandbox.url, "BD-PARTS-1")
    made.service.start()
    yield made
    made.service.stop()
    made.db.dispose()


def receipts(sandbox: Sandbox, case_no: str) -> dict[str, str]:
    return {item["part"]: item["receipt_no"] for item in sandbox.files(case_no)}


def correct(sandbox: Sandbox, receipt_no: str, **more: Any) -> None:
    body = {"action": "correct", "text": "请补正", **more}
    sandbox.client.post(f"/office/v1/admin/submissions/{receipt_no}/actions", json=body).raise_for_status()


@pytest.mark.timeout(200)
def test_departments_work_side_by_side(world: World, sandbox: Sandbox) -> None:
    world.submit()
    until(lambda: len(receipts(sandbox, world.case_no)) == 2, "two departments to have their packages")
    held = receipts(sandbox, world.case_no)
    assert set(held) == {"premises", "firm"}, "what waits is not sent"
    until(lambda: all(part.office_ref for part in world.load().parts[:2]), "both numbers")
    assert {part.item: part.office_ref for part in world.case.parts[:2]} == held
    assert len(set(held.values())) == 2 and [r.part for r in world.case.receipts] != []

    due = "2099-01-08"
    sandbox.act(held["premises"], "accept")
    correct(sandbox, held["firm"], wanting=[{"kind": "other", "code": "", "text": "请补充章程最后一页"}], due=due)
    sandbox.act(held["premises"], "approve")
    world.until(premises="approved", firm="correction_needed", licence="ready")
    case = world.case
    assert case.status is C.CORRECTION_NEEDED and case.correction is not None
    assert ([w.text for w in case.correction.wanting], str(case.correction.due)) == (["请补充章程最后一页"], due)
    told = world.told()
    said = [reply for kind, data in told if kind == "message" for reply in data["replies"]]
    assert [reply["kind"] for reply in said] == ["file", "file", "card"], "each office's receipt once, and the correction"
    assert [tap["message"] for tap in said[-1]["actions"]] == ["继续"], "one tap begins it"
    (asked,) = [data for kind, data in told if kind == "notice" and data["level"] == "warning"]
    assert asked["text"].startswith("“firm证”要补正。请补正\n")
    assert asked["text"].endswith("说“继续”就行，只补这几项，其他内容都不用动。请在2099年1月8日以前补好。")

    world.pack(2)
    world.submit()
    until(lambda: any(f["part"] == "firm" and f["version"] == 2 for f in sandbox.files(world.case_no)), "the corrected package")
    assert next(f["version"] for f in sandbox.files(world.case_no) if f["part"] == "premises") == 1
    assert receipts(sandbox, world.case_no)["firm"] == held["firm"], "one part, one office file"

    sandbox.act(held["firm"], "accept")
    sandbox.act(held["firm"], "approve")
    until(lambda: "licence" in receipts(sandbox, world.case_no), "the one that waited")
    held = receipts(sandbox, world.case_no)
    assert next(f["version"] for f in sandbox.files(world.case_no) if f["part"] == "licence") == 2, "it brings the latest"
    assert len(held) == 3 and world.load().status is C.SUBMITTED
    for action in ("accept", "approve", "deliver"):
        sandbox.act(held["licence"], action)
    for part in ("premises", "firm"):
        sandbox.act(held[part], "deliver")
    world.until(premises="delivered", firm="delivered", licence="delivered")
    assert world.case.status is C.DELIVERED
    with world.db.read() as conn:
        log = [(e.part, e.status) for e in events.of_case(conn, world.case_no) if e.kind == "status"]
        assert audit.verify(conn).ok
        assert set(conn.execute(select(submission.c.state)).scalars()) == {"closed", "superseded"}
    assert log[-1] == ("", "delivered") and log.count(("licence", "submitted")) == 1
    assert [e.part for e in world.case.timeline if e.part == "licence"], "lines say which department"


@pytest.mark.timeout(200)
def test_one_is_taken_back_and_one_is_too_late(world: World, sandbox: Sandbox) -> None:
    world.submit()
    until(lambda: all(part.office_ref for part in world.load().parts[:2]), "both numbers")
    held = receipts(sandbox, world.case_no)
    sandbox.act(held["firm"], "accept")
    # It is decided between her wish and the office hearing of it.
    sandbox.act(held["firm"], "approve")
    with world.db.write() as conn:
        case = repository.find(conn, world.case_no)
        assert case is not None
        for part in case[0].parts[:2]:
            part.withdrawing = True
            world.service.withdraw_in(conn, world.case_no, part.item)
        repository.save(conn, case[0], case[1], world.clock.now())
    world.service.kick()
    world.until(premises="withdrawn", firm="approved")
    until(lambda: not any(part.withdrawing for part in world.load().parts), "nothing to be under way any more")
    assert world.case.status is C.APPROVED and parts.blocked(world.case.parts) == {"licence"}
    assert any("不能撤回" in entry.text for entry in world.case.timeline if entry.part == "firm")
    assert "licence" not in receipts(sandbox, world.case_no)
