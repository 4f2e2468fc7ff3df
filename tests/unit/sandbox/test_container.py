"""The app with a web view: a page that opens the product as somebody, tickets that say what is asked of them, and nobody else's key."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey

from sandbox.app import create_app
from sandbox.config import SandboxConfig, load_config
from sandbox.container.config import ContainerConfig
from sandbox.identity.realms import LEVELS, subject_of
from tests.unit.sandbox.conftest import KEY, Hands

PRODUCT, ISSUER = "http://product.example:8080", "https://app.example"
SHARED = OctKey.import_key("fictitious-key-of-the-app-32-bytes-or-more", {"kid": "app", "alg": "HS256"})
ZHANG = subject_of("11010519491231002X")
SHILI = "91310115MA1K3TL06A"
"""上海示例科技发展有限公司, whose legal representative 张三 is."""


@pytest.fixture
def client(config: SandboxConfig) -> TestClient:
    ours = ContainerConfig(PRODUCT, PRODUCT, ISSUER, SHARED)
    return TestClient(create_app(replace(config, container=ours)), headers={"X-Api-Key": KEY})


def read(ticket: str) -> dict[str, Any]:
    return dict(jwt.decode(ticket, SHARED, algorithms=["HS256"]).claims)


def test_whoever_is_chosen_opens_the_product_with_a_fresh_ticket(client: TestClient, hands: Hands) -> None:
    page = client.get("/container/")
    policy = page.headers["content-security-policy"]
    assert f"form-action 'self' {PRODUCT};" in policy and "script-src" not in policy and "<script" not in page.text
    assert "<form" not in page.text
    links = [unescape(href) for href in re.findall(r'href="(/container/\?[^"]+)"', page.text)]
    assert len(links) > len(LEVELS) * 20 and len(set(links)) == len(links)
    for href, enterprise in ((f"/container/?as={ZHANG}&acr=face", False), (f"/container/?as={ZHANG}&acr=real_name&for={SHILI}", True)):
        assert href in links
        shown = client.get(href).text
        assert f'action="{PRODUCT}/container"' in shown and shown.count("<form") == 1
        claims = read(re.findall(r'name="ticket" value="([^"]+)"', shown)[0])
        now = int(hands().timestamp())
        assert (claims["iss"], claims["aud"], claims["sub"], claims["iat"], claims["exp"]) == (ISSUER, PRODUCT, ZHANG, now, now + 120)
        assert claims["name"] == "张三" and claims["id_number"] == "11010519491231002X" and claims["phone_number"] == "13800138000"
        assert (claims.get("organization") or {}).get("uscc") == (SHILI if enterprise else None)
    assert "<form" not in client.get(f"/container/?as={ZHANG}&acr=palm").text
    assert f"form-action 'self' {PRODUCT}" not in client.get("/office/").headers["content-security-policy"]


def test_a_program_gets_tickets_with_the_office_s_key_each_with_a_number_of_its_own(client: TestClient) -> None:
    first, second = (client.post("/container/v1/tickets", json={"as": ZHANG, "acr": "phone"}).json() for _ in range(2))
    assert first["address"] == f"{PRODUCT}/container"
    claims = read(first["ticket"])
    assert claims["jti"] != read(second["ticket"])["jti"]
    assert claims["acr"] == "phone" and not {"name", "id_number", "organization"} & set(claims)
    for wrong in ({"as": "c-nobody"}, {"as": ZHANG, "acr": "palm"}, {"as": ZHANG, "acr": "phone", "for": SHILI}):
        assert client.post("/container/v1/tickets", json=wrong).status_code == 404, wrong
    assert client.post("/container/v1/tickets", json={"as": ZHANG, "name": "李四"}).status_code == 422


@pytest.mark.parametrize("path", ["/container/v1/tickets", "/container/admin/faults"])
def test_nobody_without_the_key_does(client: TestClient, path: str) -> None:
    body = {"as": ZHANG} if path.endswith("tickets") else {"mode": "expired"}
    for key in ("", "another", KEY[:-1]):
        assert client.post(path, json=body, headers={"X-Api-Key": key}).status_code == 401


def test_a_fault_is_for_as_many_tickets_as_was_said(client: TestClient, hands: Hands) -> None:
    assert client.post("/container/admin/faults", json={"mode": "expired", "count": 1}).json()["count"] == 1
    ends = [read(client.post("/container/v1/tickets", json={"as": ZHANG}).json()["ticket"])["exp"] for _ in range(2)]
    assert ends[0] < hands().timestamp() < ends[1]
    assert client.post("/container/admin/faults", json={"mode": "sulky"}).status_code == 422


def test_there_is_no_such_app_until_a_product_is_named(config: SandboxConfig) -> None:
    assert TestClient(create_app(config)).get("/container/").status_code == 404


def test_what_cannot_work_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    base = {"BANDAO_OFFICE_KEY": KEY, "BANDAO_SANDBOX_CONTAINER_PRODUCT": f"{PRODUCT}/", "BANDAO_CONTAINER_ISSUER": ISSUER}
    named = {**base, "BANDAO_CONTAINER_KEYS": str(file)}
    for env, told in (
        ({**base, "BANDAO_SANDBOX_CONTAINER_PRODUCT": "product.example"}, "BANDAO_SANDBOX_CONTAINER_PRODUCT"),
        ({**named, "BANDAO_CONTAINER_ISSUER": ""}, "BANDAO_CONTAINER_ISSUER"), (base, "BANDAO_CONTAINER_KEYS"), (named, "BANDAO_CONTAINER_KEYS"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=told):
            load_config(tmp_path, env)
    public = {"kty": "EC", "kid": "curve", "alg": "ES256", "crv": "P-256", "x": "AA", "y": "AA"}
    file.write_text(json.dumps({"keys": [public]}))
    with pytest.raises(ValueError, match="BANDAO_CONTAINER_KEYS"):
        load_config(tmp_path, named)
    file.write_text(json.dumps({"keys": [public, SHARED.as_dict()]}))
    found = load_config(tmp_path, {**named, "BANDAO_CONTAINER_AUDIENCE": "urn:bandao"}).container
    assert found is not None and (found.product, found.audience, found.key.as_dict()) == (PRODUCT, "urn:bandao", SHARED.as_dict())
    assert SHARED.as_dict()["k"] not in repr(found)
    assert load_config(tmp_path, {"BANDAO_OFFICE_KEY": KEY}).container is None
