"""Signing in at an identity provider: the real client and console against the sandbox's provider over a real network, right and wrong."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.desk import accounts, identities
from assistant.desk.identities import mapping
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from channels.app import create_app
from channels.console.access import COOKIE
from channels.console.sso import TRIP_COOKIE
from sandbox.app import create_app as create_sandbox
from sandbox.config import SandboxConfig
from tests.conftest import NOW
from tests.contract.desk_world import PASSWORD
from tests.contract.test_console import read_once

__all__ = ["read_once"]

SECRET = "fictitious-oidc-secret"
OURS = "http://testserver"
ZHANG, LI, WANG = "u-1001", "u-1002", "u-1003"


class Provider:
    """The sandbox on a port of its own."""

    def __init__(self, data: Path) -> None:
        self.clock = FixedClock(NOW)
        config = SandboxConfig(
            data_dir=data, office_key="fictitious-office-key", staff_key="x", identity_client_secret=SECRET,
            identity_redirect=f"{OURS}/console/sso/back", now=self.clock.now,
        )  # fmt: skip
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.issuer = f"http://127.0.0.1:{self._socket.getsockname()[1]}/identity"
        self._server = uvicorn.Server(uvicorn.Config(create_sandbox(config), log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self.http = httpx.Client(trust_env=False, auth=("bandao", SECRET))

    def fault(self, mode: str, count: int | None = None) -> None:
        self.http.post(f"{self.issuer}/admin/faults", json={"mode": mode, "count": count}).raise_for_status()

    def choose(self, address: str, who: str) -> str:
        """At the provider's page, as the browser: choose somebody; the address one is sent back to."""
        page = self.http.get(address, auth=None)
        assert page.status_code == 200 and who in page.text, page.text
        answer = self.http.get(f"{address}&as={who}", auth=None)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self.http.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.stop()


@pytest.fixture
def provider(running: Provider) -> Provider:
    running.fault("ok")
    return running


Making = Callable[..., FastAPI]


@pytest.fixture
def make(settings: Settings, db: Database, provider: Provider, clock: FixedClock) -> Making:
    """The app with settings of one's own; an administrator is there, and 张三 an operator."""
    with db.write() as conn:
        accounts.add(conn, "admin", PASSWORD, "管理员", "administrator", clock.now())
        accounts.add(conn, "zhuo-1", PASSWORD, "1号坐席", "operator", clock.now())
        identities.link(conn, "zhuo-1", provider.issuer, ZHANG, clock.now())

    def made(**update: Any) -> FastAPI:
        base = {"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9", "public_url": OURS}
        oidc = {"oidc_issuer": provider.issuer, "oidc_client_secret": SECRET}
        return create_app(settings.model_copy(update={**base, **oidc, **update}), clock)

    return made


class Browser:
    """Somebody at the console."""

    def __init__(self, app: FastAPI, provider: Provider) -> None:
        self.http, self.provider = TestClient(app, follow_redirects=False), provider

    def away(self) -> str:
        answer = self.http.get("/console/sso/begin")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def come_back(self, address: str) -> httpx.Response:
        return self.http.get(address)

    def sign_in(self, who: str = ZHANG) -> httpx.Response:
        return self.come_back(self.provider.choose(self.away(), who))

    def me(self) -> dict[str, Any] | None:
        answer = self.http.get("/console/api/me")
        return answer.json() if answer.status_code == 200 else None


def test_there_and_back(make: Making, provider: Provider, db: Database) -> None:
    browser = Browser(make(), provider)
    assert browser.http.get("/console/api/ways").json() == {"provider": "统一身份认证", "passwords": True}
    address = browser.away()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", "bandao")
    assert asked["redirect_uri"] == f"{OURS}/console/sso/back" and asked["scope"] == "openid profile"
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32 and len(asked["code_challenge"]) == 43
    trip = browser.http.cookies[TRIP_COOKIE]
    assert asked["state"] not in trip and asked["nonce"] not in trip

    answer = browser.come_back(provider.choose(address, ZHANG))
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    held = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in held and "SameSite=strict" in held and "Path=/console" in held
    assert TRIP_COOKIE not in browser.http.cookies
    me = browser.me()
    assert me is not None and (me["login"], me["name"], me["roles"]) == ("zhuo-1", "1号坐席", ["operator"])
    with db.read() as conn:
        last = conn.execute(select(audit_entry.c.action, audit_entry.c.detail).order_by(audit_entry.c.seq.desc())).first()
        assert last is not None and (last.action, last.detail) == ("staff.signed_in", {"by": "provider"})
        assert audit.verify(conn).ok


