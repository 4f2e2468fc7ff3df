"""Citizens sign in: the real client against the sandbox's citizens' provider over a real network, in mid-conversation and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from channels.app import create_app
from channels.signin.routes import COOKIE, TRIP
from tests.contract.citizens_world import OURS, SECRET, ZHANG, Guest, Provider
from tests.contract.desk_world import with_toy_engine
from tests.contract.test_console import read_once

__all__ = ["read_once"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.stop()


@pytest.fixture
def provider(running: Provider, clock: FixedClock) -> Provider:
    running.fault("ok")
    running.clock = clock
    return running


Making = Callable[..., FastAPI]


@pytest.fixture
def make(settings: Settings, db: Database, provider: Provider, clock: FixedClock) -> Making:
    """The app with settings of one's own."""

    def made(**update: Any) -> FastAPI:
        base = {"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9", "public_url": OURS}
        there = {"citizen_issuer": provider.issuer, "citizen_client_secret": SECRET}
        app = create_app(settings.model_copy(update={**base, **there, **update}), clock)
        with_toy_engine(app)
        return app

    return made


def test_a_guest_signs_in_and_is_back_at_the_same_question(make: Making, provider: Provider, db: Database) -> None:
    guest = Guest(make(), provider)
    asked = guest.say("我要办住所变更")["ask"]
    assert asked is not None and guest.standing["offered"] and not guest.standing["signed_in"]

    address = guest.away()
    sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (sent["response_type"], sent["code_challenge_method"], sent["acr_values"]) == ("code", "S256", "real_name")
    assert sent["redirect_uri"] == f"{OURS}/signin/back" and min(len(sent["state"]), len(sent["nonce"])) >= 32
    trip = guest.http.cookies[TRIP.cookie]
    assert all(secret not in trip for secret in (sent["state"], sent["nonce"], guest.id))
    answer = guest.http.get(provider.choose(address, ZHANG))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?signin=done")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/api/v1/conversations" in cookie
    assert TRIP.cookie not in guest.http.cookies

    standing = guest.standing
    assert (standing["signed_in"], standing["level"], standing["who"], standing["acting"]) == (True, "real_name", "张*", None)
    with db.read() as conn:
        conv = repository.load(conn, guest.id)
        assert conv is not None and conv.state.ask is not None and conv.state.ask.field == asked["field"]
        assert conv.state.identity is not None and conv.state.identity.id_number == "11010519491231002X"
        told = [event.data["text"] for event in repository.events_after(conn, guest.id, 0) if event.kind == "notice"]
        assert told == ["您已登录：张*（实名认证）。办到哪里，接着办就行。"]
        note = conn.execute(select(audit_entry.c.detail).where(audit_entry.c.action == "citizen.signed_in")).scalar_one()
        assert note == {"level": "real_name", "as": "person", "channel": "web"} and audit.verify(conn).ok
    assert guest.say("然后呢")["ask"]["field"] == asked["field"]
