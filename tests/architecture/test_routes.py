"""Every route is authenticated, or stands on the one list of public ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from assistant.foundation.settings import Settings
from channels.access import PUBLIC_ROUTES
from channels.app import create_app
from tests.quick import empty_database

IGNORED_METHODS = {"HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One app for all of these: none of them changes anything."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("routes"), rate_per_conversation=0, rate_per_address=0)
    empty_database(settings).dispose()
    return create_app(settings)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> TestClient:
    # As somebody from outside: some routes are open to this machine.
    return TestClient(app, client=("203.0.113.7", 50000), raise_server_exceptions=False)


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, path) of every HTTP route, (``WS``, path) of every socket."""
    for route in iter_route_contexts(app.routes):
        assert route.path is not None
        for method in (route.methods or {"WS"}) - IGNORED_METHODS:
            yield method, route.path


def _address(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path)


def test_the_public_list_names_existing_routes_only(app: FastAPI) -> None:
    assert PUBLIC_ROUTES - set(_routes(app)) == set()


def test_everything_else_wants_to_know_who_asks(app: FastAPI, client: TestClient) -> None:
    guarded = [(method, path) for method, path in _routes(app) if (method, path) not in PUBLIC_ROUTES and method != "WS"]
    assert guarded
    answers = {(method, path): client.request(method, _address(path), json={}).status_code for method, path in guarded}
    assert {route: status for route, status in answers.items() if status != 401} == {}


def test_sockets_want_to_know_who_asks(app: FastAPI, client: TestClient) -> None:
    sockets = [path for method, path in _routes(app) if method == "WS" and (method, path) not in PUBLIC_ROUTES]
    assert sockets
    for path in sockets:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(_address(path)):
            pass


def test_a_wrong_token_opens_nothing(app: FastAPI, client: TestClient) -> None:
    for method, path in _routes(app):
        if (method, path) in PUBLIC_ROUTES or method == "WS":
            continue
        answer = client.request(method, _address(path), json={}, headers={"Authorization": "Bearer wrong", "Cookie": "bandao_staff=wrong"})
        assert answer.status_code == 401, f"{method} {path}"
