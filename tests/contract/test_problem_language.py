"""Problems outside of a conversation are told in the language the reader asks for; staff and programs see no difference."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels import problems


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.get("/api/v1/hasty")
    @app.get("/console/api/hasty")
    def hasty() -> None:
        raise problems.Problem(429, "too_fast", seconds=3)

    @app.get("/api/v1/count/{number}")
    def count(number: int) -> int:
        return number

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("broken")

    return TestClient(app, raise_server_exceptions=False)


def detail(client: TestClient, path: str, language: str | None) -> str:
    return str(client.get(path, headers={"accept-language": language} if language else {}).json()["detail"])


@pytest.mark.parametrize(
    ("path", "english"),
    [
        ("/api/v1/hasty", "again in 3 seconds"), ("/api/v1/count/many", "wrong format"), ("/api/v1/nowhere", "Not found"),
        ("/api/v1/broken", "went wrong on our side"),
    ],
)  # fmt: skip
def test_english_for_whoever_prefers_it(client: TestClient, path: str, english: str) -> None:
    assert english in detail(client, path, "en-GB,en;q=0.9")
    assert english not in detail(client, path, None)


@pytest.mark.parametrize("language", [None, "zh-CN,zh;q=0.9,en;q=0.8", "fr", "*", "en;q=0", "en;q=much", "", ";;q=,="])
def test_chinese_for_everybody_else(client: TestClient, language: str | None) -> None:
    assert "3秒" in detail(client, "/api/v1/hasty", language)


def test_staff_read_chinese_whatever_their_browser_prefers(client: TestClient) -> None:
    assert "3秒" in detail(client, "/console/api/hasty", "en")


def test_what_programs_read_stays_as_it_is(client: TestClient) -> None:
    chinese, english = (client.get("/api/v1/hasty", headers={"accept-language": said}).json() for said in ("zh", "en"))
    assert {k: v for k, v in chinese.items() if k != "detail"} == {k: v for k, v in english.items() if k != "detail"}
    assert chinese["code"] == "too_fast"
