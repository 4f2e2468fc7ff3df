"""Call-backs and appointments in virtual time: promised for when people are there, kept then, each appointment taken once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from assistant.desk.books import NotYours
from assistant.desk.queue import Ending
from assistant.foundation import audit
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from tests.unit.desk.world import CALM, World, arranged

NUMBER = "13800138000"


@pytest.fixture
def world(db: Database, clock: FixedClock, settings: Settings) -> World:
    return World(db, clock, settings, arranged(general={"slots": 3}))


def at(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "wanted", "promised"),
    [
        ("2026-11-10 10:01", None, "2026-11-10 10:35"),  # within half an hour, on whole five minutes
        ("2026-11-10 11:15", None, "2026-11-10 13:15"),  # lunch does not count
        ("2026-11-10 16:45", None, "2026-11-11 09:15"),
        ("2026-11-10 10:01", "2026-11-10 15:00", "2026-11-10 15:00"),
        ("2026-11-10 10:01", "2026-11-10 12:00", "2026-11-10 13:00"),
        ("2026-11-10 10:01", "2026-11-10 09:00", "2026-11-10 10:05"),  # not before now
        ("2026-09-30 16:59", "2026-10-02 10:00", "2026-10-08 09:00"),  # National Day
    ],
)
def test_a_call_is_promised_for_when_people_are_there(world: World, now: str, wanted: str | None, promised: str) -> None:
    one = world.citizen(None)
    asked = at(wanted) if wanted else None
    moment = world.do(world.desk.promises.callback, one, NUMBER, at(now), wanted=asked)
    assert moment == at(promised)
    with world.db.read() as conn:
        promise = world.desk.promises.of(conn, one)
        assert promise is not None and promise.at == moment
        stored = conn.execute(text("SELECT contact FROM desk_entry")).scalar_one()
        assert NUMBER.encode() not in stored


def test_a_promise_is_kept_at_its_time_before_others_and_the_number_is_shown_to_who_has_it(world: World) -> None:
    anna, bert = world.operator("zhuo-1"), world.operator("zhuo-2")
    one = world.citizen()
    moment = world.do(world.desk.promises.callback, one, NUMBER, world.clock.now(), wanted=world.clock.now() + timedelta(minutes=4))
    assert world.waiting() == [], "who is to be called does not wait"
    first = world.citizen()
    world.clock.advance(moment - world.clock.now() - timedelta(seconds=1))
    world.rounds.run()
    assert world.waiting() == [first]
    world.wait(1)
    world.rounds.run()
    assert world.waiting() == [one, first]
    for who in (anna, bert):
        world.do(world.desk.seats.seen, who, world.clock.now())
    world.claim(one, anna)
    assert world.owner(one) == "staff"
    with pytest.raises(NotYours):
        world.do(world.desk.promises.contact, one, bert, world.clock.now())
    assert world.do(world.desk.promises.contact, one, anna, world.clock.now()) == NUMBER
    with world.db.read() as conn:
        shown = conn.execute(text("SELECT actor FROM audit_entry WHERE action = 'desk.contact_shown'")).scalars().all()
        assert shown == [f"staff:{anna}"] and audit.verify(conn).ok
        [limit, *_] = world.desk.watch.limits(conn, world.chief.board(conn), world.clock.now())[world.stay(one).id]
        assert (limit.name, limit.state, limit.began) == ("first_answer", "met", moment), "a call that is made answers her"


def test_appointments_are_spread_over_the_shifts_and_taken_once(world: World) -> None:
    one, other = world.citizen(None), world.citizen(None)
    with world.db.read() as conn:
        offered = world.desk.promises.slots(conn, one, world.clock.now())
    assert [f"{moment:%d %H:%M}" for moment in offered[:6]] == ["10 10:40", "10 13:00", "10 14:20", "10 15:40", "11 09:00", "11 09:50"]
    world.do(world.desk.promises.book, one, offered[1], world.clock.now())
    assert not world.do(world.desk.promises.book, other, offered[1], world.clock.now())
    assert not world.do(world.desk.promises.book, other, offered[1] + timedelta(minutes=1), world.clock.now())
    with world.db.read() as conn:
        assert world.desk.promises.slots(conn, other, world.clock.now()) == [offered[0], *offered[2:]]
        assert [(kept.conversation_id, kept.kind) for kept in world.desk.promises.all(conn)] == [(one, "slot")]
    assert world.do(world.desk.promises.cancel, one, world.clock.now())
    world.do(world.desk.promises.book, other, offered[1], world.clock.now())


def test_a_new_promise_takes_the_place_of_the_old_and_a_solved_talk_of_both(world: World) -> None:
    anna = world.operator("zhuo-1")
    one = world.citizen(None)
    world.do(world.desk.promises.callback, one, NUMBER, world.clock.now())
    later = world.do(world.desk.promises.callback, one, NUMBER, world.clock.now(), wanted=world.clock.now() + timedelta(hours=4))
    world.asks(one)
    world.claim(one, anna)
    with world.db.read() as conn:
        promise = world.desk.promises.of(conn, one)
        assert promise is not None and promise.at == later, "a talk in between does not take back what was promised"
    world.do(world.desk.release, one, anna, world.clock.now(), Ending("solved"))
    with world.db.read() as conn:
        assert world.desk.promises.of(conn, one) is None


def test_a_manager_hears_once_before_a_limit_runs_out(db: Database, clock: FixedClock, settings: Settings) -> None:
    limit = CALM | {"first_answer": 60}
    world = World(db, clock, settings, arranged(general={"limits": limit}))
    one = world.citizen()
    told = []
    for seconds in (0, 44, 1, 1, 14, 1, 60):
        world.wait(seconds)
        with world.db.read() as conn:
            told.append([what for _, what, _ in world.desk.watch.near(conn, clock.now())])
        world.rounds.watch()
    assert told == [[], [], ["warned"], [], [], ["missed"], []]
    assert world.stay(one).escalated_at is not None
    with world.db.read() as conn:
        assert world.desk.watch.escalated(conn) == [one]
    world.do(world.desk.leave, one, clock.now())
    with world.db.read() as conn:
        assert world.desk.watch.escalated(conn) == [], "it is over"


def test_the_outlook(db: Database, clock: FixedClock, settings: Settings) -> None:
    world = World(db, clock, settings, arranged())
    one = world.citizen(None)
    with world.db.read() as conn:
        assert world.desk.outlook.of(conn, one, clock.now()).wait is None, "nobody is there"
    anna = world.operator("zhuo-1")
    for _ in range(5):
        waits = world.citizen()
        world.wait(20)
        world.do(world.desk.seats.seen, anna, clock.now())
        world.claim(waits, anna)
        world.wait(60)
        world.do(world.desk.seats.seen, anna, clock.now())
        world.do(world.desk.release, waits, anna, clock.now())
    with world.db.read() as conn:
        outlook = world.desk.outlook.of(conn, one, clock.now())
    assert (outlook.place, outlook.wait, outlook.there, outlook.opens_at) == (1, 20, 1, None)
    for _ in range(2):
        world.claim(world.citizen(), anna)
    first, second = world.citizen(), world.citizen("danger")
    with world.db.read() as conn:
        assert [(world.desk.outlook.of(conn, who, clock.now()).place, world.desk.outlook.of(conn, who, clock.now()).wait)
                for who in (second, first)] == [(1, 30), (2, 60)]  # fmt: skip
        assert world.desk.outlook.of(conn, one, clock.now(), reason="danger").place == 2
        assert world.desk.outlook.of(conn, one, clock.now()).place == 3
        assert world.desk.outlook.of(conn, one, at("2026-11-10 12:00")).opens_at == at("2026-11-10 13:00")
