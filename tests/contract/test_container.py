"""An app opens our page with a signed identity: in once, at the level it says, and nothing that is not quite so comes in."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from sqlalchemy import func, select

from assistant.conversation import repository
from assistant.foundation.clock import FixedClock
from assistant.foundation.settings import ROOT, Settings
from assistant.foundation.tables import conversation
from channels.api.events import follow_events
from channels.app import create_app
from channels.container.door import Door
from channels.crossings import LASTS, address, arrive
from channels.parts import Parts
from channels.signin.routes import COOKIE
from sandbox.app import create_app as create_sandbox
from sandbox.config import SandboxConfig
from sandbox.container.config import ContainerConfig
from sandbox.container.faults import Mode
from sandbox.identity.realms import LEVELS, subject_of
from tests.conftest import NOW
from tests.contract.desk_world import with_toy_engine
from tests.quick import empty_database

OURS, ISSUER = "http://testserver", "https://app.example"
SHARED = OctKey.import_key("fictitious-key-of-a-city-app-32-bytes-or-more", {"kid": "shared", "alg": "HS256"})
CURVE = ECKey.generate_key("P-256", {"kid": "curve", "alg": "ES256"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256"})
_numbers = itertools.count(1)
LI = {"name": "李四", "id_number": "440106199801020017", "phone_number": "13800138000"}


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "container.json"
    path.write_text(json.dumps({"keys": [SHARED.as_dict(), CURVE.as_dict(private=False), RSA.as_dict(private=False)]}))
    return path


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, trusted: Path, clock: FixedClock) -> FastAPI:
    """One app with a container it trusts, over the small guides of the tests, for all of these."""
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("container"), guides_dir=ROOT / "tests" / "fixtures" / "guides", rate_per_address=0,
        rate_per_conversation=0, fsync="normal", engine_url=nowhere, sandbox_url=nowhere, public_url=OURS, container_keys=trusted,
        container_issuer=ISSUER,
    )  # fmt: skip
    empty_database(settings).dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("channels.app.Search", SimpleNamespace(build=lambda *_, **__: SimpleNamespace(search=lambda *_, **__: [])))
        made = create_app(settings, clock)
    with_toy_engine(made)
    return made


@pytest.fixture
def parts(app: FastAPI) -> Parts:
    found: Parts = app.state.parts
    return found


@pytest.fixture
def ticket(clock: FixedClock) -> Callable[..., str]:
    """A ticket as the app signs it; what is given changes a claim, None leaves it out."""

    def made(key: Key = SHARED, header: dict[str, str] | None = None, **changes: Any) -> str:
        now = int(clock.now().timestamp())
        claims = {
            "iss": ISSUER, "aud": OURS, "sub": "u-1", "iat": now, "exp": now + 120, "jti": f"t-{next(_numbers)}", "acr": "real_name",
            **LI, **changes,
        }  # fmt: skip
        given = {"alg": str(key.alg), "kid": str(key.get("kid")), **(header or {})}
        return jwt.encode(given, {name: value for name, value in claims.items() if value is not None}, key, [str(key.alg)])

    return made


def _come(app: FastAPI, ticket: str, **more: str) -> httpx.Response:
    return TestClient(app, follow_redirects=False).get("/container", params={"ticket": ticket, **more})


def _arrived(app: FastAPI, answer: httpx.Response) -> tuple[TestClient, str, dict[str, str]]:
    """The page that was opened: her browser, the conversation, what opens it."""
    assert answer.status_code == 303, answer.text
    http = TestClient(app)
    http.cookies.set(COOKIE, answer.cookies[COOKIE])
    crossed = http.post("/api/v1/crossings", json={"ticket": answer.headers["location"].removeprefix("/#go=")})
    assert crossed.status_code == 200, crossed.text
    return http, crossed.json()["conversation_id"], {"Authorization": f"Bearer {crossed.json()['token']}"}


def test_she_is_signed_in_and_what_she_began_here_is_on_her_list_there(app: FastAPI, ticket: Callable[..., str]) -> None:
    http, number, hers = _arrived(app, _come(app, ticket()))
    standing = http.get(f"/api/v1/conversations/{number}/sign-in", headers=hers).json()
    assert (standing["signed_in"], standing["level"], standing["who"], standing["acting"]) == (True, "real_name", "李*", None)
    said = {"client_message_id": "m-1", "text": "我要办住所变更"}
    begun = http.post(f"/api/v1/conversations/{number}/messages", headers=hers, json=said).json()["case"]["case_no"]

    http, number, hers = _arrived(app, _come(app, ticket(CURVE), locale="en"))
    listed = http.get(f"/api/v1/conversations/{number}/my-cases", headers=hers).json()["items"]
    assert [one["case_no"] for one in listed] == [begun]


@pytest.mark.parametrize(("key", "acr", "level"), [(SHARED, "phone", "phone"), (RSA, "face", "face"), (CURVE, "real_name", "real_name")])
def test_every_kind_of_key_and_every_level(app: FastAPI, ticket: Callable[..., str], key: Key, acr: str, level: str) -> None:
    http, number, hers = _arrived(app, _come(app, ticket(key, acr=acr)))
    assert http.get(f"/api/v1/conversations/{number}/sign-in", headers=hers).json()["level"] == level


def test_a_form_brings_it_too(app: FastAPI, ticket: Callable[..., str], parts: Parts) -> None:
    answer = TestClient(app, follow_redirects=False).post("/container", data={"ticket": ticket(), "locale": "zh-Hant"})
    _, number, _ = _arrived(app, answer)
    with parts.db.read() as conn:
        assert conn.execute(select(conversation.c.locale).where(conversation.c.id == number)).scalar() == "zh-Hant"


def test_a_ticket_comes_once(app: FastAPI, ticket: Callable[..., str], parts: Parts) -> None:
    given, before = ticket(), _count(parts)
    with ThreadPoolExecutor(4) as pool:
        together = sorted(answer.status_code for answer in pool.map(lambda _: _come(app, given), range(4)))
    assert together == [303, 403, 403, 403]
    assert _come(app, given).status_code == 403
    assert _count(parts) == before + 1


def _count(parts: Parts) -> int:
    with parts.db.read() as conn:
        return int(conn.execute(select(func.count()).select_from(conversation)).scalar_one())


def _tampered(given: str) -> str:
    head, body, signature = given.split(".")
    return f"{head}.{body[:-4]}{'AAAA' if not body.endswith('AAAA') else 'BBBB'}.{signature}"


def _by_the_public_key(given: str) -> str:
    """As who has the public key only would sign, were it taken for a shared one."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"rsa"}').decode().rstrip("=")
    signed = f"{head}.{given.split('.')[1]}"
    signature = hmac.digest(RSA.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


OTHER_ALG = OctKey.import_key({**SHARED.as_dict(), "alg": "HS512"})
NO_KEY = OctKey.import_key("another-fictitious-key-of-32-bytes-or-more", {"kid": "shared", "alg": "HS256"})
WRONG: dict[str, Callable[[Callable[..., str], int], str]] = {
    "nothing": lambda ticket, now: "",
    "no token": lambda ticket, now: "a.b.c",
    "changed": lambda ticket, now: _tampered(ticket()),
    "cut": lambda ticket, now: ticket()[:-10],
    "unsigned": lambda ticket, now: "eyJhbGciOiJub25lIiwia2lkIjoic2hhcmVkIn0." + ticket().split(".")[1] + ".",
    "another key": lambda ticket, now: ticket(NO_KEY),
    "a public key as if it were shared": lambda ticket, now: _by_the_public_key(ticket()),
    "unknown kid": lambda ticket, now: ticket(header={"kid": "nobody"}),
    "another alg of the same key": lambda ticket, now: ticket(OTHER_ALG),
    "expired": lambda ticket, now: ticket(iat=now - 200, exp=now - 61),
    "from the future": lambda ticket, now: ticket(iat=now + 61, exp=now + 120),
    "not yet": lambda ticket, now: ticket(nbf=now + 61),
    "for another": lambda ticket, now: ticket(aud="https://elsewhere.example"),
    "for nobody": lambda ticket, now: ticket(aud=None),
    "of another": lambda ticket, now: ticket(iss="https://other.example"),
    "for an hour": lambda ticket, now: ticket(exp=now + 3600),
    "backwards": lambda ticket, now: ticket(iat=now + 50, exp=now + 40),
    "for ever": lambda ticket, now: ticket(exp=None),
    "whenever": lambda ticket, now: ticket(iat=None),
    "without a number": lambda ticket, now: ticket(jti=None),
    "a number that is a list": lambda ticket, now: ticket(jti=["a"]),
    "a very long number": lambda ticket, now: ticket(jti="x" * 256),
    "without a person": lambda ticket, now: ticket(sub=None),
    "a level nobody knows": lambda ticket, now: ticket(acr="urn:very-sure"),
    "no level": lambda ticket, now: ticket(acr=None),
    "a name without a number": lambda ticket, now: ticket(id_number=None),
    "a number that is none": lambda ticket, now: ticket(id_number="440106199801020018"),
}


def test_nothing_else_comes_in(app: FastAPI, ticket: Callable[..., str], clock: FixedClock, parts: Parts) -> None:
    before, now = _count(parts), int(clock.now().timestamp())
    answers = {name: _come(app, wrong(ticket, now)) for name, wrong in WRONG.items()}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 403} == {}
    assert len({answer.text for answer in answers.values()}) == 1 and "没有认出您是谁" in answers["cut"].text
    assert not any(answer.cookies for answer in answers.values())
    assert _count(parts) == before


