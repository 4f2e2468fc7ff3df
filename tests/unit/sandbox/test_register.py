"""The register's doors: tokens, scopes, and answers that give nothing away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig, load_config
from tests.unit.sandbox.conftest import Hands

SECRET = "fictitious-secret"
ALL = "register:enterprise register:person register:licence"
USCC, NUMBER = "91310115MA1K3TL06A", "11010519491231002X"


class Asker:
    """Asks the register as a program does."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    def token(self, scope: str = ALL, secret: str = SECRET, grant: str = "client_credentials") -> Any:
        form = {"grant_type": grant, "scope": scope}
        answer = self.client.post("/register/oauth/token", data=form, auth=("bandao", secret))
        self.headers = {"Authorization": f"Bearer {answer.json().get('access_token', '')}"}
        return answer

    def enterprise(self, uscc: str = USCC) -> Any:
        return self.client.get(f"/register/v1/enterprises/{uscc}", headers=self.headers)

    def person(self, number: str = NUMBER, name: str = "张三") -> Any:
        return self.client.post("/register/v1/persons/lookup", json={"id_number": number, "name": name}, headers=self.headers)

    def licences(self, holder: str) -> Any:
        return self.client.post("/register/v1/licences/lookup", json={"holder": holder}, headers=self.headers)

    def fault(self, mode: str, **more: Any) -> Any:
        return self.client.post("/register/v1/admin/faults", json={"mode": mode, **more}, auth=("bandao", SECRET))


@pytest.fixture
def asker(config: SandboxConfig) -> Iterator[Asker]:
    app = create_app(replace(config, register_client_secret=SECRET))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield Asker(client)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["code"], body["status"], body["type"]) == (code, status, f"urn:bandao:register:{code}")
    return body


def test_a_token_opens_what_its_scope_says(asker: Asker) -> None:
    granted = asker.token("register:enterprise")
    assert granted.json()["token_type"] == "Bearer" and granted.json()["expires_in"] == 600
    assert granted.headers["cache-control"] == "no-store"
    assert asker.enterprise().json()["legal_representative"] == "张三"
    problem(asker.person(), 403, "insufficient-scope")
    problem(asker.licences(USCC), 403, "insufficient-scope")


def test_credentials_in_the_form_do_as_well(asker: Asker) -> None:
    form = {"grant_type": "client_credentials", "client_id": "bandao", "client_secret": SECRET}
    assert asker.client.post("/register/oauth/token", data=form).json()["scope"] == ALL


def test_who_is_not_known_gets_no_token(asker: Asker) -> None:
    assert problem(asker.token(secret="wrong"), 401, "invalid-client")["error"] == "invalid_client"
    problem(asker.token(grant="password"), 400, "unsupported-grant-type")
    problem(asker.token(scope="register:all"), 400, "invalid-scope")
    problem(asker.client.post("/register/oauth/token", content=b"x" * 10_000), 400, "invalid-request")
    problem(asker.client.post("/register/oauth/token", headers={"Authorization": "Basic ???"}), 401, "invalid-client")


def test_without_a_secret_the_register_is_shut(client: TestClient) -> None:
    problem(Asker(client).token(secret=""), 401, "invalid-client")


def test_without_a_token_nothing_is_said(asker: Asker) -> None:
    for answer in (asker.enterprise(), asker.person(), asker.licences(USCC)):
        problem(answer, 401, "invalid-token")


def test_a_token_ends(asker: Asker, hands: Hands) -> None:
    asker.token()
    hands.advance(seconds=599)
    assert asker.enterprise().status_code == 200
    hands.advance(seconds=1)
    assert 'error="invalid_token"' in asker.enterprise().headers["www-authenticate"]
    asker.token()
    assert asker.enterprise().status_code == 200


def test_a_wrong_name_is_answered_like_an_unknown_number(asker: Asker) -> None:
    asker.token()
    assert asker.person().json()["birth_date"] == "1949-12-31"
    unknown, wrong = asker.person(number="110105194912310038"), asker.person(name="李四")
    problem(unknown, 404, "not-found")
    assert wrong.json() == unknown.json()


def test_names_are_found_however_they_are_typed(asker: Asker) -> None:
    asker.token()
    found = asker.client.get(
        "/register/v1/enterprises", params={"name": " 上海示例投资中心(有限合伙) "}, headers=asker.headers
    ).json()["items"]
    assert [item["name"] for item in found] == ["上海示例投资中心（有限合伙）"]
    assert asker.person("310115200003070020", "阿依古丽•示例").status_code == 200
    assert asker.client.get("/register/v1/enterprises", params={"name": "上海示例"}, headers=asker.headers).json() == {
        "items": []
    }


def test_what_does_not_exist_is_not_found(asker: Asker) -> None:
    asker.token()
    problem(asker.enterprise("91310115MA1K3TL06B"), 404, "not-found")
    assert asker.licences("91310115MA1K3TL06B").json() == {"items": []}


def test_a_licence_says_whether_it_still_holds(asker: Asker, hands: Hands) -> None:
    asker.token()
    (permit,) = (item for item in asker.licences("92310115MA1TL88885").json()["items"] if item["kind"] == "food_permit")
    assert (permit["expires"], permit["status"]) == ("2027-01-20", "valid")
    hands.advance(days=3 * 365)
    asker.token()
    assert {item["status"] for item in asker.licences("92310115MA1TL88885").json()["items"] if item["kind"] == "food_permit"} == {
        "expired"
    }


def test_faults(asker: Asker) -> None:
    asker.token()
    assert asker.fault("wrong_record", count=1).status_code == 200
    assert asker.enterprise().json()["uscc"] != USCC
    asker.fault("expired_token", count=1)
    problem(asker.enterprise(), 401, "invalid-token")
    asker.fault("broken_json", count=1)
    with pytest.raises(ValueError):
        asker.enterprise().json()
    asker.fault("error500", count=1)
    problem(asker.enterprise(), 500, "fault")
    asker.fault("down")
    problem(asker.enterprise(), 503, "down")
    assert asker.client.get("/register/healthz").status_code == 503
    assert asker.client.get("/healthz").status_code == 200
    asker.fault("ok")
    assert asker.enterprise().json()["uscc"] == USCC


def test_faults_are_not_for_everybody(asker: Asker) -> None:
    answer = asker.client.post("/register/v1/admin/faults", json={"mode": "down"}, auth=("bandao", "wrong"))
    problem(answer, 401, "invalid-client")


def test_the_environment_names_client_and_folder(tmp_path: Any) -> None:
    env = {"BANDAO_OFFICE_KEY": "x" * 16, "BANDAO_REGISTER_CLIENT_SECRET": "s", "BANDAO_SANDBOX_SEED": str(tmp_path)}
    config = load_config(tmp_path, env)
    assert (config.register_client_id, config.register_client_secret, config.seed_dir) == ("bandao", "s", tmp_path)
    assert load_config(tmp_path, {"BANDAO_OFFICE_KEY": "x" * 16, "BANDAO_SANDBOX_SEED": ""}).seed_dir is None
    with pytest.raises(ValueError, match="BANDAO_SANDBOX_TOKEN_SECONDS"):
        load_config(tmp_path, {**env, "BANDAO_SANDBOX_TOKEN_SECONDS": "0"})
