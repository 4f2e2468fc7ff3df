"""Several people, and two apps' rounds, at the desk at once, on SQLite and on PostgreSQL: nothing is had twice, nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from assistant.desk.books import NotYours
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.settings import Settings
from tests.unit.desk.world import World, arranged

PEOPLE, CITIZENS, STEPS = 4, 10, 12


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> Iterator[World]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    db = Database(url, KeyRing.open(settings.keyring_path), "normal")
    db.upgrade()
    yield World(db, clock, settings, arranged(general={"assign": "push", "hours": "24h"}))
    db.dispose()


def test_everybody_at_once(world: World) -> None:
    people = [world.operator(f"zhuo-{number}") for number in range(PEOPLE)]
    citizens = [world.citizen() for _ in range(CITIZENS)]
    together = threading.Barrier(PEOPLE + 2)
    desk, now = world.desk, world.clock.now()

    def works(who: str) -> Counter[str]:
        choice, done = random.Random(who), Counter[str]()
        together.wait()
        for _ in range(STEPS):
            one = choice.choice(citizens)
            what = choice.choice(("claim", "release", "say", "take_over", "transfer", "heard"))
            try:
                with world.db.write() as conn:
                    match what:
                        case "claim":
                            desk.claim(conn, one, who, who, now)
                        case "release":
                            desk.release(conn, one, who, now)
                        case "say":
                            desk.say(conn, one, who, who, "您好", now)
                        case "take_over":
                            world.chief.take_over(conn, one, who, who, now)
                        case "transfer":
                            desk.transfer(conn, one, who, now, group="general")
                        case "heard":
                            desk.heard(conn, one, now)
                done[what] += 1
            except NotYours:
                done["refused"] += 1
        return done

    def rounds() -> Counter[str]:
        together.wait()
        for _ in range(STEPS):
            world.rounds.run()
        return Counter()

    with ThreadPoolExecutor(PEOPLE + 2) as pool:
        working = [pool.submit(works, who) for who in people] + [pool.submit(rounds) for _ in range(2)]
        done = sum((one.result(timeout=120) for one in working), Counter[str]())
    assert done.total() == PEOPLE * STEPS and done["refused"] < done.total()

    with world.db.read() as conn:
        rows = conn.execute(select(desk_entry.c.conversation_id, desk_entry.c.state, desk_entry.c.staff_id)).all()
    assert sorted(row.conversation_id for row in rows) == sorted(citizens), "nobody twice, nobody lost"
    held = Counter(row.staff_id for row in rows if row.state == "claimed")
    assert all(count <= 2 for count in held.values())
    for row in rows:
        owner = {"waiting": "queue", "claimed": "staff", "released": "bot"}[row.state]
        assert world.owner(row.conversation_id) == owner == world.marks(row.conversation_id)[-1]


def test_two_who_have_room_for_one_more_do_not_both_find_it(world: World) -> None:
    """One operator in two tabs: her capacity is hers, not the tab's."""
    anna = world.operator("zhuo-1")
    waiting = [world.citizen() for _ in range(4)]
    together = threading.Barrier(4)

    def claims(one: str) -> bool:
        together.wait()
        try:
            world.claim(one, anna)
        except NotYours as refused:
            assert refused.code == "full"
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claims, waiting)) == [False, False, True, True]
