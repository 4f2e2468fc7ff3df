"""From the package to 受理 at a window: sent ahead, a slot by tap and by words, the papers, the office's acceptance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import load
from benchmarks.stack import Stack
from tests.e2e.hall import ITEM
from tests.e2e.test_office import Office, office, prepared, status, until

__all__ = ["office"]
FACTS = load(Path(__file__).with_name("cases") / f"{ITEM}.yaml")[0]


def bookings(office: Office, case_no: str) -> list[dict[str, Any]]:
    """The slots the office holds for a case."""
    items = office.http.get("/office/v1/bookings", params={"case_no": case_no}).json()["items"]
    return [one for one in items if one["status"] == "booked"]


def slots(citizen: Citizen) -> list[str]:
    """The slots on offer."""
    return [option["value"] for option in citizen.turn["ask"]["options"] if "." in option["value"]]


@pytest.mark.timeout(400)
def test_from_the_package_to_acceptance_at_a_window(server: Stack, office: Office) -> None:
    citizen = prepared(server, FACTS)
    case_no = citizen.case_no
    assert case_no is not None
    turn = citizen.choose("yes")
    assert turn["status"] == "submitted" and turn["case"]["status"] == "submitted"
    assert (turn["ask"]["field"], turn["ask"]["kind"]) == ("slot", "choice") and "还没有交件" in str(turn["replies"])

    first = slots(citizen)[0]
    told = citizen.choose(first)
    assert [one["slot"] for one in bookings(office, case_no)] == [first] and told["ask"] is None
    sheet = next(reply for reply in told["replies"] if reply["kind"] == "file")
    answer = citizen.http.get(sheet["url"], headers=citizen.headers)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")

    citizen.say("改预约")
    citizen.choose("other_day")
    office.fault("down")
    moved = slots(citizen)[0]
    assert citizen.choose(moved)["status"] == "error_far_side"
    office.fault("ok")
    citizen.choose(moved)
    assert [one["slot"] for one in bookings(office, case_no)] == [moved] != [first]
    citizen.say("取消预约")
    assert bookings(office, case_no) == []
    citizen.say("我要预约")
    citizen.choose(slots(citizen)[0])
    assert len(bookings(office, case_no)) == 1

    until(lambda: bool(office.files(case_no)))
    receipt = office.files(case_no)[0]["receipt_no"]
    assert office.files(case_no)[0]["status"] == "expected"
    assert citizen.get(f"/cases/{case_no}").json()["receipts"] == []
    office.act(receipt, "papers")
    until(lambda: len(citizen.get(f"/cases/{case_no}").json()["receipts"]) == 1)
    office.act(receipt, "accept")
    until(lambda: status(citizen) == "accepted")
    assert citizen.say("改预约")["ask"] is None, "nothing more is to be brought"
