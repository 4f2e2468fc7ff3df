"""What the receiving office does with a package reaches the citizen: correction and a second version, approval, an office that is down."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.citizens.answers import answer
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts, load
from benchmarks.stack import Stack

PATIENCE_S = 60
SHORTEST = load(Path(__file__).with_name("cases") / "remote-medical.yaml")[0]


class Office:
    """Staff of the receiving office, at its JSON door."""

    def __init__(self, server: Stack) -> None:
        key = (server.data_dir / "keys" / "office.key").read_text(encoding="ascii").strip()
        self.http = httpx.Client(base_url=server.office_url.split("/office")[0], headers={"X-Api-Key": key}, timeout=30)

    def files(self, case_no: str) -> list[dict[str, Any]]:
        """The office files of a case."""
        found = self.http.get("/office/v1/submissions", params={"case_no": case_no})
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    def act(self, receipt_no: str, action: str, text: str = "", **more: Any) -> None:
        """Do something with a file."""
        done = self.http.post(f"/office/v1/admin/submissions/{receipt_no}/actions", json={"action": action, "text": text, **more})
        assert done.status_code == 200, done.text

    def grant(self, case_no: str) -> None:
        """Take its file to the end, unless the office, which examines what is plain by itself, is quicker at any of the steps."""

        def granted() -> bool:
            return self.files(case_no)[0]["status"] in ("approved", "delivered")

        for action in ("accept", "review", "approve", "deliver"):
            if granted():
                return
            path = f"/office/v1/admin/submissions/{self.files(case_no)[0]['receipt_no']}/actions"
            done = self.http.post(path, json={"action": action, "text": ""})
            assert done.status_code == 200 or granted(), done.text

    def fault(self, mode: str, **more: Any) -> None:
        """Make the office misbehave, or well again."""
        done = self.http.post("/office/v1/admin/faults", json={"mode": mode, **more})
        assert done.status_code < 300, done.text


@pytest.fixture
def office(server: Stack) -> Any:
    made = Office(server)
    yield made
    made.fault("ok")
    made.http.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.2)


def prepared(server: Stack, facts: Facts = SHORTEST) -> Citizen:
    """A citizen whose package is ready."""
    citizen = Citizen(server.base_url)
    citizen.say(facts.opening)
    for _ in range(40):
        if citizen.asking in (None, "submit"):
            break
        answer(citizen, facts)
    assert citizen.turn["status"] == "ready", citizen.texts()
    return citizen


def status(citizen: Citizen) -> str:
    return str(citizen.get(f"/cases/{citizen.case_no}").json()["status"])


@pytest.mark.timeout(400)
def test_correction_second_version_and_approval(server: Stack, office: Office) -> None:
    citizen = prepared(server)
    case_no = citizen.case_no
    citizen.choose("yes")
    until(lambda: len(office.files(case_no)) == 1)
    receipt = office.files(case_no)[0]["receipt_no"]
    office.act(receipt, "accept")
    office.act(receipt, "correct", "联系电话打不通，请改正")
    until(lambda: status(citizen) == "correction_needed")
    until(lambda: any("联系电话打不通" in data.get("text", "") for _, kind, data in citizen.events() if kind == "notice"))
    citizen.say("继续")
    assert citizen.asking == "review"
    citizen.choose("yes")
    assert citizen.turn["case"]["package"]["version"] == 2
    assert citizen.choose("yes")["status"] == "submitted"
    until(lambda: office.files(case_no)[0]["version"] == 2)
    assert len(office.files(case_no)) == 1, "one case, one office file"
    for action in ("accept", "review", "approve", "deliver"):
        office.act(receipt, action)
    until(lambda: status(citizen) == "delivered")
    statuses = [item["status"] for item in citizen.get(f"/cases/{case_no}/timeline").json()["items"]]
    assert statuses[0] == "submitted" and statuses[-1] == "delivered" and "correction_needed" in statuses
    assert "已送达" in str(citizen.say("办到哪一步了")["replies"])


@pytest.mark.timeout(400)
def test_an_office_that_is_down_loses_nothing_and_gets_it_once(server: Stack, office: Office) -> None:
    # Down before she begins: whether the office answers is remembered for two seconds, and her yes may come within them.
    office.fault("down")
    citizen = prepared(server)
    turn = citizen.choose("yes")
    assert turn["status"] == "submitted" and any(r["kind"] == "notice" and "没有" in r["text"] for r in turn["replies"])
    office.fault("ok")
    until(lambda: len(office.files(citizen.case_no)) == 1)
    until(lambda: len(citizen.get(f"/cases/{citizen.case_no}/timeline").json()["items"]) >= 2)
    time.sleep(1)
    assert len(office.files(citizen.case_no)) == 1


@pytest.mark.timeout(400)
def test_only_what_is_wanting_is_asked_and_what_was_sent_can_be_taken_back(server: Stack, office: Office) -> None:
    citizen = prepared(server)
    case_no = citizen.case_no
    citizen.choose("yes")
    until(lambda: len(office.files(case_no)) == 1)
    receipt = office.files(case_no)[0]["receipt_no"]
    office.act(receipt, "correct", wanting=[{"kind": "field", "code": "phone", "text": "电话打不通"}], due="2099-01-08")
    until(lambda: status(citizen) == "correction_needed")
    [part] = citizen.get(f"/cases/{case_no}").json()["parts"]
    assert (part["office_ref"], part["correction"]["wanting"][0]["code"], part["correction"]["due"]) == (receipt, "phone", "2099-01-08")
    said = str(citizen.say("继续")["replies"])
    assert citizen.asking == "phone" and "打不通" in said and "2099年1月8日" in said
    citizen.say("13900139000")
    assert citizen.asking == "review"
    citizen.choose("yes")
    assert citizen.choose("yes")["status"] == "submitted"
    until(lambda: office.files(case_no)[0]["version"] == 2)

    citizen.say("我要撤回")
    assert citizen.asking == "withdraw" and status(citizen) == "submitted"
    citizen.choose("no")
    assert citizen.asking is None
    citizen.say("我要撤回")
    citizen.choose("yes")
    until(lambda: status(citizen) == "withdrawn")
    assert office.files(case_no)[0]["status"] == "withdrawn"
    assert "已经撤回了" in str(citizen.say("我要撤回")["replies"])


@pytest.mark.timeout(400)
def test_a_refusal_says_what_can_be_done_about_it(server: Stack, office: Office) -> None:
    citizen = prepared(server)
    citizen.choose("yes")
    until(lambda: len(office.files(citizen.case_no)) == 1)
    office.act(office.files(citizen.case_no)[0]["receipt_no"], "refuse", "不属于本机关职权范围")
    until(lambda: status(citizen) == "refused")
    last = citizen.get(f"/cases/{citizen.case_no}/timeline").json()["items"][-1]["text"]
    assert "不属于本机关职权范围" in last and "六十日内申请行政复议" in last and "六个月内提起行政诉讼" in last
    citizen.say("我要撤回")
    assert citizen.asking is None
