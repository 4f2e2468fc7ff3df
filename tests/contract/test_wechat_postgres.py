"""What WeChat's doors share between processes, on PostgreSQL, where two of them really write at once: inbox, leases, tokens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from assistant.conversation import repository
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.wechat_tables import wechat_inbox, wechat_peer
from channels.wechat import inbox
from channels.wechat.arriving import Arrived
from channels.wechat.tokens import Tokens
from tests.conftest import NOW
from tests.contract.wechat_world import running

pytestmark = pytest.mark.postgres
PEOPLE = 40
T = TypeVar("T")


@pytest.fixture
def processes(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Database, Database]]:
    """The same database as two processes have it."""
    ring = KeyRing.open(tmp_path / "key")
    one, other = (Database(postgres_url, ring, "normal") for _ in range(2))
    one.upgrade()
    yield one, other
    one.dispose()
    other.dispose()


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Each in a thread, all beginning in the same moment."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        ready.wait(10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(60) for done in [pool.submit(run, act) for act in acts]]


def came(number: int, when: int = 0) -> Arrived:
    return Arrived("wx", f"openid-{number}", f"peer-{number:03d}", f"m:{when}-{number}", "text", NOW, {"Content": "你好"})


def test_the_same_callbacks_at_two_processes_in_two_orders_are_kept_once(processes: tuple[Database, Database]) -> None:
    one, other = processes

    def put(db: Database, arrived: list[Arrived]) -> None:
        with db.write() as conn:
            inbox.put(conn, arrived, NOW)

    for when in range(10):
        callbacks = [came(number + PEOPLE * when, when) for number in range(PEOPLE)]  # everybody new: both make her row, too
        at_once(partial(put, one, callbacks), partial(put, other, callbacks[::-1]))
    with one.read() as conn:
        assert conn.execute(select(func.count()).select_from(wechat_inbox)).scalar_one() == 10 * PEOPLE
        assert conn.execute(select(func.count()).select_from(wechat_peer)).scalar_one() == 10 * PEOPLE


def test_of_two_workers_each_person_has_one(processes: tuple[Database, Database]) -> None:
    with processes[0].write() as conn:
        inbox.put(conn, [came(number) for number in range(PEOPLE)], NOW)

    def claim(db: Database, name: str) -> list[str]:
        with db.read() as conn:
            found = inbox.candidates(conn, PEOPLE, NOW, sending=True)
        with db.write() as conn:
            return inbox.claim(conn, found, name, NOW)

    mine, theirs = at_once(lambda: claim(processes[0], "one"), lambda: claim(processes[1], "other"))
    assert sorted(mine + theirs) == [f"peer-{number:03d}" for number in range(PEOPLE)]


def test_a_token_is_fetched_by_one_of_them(processes: tuple[Database, Database]) -> None:
    fetched: list[bool] = []
    clock = FixedClock(NOW)

    def fetch(forced: bool) -> tuple[str, int]:
        fetched.append(forced)
        time.sleep(0.05)  # as a far side takes; the others find the lease taken
        return f"token-{len(fetched)}", 7200

    held = [Tokens(db, clock) for db in processes for _ in range(3)]
    assert at_once(*(partial(tokens.get, "wx", fetch) for tokens in held)) == ["token-1"] * 6
    assert at_once(*(partial(tokens.get, "wx", fetch, "token-1") for tokens in held)) == ["token-2"] * 6
    assert fetched == [False, True]
    clock.advance(timedelta(seconds=7200 - 60))
    assert "token-3" in at_once(*(partial(tokens.get, "wx", fetch) for tokens in held))
    assert len(fetched) == 3


@pytest.mark.timeout(200)
def test_a_message_three_times_is_one_turn_and_the_doors_work(tmp_path: Path, postgres_url: str) -> None:
    with running(tmp_path, database_url=postgres_url) as both:
        she = both.someone()
        assert [tries[-1] for tries in she.does(3, MsgType="text", Content="你好")] == ["ok"] * 3
        assert she.reads() == ["收到"]
        she.writes("让我选一个")
        assert "[公司住所变更]" in she.reads()[0]
        with both.parts.db.read() as conn:
            conv = repository.load(conn, she.conversation)
        assert conv is not None and conv.turn_count == 2 and len(she.all()) == 2
        code = both.far.post("/wechat/admin/codes", json={"kind": "session", "openid": "oMini000001"}).json()["code"]
        assert both.http.post("/api/v1/wechat/sessions", json={"code": code}).status_code == 201
