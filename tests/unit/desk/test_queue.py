"""The desk's operations one by one: groups, priority, capacity, presence, passing on, supervisors, wrap-up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from assistant.casework.ratings import store
from assistant.casework.ratings.model import Said
from assistant.desk import books, sessions
from assistant.desk.books import NotYours
from assistant.desk.queue import Ending
from assistant.desk.reporting import period, record, report
from assistant.desk.sessions import Lives
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.settings import Settings
from tests.unit.desk.world import World, arranged


@pytest.fixture
def world(db: Database, clock: FixedClock, settings: Settings) -> World:
    return World(db, clock, settings, arranged())


@pytest.fixture
def skilled(db: Database, clock: FixedClock, settings: Settings) -> World:
    """Three groups: one for English, one for a district, one for the rest, which is given what waits."""
    return World(db, clock, settings, arranged(
        english={"languages": ["en"]}, pudong={"districts": ["310115"], "assign": "push"}, general={"assign": "push"},
    ))  # fmt: skip


def refused(world: World, what: object, *args: object, **more: object) -> str:
    with pytest.raises(NotYours) as caught:
        world.do(what, *args, **more)
    return caught.value.code


def test_who_is_in_danger_comes_first_then_whoever_came_first(world: World) -> None:
    first, second = world.citizen(), world.citizen()
    complaint, danger = world.citizen("complaint"), world.citizen("danger")
    assert world.waiting() == [danger, complaint, first, second]
    with world.db.read() as conn:
        assert [world.desk.place(conn, one) for one in (danger, complaint, first, second)] == [1, 2, 3, 4]


def test_nobody_has_more_than_she_can(world: World) -> None:
    anna = world.operator("zhuo-1")
    waiting = [world.citizen() for _ in range(3)]
    world.claim(waiting[0], anna)
    world.claim(waiting[1], anna)
    assert refused(world, world.desk.claim, waiting[2], anna, "…", world.clock.now()) == "full"
    world.do(world.desk.seats.set_capacity, anna, 3, world.clock.now())
    world.claim(waiting[2], anna)
    assert world.waiting() == []


def test_groups_take_what_they_know_and_are_given_it(skilled: World) -> None:
    anna, bert = skilled.operator("zhuo-1", "pudong"), skilled.operator("zhuo-2", "general")
    english = skilled.citizen(locale="en")
    general, pudong = skilled.citizen(), skilled.citizen(region="310115")
    assert [skilled.stay(one).skill_group for one in (english, general, pudong)] == ["english", "general", "pudong"]
    skilled.rounds.run()
    assert (skilled.stay(general).staff_id, skilled.stay(pudong).staff_id) == (bert, anna)
    assert skilled.waiting() == [english]  # nobody there speaks it, and its group is not given anything
    assert refused(skilled, skilled.desk.claim, english, anna, "…", skilled.clock.now()) == "other_group"
    skilled.claim(english, skilled.operator("zhuo-3"))  # of no group: of all


def test_the_oldest_is_given_when_there_is_room_again(skilled: World) -> None:
    anna = skilled.operator("zhuo-1")
    waiting = [skilled.citizen() for _ in range(4)]
    skilled.rounds.run()
    assert skilled.waiting() == waiting[2:]
    skilled.do(skilled.desk.release, waiting[0], anna, skilled.clock.now())
    skilled.rounds.run()
    assert skilled.waiting() == waiting[3:]
    skilled.do(skilled.desk.release, waiting[1], anna, skilled.clock.now())
    skilled.do(skilled.desk.seats.say, anna, "away", skilled.clock.now())
    skilled.rounds.run()
    assert skilled.waiting() == waiting[3:], "somebody away is given nothing"


def test_the_place_is_of_the_moment_she_asked_not_of_the_one_it_was_noted(world: World) -> None:
    slow, quick = world.citizen(None), world.citizen(None)
    asked = world.clock.now()
    world.wait(1)
    world.asks(quick)
    world.wait(5)
    world.do(world.desk.enqueue, slow, "to_human", asked)
    assert world.waiting() == [slow, quick]


def test_nothing_is_given_out_of_hours(skilled: World) -> None:
    skilled.wait(3600 * 8)  # 18:00
    skilled.operator("zhuo-1")
    late = skilled.citizen()
    skilled.rounds.run()
    assert skilled.waiting() == [late]
    assert skilled.stay(late).promised_at.isoformat() == "2026-11-11T09:00:00+08:00"


def test_an_operator_who_vanishes_loses_what_she_had_and_it_keeps_its_place(world: World) -> None:
    anna, bert = world.operator("zhuo-1"), world.operator("zhuo-2")
    first, second = world.citizen(), world.citizen()
    world.claim(first, anna)
    for _ in range(7):
        world.wait(10)
        world.do(world.desk.seats.seen, bert, world.clock.now())
        world.rounds.run()
    assert world.waiting() == [second]
    world.wait(9)
    world.rounds.run()  # it is to be back within 90 seconds, and giving it back takes a moment too
    assert world.waiting() == [first, second]
    assert world.marks(first) == ["queue", "staff", "queue"]


def test_who_signs_in_again_is_available(world: World) -> None:
    anna = world.operator("zhuo-1")
    for state in ("away", "offline"):
        world.do(world.desk.seats.say, anna, state, world.clock.now())
        with world.db.write() as conn:
            assert world.desk.seats.state(conn, anna, world.clock.now()) == state
            sessions.sign_in(conn, anna, world.clock.now(), Lives(12, 60))
            assert world.desk.seats.state(conn, anna, world.clock.now()) == "available"
            assert [seat.staff_id for seat in world.desk.seats.there(conn, world.clock.now())] == [anna]


def test_the_database_itself_holds_one_live_stay_of_a_conversation(world: World) -> None:
    one = world.citizen()
    twice = {**world.stay(one)._mapping, "id": "second"}
    with pytest.raises(IntegrityError), world.db.write() as conn:
        conn.execute(insert(desk_entry).values(twice))


def test_after_a_start_nobody_has_vanished_before_she_could_be_heard_of(world: World) -> None:
    """The app was away for longer than a page may be silent: everybody keeps what she has, and whoever stays silent loses it."""
    anna = world.operator("zhuo-1")
    first = world.citizen()
    world.claim(first, anna)
    world.wait(300)
    world.desk.seats.listening_since = world.clock.now()
    for _ in range(8):
        world.rounds.run()
        assert world.owner(first) == "staff"
        world.wait(10)
    world.rounds.run()
    assert world.waiting() == [first]


def test_passing_on_to_a_person_and_to_a_group(skilled: World) -> None:
    anna, bert = skilled.operator("zhuo-1", "general"), skilled.operator("zhuo-2", "english")
    one = skilled.citizen()
    skilled.claim(one, anna)
    now = skilled.clock.now()
    assert refused(skilled, skilled.desk.transfer, one, anna, now, group="nobody") == "unknown_group"
    assert refused(skilled, skilled.desk.transfer, one, anna, now, to=anna) == "absent"
    skilled.do(skilled.desk.transfer, one, anna, now, group="english", note="要说英语")
    assert (skilled.stay(one).skill_group, skilled.owner(one)) == ("english", "queue")
    skilled.claim(one, bert)
    skilled.do(skilled.desk.transfer, one, bert, now, to=anna)
    assert refused(skilled, skilled.desk.claim, one, bert, "…", now) == "for_other"
    skilled.rounds.run()
    assert skilled.stay(one).staff_id == anna
    with skilled.db.read() as conn:
        assert [(note.kind, note.text) for note in books.notes_of(conn, one)] == [("transfer", "要说英语")]


def test_who_waits_for_somebody_that_goes_waits_for_the_group(world: World) -> None:
    anna, bert = world.operator("zhuo-1"), world.operator("zhuo-2")
    one = world.citizen()
    world.claim(one, anna)
    world.do(world.desk.seats.say, bert, "away", world.clock.now())
    world.do(world.desk.transfer, one, anna, world.clock.now(), to=bert)
    world.do(world.desk.seats.say, bert, "offline", world.clock.now())
    world.rounds.run()
    assert world.stay(one).for_staff is None
    world.claim(one, anna)
    assert world.stay(one).staff_id == anna


def test_a_supervisor_joins_whispers_and_takes_over(world: World) -> None:
    anna, boss = world.operator("zhuo-1"), world.operator("boss")
    one = world.citizen()
    now = world.clock.now()
    assert refused(world, world.chief.join, one, boss, "主管", now) == "", "nobody has it yet"
    world.claim(one, anna)
    assert refused(world, world.desk.say, one, boss, "主管", "您好", now) == ""
    for _ in range(2):
        world.do(world.chief.join, one, boss, "主管", now)
    world.do(world.desk.say, one, boss, "主管", "您好", now)
    assert world.marks(one) == ["queue", "staff", "staff"], "she sees somebody join, once"
    world.do(world.chief.whisper, one, boss, "先问清楚", now)
    with world.db.read() as conn:
        assert [(note.kind, note.text) for note in books.notes_of(conn, one)] == [("whisper", "先问清楚")]
        assert world.desk.may_read(conn, one, boss)
    world.do(world.chief.part, one, boss, "主管", now)
    assert refused(world, world.desk.say, one, boss, "主管", "还有", now) == ""
    world.do(world.chief.take_over, one, boss, "主管", now)
    assert world.stay(one).staff_id == boss
    assert refused(world, world.desk.say, one, anna, "…", "还有", now) == ""


def test_a_closed_conversation_comes_back_to_who_asked_for_it_until_then(world: World) -> None:
    anna = world.operator("zhuo-1")
    one = world.citizen()
    world.claim(one, anna)
    until = world.clock.now() + timedelta(hours=1)
    world.do(world.desk.release, one, anna, world.clock.now(), Ending("to_office", close=True, keep_until=until))
    assert world.owner(one) == "closed"
    with world.db.read() as conn:
        assert world.desk.keeper(conn, one, until - timedelta(seconds=1)) == anna
        assert world.desk.keeper(conn, one, until) is None
    world.wait(60)
    world.asks(one, "kept")
    assert world.stay(one).for_staff == anna


def test_a_wrap_up_with_an_unknown_reason_changes_nothing(world: World) -> None:
    anna = world.operator("zhuo-1")
    one = world.citizen()
    world.claim(one, anna)
    with pytest.raises(ValueError, match="whatever"):
        world.do(world.desk.release, one, anna, world.clock.now(), Ending("whatever"))
    assert world.owner(one) == "staff"


def test_a_rating_is_of_who_had_the_talk_last_even_where_it_was_passed_on_and_nobody_came(world: World) -> None:
    anna, bert, citizen = world.operator("zhuo-1"), world.operator("zhuo-2"), world.citizen()

    def rated() -> str | None:
        return store.keep(conn, Said(citizen, "satisfied"), store.About(citizen), world.clock.now()).staff_id

    with world.db.write() as conn:
        assert rated() is None
    world.claim(citizen, anna)
    world.do(world.desk.transfer, citizen, anna, world.clock.now(), group="general")
    world.do(world.desk.leave, citizen, world.clock.now())
    with world.db.write() as conn:
        assert rated() == anna
    world.wait(60)
    world.asks(citizen)
    world.claim(citizen, bert)
    with world.db.write() as conn:
        assert rated() == bert


def test_a_report_counts_a_stay_for_the_reason_it_began_with(world: World) -> None:
    calm, angry = world.citizen(), world.citizen("not_understood")
    today = period.day(world.clock.now().astimezone(SHANGHAI).date())

    def reasons() -> dict[str, int]:
        with world.db.read() as conn:
            total = report.make(record.read(conn, today), today, world.desk.arrangement).total
        assert sum(total.reasons.values()) == total.asked_for
        return dict(total.reasons)

    assert reasons() == {"not_understood": 1, "to_human": 1}
    for graver in ("complaint", "danger"):
        world.do(world.desk.enqueue, angry, graver, world.clock.now())
    assert (world.stay(angry).reason, world.stay(calm).reason) == ("danger", "to_human")
    assert reasons() == {"not_understood": 1, "to_human": 1}, "the same day has the same numbers"
