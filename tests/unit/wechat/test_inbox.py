"""The inbox: kept once, in the platform's order, worked off by one at a time; and the intake that writes what comes together."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from channels.wechat import inbox
from channels.wechat.arriving import Arrived
from channels.wechat.inbox import KEPT, LEASE
from channels.wechat.intake import MOST, Intake


def came(clock: FixedClock, dedup: str, peer: str = "a", seconds: float = 0, text: str = "你好") -> Arrived:
    return Arrived("wx", f"openid-{peer}", peer, dedup, "text", clock.now() + timedelta(seconds=seconds), {"Content": text})


def put(db: Database, clock: FixedClock, *arrived: Arrived) -> None:
    with db.write() as conn:
        inbox.put(conn, arrived, clock.now())


def claim(db: Database, clock: FixedClock, worker: str, most: int = 10) -> list[str]:
    with db.write() as conn:
        return inbox.claim(conn, inbox.candidates(conn, most, clock.now(), sending=True), worker, clock.now())


def drained(db: Database, clock: FixedClock, peer: str) -> list[str]:
    said = []
    while True:
        with db.write() as conn:
            row = inbox.next_row(conn, peer, clock.now())
            if row is None:
                return said
            said.append(row.data["Content"])
            inbox.settle(conn, row.id)


def test_what_comes_twice_is_there_once(db: Database, clock: FixedClock) -> None:
    put(db, clock, came(clock, "1"), came(clock, "1"), came(clock, "2"))
    put(db, clock, came(clock, "2"))
    with db.read() as conn:
        assert inbox.waiting(conn) == 2


def test_what_overtook_on_the_way_is_put_in_order(db: Database, clock: FixedClock) -> None:
    put(db, clock, came(clock, "3", seconds=3, text="三"))
    put(db, clock, came(clock, "1", seconds=1, text="一"), came(clock, "2a", seconds=2, text="二"), came(clock, "2", seconds=2, text="又二"))
    assert drained(db, clock, "a") == ["一", "二", "又二", "三"]


def test_one_that_is_put_off_is_not_overtaken(db: Database, clock: FixedClock) -> None:
    put(db, clock, came(clock, "1", text="一"), came(clock, "2", seconds=1, text="二"))
    with db.write() as conn:
        row = inbox.next_row(conn, "a", clock.now())
        assert row is not None
        inbox.put_off(conn, row, clock.now() + timedelta(seconds=5))
        assert inbox.next_row(conn, "a", clock.now()) is None
    clock.advance(timedelta(seconds=6))
    assert drained(db, clock, "a") == ["一", "二"]


def test_of_two_workers_one_works_for_somebody_until_it_dies(db: Database, clock: FixedClock) -> None:
    put(db, clock, came(clock, "1", "a"), came(clock, "2", "b"))
    assert claim(db, clock, "one", 1) == ["a"]
    assert claim(db, clock, "two") == ["b"]
    assert claim(db, clock, "two") == []
    clock.advance(LEASE + timedelta(seconds=1))
    assert sorted(claim(db, clock, "three")) == ["a", "b"]
    with db.write() as conn:
        inbox.release(conn, "a", "one")
    assert claim(db, clock, "four") == [], "who lost it cannot give it back for another"


def test_settled_messages_are_known_for_a_week_without_their_words(db: Database, clock: FixedClock) -> None:
    put(db, clock, came(clock, "1"))
    assert drained(db, clock, "a") == ["你好"]
    with db.read() as conn:
        assert conn.exec_driver_sql("SELECT payload FROM wechat_inbox").scalars().all() == [None]
    clock.advance(KEPT - timedelta(hours=1))
    put(db, clock, came(clock, "1"), came(clock, "waits"))
    with db.write() as conn:
        assert inbox.forget(conn, clock.now()) == 0 and inbox.waiting(conn) == 1
    clock.advance(timedelta(days=8))
    with db.write() as conn:
        assert inbox.forget(conn, clock.now()) == 1 and inbox.waiting(conn) == 1, "what waits is never forgotten"


class Counted:
    """A database whose write transactions are counted, and fail when told to."""

    def __init__(self, db: Database) -> None:
        self._db, self.writes, self.broken = db, 0, False

    def write(self) -> Any:
        self.writes += 1
        if self.broken:
            raise SQLAlchemyError("no disk")
        return self._db.write()


async def test_what_comes_together_is_written_together_and_acknowledged_after_that(db: Database, clock: FixedClock) -> None:
    counted, rang = Counted(db), list[bool]()
    intake = Intake(counted, clock, lambda: rang.append(True))  # type: ignore[arg-type]
    await asyncio.gather(*(intake.put(came(clock, str(number))) for number in range(MOST)))
    with db.read() as conn:
        assert inbox.waiting(conn) == MOST
    assert counted.writes <= 2 and rang


async def test_what_could_not_be_written_is_not_acknowledged_and_the_next_is(db: Database, clock: FixedClock) -> None:
    counted = Counted(db)
    intake = Intake(counted, clock, lambda: None)  # type: ignore[arg-type]
    counted.broken = True
    with pytest.raises(SQLAlchemyError):
        await intake.put(came(clock, "1"))
    counted.broken = False
    await intake.put(came(clock, "1"))
    with db.read() as conn:
        assert inbox.waiting(conn) == 1
