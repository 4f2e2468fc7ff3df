"""Who may do what: every route of the console, tried over HTTP by everybody there can be, against the table in the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from assistant.desk import accounts, roles, sessions
from assistant.desk.sessions import Lives
from assistant.foundation.clock import FixedClock
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from channels.access import PUBLIC_ROUTES
from channels.app import create_app
from channels.console.access import COOKIE, PERMISSION_OF
from channels.parts import Parts
from tests.conftest import NOW

NOBODY = "nobody"
STAFF = (NOBODY, *roles.ROLES)
DOCS = Path(__file__).parents[2] / "docs" / "security.md"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(data_dir=tmp_path_factory.mktemp("roles"), rate_per_address=0)
    db = Database(settings.database_url, KeyRing.open(settings.keyring_path))
    db.upgrade()
    with db.write() as conn:
        for role in STAFF:
            accounts.add(conn, role, "Fictitious-Pass-2026", role, "" if role == NOBODY else role, NOW)
    return create_app(settings, FixedClock(NOW))


def everything(app: FastAPI) -> Iterator[tuple[str, str, Dependant | None]]:
    """(method, path, what it depends on) of the console's routes that are not public."""
    for route in iter_route_contexts(app.routes):
        assert route.path is not None
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
            if route.path.startswith("/console") and (method, route.path) not in PUBLIC_ROUTES:
                yield method, route.path, getattr(route, "dependant", None)


def needed(dependant: Dependant | None) -> set[str]:
    """The permissions asked for on the way to a route."""
    if dependant is None:
        return set()
    own = {PERMISSION_OF[dependant.call]} if dependant.call in PERMISSION_OF else set()
    return own.union(*(needed(below) for below in dependant.dependencies))


def documented() -> dict[str, set[str]]:
    """Permission → roles, as docs/security.md has them."""
    lines = [line.strip("| ").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if re.match(r"\| (permission|`\w+\.\w+`) \|", line)]
    head, *rows = [[cell.strip() for cell in line] for line in lines]
    return {row[0].strip("`"): {role for role, cell in zip(head[1:7], row[1:7], strict=True) if cell == "yes"} for row in rows}


def test_the_docs_say_what_the_table_says() -> None:
    assert documented() == {name: set(held) for name, held in roles.PERMISSIONS.items() if name != roles.OWN}


def test_every_route_names_one_permission(app: FastAPI) -> None:
    unnamed = [(method, path) for method, path, dependant in everything(app) if len(needed(dependant)) != 1]
    assert unnamed == []


@pytest.mark.parametrize("role", STAFF)
def test_each_role_opens_its_own_doors_and_no_others(app: FastAPI, role: str) -> None:
    parts: Parts = app.state.parts
    wrong = []
    for method, path, dependant in everything(app):
        (permission,) = needed(dependant)
        with parts.db.write() as conn:  # anew each time: signing out is one of the routes
            token, csrf = sessions.sign_in(conn, accounts.find(conn, role), NOW, Lives(1, 60))
        http = TestClient(app, raise_server_exceptions=False, cookies={COOKIE: token})
        address = re.sub(r"\{[^}]+\}", "x", path)
        body = {"json": {}} if method != "GET" else {}
        answer = http.request(method, address, headers={"X-CSRF-Token": csrf}, params={"held": False}, **body)
        refused = answer.status_code == 403 and answer.json()["code"] == "role"
        allowed = permission == roles.OWN or role in documented()[permission]
        if refused == allowed or answer.status_code == 401 or answer.status_code >= 500:
            wrong.append((method, path, permission, answer.status_code))
        if method != "GET" and allowed and not path.endswith("/preview"):  # whose form carries the token
            bare = http.request(method, address, params={"held": False}, **body)
            if (bare.status_code, bare.json()["code"]) not in {(403, "csrf"), (401, "staff_unauthorised")}:
                wrong.append((method, path, "without the token", bare.status_code))
    assert wrong == []
