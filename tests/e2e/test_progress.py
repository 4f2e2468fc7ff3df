"""How far a case is, asked in words, by number, from elsewhere and on its stream, with a real office behind it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack
from tests.e2e.test_office import Office, office, prepared, until

__all__ = ["office"]
_CODE = re.compile(r"恢复码 ?([0-9A-Z]{6})")


def line(citizen: Citizen, case_no: str) -> dict[str, Any]:
    """The one department's line of the view."""
    found: dict[str, Any] = citizen.get(f"/cases/{case_no}/timeline").json()["progress"]["lines"][0]
    return found


def card(turn: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(reply for reply in turn["replies"] if reply["kind"] == "card")
    return found


@pytest.mark.timeout(400)
def test_from_submission_to_review_as_she_reads_it(server: Stack, office: Office) -> None:
    citizen = prepared(server)
    case_no = citizen.case_no
    assert case_no is not None
    office.fault("down")
    submitted = citizen.choose("yes")
    code = _CODE.search(str(submitted["replies"]))
    assert code is not None, "she is told how to look from elsewhere"
    sending = line(citizen, case_no)
    assert "没有签收不算收件" in sending["now"]
    assert sending["until"][0].get("date") is None
    assert "还没有送到" in str(citizen.say("催一下")["replies"])

    office.fault("ok")
    until(lambda: line(citizen, case_no)["stages"][0]["state"] == "done")
    receipt = office.files(case_no)[0]["receipt_no"]
    told = card(citizen.say("办到哪一步了"))
    rows = {row["label"]: row["value"] for row in told["rows"]}
    assert rows["收件编号"] == receipt
    assert rows["从什么时候"]
    office.act(receipt, "accept")
    until(lambda: line(citizen, case_no)["status"] == "accepted")
    assert "已受理" in card(citizen.say(f"{case_no}办到哪一步了"))["title"]

    urged = citizen.say("催一下")
    assert "已记下您的催办" in str(urged["replies"])
    assert re.search(r"电话\d{5,}", str(urged["replies"]))
    assert "今天已经记过催办了" in str(citizen.say("帮我催催")["replies"])

    elsewhere = Citizen(server.base_url)
    assert "“办件进度”页" in str(elsewhere.say(f"{case_no}办到哪一步了")["replies"]), "where it is, but not how it stands"
    assert elsewhere.get(f"/cases/{case_no}/timeline").status_code == 404
    tail = ""
    for field in citizen.get(f"/cases/{case_no}").json()["fields"]:
        if re.fullmatch(r"\d{3,6}\*+[\dX]{4}", field["value"]):
            tail = field["value"][-4:]
            break
    opened = elsewhere.http.post(f"/api/v1/cases/{case_no}/viewing", json={"proof": tail + code[1]}, headers=elsewhere.headers)
    assert opened.status_code == 200, opened.text
    assert opened.json()["timeline"]["progress"]["case_no"] == case_no

    office.act(receipt, "correct", "联系电话打不通，请改正")
    until(lambda: line(citizen, case_no)["status"] == "correction_needed")
    halted = line(citizen, case_no)
    assert halted["who"] == "您"
    assert any("联系电话打不通" in todo for todo in halted["todo"])
    assert "halt" in [stage["state"] for stage in halted["stages"]]
