"""What opens a case that staff began for somebody, on SQLite and on PostgreSQL, and with several who try at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from assistant.desk import assisting, books
from assistant.desk.assisting import Assistance, Consent
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import assistance
from assistant.foundation.settings import Settings
from tests.unit.desk.world import World, arranged

CODE, TAIL = "ABCD-2345", "002X"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> Iterator[World]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    db = Database(url, KeyRing.open(settings.keyring_path), "normal")
    db.upgrade()
    yield World(db, clock, settings, arranged())
    db.dispose()


def begun(world: World) -> str:
    """A case begun on the phone and handed over; its conversation."""
    anna, citizen = world.operator("zhuo-1"), world.citizen(None)
    consent = Consent("同意代办", sms=True, phone="13800138000")
    more = {"staff_id": anna, "name": "1号坐席", "item": "passport", "channel": "phone", "given": "oral", "consent": consent}
    with world.db.write() as conn:
        assisting.begin(conn, world.desk, citizen, at=world.clock.now(), **more)  # type: ignore[arg-type]  # one dict of all
        found = assisting.of(conn, citizen)
        assert found is not None
        assisting.hand_over(conn, found, staff_id=anna, code=CODE, tail=TAIL, keyed=world.db.keyring.blind_index, at=world.clock.now())
    return citizen


def held(world: World, citizen: str) -> Assistance:
    with world.db.read() as conn:
        found = assisting.of(conn, citizen)
    assert found is not None
    return found


def tried(world: World, tail: str, people: int) -> Counter[str]:
    """What becomes of so many tries at once."""
    together = threading.Barrier(people, timeout=20)

    def one(_: int) -> str:
        together.wait()
        with world.db.write() as conn:
            return assisting.open_with(conn, CODE, tail, keyed=world.db.keyring.blind_index, at=world.clock.now()).kind

    with ThreadPoolExecutor(people) as pool:
        return Counter(pool.map(one, range(people)))


def test_it_is_begun_kept_and_taken_back(world: World) -> None:
    citizen = begun(world)
    found = held(world, citizen)
    assert (found.consent.words, found.consent.phone, found.state(world.clock.now())) == ("同意代办", "13800138000", "handed")
    assert found.link_until == world.clock.now() + timedelta(hours=24) and world.stay(citizen).state == books.CLAIMED
    with world.db.write() as conn:
        assert [one.id for one in assisting.listed(conn, found.staff_id, world.clock.now())] == [found.id]
        assisting.end(conn, found, keep=False, actor="citizen", at=world.clock.now())
    ended = held(world, citizen)
    assert (ended.state(world.clock.now()), ended.ended, ended.consent.phone) == ("ended", "deleted", None)
    assert tried(world, TAIL, 1) == {"wrong": 1}, "no code opens it any more"


def test_a_code_opens_once_whoever_is_quicker(world: World) -> None:
    citizen = begun(world)
    assert tried(world, TAIL, 4) == {"fits": 1, "wrong": 3}
    assert held(world, citizen).state(world.clock.now()) == "opened"


def test_five_wrong_tries_lock_it_also_at_once(world: World) -> None:
    citizen = begun(world)
    assert tried(world, "0000", 8) == {"wrong": assisting.TRIES, "locked": 3}
    assert tried(world, TAIL, 1) == {"locked": 1}
    with world.db.write() as conn:
        conn.execute(update(assistance).values(tries=0))
    world.wait(24 * 3600)
    assert tried(world, TAIL, 1) == {"expired": 1} and held(world, citizen).opened_at is None
