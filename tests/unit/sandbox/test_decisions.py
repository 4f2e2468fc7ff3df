"""What staff may decide when, withdrawing, the automatic mode and the faults."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from sandbox.config import SandboxConfig, load_config
from sandbox.office.statuses import ACTIONS, Status
from tests.unit.sandbox.conftest import Hands, Sender


@pytest.mark.parametrize(
    "way",
    [
        ["accept", "review", "approve", "deliver"],
        ["accept", "approve", "deliver"],
        ["accept", "review", "deny"],
        ["refuse"],
        ["correct", "refuse"],
        ["correct", "accept", "correct", "accept", "review", "correct"],
    ],
)
def test_every_way_through_the_office_is_recorded_in_order(sender: Sender, way: list[str]) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    for action in way:
        assert sender.act(receipt_no, action, "理由").status_code == 200
    file = sender.get(f"/submissions/{receipt_no}").json()
    assert [entry["status"] for entry in file["history"]] == ["received", *(ACTIONS[action].target for action in way)]
    assert file["status"] == ACTIONS[way[-1]].target


def test_actions_out_of_turn_are_refused(sender: Sender) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    for action in ("approve", "deliver", "review", "deny"):
        answer = sender.act(receipt_no, action, "理由")
        assert (answer.status_code, answer.json()["code"]) == (409, "not-now")
    assert sender.act(receipt_no, "burn").status_code == 422


def test_decisions_against_the_applicant_need_a_reason(sender: Sender) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    for action in ("correct", "refuse"):
        answer = sender.act(receipt_no, action, "  ")
        assert (answer.status_code, answer.json()["code"]) == (422, "reason-required")
    assert sender.act(receipt_no, "refuse", "长" * 2001).json()["code"] == "text-too-long"


def test_withdrawing_works_until_the_decision_and_may_be_repeated(sender: Sender) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    for _ in range(2):
        answer = sender.post(f"/submissions/{receipt_no}/withdraw", {"text": "不办了"})
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert len(answer.json()["history"]) == 2
    decided = sender.send_good(case_no="BD-0002").json()["receipt_no"]
    sender.act(decided, "refuse", "不属于本机关")
    answer = sender.post(f"/submissions/{decided}/withdraw", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "already-decided")


def test_automatic_acceptance_waits_its_time(client: TestClient, sender: Sender, hands: Hands) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    office = client.app.state.office  # type: ignore[attr-defined]
    hands.advance(seconds=4)
    assert office.accept_waiting(5) == []
    hands.advance(seconds=2)
    assert office.accept_waiting(5) == [receipt_no]
    assert office.accept_waiting(5) == []
    assert office.get(receipt_no).status is Status.ACCEPTED


def test_faults_hit_as_many_requests_as_told(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "error500", "count": 2})
    assert [sender.send_good().status_code for _ in range(3)] == [500, 500, 201]


def test_down_means_down_for_the_health_check_too_without_using_up_the_count(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "down", "count": 1})
    assert [sender.client.get("/healthz").status_code for _ in range(3)] == [503] * 3
    answer = sender.send_good()
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "60", "down")
    assert sender.client.get("/healthz").status_code == 200


def test_an_answer_that_comes_late_has_been_acted_on(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "accept_then_timeout", "count": 1, "seconds": 0})
    assert sender.get("/submissions?case_no=BD-0001").json() == {"items": []}  # asking is not sending
    assert sender.send_good().status_code == 201
    assert len(sender.get("/submissions?case_no=BD-0001").json()["items"]) == 1


def test_unknown_faults_are_refused(sender: Sender) -> None:
    answer = sender.post("/admin/faults", {"mode": "explode"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


def test_settings_are_checked(config: SandboxConfig) -> None:
    good = {"BANDAO_OFFICE_KEY": "0123456789abcdef", "BANDAO_OFFICE_AUTO": "2.5"}
    made = load_config(config.data_dir / "new", good)
    assert made.auto_accept_s == 2.5
    assert load_config(config.data_dir / "new", good).staff_key == made.staff_key
    for wrong in (
        {"BANDAO_OFFICE_KEY": "short"},
        {**good, "BANDAO_OFFICE_AUTO": "soon"},
        {**good, "BANDAO_OFFICE_MAX_PACKAGE": "-1"},
    ):
        with pytest.raises(ValueError, match="BANDAO_OFFICE_"):
            load_config(config.data_dir / "new", wrong)
