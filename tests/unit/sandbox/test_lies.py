"""Answers that come and are not true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from sandbox.office.faults import Mode
from tests.unit.sandbox.conftest import Sender


@pytest.fixture
def numbers(sender: Sender) -> list[str]:
    """Receipt numbers of two cases."""
    return [str(sender.send_good(case_no=number).json()["receipt_no"]) for number in ("BD-0001", "BD-0002")]


def test_a_receipt_may_carry_another_cases_number_while_the_file_is_right(sender: Sender, numbers: list[str]) -> None:
    sender.post("/admin/faults", {"mode": "lying_number", "count": 1})
    assert sender.get("/submissions?case_no=BD-0001").status_code == 200  # asking neither suffers nor counts
    receipt = sender.send_good(case_no="BD-0003").json()
    assert (receipt["case_no"], receipt["receipt_no"]) == ("BD-0003", numbers[0])
    assert sender.get("/submissions?case_no=BD-0003").json()["items"][0]["receipt_no"] not in numbers


def test_a_file_may_name_another_case(sender: Sender, numbers: list[str]) -> None:
    sender.post("/admin/faults", {"mode": "wrong_case", "count": 2})
    assert sender.get(f"/submissions/{numbers[0]}").json()["case_no"] == "BD-0002"
    assert sender.get("/submissions?case_no=BD-0001").json()["items"][0]["case_no"] == "BD-0002"
    assert sender.get(f"/submissions/{numbers[0]}").json()["case_no"] == "BD-0001"


def test_a_history_may_say_everything_twice(sender: Sender, numbers: list[str]) -> None:
    sender.act(numbers[0], "accept")
    sender.post("/admin/faults", {"mode": "history_twice", "count": 1})
    file = sender.get(f"/submissions/{numbers[0]}").json()
    assert [line["seq"] for line in file["history"]] == [1, 1, 2, 2]
    assert len(sender.get(f"/submissions/{numbers[0]}").json()["history"]) == 2


@pytest.mark.parametrize(
    ("way", "said"), [([], "delivered"), (["accept"], "received"), (["refuse"], "approved"), (["correct"], "delivered")]
)
def test_a_history_may_go_where_none_can(sender: Sender, numbers: list[str], way: list[str], said: str) -> None:
    for action in way:
        sender.act(numbers[0], action, "理由")
    sender.post("/admin/faults", {"mode": "history_impossible", "count": 1})
    file = sender.get(f"/submissions/{numbers[0]}").json()
    assert (file["status"], file["history"][-1]["seq"]) == (said, len(way) + 2)


def test_an_answer_may_break_off(sender: Sender, numbers: list[str]) -> None:
    sender.post("/admin/faults", {"mode": "broken_json", "count": 1})
    answer = sender.get(f"/submissions/{numbers[0]}")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_an_error_may_hide_that_it_was_done(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "accept_then_error500", "count": 1})
    assert sender.send_good().status_code == 500
    assert len(sender.get("/submissions?case_no=BD-0001").json()["items"]) == 1


def test_a_refusal_stays_true(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "wrong_case", "count": 1})
    assert sender.get("/submissions/SJ0").json()["code"] == "not-found"


def test_every_fault_is_written_down() -> None:
    told = (Path(__file__).resolve().parents[3] / "sandbox" / "README.md").read_text(encoding="utf-8")
    assert [mode for mode in get_args(Mode) if f"`{mode}`" not in told] == []
