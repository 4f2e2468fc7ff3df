"""The real client and the real workflow against the real sandbox in a process of its own, over a real network."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.casework.model import CaseStatus
from assistant.casework.submission import SubmissionService, outbox
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import Consignment, Item, OfficeRejected, OfficeUnavailable
from assistant.casework.submission.outbox import State
from assistant.foundation.clock import SystemClock
from assistant.foundation.settings import Settings
from tests import ports
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import Remembering

ROOT = Path(__file__).resolve().parents[2]
KEY = "fictitious-office-key"


class Sandbox:
    """The sandbox process and the means to make it misbehave."""

    def __init__(self, data: Path) -> None:
        self.port = ports.for_a_program()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = data
        self.client = httpx.Client(base_url=self.url, headers={"X-Api-Key": KEY}, trust_env=False, timeout=10)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--data", str(self.data)]
        environment = {**os.environ, "BANDAO_OFFICE_KEY": KEY}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        until(self.answers, "the sandbox to answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def answers(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def fault(self, mode: str, **more: Any) -> None:
        assert self.client.post("/office/v1/admin/faults", json={"mode": mode, **more}).status_code == 200

    def files(self, case_no: str) -> list[dict[str, Any]]:
        answer = self.client.get("/office/v1/submissions", params={"case_no": case_no})
        return list(answer.raise_for_status().json()["items"])

    def act(self, receipt_no: str, action: str, text: str = "") -> None:
        url = f"/office/v1/admin/submissions/{receipt_no}/actions"
        self.client.post(url, json={"action": action, "text": text}).raise_for_status()


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for something another process or thread does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"))
    sandbox.start()
    yield sandbox
    sandbox.stop()
    sandbox.client.close()


@pytest.fixture
def sandbox(process: Sandbox) -> Iterator[Sandbox]:
    if process.process is None:
        process.start()
    process.fault("ok")
    yield process


@pytest.fixture
def case_no(request: pytest.FixtureRequest) -> str:
    """One case a test: they share the office."""
    return "BD-" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


@pytest.fixture
def office(sandbox: Sandbox) -> Iterator[HttpOffice]:
    office = HttpOffice(sandbox.url, KEY, timeout_s=20)
    yield office
    office.close()


def consignment(case_no: str, version: int = 1, key: str | None = None) -> Consignment:
    package = support.package(case_no, version)
    item = Item(code="food-licence-new", name="食品经营许可新办", version="1")
    sha256 = hashlib.sha256(package).hexdigest()
    return Consignment(
        case_no=case_no, version=version, item=item, package=package, sha256=sha256, key=key or f"{case_no}-{version}"
    )


# the client


def test_sending_asking_and_following(office: HttpOffice, sandbox: Sandbox, case_no: str) -> None:
    assert office.find(case_no) is None
    receipt = office.send(consignment(case_no))
    assert office.send(consignment(case_no)).receipt_no == receipt.receipt_no
    sandbox.act(receipt.receipt_no, "correct", "请补充租赁合同")
    file = office.file(receipt.receipt_no)
    assert office.find(case_no) == file
    held = file.received(1)
    assert held is not None and (held.sha256, held.received_at) == (consignment(case_no).sha256, receipt.received_at)
    assert file.received(2) is None
    assert [(line.status, line.text) for line in file.history][1] == ("correction_needed", "请补充租赁合同")
    assert office.send(consignment(case_no, 2)).receipt_no == receipt.receipt_no
    assert office.withdraw(receipt.receipt_no).status == office.withdraw(receipt.receipt_no).status == "withdrawn"


def test_refusals_are_told_apart_from_absence(office: HttpOffice, sandbox: Sandbox, case_no: str) -> None:
    receipt = office.send(consignment(case_no))
    with pytest.raises(OfficeRejected, match="key-reused"):
        office.send(consignment(case_no, 2, key=f"{case_no}-1"))
    with pytest.raises(OfficeRejected, match="no-correction-expected"):
        office.send(consignment(case_no, 2))
    sandbox.act(receipt.receipt_no, "refuse", "不属于本机关职权")
    with pytest.raises(OfficeRejected, match="already-decided"):
        office.withdraw(receipt.receipt_no)
    with pytest.raises(OfficeRejected, match="not-found"):
        office.file("SJ00000000000000")
    assert office.reachable(30.0)
    for mode in ("down", "error500"):
        sandbox.fault(mode, count=1)
        with pytest.raises(OfficeUnavailable, match="server-error"):
            office.file(receipt.receipt_no)
    impatient = HttpOffice(sandbox.url, KEY, timeout_s=1.0)
    sandbox.fault("slow", count=1, seconds=60)
    with pytest.raises(OfficeUnavailable, match="timeout"):
        impatient.file(receipt.receipt_no)
    impatient.close()
    sandbox.fault("down")
    assert not office.reachable(1.0)
    stranger = HttpOffice(sandbox.url, "another-key")
    with pytest.raises(OfficeUnavailable, match="not-authorised"):
        sandbox.fault("ok")
        stranger.find(case_no)
    stranger.close()


# the whole service


class World:
    """A service over a database, which can be stopped and started again as a restart does."""

    def __init__(self, folder: Path, url: str, database_url: str = "") -> None:
        self.settings = Settings(
            data_dir=folder, sandbox_url=url, office_api_key=KEY, engine_token="unused-here", database_url=database_url
        )
        self.db = support.open_database(folder, self.settings.database_url)
        self.sink = Remembering(self.db)
        self.service = self.build()

    def build(self, **changes: Any) -> SubmissionService:
        given: dict[str, Any] = {
            "office": HttpOffice(self.settings.sandbox_url, KEY, timeout_s=30),
            "backoff": Backoff(first_s=0.05, cap_s=0.2),
            "follow_every_s": 0.1,
            "scan_every_s": 0.2,
            "poll_s": 0.1,
        }
        return SubmissionService(self.settings, self.db, support.package, self.sink, **{**given, **changes})

    def restart(self, **changes: Any) -> None:
        self.service.stop()
        self.service = self.build(**changes)
        self.service.start()

    def submit(self, case_no: str, version: int = 1, *, kick: bool = True) -> None:
        if version == 1:
            support.add_case(self.db, case_no)
        with self.db.write() as conn:
            self.service.enqueue_in(conn, case_no, version)
        if kick:
            self.service.kick()

    def row(self, case_no: str, version: int = 1) -> outbox.Row:
        with self.db.read() as conn:
            row = outbox.get(conn, case_no, version)
        assert row is not None
        return row

    def until_state(self, case_no: str, state: State, version: int = 1) -> None:
        until(lambda: self.row(case_no, version).state is state, f"{state} of version {version}")

    def told(self, kind: str) -> list[tuple[Any, ...]]:
        return [news for news in self.sink.news if news[0] == kind]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Iterator[World]:
    database_url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    world = World(tmp_path, sandbox.url, database_url)
    yield world
    world.service.stop()
    world.db.dispose()


def test_from_sending_to_delivery_with_a_correction_between(world: World, sandbox: Sandbox, case_no: str) -> None:
    world.service.start()
    world.submit(case_no)
    world.until_state(case_no, State.SENT)
    [file] = sandbox.files(case_no)
    assert world.sink.news == [("sent", case_no, 1, file["receipt_no"])]
    sandbox.act(file["receipt_no"], "correct", "请补充租赁合同")
    until(lambda: world.told("status"), "the correction")
    world.submit(case_no, 2)
    world.until_state(case_no, State.SENT, 2)
    for action in ("accept", "review", "approve", "deliver"):
        sandbox.act(file["receipt_no"], action)
    world.until_state(case_no, State.CLOSED, 2)
    assert [(news[2], news[3]) for news in world.told("status")] == [
        (1, CaseStatus.CORRECTION_NEEDED),
        (3, CaseStatus.ACCEPTED),
        (4, CaseStatus.IN_REVIEW),
        (5, CaseStatus.APPROVED),
        (6, CaseStatus.DELIVERED),
    ]
    assert len(world.told("sent")) == 2
    assert world.row(case_no).state is State.SUPERSEDED


def test_a_lost_answer_makes_no_duplicate(world: World, sandbox: Sandbox, case_no: str) -> None:
    # two attempts and no third: long enough for a laden machine to answer, and still shorter than the silence
    world.service = world.build(office=HttpOffice(sandbox.url, KEY, timeout_s=5))
    sandbox.fault("accept_then_timeout", count=1, seconds=60)
    world.service.start()
    world.submit(case_no)
    world.until_state(case_no, State.SENT)
    [file] = sandbox.files(case_no)
    assert [line["status"] for line in file["history"]] == ["received"]
    assert len(world.told("sent")) == 1
    assert world.row(case_no).attempts == 2


def test_an_office_that_is_down_gets_it_later_and_a_restart_does_not_matter(world: World, sandbox: Sandbox, case_no: str) -> None:
    sandbox.stop()
    world.service.start()
    assert not world.service.office_reachable()
    world.submit(case_no)
    until(lambda: world.row(case_no).attempts >= 2, "two attempts")
    world.restart()
    tried = world.row(case_no).attempts
    until(lambda: world.row(case_no).attempts > tried, "an attempt after the restart")
    assert world.row(case_no).last_error == "no-connection"
    sandbox.start()
    world.until_state(case_no, State.SENT)
    assert len(sandbox.files(case_no)) == 1
    assert len(world.told("sent")) == 1
    assert world.service.office_reachable(30.0)


def test_a_row_nobody_kicked_is_found_at_the_start(world: World, sandbox: Sandbox, case_no: str) -> None:
    world.submit(case_no, kick=False)
    world.service.start()
    world.until_state(case_no, State.SENT)


def test_a_person_is_told_and_can_have_it_tried_again(world: World, sandbox: Sandbox, case_no: str) -> None:
    sandbox.fault("error500")
    world.service = world.build(backoff=Backoff(first_s=0.01, cap_s=0.01, patience=timedelta(0), least_attempts=3))
    world.service.start()
    world.submit(case_no)
    world.until_state(case_no, State.STUCK)
    assert len(world.told("stuck")) == 1
    assert not world.told("sent")
    sandbox.fault("ok")
    assert world.service.retry(case_no)
    world.until_state(case_no, State.SENT)
    assert world.service.withdraw(case_no)
    world.until_state(case_no, State.WITHDRAWN)
    [file] = sandbox.files(case_no)
    assert [line["status"] for line in file["history"]] == ["received", "withdrawn"]


def test_an_update_of_the_books_does_not_lose_a_submission(world: World, sandbox: Sandbox, case_no: str) -> None:
    """The database comes back from a backup of before the sending, or DBOS's file is lost: both end in one file."""
    world.service.start()
    world.submit(case_no)
    world.until_state(case_no, State.SENT)
    with world.db.write() as conn:
        conn.exec_driver_sql("UPDATE submission SET state = 'pending', office_ref = NULL")
    world.service.kick()
    world.until_state(case_no, State.SENT)
    world.service.stop()
    if world.db.dialect == "sqlite":
        (world.settings.data_dir / "dbos.sqlite").unlink()
    else:
        with world.db.write() as conn:
            conn.exec_driver_sql("DROP SCHEMA dbos CASCADE")
    with world.db.write() as conn:
        conn.exec_driver_sql("UPDATE submission SET state = 'pending', office_ref = NULL")
    world.service = world.build()
    world.service.start()
    world.until_state(case_no, State.SENT)
    [file] = sandbox.files(case_no)
    assert len(file["history"]) == 1


