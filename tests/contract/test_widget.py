"""Which pages may embed the widget and what of the API they may call: those that are set, exactly, and only what it needs."""

from __future__ import annotations

import gzip
import re
from types import SimpleNamespace

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import ValidationError

from assistant.foundation.messages import render
from assistant.foundation.settings import Settings
from channels import problems
from channels.widget import routes
from channels.widget.cors import Embedding
from channels.widget.script import STATIC, script

CITY, OTHER = "https://www.example.gov.cn", "https://zwfw.example.gov.cn:8443"
MOST = 30 * 1024
"""Bytes, of everything a page loads before somebody presses the button, compressed."""
CONVERSATION = "/api/v1/conversations/c"
NEEDED = ["/api/v1/conversations", *(f"{CONVERSATION}/{name}" for name in ("messages", "events", "leave", "crossing")), "/api/v1/guides/g"]
OURS_ONLY = [
    "/", "/api/v1/crossings", "/api/v1/guides", f"{CONVERSATION}/sign-in", f"{CONVERSATION}/my-cases", f"{CONVERSATION}/uploads",
    "/api/v1/cases/BD1", "/api/v1/cases/BD1/package", "/console/api/login", f"{CONVERSATION}/messages/x", f"/x{CONVERSATION}/messages",
]  # fmt: skip


def _served(settings: Settings, origins: str) -> TestClient:
    app = FastAPI()
    app.state.parts = SimpleNamespace(settings=settings.model_copy(update={"widget_origins": origins}))
    problems.install(app)
    app.add_middleware(Embedding, settings=app.state.parts.settings)
    app.include_router(routes.router)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def anything(request: Request) -> dict[str, str]:
        return {"path": request.url.path}

    return TestClient(app)


def _asked(http: TestClient, path: str, origin: str, method: str = "POST") -> dict[str, str]:
    """What a browser is told before it calls, of who may."""
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type"}
    told = http.options(path, headers=headers).headers
    return {name: value for name, value in told.items() if name.startswith("access-control-")}


def test_pages_of_the_origins_that_are_set_may_call_what_the_widget_needs(settings: Settings) -> None:
    http = _served(settings, f"{CITY} {OTHER}")
    for path in NEEDED:
        for origin in (CITY, OTHER):
            told = _asked(http, path, origin)
            assert told["access-control-allow-origin"] == origin and "access-control-allow-credentials" not in told, path
            assert http.post(path, headers={"Origin": origin}).headers["access-control-allow-origin"] == origin
    for path in OURS_ONLY:
        assert _asked(http, path, CITY) == {}, path
        assert "access-control-allow-origin" not in http.get(path, headers={"Origin": CITY}).headers, path


@pytest.mark.parametrize(
    "origin",
    ["null", "https://example.gov.cn", "http://www.example.gov.cn", f"{CITY}:8443", f"{CITY}.evil.example", "https://evil.example", f"{CITY}/",
     "https://WWW.example.gov.cn"],
)  # fmt: skip
def test_nobody_else_may(settings: Settings, origin: str) -> None:
    http = _served(settings, f"{CITY} {OTHER}")
    assert "access-control-allow-origin" not in _asked(http, NEEDED[0], origin)
    assert "access-control-allow-origin" not in http.post(NEEDED[0], headers={"Origin": origin}).headers


def test_a_page_may_not_use_other_methods_or_headers(settings: Settings) -> None:
    http = _served(settings, CITY)
    asked = {"Origin": CITY, "Access-Control-Request-Method": "DELETE"}
    assert http.options(NEEDED[0], headers=asked).status_code == 400
    asked = {"Origin": CITY, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "cookie"}
    assert http.options(NEEDED[0], headers=asked).status_code == 400


def test_closed_until_it_is_set(settings: Settings) -> None:
    http = _served(settings, "")
    assert http.get("/static/widget/bandao.js").status_code == 404
    assert _asked(http, NEEDED[0], CITY) == {}


@pytest.mark.parametrize("wrong", ["*", "null", "www.example.gov.cn", f"{CITY}/", f"{CITY}/a", "https://*.example.gov.cn", f"{CITY}:443", f"{CITY},{OTHER}",
                                   "https://Example.gov.cn", "ftp://example.gov.cn"])  # fmt: skip
def test_what_is_no_origin_stops_the_start(wrong: str) -> None:
    with pytest.raises(ValidationError, match="origin"):
        Settings(widget_origins=wrong)


def test_the_script_is_small_and_asked_for_once(settings: Settings) -> None:
    http = _served(settings, CITY)
    answer = http.get("/static/widget/bandao.js", headers={"Accept-Encoding": "gzip", "Origin": CITY})
    assert answer.headers["content-encoding"] == "gzip" and answer.headers["cross-origin-resource-policy"] == "cross-origin"
    made = script()
    assert answer.content == made.plain == gzip.decompress(made.packed)
    assert len(made.packed) <= MOST and int(answer.headers["content-length"]) == len(made.packed)
    plain = http.get("/static/widget/bandao.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.content == made.plain
    assert http.get("/static/widget/bandao.js", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_it_is_one_file_and_makes_no_markup_of_words() -> None:
    text = script().plain.decode()
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "document.cookie", "import("):
        assert forbidden not in text, forbidden
    # nothing else is loaded: no picture, font, sheet or worker
    assert not re.search(r"url\(|@import|\.src\s*=|new Worker|importScripts", text)


def test_its_words_are_the_same_in_both_kinds_of_characters() -> None:
    blocks = re.findall(r'^  "?([\w-]+)"?: \{\n(.+?)^  \},$', (STATIC / "words.js").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    words = dict(blocks)
    assert list(words) == ["zh-CN", "zh-Hant", "en"]
    assert words["zh-Hant"] == render(words["zh-CN"], "zh-Hant")
    keys = [re.findall(r"(?:^|[ ,])(\w+): (?:\"|\()", words[locale]) for locale in ("zh-CN", "en")]
    assert sorted(keys[0]) == sorted(keys[1]) and len(keys[0]) > 40