@pytest.mark.parametrize("skew", [-59, 0, 59])
def test_a_clock_may_be_a_minute_wrong(app: FastAPI, ticket: Callable[..., str], clock: FixedClock, skew: int) -> None:
    now = int(clock.now().timestamp()) + skew
    assert _come(app, ticket(iat=now, exp=now + 1)).status_code == 303


def test_closed_until_it_is_set(app: FastAPI, ticket: Callable[..., str], parts: Parts, trusted: Path, tmp_path: Path) -> None:
    def door(**update: Any) -> Door:
        return Door(replace(parts, settings=parts.settings.model_copy(update=update)))

    kept, app.state.container = app.state.container, door(container_keys=None)
    try:
        assert _come(app, ticket()).status_code == 404
    finally:
        app.state.container = kept
    with pytest.raises(ValueError, match="BANDAO_CONTAINER_ISSUER"):
        door(container_issuer="")
    with pytest.raises(ValueError, match="BANDAO_CONTAINER_LEVELS"):
        door(container_levels="face=x")
    path = tmp_path / "keys.json"
    for said in (
        {"keys": [{"kty": "oct", "kid": "a", "alg": "HS256", "k": "c2hvcnQ"}]},
        {"keys": [{"kty": "oct", "kid": "a", "k": SHARED.as_dict()["k"]}]},
        {"keys": [SHARED.as_dict(), SHARED.as_dict()]},
        {"keys": [{"kty": "oct"}]},
        {},
    ):
        path.write_text(json.dumps(said))
        with pytest.raises(ValueError, match="BANDAO_CONTAINER_KEYS"):
            door(container_keys=path)