async def test_it_leaves_the_event_loop_it_is_started_from_alone(world: World, sandbox: Sandbox, case_no: str) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(int)
    before = loop._default_executor  # type: ignore[attr-defined]
    world.service.start()
    with pytest.raises(RuntimeError, match="only one"):
        world.build().start()
    world.submit(case_no)
    await asyncio.to_thread(world.until_state, case_no, State.SENT)
    assert loop._default_executor is before  # type: ignore[attr-defined]


class Ahead:
    """A clock of two hours later, when somebody has noticed that a machine is gone."""

    def now(self) -> datetime:
        return SystemClock().now() + timedelta(hours=2)


def killed_while_sending(folder: str, url: str, case_no: str, node: str) -> None:
    """What the process does that is killed below."""
    world = World(Path(folder), url)
    world.service = world.build(office=HttpOffice(url, KEY, timeout_s=60))
    world.service._runner._node = node
    world.service.start()
    world.submit(case_no)
    time.sleep(60)


@pytest.mark.parametrize("node", ["local", "a-machine-that-is-gone"])
def test_killed_between_the_far_sides_success_and_our_save(tmp_path: Path, sandbox: Sandbox, case_no: str, node: str) -> None:
    sandbox.fault("accept_then_timeout", count=1, seconds=60)
    code = f"from {__name__} import killed_while_sending as run; run({str(tmp_path)!r}, {sandbox.url!r}, {case_no!r}, {node!r})"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    try:
        until(lambda: sandbox.files(case_no), "the package to arrive")
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(60)
    world = World(tmp_path, sandbox.url)
    if node != "local":
        world.service = world.build(clock=Ahead())
    try:
        assert world.row(case_no).state is State.PENDING
        world.service.start()
        world.until_state(case_no, State.SENT)
        [file] = sandbox.files(case_no)
        assert [line["status"] for line in file["history"]] == ["received"]
        assert world.sink.news == [("sent", case_no, 1, file["receipt_no"])]
    finally:
        world.service.stop()
        world.db.dispose()
