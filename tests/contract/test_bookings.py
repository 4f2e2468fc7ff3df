"""The door of the sheet, and staff's view of who comes to a window and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.casework.bookings import store
from assistant.casework.bookings.model import Booking, Handing, Slot
from assistant.casework.model import Case, CasePart, CaseStatus
from assistant.foundation import tables
from assistant.foundation.database import Database
from tests.contract.desk_world import Colleague, hire
from tests.unit.casework.bookings.support import PLACE
from tests.unit.casework.submission import support
from tests.unit.casework.submission.support import CASE


@pytest.fixture
def starts(app: FastAPI, db: Database) -> Slot:
    """A slot of tomorrow, booked for a case."""
    at = app.state.parts.clock.now() + timedelta(days=1)
    slot = Slot(code="hall.x", window="hall", starts=at, ends=at + timedelta(minutes=30))
    booking = Booking(booking_no="YY1", slot=slot, place=PLACE)
    support.add_case(db)
    part = CasePart(status=CaseStatus.SUBMITTED, handing=Handing(way="window", office="HALL", booking=booking, booked=1))
    held = Case(case_no=CASE, guide_code="x", guide_name="示例事项", guide_version="1", status=CaseStatus.SUBMITTED,
                parts=[part], created_at=support.NOW, updated_at=support.NOW)  # fmt: skip
    with db.write() as conn:
        conn.execute(tables.case_.update().values(data=held.model_dump(mode="json", exclude={"revision"})))
        store.keep(conn, "HALL", CASE, "", booking, support.NOW)
    return slot


def test_staff_see_who_comes_and_when(app: FastAPI, starts: Slot) -> None:
    hire(app.state.parts, "zhuo-1", name="坐席一")
    operator = Colleague(TestClient(app), "zhuo-1")
    [one] = operator.http.get("/console/api/bookings").json()
    assert (one["case_no"], one["item"], one["booking_no"], one["came"]) == (CASE, "示例事项", "YY1", False)
    assert one["starts"] == starts.starts.isoformat() and PLACE.address in one["place"]
    assert TestClient(app).get("/console/api/bookings").status_code == 401


def test_a_slot_given_back_is_no_longer_there(app: FastAPI, db: Database, starts: Slot) -> None:
    hire(app.state.parts, "zhuo-1", name="坐席一")
    with db.write() as conn:
        store.leave(conn, "HALL", "YY1", support.NOW, told=False)
    assert Colleague(TestClient(app), "zhuo-1").http.get("/console/api/bookings").json() == []


def test_the_sheet_of_somebody_elses_case_is_not_found(app: FastAPI, starts: Slot) -> None:
    client = TestClient(app)
    token = client.post("/api/v1/conversations", json={"channel": "web"}).json()["token"]
    path = f"/api/v1/cases/{CASE}/handing-sheet"
    assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    assert client.get(path).status_code == 401
