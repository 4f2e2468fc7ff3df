"""What the routes serve, without a browser: headers, caching, and that every word exists in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels.web.routes import SECURITY_HEADERS, STATIC_DIR, router

LOCALES = ("zh-CN", "zh-Hant", "en")
OK, NOT_MODIFIED, NOT_FOUND = 200, 304, 404


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    with TestClient(app) as client:
        yield client


def words(locale: str) -> dict[str, str]:
    text = (STATIC_DIR / "js" / "strings" / f"{locale}.js").read_text(encoding="utf-8")
    return dict(re.findall(r'^  "([^"]+)": "(.*)",$', text, re.MULTILINE))


def sources() -> str:
    files = [STATIC_DIR / "index.html", *(path for path in (STATIC_DIR / "js").glob("*.js"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/static/chat/js/app.js", "/static/chat/css/base.css", "/static/chat/img/avatar.svg"])
def test_every_answer_carries_the_policy_and_can_be_kept(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == OK
    policy = answer.headers["content-security-policy"]
    assert policy.startswith(SECURITY_HEADERS["Content-Security-Policy"])
    assert "unsafe" not in policy and "*" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == NOT_MODIFIED
    assert again.content == b""
    assert answer.headers["cache-control"] == "no-cache"


def test_scripts_have_the_type_that_nosniff_demands(client: TestClient) -> None:
    assert client.get("/static/chat/js/app.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert client.get("/static/chat/img/avatar.svg").headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/static/chat/nothing.js", "/static/chat/../routes.py", "/static/chat/%2e%2e/routes.py", "/static/chat/"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == NOT_FOUND


def test_the_page_has_no_inline_script_or_style() -> None:
    page = (STATIC_DIR / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert not re.search(r"(innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\()", sources())


def test_all_languages_say_the_same_things() -> None:
    first = words("zh-CN")
    for locale in LOCALES[1:]:
        other = words(locale)
        assert other.keys() == first.keys()
        for key, text in first.items():
            assert set(re.findall(r"\{\w+\}", other[key])) == set(re.findall(r"\{\w+\}", text)), key
    # What buttons send is Simplified Chinese in every language: the API's dialogue words are fixed.
    spoken = {key: text for key, text in first.items() if key.endswith(".say")}
    assert all({key: words(locale)[key] for key in spoken} == spoken for locale in LOCALES)


def test_every_word_asked_for_exists_and_every_word_is_asked_for() -> None:
    source = sources()
    known = words("zh-CN").keys()
    asked = set(re.findall(r'"((?:[a-z0-9]+\.)+[a-z0-9_]+)"', source))
    panel = (STATIC_DIR / "js" / "casepanel.js").read_text(encoding="utf-8")
    asked |= {f"case.{key}" for key in re.findall(r'button\("(\w+)", "', panel)}
    asked |= {f"file.{key}{end}" for key in re.findall(r'button\("(\w+)", (?:again|\()', source) for end in ("", "_short")}
    occasions = {"start.food", "start.baby", "start.rent"}
    asked = asked - occasions - {"start.progress", "start.human"} | {"start.progress.say", "start.human.say"}
    asked |= {f"{occasion}.{end}" for occasion in occasions for end in ("title", "text", "say")}
    asked |= {f"send.{key}" for key in re.findall(r'button\("send\.(\w+)"', source)}
    # Put together at run time: `status.${owner}` and the like.
    families = tuple(set(re.findall(r"`((?:[a-z]+\.)+(?:[a-z]+_)?)\$\{", source)) - {"ask.", "file."})
    asked |= {f"ask.{field}{end}" for field in ("", "start.", "consent.", "switch.", "review.", "submit.") for end in ("yes", "no")}
    prefixes = {key.partition(".")[0] for key in known}
    missing = {key for key in asked if key.partition(".")[0] in prefixes and key not in known and not key.endswith((".js", ".svg", ".css"))}
    assert missing == set()
    unused = {key for key in known if key not in asked and not key.startswith(families)}
    assert unused == set()


def test_dark_is_the_same_whether_chosen_or_preferred() -> None:
    blocks = re.findall(r"\{\s*color-scheme: dark;(.*?)\}", (STATIC_DIR / "css" / "base.css").read_text(encoding="utf-8"), re.DOTALL)
    chosen, preferred = (re.findall(r"--[\w-]+: [^;]+;", block) for block in blocks)
    assert chosen == preferred


def test_modules_stay_small() -> None:
    long = {path.name: lines for path in STATIC_DIR.rglob("*.js") if (lines := path.read_text(encoding="utf-8").count("\n")) > 400}
    assert long == {}
