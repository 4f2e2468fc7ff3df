"""Packages that go ahead of their papers: nothing is received, examined or accepted before the papers are there."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from sandbox.config import SandboxConfig
from sandbox.office.decisions import Decision
from sandbox.office.service import Office, parse_metadata
from sandbox.office.statuses import Status
from sandbox.office.store import Store
from sandbox.problems import Problem
from tests.unit.sandbox import packages
from tests.unit.sandbox.conftest import Hands, Sender


def send(sender: Sender, way: str, version: int = 1) -> Any:
    package = packages.good_package(version=version, content=f"form {version}".encode())
    said = {**packages.metadata(package, version=version), "way": way}
    answer = sender.send(package, said, f"BD-0001-{version}")
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("way", ["window", "post"])
def test_a_file_is_expected_until_its_papers_are_there(sender: Sender, way: str) -> None:
    receipt = send(sender, way)
    assert receipt["status"] == "expected"
    assert sender.act(receipt["receipt_no"], "accept").status_code == 409
    assert sender.act(receipt["receipt_no"], "papers").json()["status"] == "received"
    assert sender.act(receipt["receipt_no"], "papers").status_code == 409
    file = sender.act(receipt["receipt_no"], "accept").json()
    assert [line["status"] for line in file["history"]] == ["expected", "received", "accepted"]


def test_nobody_examines_or_accepts_what_is_not_there(config: SandboxConfig, hands: Hands) -> None:
    office = Office(config, Store(config.data_dir))
    package = packages.good_package()
    metadata = parse_metadata(json.dumps({**packages.metadata(package), "way": "window"}))
    held = office.receive(io.BytesIO(package), metadata, "BD-0001-1")[0]
    hands.advance(days=1)
    assert office.accept_waiting(1) == [] and office.examine_waiting(1) == []
    office.act(held.receipt_no, Decision(action="papers"))
    hands.advance(hours=1)
    assert office.accept_waiting(1) == [held.receipt_no]


def test_the_time_to_correct_goes_on_until_the_papers_are_there(sender: Sender) -> None:
    number = send(sender, "window")["receipt_no"]
    sender.act(number, "papers")
    sender.act(number, "correct", "请补签名")
    assert send(sender, "window", 2)["status"] == "expected"
    [stop] = sender.client.get(f"/office/v1/submissions/{number}", headers=sender.headers).json()["stopped"]
    assert stop["until"] is None
    [stop] = sender.act(number, "papers").json()["stopped"]
    assert stop["until"] is not None


def test_it_can_be_taken_back_and_a_way_nobody_knows_is_refused(config: SandboxConfig, sender: Sender) -> None:
    number = send(sender, "post")["receipt_no"]
    taken = sender.client.post(f"/office/v1/submissions/{number}/withdraw", json={}, headers=sender.headers)
    assert taken.json()["status"] == Status.WITHDRAWN
    package = packages.good_package()
    with pytest.raises(Problem) as refused:
        parse_metadata(json.dumps({**packages.metadata(package), "way": "pigeon"}))
    assert refused.value.code == "metadata-invalid"