async def test_a_stream_ends_with_the_token_that_opened_it(app: FastAPI, parts: Parts) -> None:
    http = TestClient(app)
    opened = http.post("/api/v1/conversations", json={"channel": "web"}).json()
    with parts.db.read() as conn:
        conv = repository.load(conn, opened["conversation_id"])
    assert conv is not None
    listening = follow_events(parts, conv, 0, True)
    assert (await anext(listening)) is not None
    arrive(parts, address(parts.db.keyring, conv.id, conv.token_hash, parts.clock.now()).removeprefix("/#go="))
    with pytest.raises(StopAsyncIteration):
        await anext(listening)


def test_the_way_into_the_page_is_gone_once_and_soon(app: FastAPI, ticket: Callable[..., str], clock: FixedClock) -> None:
    http = TestClient(app)
    opened = http.post("/api/v1/conversations", json={"channel": "web"}).json()
    path, former = f"/api/v1/conversations/{opened['conversation_id']}", {"Authorization": f"Bearer {opened['token']}"}

    def crossing() -> dict[str, str]:
        address = http.post(f"{path}/crossing", headers=former).json()["address"]
        return {"ticket": address.removeprefix("/#go=")}

    late = crossing()
    clock.advance(LASTS + timedelta(seconds=1))
    assert http.post("/api/v1/crossings", json=late).status_code == 410
    first, second = crossing(), crossing()
    crossed = http.post("/api/v1/crossings", json=first).json()
    assert crossed["conversation_id"] == opened["conversation_id"] and crossed["locale"] == "zh-CN"
    assert [http.post("/api/v1/crossings", json=one).status_code for one in (first, second, {"ticket": "AAAA"})] == [410] * 3
    events = f"{path}/events?follow=false"
    assert http.get(events, headers=former).status_code == 401
    assert http.get(events, headers={"Authorization": f"Bearer {crossed['token']}"}).status_code == 200


OFFICE_KEY = "fictitious-office-key"
ZHANG = subject_of("11010519491231002X")


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory, clock: FixedClock) -> TestClient:
    """The sandbox's app, whose key this product trusts."""
    container = ContainerConfig(OURS, OURS, ISSUER, SHARED)
    config = SandboxConfig(
        data_dir=tmp_path_factory.mktemp("phone"), office_key=OFFICE_KEY, staff_key="x", container=container, now=clock.now
    )
    return TestClient(create_sandbox(config), headers={"X-Api-Key": OFFICE_KEY})


def _signed(phone: TestClient, **wanted: str) -> str:
    given = phone.post("/container/v1/tickets", json={"as": ZHANG, **wanted}).json()
    assert given["address"] == f"{OURS}/container"
    return str(given["ticket"])


def test_the_sandbox_s_app_opens_it_at_every_level_and_for_an_enterprise(app: FastAPI, phone: TestClient) -> None:
    found = []
    for wanted in (*({"acr": level} for level in LEVELS), {"for": "91310115MA1K3TL06A"}):
        http, number, hers = _arrived(app, _come(app, _signed(phone, **wanted)))
        standing = http.get(f"/api/v1/conversations/{number}/sign-in", headers=hers).json()
        found.append((standing["level"], standing["who"], (standing["acting"] or {}).get("name")))
    assert found == [
        ("phone", "138****8000", None), ("real_name", "张*", None), ("face", "张*", None), ("real_name", "张*", "上海示例科技发展有限公司"),
    ]  # fmt: skip


@pytest.mark.parametrize("fault", [mode for mode in get_args(Mode) if mode != "ok"])
def test_none_of_the_app_s_faults_gets_in(app: FastAPI, phone: TestClient, parts: Parts, fault: str) -> None:
    assert _come(app, _signed(phone)).status_code == 303
    before = _count(parts)
    phone.post("/container/admin/faults", json={"mode": fault, "count": 1}).raise_for_status()
    assert _come(app, _signed(phone)).status_code == 403 and _count(parts) == before
    assert _come(app, _signed(phone)).status_code == 303
