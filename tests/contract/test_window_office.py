"""Papers brought to a window, against the sandbox itself in this process: the package ahead, a slot, the papers, 受理."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.casework import events, repository
from assistant.casework.bookings.client import HttpWindows, WindowsRefused
from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Handing
from assistant.casework.clocks import standing
from assistant.casework.model import Case, CaseStatus, PackageRef
from assistant.casework.submission import outbox, parts
from assistant.casework.submission.backoff import Backoff
from assistant.casework.submission.delivery import Delivery
from assistant.casework.submission.follow import Follower
from assistant.casework.submission.offices.window import WindowOffice
from assistant.conversation.far_side import CaseSink
from assistant.foundation.clock import SHANGHAI, FixedClock
from sandbox.app import create_app
from sandbox.config import SandboxConfig
from tests.unit.casework.submission import support

KEY, CASE = "fictitious-office-key", "BD-WINDOW-1"
NOW = datetime(2026, 11, 10, 10, 0, tzinfo=SHANGHAI)
HANDING = Handing(way="window", office="HALL", department="示例市场监督管理局")


class City:
    """The office in this process, and our clients of it."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(NOW)
        config = SandboxConfig(data_dir=folder, office_key=KEY, staff_key="s", now=self.clock.now)
        self.http = TestClient(create_app(config), headers={"X-Api-Key": KEY})
        self.office, self.windows = WindowOffice("http://testserver", KEY), HttpWindows("http://testserver", KEY)
        self.office._client = self.windows._client = self.http
        self.counter = Counter({"HALL": self.windows})

    def act(self, receipt_no: str, action: str) -> dict[str, Any]:
        answer = self.http.post(f"/office/v1/admin/submissions/{receipt_no}/actions", json={"action": action})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path / "sandbox")
    yield made
    made.http.close()


def test_from_the_package_to_acceptance(city: City, tmp_path: Path) -> None:
    db = support.open_database(tmp_path)
    support.add_case(db, "BD-HOLDER")
    case = Case(
        case_no=CASE, guide_code="food-licence-new", guide_name="食品经营许可新办", guide_version="1", created_at=NOW, updated_at=NOW
    )  # fmt: skip
    case.move(CaseStatus.READY)
    case.package, case.package_version = PackageRef(version=1, sha256="0" * 64, blob_id="x", built_at=NOW), 1
    parts.submit(case, NOW)
    case.parts[0].handing = HANDING.model_copy()
    with db.write() as conn:
        repository.save(conn, case, "c-BD-HOLDER", NOW)
        outbox.add(conn, CASE, 1, NOW)
    sink = CaseSink(db, city.clock)
    delivery = Delivery(db, city.office, lambda *_: support.package(CASE), sink, city.clock, Backoff())

    def held() -> Case:
        with db.read() as conn:
            found = repository.find(conn, CASE)
        assert found is not None
        return found[0]

    received = delivery.attempt(CASE, 1).received
    assert received is not None
    delivery.record(CASE, 1, received)
    ahead = held()
    assert ahead.status is CaseStatus.SUBMITTED and ahead.office_ref == received.office_ref
    # The office knows of it: that is no receipt, and neither 五日 nor any other limit begins.
    assert ahead.receipts == [] and standing.of_case(ahead)[0].received is None
    assert "还没有收件" in ahead.timeline[-1].text

    follower = Follower(db, city.office, sink, city.clock, every_s=0)
    assert follower.round() == 0
    city.clock.advance(timedelta(days=1))
    city.act(received.office_ref, "papers")
    assert follower.round() == 1
    came = held()
    assert came.status is CaseStatus.SUBMITTED and len(came.receipts) == 1
    assert standing.of_case(came)[0].received == city.clock.now().date()
    city.act(received.office_ref, "accept")
    city.clock.advance(timedelta(minutes=1))
    assert follower.round() == 1 and held().status is CaseStatus.ACCEPTED
    with db.read() as conn:
        kinds = [event.kind for event in events.after(conn, 0, 20)]
    assert kinds.count("received") == 1


def test_slots_as_the_office_gives_them(city: City) -> None:
    free = city.counter.free(HANDING, NOW)
    assert free[0].code == "hall-enterprise.20261110.1030", "the windows of her department, and what is still to come today"
    booked = city.counter.book(CASE, "", HANDING, free[0])
    assert booked.place.address and city.counter.book(CASE, "", HANDING, free[0]) == booked, "the same key gives the same"
    later = HANDING.model_copy(update={"booking": booked, "booked": 1})
    moved = city.counter.book(CASE, "", later, free[3])
    assert [one.slot.code for one in city.windows.of_case(CASE)] == [free[3].code] == [moved.slot.code]


def test_no_more_than_the_window_takes(city: City) -> None:
    slot = city.counter.free(HANDING, NOW)[0]
    for number in range(slot.free):
        city.counter.book(f"BD-{number}", "", HANDING, slot)
    with pytest.raises(WindowsRefused) as refused:
        city.counter.book(CASE, "", HANDING, slot)
    assert refused.value.code == "slot-full"
    other = city.counter.free(HANDING, NOW)[0]
    assert other.code != slot.code
    kept = HANDING.model_copy(update={"booking": city.counter.book(CASE, "", HANDING, other), "booked": 1})
    with pytest.raises(WindowsRefused):
        city.counter.book(CASE, "", kept, slot)
    assert [one.slot.code for one in city.windows.of_case(CASE)] == [other.code], "what she had holds"


def test_given_back_once_and_not_when_its_time_has_come(city: City) -> None:
    slot = city.counter.free(HANDING, NOW)[0]
    held = HANDING.model_copy(update={"booking": city.counter.book(CASE, "", HANDING, slot)})
    city.counter.cancel(held)
    city.counter.cancel(held)
    assert city.windows.of_case(CASE) == []
    again = HANDING.model_copy(update={"booked": 1})
    held = again.model_copy(update={"booking": city.counter.book(CASE, "", again, slot)})
    city.clock.advance(timedelta(hours=1))
    with pytest.raises(WindowsRefused):
        city.counter.cancel(held)
    assert held.booking is not None
    city.counter.give_up("HALL", held.booking.booking_no)