FAULTS = (
    "wrong_nonce", "no_nonce", "expired", "not_yet", "wrong_audience", "wrong_issuer", "alg_none", "alg_hs256", "foreign_key", "wrong_hash",
)  # fmt: skip


def test_a_token_that_does_not_hold_opens_nothing(make: Making, provider: Provider) -> None:
    browser = Browser(make(), provider)
    for mode in FAULTS:
        provider.fault(mode)
        answer = browser.sign_in()
        assert answer.status_code == 403 and "没有通过身份核对" in answer.text, mode
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert COOKIE not in browser.http.cookies and browser.me() is None, mode
    provider.fault("ok")
    assert browser.sign_in().status_code == 303


def test_answers_to_another_way_are_refused(make: Making, provider: Provider) -> None:
    app = make()
    browser, other = Browser(app, provider), Browser(app, provider)
    answer = provider.choose(browser.away(), ZHANG)
    other.away()
    assert other.come_back(answer).status_code == 403  # somebody else's answer: its state is not hers
    assert Browser(app, provider).come_back(answer).status_code == 403  # no way was begun at all
    tampered = Browser(app, provider)
    tampered.away()
    tampered.http.cookies.set(TRIP_COOKIE, "x" + browser.http.cookies[TRIP_COOKIE][1:], domain="testserver.local", path="/console/sso")
    assert tampered.come_back(answer).status_code == 403
    assert browser.come_back(answer.replace("iss=", "iss=https%3A%2F%2Felsewhere.example&x=")).status_code == 403
    assert browser.come_back(answer).status_code == 403  # the way is used up
    assert browser.me() is None


def test_a_code_is_good_once_for_ten_minutes_and_with_its_verifier(make: Making, provider: Provider, clock: FixedClock) -> None:
    app = make()
    browser = Browser(app, provider)
    answer = provider.choose(browser.away(), ZHANG)
    trip = browser.http.cookies[TRIP_COOKIE]
    assert browser.come_back(answer).status_code == 303
    again = Browser(app, provider)
    again.http.cookies.set(TRIP_COOKIE, trip, domain="testserver.local", path="/console/sso")
    assert again.come_back(answer).status_code == 403 and again.me() is None
    late = Browser(app, provider)
    answer = provider.choose(late.away(), ZHANG)
    clock.advance(identities_late())
    assert late.come_back(answer).status_code == 403
    stolen = Browser(app, provider)
    code = parse_qs(urlsplit(provider.choose(Browser(app, provider).away(), ZHANG)).query)["code"][0]
    mine = provider.choose(stolen.away(), ZHANG)
    assert stolen.come_back(re.sub(r"code=[^&]+", f"code={code}", mine)).status_code == 403


def identities_late() -> Any:
    from channels.console.sso import TRIP_LASTS

    return TRIP_LASTS * 1.1


def test_the_provider_changes_its_keys(make: Making, provider: Provider) -> None:
    app = make()
    assert Browser(app, provider).sign_in().status_code == 303
    for _ in range(2):
        provider.fault("rotate", 1)
        assert Browser(app, provider).sign_in().status_code == 303


