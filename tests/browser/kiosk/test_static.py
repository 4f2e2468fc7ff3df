"""What the kiosk's routes serve, without a browser: headers, words in both languages, the code for the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import segno
from fastapi import FastAPI
from fastapi.testclient import TestClient

from channels.kiosk.routes import STATIC_DIR, router

OK, NOT_FOUND = 200, 404


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    settings = SimpleNamespace(
        kiosk_idle_seconds=90, kiosk_countdown_seconds=15, citizens_url="https://hall.bandao.example", voice_recogniser="off"
    )
    app.state.parts = SimpleNamespace(settings=settings)
    app.include_router(router)
    with TestClient(app) as client:
        yield client


def words(locale: str) -> dict[str, str]:
    text = (STATIC_DIR / "js" / "strings" / f"{locale}.js").read_text(encoding="utf-8")
    return dict(re.findall(r'^  "([^"]+)": "(.*)",$', text, re.MULTILINE))


@pytest.mark.parametrize("path", ["/kiosk", "/kiosk/figure", "/kiosk/settings", "/static/kiosk/js/main.js"])
def test_every_answer_carries_the_policy(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == OK
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    assert "geolocation=()" in answer.headers["permissions-policy"]


def test_the_page_waits_as_long_as_the_settings_say(client: TestClient) -> None:
    assert client.get("/kiosk/settings").json() == {
        "idle_seconds": 90, "countdown_seconds": 15, "address": "https://hall.bandao.example",
    }  # fmt: skip


@pytest.mark.parametrize(("case", "status"), [
    ("BD20261110ABCDEFGH", OK), ("x", NOT_FOUND), ("BD20261110&lang=en", NOT_FOUND), ("BD2026/../", NOT_FOUND), ("BD" + "1" * 40, NOT_FOUND),
])  # fmt: skip
def test_the_code_is_for_numbers_of_cases_only(client: TestClient, case: str, status: int) -> None:
    answer = client.get("/kiosk/qr", params={"case": case})
    assert answer.status_code == status
    assert answer.headers["cache-control"] in ("no-store", "no-cache")
    if status == OK:
        assert answer.text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')


@pytest.mark.parametrize(("code", "status"), [("K7M3PX", OK), ("K7M3P", NOT_FOUND), ("k7m3px", NOT_FOUND), ("K7M3P&", NOT_FOUND), ("K7M3P0", NOT_FOUND)])
def test_her_phone_shows_a_kiosk_its_resume_code_which_no_browser_sends_on(client: TestClient, code: str, status: int) -> None:
    answer = client.get("/kiosk/qr", params={"case": "BD20261110ABCDEFGH"}, headers={"Bandao-Resume-Code": code})
    assert answer.status_code == status
    if status == OK:
        drawn = segno.make(f"https://hall.bandao.example/?case=BD20261110ABCDEFGH#resume={code}", error="m", micro=False)
        assert answer.text.split(">", 1)[1] == drawn.svg_inline(scale=4, border=2).split(">", 1)[1]


def test_no_code_where_no_phone_could_open_it(client: TestClient) -> None:
    client.app.state.parts.settings.citizens_url = None  # type: ignore[attr-defined]
    assert client.get("/kiosk/qr", params={"case": "BD20261110ABCDEFGH"}).status_code == NOT_FOUND


def test_both_languages_say_the_same_and_nothing_else(client: TestClient) -> None:
    chinese, english = words("zh-CN"), words("en")
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
    assert all(english[key] == text for key, text in chinese.items() if key.endswith(".say"))
    files = [STATIC_DIR / "index.html", *(STATIC_DIR / "js").glob("*.js")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = set(re.findall(r'["`\'](kiosk\.[a-z_.]+)["`\']', source))
    families = ("kiosk.mic_", "kiosk.door_", "kiosk.listening", "kiosk.hearing", "kiosk.thinking", "kiosk.speaking", "kiosk.waiting", "kiosk.touch", "kiosk.off")
    assert used - chinese.keys() == set()
    assert {key for key in chinese if key not in used and not key.startswith(families)} == set()


def test_the_page_says_in_its_markup_what_its_words_say() -> None:
    page = (STATIC_DIR / "index.html").read_text(encoding="utf-8")
    known = words("zh-CN")
    told = re.findall(r'data-k="([^"]+)"[^>]*>([^<]+)<', page)
    assert told
    assert {key: text for key, text in told if known[key] != text} == {}
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page)
