"""Slots at windows: what is offered, booked once, given back, and never given to more people than there are places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import pytest

from sandbox.config import SHANGHAI, SandboxConfig
from sandbox.office import windows
from sandbox.office.bookings import Booking, Bookings
from sandbox.office.store import Store
from sandbox.problems import Problem
from tests.unit.sandbox.conftest import Hands, Sender

SLOT = "fire-desk.20251124.0900"  # a Monday


def book(sender: Sender, case_no: str = "BD-0001", slot: str = SLOT, key: str = "k-1") -> Any:
    return sender.post("/bookings", {"case_no": case_no, "slot": slot, "key": key})


def test_a_department_has_its_own_windows_or_the_general_one(sender: Sender) -> None:
    names = [window["window"] for window in sender.get("/windows?department=消防救援机构（县级）").json()["items"]]
    assert names == ["fire-desk"]
    general = sender.get("/windows?department=残疾人联合会").json()["items"]
    assert [window["window"] for window in general] == ["hall-general"]
    assert general[0]["hours"][0] == {"from": "09:00", "to": "11:30"} and general[0]["address"]
    assert len(sender.get("/windows").json()["items"]) == len(windows.all_windows())


def test_slots_are_offered_on_working_days_and_not_after_they_began(sender: Sender, hands: Hands) -> None:
    items = sender.get("/slots?department=消防&from=2025-11-21&to=2025-11-24").json()["items"]
    # The test's clock stands at nine on a Friday: its first slot has begun.
    assert [item["slot"] for item in items] == [
        "fire-desk.20251121.1000",
        "fire-desk.20251124.0900",
        "fire-desk.20251124.1000",
    ]
    assert items[0] == {
        "slot": "fire-desk.20251121.1000",
        "window": "fire-desk",
        "starts": "2025-11-21T10:00:00+08:00",
        "ends": "2025-11-21T11:00:00+08:00",
        "capacity": 1,
        "free": 1,
    }
    assert sender.get("/slots?from=2025-11-21&to=2025-12-31").json()["code"] == "dates-invalid"
    assert sender.get("/slots?from=2025-11-22&to=2025-11-21").json()["code"] == "dates-invalid"
    assert {item["window"] for item in sender.get("/slots?window=hall-general").json()["items"]} == {"hall-general"}


def test_public_holidays_and_made_up_days_are_known() -> None:
    hall = windows.all_windows()[0]
    assert windows.slots_on(hall, date(2025, 10, 1)) == []  # National Day, a Wednesday
    assert len(windows.slots_on(hall, date(2025, 9, 28))) == 11  # a Sunday worked in exchange
    assert len(windows.slots_on(hall, date(2099, 1, 1))) == 11  # nobody knows yet: a Thursday


def test_a_booking_repeated_is_one_booking(sender: Sender) -> None:
    first, again = book(sender), book(sender)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    held = first.json()
    assert held["booking_no"] == "YY20251121000001" and held["status"] == "booked"
    assert (held["starts"], held["name"]) == ("2025-11-24T09:00:00+08:00", "消防救援机构受理窗口")
    assert sender.get("/bookings?case_no=BD-0001").json() == {"items": [held]}
    assert sender.get(f"/bookings/{held['booking_no']}").json() == held
    assert sender.get("/slots?window=fire-desk&from=2025-11-24&to=2025-11-24").json()["items"][0]["free"] == 0


@pytest.mark.parametrize(
    ("case_no", "slot", "key", "status", "code"),
    [
        ("BD-0002", SLOT, "k-2", 409, "slot-full"),
        ("BD-0002", SLOT, "k-1", 409, "key-reused"),
        ("BD-0001", "fire-desk.20251124.1000", "k-2", 409, "already-booked"),
        ("BD-0002", "fire-desk.20251121.0900", "k-2", 409, "slot-closed"),
        ("BD-0002", "fire-desk.20260601.0900", "k-2", 409, "slot-closed"),
        ("BD-0002", "fire-desk.20251123.0900", "k-2", 404, "no-slot"),
        ("BD-0002", "fire-desk.20251124.0930", "k-2", 404, "no-slot"),
        ("BD-0002", "fire-desk.20251124.900", "k-2", 404, "no-slot"),
        ("BD-0002", "nowhere.20251124.0900", "k-2", 404, "no-slot"),
        ("../etc", SLOT, "k-2", 422, "invalid-request"),
        ("BD-0002", SLOT, "k 2", 422, "invalid-request"),
    ],
)
def test_what_cannot_be_booked_is_refused(sender: Sender, case_no: str, slot: str, key: str, status: int, code: str) -> None:
    book(sender)
    answer = book(sender, case_no, slot, key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_place_given_back_can_be_taken_by_others(sender: Sender, hands: Hands) -> None:
    number = book(sender).json()["booking_no"]
    for _ in range(2):
        assert sender.post(f"/bookings/{number}/cancel", {}).json()["status"] == "cancelled"
    other = book(sender, "BD-0002", key="k-2").json()["booking_no"]
    assert sender.get(f"/bookings/{number}").json()["status"] == "cancelled"
    hands.advance(days=4)
    answer = sender.post(f"/bookings/{other}/cancel", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot-closed")
    assert sender.post("/bookings/YY0/cancel", {}).status_code == 404


def test_strangers_book_nothing(sender: Sender) -> None:
    sender.headers = {}
    answers = [book(sender), sender.get("/windows"), sender.get("/slots"), sender.get("/bookings?case_no=BD-0001")]
    assert [answer.status_code for answer in answers] == [401] * 4


def test_faults_concern_bookings_too(sender: Sender) -> None:
    sender.post("/admin/faults", {"mode": "error500", "count": 1})
    assert [book(sender).status_code, book(sender).status_code] == [500, 201]


def test_no_slot_is_ever_given_to_more_people_than_it_takes(config: SandboxConfig) -> None:
    # Two stores, as two processes would have: the lock inside one of them does not help.
    books = [Bookings(config, Store(config.data_dir)) for _ in range(2)]
    capacity = windows.all_windows()[0].capacity

    def wish(number: int) -> str:
        try:
            return str(
                books[number % 2].book(Booking(case_no=f"BD-{number}", slot="hall-general.20251124.0900", key=f"k-{number}"))[0][
                    "booking_no"
                ]
            )
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(wish, range(40)))
    booked = [answer for answer in answers if answer.startswith("YY")]
    assert len(booked) == len(set(booked)) == capacity
    assert set(answers) - set(booked) == {"slot-full"}
    day = date(2025, 11, 24)
    left = {item["slot"]: item["free"] for item in books[0].free("", "hall-general", day, day)}
    assert left["hall-general.20251124.0900"] == 0 and min(left.values()) == 0


def test_the_same_wish_at_once_is_one_booking(config: SandboxConfig) -> None:
    books = [Bookings(config, Store(config.data_dir)) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        numbers = list(
            pool.map(lambda n: books[n % 2].book(Booking(case_no="BD-1", slot=SLOT, key="same"))[0]["booking_no"], range(16))
        )
    assert len(set(numbers)) == 1


def test_slots_are_found_by_their_names() -> None:
    held = windows.slot("police-hall.20251124.1345")
    assert held is not None and held.starts == datetime(2025, 11, 24, 13, 45, tzinfo=SHANGHAI)