def test_a_provider_that_is_away_and_passwords_meanwhile(make: Making, provider: Provider) -> None:
    browser = Browser(make(staff_passwords="emergency"), provider)
    provider.fault("down")
    answer = browser.http.get("/console/sso/begin")
    assert answer.status_code == 503 and "连不上" in answer.text
    refused = browser.http.post("/console/api/login", json={"login": "zhuo-1", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (403, "passwords_off")
    assert browser.http.get("/console/api/ways").json()["passwords"] is False
    assert browser.http.post("/console/api/login", json={"login": "admin", "password": PASSWORD}).status_code == 200


def test_not_wanting_to_and_not_being_known(make: Making, provider: Provider, db: Database) -> None:
    browser = Browser(make(), provider)
    answer = browser.sign_in("nobody")
    assert answer.status_code == 403 and "没有同意" in answer.text
    answer = browser.sign_in(WANG)
    assert answer.status_code == 403 and WANG in answer.text and "开通账号" in answer.text
    with db.write() as conn:
        accounts.disable(conn, "zhuo-1", NOW)
    answer = browser.sign_in(ZHANG)
    assert answer.status_code == 403 and "停用" in answer.text and browser.me() is None


def test_unknown_persons_may_get_an_account_without_a_role(make: Making, provider: Provider) -> None:
    browser = Browser(make(oidc_unknown="create"), provider)
    assert browser.sign_in(WANG).status_code == 303
    me = browser.me()
    assert me is not None and (me["login"], me["name"], me["roles"], me["may"]) == ("wangwu", "工作人员", [], ["own"])
    assert browser.http.get("/console/api/queue").json()["code"] == "role"


def test_roles_follow_the_claims_where_that_is_declared(make: Making, provider: Provider) -> None:
    declared = {"oidc_unknown": "create", "oidc_roles": "desk-agents=operator;desk-leads=supervisor,operator;guide-writers=editor"}
    browser = Browser(make(**declared), provider)
    browser.sign_in(LI)
    me = browser.me()
    assert me is not None and (me["login"], me["roles"]) == ("lisi", ["operator", "supervisor", "editor"])
    first = browser.http.cookies[COOKIE]
    browser = Browser(make(**{**declared, "oidc_roles": "desk-leads=operator"}), provider)
    browser.http.cookies.set(COOKIE, first, domain="testserver.local", path="/console")
    assert browser.me() is not None
    Browser(browser.http.app, provider).sign_in(LI)  # type: ignore[arg-type]  # httpx knows it as an ASGI app
    assert browser.me() is None  # other roles: what was open has ended


def test_what_only_userinfo_tells_must_be_of_the_same_person(make: Making, provider: Provider) -> None:
    browser = Browser(make(oidc_roles="desk-agents=operator"), provider)
    provider.fault("other_userinfo")
    assert browser.sign_in().status_code == 403 and browser.me() is None


def test_signing_out_here_and_there(make: Making, provider: Provider) -> None:
    browser = Browser(make(), provider)
    browser.sign_in()
    me = browser.me()
    assert me is not None
    left = browser.http.post("/console/api/logout", headers={"X-CSRF-Token": me["csrf"]}).json()
    assert browser.me() is None and left["next"].startswith(f"{provider.issuer}/end_session?")
    back = provider.http.get(left["next"], auth=None)
    assert (back.status_code, back.headers["location"]) == (303, f"{OURS}/console/")
    signed = browser.http.post("/console/api/login", json={"login": "zhuo-1", "password": PASSWORD}).json()
    assert browser.http.post("/console/api/logout", headers={"X-CSRF-Token": signed["csrf"]}).json() == {"next": None}


def test_the_provider_ends_a_session_from_its_side(make: Making, provider: Provider, clock: FixedClock) -> None:
    app = make()
    browser, password = Browser(app, provider), Browser(app, provider)
    browser.sign_in()
    password.http.post("/console/api/login", json={"login": "zhuo-1", "password": PASSWORD})
    wrong = browser.http.post("/console/sso/ended", data={"logout_token": "x.y.z"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "sso_refused")
    told = provider.http.post(f"{provider.issuer}/admin/logout", json={"sub": ZHANG}).json()
    assert browser.me() is not None
    assert browser.http.post("/console/sso/ended", data=told).status_code == 200
    assert browser.me() is None and password.me() is not None  # the password's session is none of the provider's
    browser.sign_in()
    clock.advance(identities_late())
    assert browser.http.post("/console/sso/ended", data=told).status_code == 400
    assert browser.me() is not None


def test_an_id_token_ends_nothing(make: Making, provider: Provider) -> None:
    browser = Browser(make(), provider)
    browser.sign_in()
    me = browser.me()
    assert me is not None
    hint = parse_qs(urlsplit(browser.http.post("/console/api/logout", headers={"X-CSRF-Token": me["csrf"]}).json()["next"]).query)
    browser.sign_in()
    answer = browser.http.post("/console/sso/ended", data={"logout_token": hint["id_token_hint"][0]})
    assert answer.status_code == 400 and browser.me() is not None


def test_without_a_provider_there_is_no_way_to_it(make: Making, provider: Provider) -> None:
    http = TestClient(make(oidc_issuer=""), follow_redirects=False)
    assert http.get("/console/api/ways").json()["provider"] is None
    assert http.get("/console/sso/begin").status_code == 404


def test_a_mapping_that_is_none_stops_the_start(settings: Settings) -> None:
    for text in ("operator", "a=king", "=operator", "a="):
        with pytest.raises(ValueError, match="BANDAO_OIDC_ROLES"):
            mapping(text)
    with pytest.raises(ValueError, match="BANDAO_OIDC_ROLES"):
        create_app(settings.model_copy(update={"oidc_roles": "a=king"}))
