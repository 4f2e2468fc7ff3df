"""An office's webhook at our door: it makes us ask, and nothing else; what is not the office's is 401."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.casework.submission import lines, outbox
from assistant.casework.submission.office import HistoryLine
from assistant.foundation import tables
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from channels.app import create_app
from tests.quick import empty_database
from tests.unit.casework.submission import support
from tests.unit.casework.submission.city import KEY, City, write_examples
from tests.unit.casework.submission.test_webhooks import signed

URL = "/api/v1/offices/sandbox/webhook"
AT_ONCE, TURNS = 8, 10


class Door:
    """The app without its background, a case at the office, and what the app was told to do."""

    def __init__(self, settings: Settings, number: str = "SJ1") -> None:
        self.clock = FixedClock(support.NOW)
        self.app = create_app(settings, self.clock)
        self.parts = self.app.state.parts
        self.key = settings.office_webhook_secret.encode()
        self.looked = 0
        self.parts.submissions.look = self.look
        self.parts.submissions._clock = self.clock
        self.client = TestClient(self.app, raise_server_exceptions=False)
        support.add_case(self.parts.db)
        with self.parts.db.write() as conn:
            outbox.add(conn, support.CASE, 1, support.NOW)
            row = outbox.get(conn, support.CASE, 1)
            assert row is not None
            outbox.sent(conn, row, number, support.NOW)
            conn.execute(tables.submission.update().values(next_attempt_at=None))

    def look(self) -> None:
        self.looked += 1

    def post(self, body: Any, *, headers: dict[str, str] | None = None, url: str = URL, **sign: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(url, content=data, headers=signed(data, key=self.key, **sign) if headers is None else headers)

    def due(self) -> bool:
        with self.parts.db.read() as conn:
            return conn.execute(select(tables.submission.c.next_attempt_at)).scalar() is not None


@pytest.fixture
def door(settings: Settings) -> Iterator[Door]:
    empty_database(settings).dispose()
    made = Door(settings)
    yield made
    made.parts.db.dispose()


def news(number: str = "SJ1") -> dict[str, str]:
    return {"type": "submission.changed", "receipt_no": number, "case_no": support.CASE, "status": "approved"}


def test_it_makes_the_file_due_and_believes_nothing_else(door: Door) -> None:
    assert not door.due()
    assert door.post(news()).status_code == 204
    assert door.due() and door.looked == 1
    with door.parts.db.read() as conn:
        assert conn.execute(select(tables.case_.c.status)).scalar() == "submitted"


def test_what_is_not_the_offices_is_refused(door: Door) -> None:
    data = json.dumps(news()).encode()
    genuine = signed(data, key=door.key)
    forged = [
        {},
        {**genuine, "webhook-signature": "v1,AAAA"},
        signed(data, key=b"guessed"),
        signed(b"other bytes", key=door.key),
        signed(data, key=door.key, at=int(support.NOW.timestamp()) - 301),
    ]
    for headers in forged:
        answer = door.post(data, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json" and answer.json()["code"] == "webhook_refused"
    assert door.post(news(), url="/api/v1/offices/another/webhook").status_code == 401
    assert not door.due() and door.looked == 0


def test_a_replay_is_refused_also_after_a_restart(door: Door) -> None:
    assert door.post(news()).status_code == 204
    assert door.post(news()).status_code == 401
    again = create_app(door.parts.settings, door.clock)
    again.state.parts.submissions.look = door.look
    data = json.dumps(news()).encode()
    assert TestClient(again).post(URL, content=data, headers=signed(data, key=door.key)).status_code == 401
    assert door.post(news(), name="msg_2").status_code == 204
    assert door.looked == 2


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_one_that_comes_many_times_at_one_instant_is_taken_once(
    kind: str, settings: Settings, request: pytest.FixtureRequest
) -> None:
    if kind == "sqlite":
        empty_database(settings).dispose()
    else:
        settings = settings.model_copy(update={"database_url": request.getfixturevalue("postgres_url")})
        held = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
        held.upgrade()
        held.dispose()
    door = Door(settings)
    try:
        for turn in range(TURNS):
            old = [{"office": "sandbox", "id": f"old_{turn}_{one}", "at": support.NOW - timedelta(hours=1)} for one in range(AT_ONCE)]
            with door.parts.db.write() as conn:  # each of them takes these away, too
                conn.execute(tables.webhook_seen.insert(), old)
            together = Barrier(AT_ONCE)

            def post(name: str, together: Barrier = together) -> int:
                together.wait()
                return int(door.post(news(), name=name).status_code)

            with ThreadPoolExecutor(AT_ONCE) as pool:
                answers = list(pool.map(post, [f"msg_{turn}"] * AT_ONCE))
            assert sorted(answers) == [204] + [401] * (AT_ONCE - 1)
        with door.parts.db.read() as conn:
            seen = conn.execute(select(tables.webhook_seen.c.id).order_by(tables.webhook_seen.c.id)).scalars().all()
        assert seen == sorted(f"msg_{turn}" for turn in range(TURNS)) and door.looked == TURNS
    finally:
        door.parts.db.dispose()


def test_news_in_the_wrong_order_change_nothing_but_when_the_office_is_asked(door: Door) -> None:
    for name, status in (("msg_5", "delivered"), ("msg_2", "accepted"), ("msg_1", "received")):
        assert door.post({**news(), "status": status}, name=name).status_code == 204
    assert door.due() and door.looked == 3
    with door.parts.db.read() as conn:
        assert conn.execute(select(tables.case_.c.status)).scalar() == "submitted"


@pytest.mark.parametrize("body", [news("SJ999"), {"type": "x"}, [1], b"\xff\xfe", b"", b"[" * 60_000, {"receipt_no": "SJ\x001"}])
def test_what_we_do_not_know_is_taken_and_left(door: Door, body: Any) -> None:
    assert door.post(body).status_code == 204
    assert not door.due() and door.looked == 0


def test_a_body_has_an_end(door: Door) -> None:
    assert door.post(b"x" * 70_000).status_code == 413


@pytest.fixture
def connected(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """The app with a city's own system in its routing file; the case is there."""
    monkeypatch.setenv("BANDAO_RSJ_KEY", KEY)
    empty_database(settings).dispose()
    made = Door(settings.model_copy(update={"offices": write_examples(tmp_path)}), "RSJ:20251121-1")
    yield made
    made.parts.db.dispose()


