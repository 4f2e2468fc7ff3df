"""Whatever staff, the applicant and the clock do, in any order: the file goes only where it may, and its history only grows."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.config import SHANGHAI, SandboxConfig
from sandbox.office import outbox, results, shown
from sandbox.office.decisions import Decision
from sandbox.office.model import OfficeFile
from sandbox.office.service import Office, parse_metadata
from sandbox.office.statuses import ACTIONS, WITHDRAWABLE, Status
from sandbox.office.store import Store
from sandbox.problems import Problem
from tests.unit.sandbox import packages

S = Status
# Written out by hand, not derived from the actions: this is what a sender may rely on.
MAY_FOLLOW = {
    S.EXPECTED: {S.RECEIVED, S.WITHDRAWN},
    S.RECEIVED: {S.ACCEPTED, S.CORRECTION_NEEDED, S.REFUSED, S.WITHDRAWN},
    S.ACCEPTED: {S.ACCEPTED, S.IN_REVIEW, S.CORRECTION_NEEDED, S.APPROVED, S.DENIED, S.WITHDRAWN},
    S.CORRECTION_NEEDED: {S.EXPECTED, S.RECEIVED, S.ACCEPTED, S.REFUSED, S.WITHDRAWN},
    S.IN_REVIEW: {S.IN_REVIEW, S.CORRECTION_NEEDED, S.APPROVED, S.DENIED, S.WITHDRAWN},
    S.APPROVED: {S.DELIVERED},
    S.REFUSED: set(),
    S.DENIED: set(),
    S.DELIVERED: set(),
    S.WITHDRAWN: set(),
}
# Each is often out of turn on purpose; good ways through come often enough to reach the ends.
STEPS = st.lists(st.sampled_from([*ACTIONS, *ACTIONS, "send", "send", "post", "papers", "withdraw", "wait"]), max_size=14)


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2025, 11, 21, 9, 0, tzinfo=SHANGHAI)

    def __call__(self) -> datetime:
        return self.at


def _send(office: Office, version: int, way: str = "") -> OfficeFile:
    package = packages.good_package(version=version, content=f"form {version}".encode())
    metadata = parse_metadata(json.dumps({**packages.metadata(package, version=version), "way": way}))
    return office.receive(io.BytesIO(package), metadata, f"key-{version}")[0]


def _step(office: Office, clock: Clock, receipt_no: str, step: str, version: int) -> None:
    match step:
        case "send":
            _send(office, version)
        case "post":
            _send(office, version, "post")
        case "withdraw":
            office.withdraw(receipt_no, "")
        case "wait":
            clock.at += timedelta(hours=5)
        case _:
            office.act(receipt_no, Decision(action=step, text="理由"))


@pytest.fixture(autouse=True)
def quick_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is another test's matter."""
    monkeypatch.setattr(results, "_pdf", lambda record, now: record["number"].encode())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, way=st.sampled_from(["", "window"]))
def test_any_order_of_steps_keeps_the_file_whole(steps: list[str], way: str) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        config = SandboxConfig(Path(folder), "k" * 16, "s", callback="http://127.0.0.1:9/", webhook_secret="x", now=clock)
        office = Office(config, Store(Path(folder), notify=outbox.keeper(clock)))
        receipt_no = _send(office, 1, way).receipt_no
        before: dict[str, Any] = shown.file(office.get(receipt_no))
        for version, step in enumerate(steps, start=2):
            legal = True
            try:
                _step(office, clock, receipt_no, step, version)
            except Problem as problem:
                assert problem.status == 409, problem
                legal = False
            after = shown.file(office.get(receipt_no))
            _grew(before, after, legal)
            _whole(after)
            before = after
        with office.store.read() as conn:
            told = [row[0] for row in conn.execute("SELECT seq FROM webhook ORDER BY number").fetchall()]
        assert told == [line["seq"] for line in before["history"]]


def _grew(before: dict[str, Any], after: dict[str, Any], legal: bool) -> None:
    """Nothing written is ever changed; what was refused wrote nothing."""
    written = len(before["history"])
    assert after["history"][:written] == before["history"]
    assert len(after["history"]) - written <= 1
    if not legal:
        assert after == before
    for old, new in zip(before["history"][-1:], after["history"][written:], strict=False):
        assert Status(new["status"]) in MAY_FOLLOW[Status(old["status"])]


def _whole(file: dict[str, Any]) -> None:
    """The parts of a file agree with each other."""
    status = Status(file["status"])
    assert file["status"] == file["history"][-1]["status"]
    assert [line["seq"] for line in file["history"]] == list(range(1, len(file["history"]) + 1))
    assert ("correction" in file) == (status is S.CORRECTION_NEEDED)
    assert (file["result"] is not None) == (status in (S.APPROVED, S.DELIVERED))
    open_stops = [stop for stop in file["stopped"] if stop["until"] is None]
    assert len(open_stops) <= 1
    if open_stops:
        assert status in (S.CORRECTION_NEEDED, S.EXPECTED, S.IN_REVIEW)
    if status is S.CORRECTION_NEEDED:
        assert open_stops
    for stop in file["stopped"]:
        assert stop["until"] is None or stop["from"] <= stop["until"]


def test_the_ends_are_reached_at_all() -> None:
    """Of what the property is about, nothing is out of reach."""
    reachable, waiting = {S.EXPECTED}, [S.EXPECTED]
    while waiting:
        for following in MAY_FOLLOW[waiting.pop()] - reachable:
            reachable.add(following)
            waiting.append(following)
    assert reachable == set(Status)
    assert {status for status, following in MAY_FOLLOW.items() if S.WITHDRAWN in following} == WITHDRAWABLE
