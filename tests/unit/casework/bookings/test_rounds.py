"""Slots in the background: given back when the office is there again, and reminded of on the working day before, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.casework import repository
from assistant.casework.bookings import store
from assistant.casework.bookings.counter import Counter
from assistant.casework.bookings.model import Booking, Handing, Slot
from assistant.casework.bookings.service import BookingRounds
from assistant.casework.model import CasePart, CaseStatus
from assistant.casework.notices.reminders import Reminders
from assistant.foundation.clock import SHANGHAI
from tests.unit.casework.bookings.support import PLACE, Hall
from tests.unit.casework.notices.support import CASE_NO, World


def booked(world: World, starts: datetime, *, came: bool = False) -> tuple[Hall, BookingRounds, Booking]:
    """A case whose papers are to be brought at ``starts``, booked at a hall and noted here."""
    world.case()
    hall = Hall(world.clock.now())
    code = f"hall.{starts:%Y%m%d.%H%M}"
    slot = Slot(code=code, window="hall", starts=starts, ends=starts + timedelta(minutes=30), free=1)
    handing = Handing(way="window", office="HALL")
    counter = Counter({"HALL": hall})
    booking = counter.book(CASE_NO, "", handing, slot)
    handing.booking, handing.booked = booking, 1
    handing.received_at = world.clock.now() if came else None
    with world.db.write() as conn:
        store.keep(conn, "HALL", CASE_NO, "", booking, world.clock.now())
        store.keep(conn, "HALL", CASE_NO, "", booking, world.clock.now())
    world.change(lambda case: setattr(case, "parts", [CasePart(status=CaseStatus.SUBMITTED, handing=handing)]))
    return hall, BookingRounds(world.db, counter, world.clock), booking


def reminded(world: World, rounds: BookingRounds, days: int) -> list[str]:
    """What is said in so many mornings from now on."""
    reminders = Reminders(world.db, world.planner, world.clock, bookings=rounds.on)
    for _ in range(days):
        reminders.run()
        world.rounds()
        world.clock.advance(timedelta(days=1))
    return [str(said["text"]) for said in world.said() if "您约了" in str(said["text"])]


def test_mondays_slot_is_reminded_of_on_friday_and_once(world: World) -> None:
    assert world.clock.now().date() == date(2025, 11, 21)  # a Friday
    _, rounds, _ = booked(world, datetime(2025, 11, 24, 9, 30, tzinfo=SHANGHAI))
    said = reminded(world, rounds, 4)
    assert len(said) == 1 and "2025年11月24日 09:30" in said[0] and PLACE.address in said[0]


def test_nobody_is_reminded_who_has_been_there_or_gave_it_back(world: World) -> None:
    starts = datetime(2025, 11, 24, 9, 30, tzinfo=SHANGHAI)
    _, rounds, booking = booked(world, starts, came=True)
    assert list(rounds.on(starts.date())) == []
    with world.db.read() as conn:
        found = repository.find(conn, CASE_NO)
    assert found is not None and found[0].parts[0].handing is not None
    world.change(lambda case: setattr(case.parts[0].handing, "received_at", None))
    assert [one.starts for one in rounds.on(starts.date())] == [starts]
    with world.db.write() as conn:
        store.leave(conn, "HALL", booking.booking_no, world.clock.now(), told=True)
    assert list(rounds.on(starts.date())) == []


def test_a_slot_is_given_back_when_the_office_is_there_again(world: World) -> None:
    hall, rounds, booking = booked(world, datetime(2025, 11, 24, 9, 30, tzinfo=SHANGHAI))
    with world.db.write() as conn:
        store.leave(conn, "HALL", booking.booking_no, world.clock.now(), told=False)
    hall.down = True
    assert rounds.run() == 0 and hall.booked()
    hall.down = False
    assert rounds.run() == 0, "not at once again"
    world.clock.advance(timedelta(minutes=1))
    assert rounds.run() == 1 and hall.booked() == []
    assert rounds.run() == 0
    with world.db.read() as conn:
        assert store.upcoming(conn, world.clock.now(), 10) == []