THEIRS = "/api/v1/offices/RSJ/webhook"
NOW_MS = int(support.NOW.timestamp() * 1000)


def test_a_citys_own_system_is_believed_as_little(connected: Door) -> None:
    body, headers = City().news("20251121-1", NOW_MS, step=2)
    assert connected.client.post(THEIRS, content=body, headers=headers).status_code == 204
    assert connected.due() and connected.looked == 1
    with connected.parts.db.read() as conn:
        assert conn.execute(select(tables.case_.c.status)).scalar() == "submitted"
    assert connected.client.post(THEIRS, content=body, headers=headers).status_code == 401  # replayed


def test_what_is_not_the_citys_is_refused(connected: Door) -> None:
    city = City()
    body, genuine = city.news("20251121-1", NOW_MS)
    refused = [
        (body, {}),
        city.news("20251121-1", NOW_MS, key="guessed"),
        city.news("20251121-1", NOW_MS - 301_000),
        city.news("20251121-1", NOW_MS + 301_000),
        (body, {**genuine, "X-Event-Id": "e2"}),
        (body, {**genuine, "X-Timestamp": str(NOW_MS + 1)}),
        (body, {**genuine, "X-Timestamp": "yesterday"}),
        (body, {name: value for name, value in genuine.items() if name != "X-Event-Id"}),
        (body, {**genuine, "X-Signature": "sha256=zz"}),
        (body + b" ", genuine),
        (body, signed(body, key=connected.key)),  # the other office's signature
    ]
    for content, headers in refused:
        assert connected.client.post(THEIRS, content=content, headers=headers).status_code == 401
    assert connected.client.post(URL, content=body, headers=genuine).status_code == 401
    assert not connected.due() and connected.looked == 0


def test_numbers_of_a_city_we_do_not_know_and_lines_we_have_are_taken_and_left(connected: Door) -> None:
    city = City()
    line = HistoryLine(seq=1, at=support.NOW, status="received")
    with connected.parts.db.write() as conn:
        assert lines.believe(conn, support.CASE, "", line, support.NOW)
    for name, (number, said) in enumerate([("20251121-9", {}), ("SJ1", {}), ("", {}), ("20251121-1", {"step": 1})]):
        body, headers = city.news(number, NOW_MS, name=f"e{name}", **said)
        assert connected.client.post(THEIRS, content=body, headers=headers).status_code == 204
    assert not connected.due() and connected.looked == 0
    body, headers = city.news("20251121-1", NOW_MS, name="later", step=2)
    assert connected.client.post(THEIRS, content=body, headers=headers).status_code == 204
    assert connected.due() and connected.looked == 1
