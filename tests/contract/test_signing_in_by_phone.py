"""Signing in at a kiosk by one's own phone: the code on the screen, the page that names the place, and whom neither helps."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.conversation import repository
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.tables import audit_entry
from assistant.identity import misuse
from channels.signin import routes
from channels.signin.by_phone import COOKIE, PAGE
from tests.contract.citizens_world import LI, ZHANG, Guest, Provider
from tests.contract.test_console import read_once
from tests.contract.test_signing_in import Making, make, provider, running

__all__ = ["make", "provider", "read_once", "running"]
PLACE = "一楼大厅2号机"
HALL = "http://hall.bandao.example"


@pytest.fixture
def app(make: Making) -> FastAPI:
    made = make()
    parts = made.state.parts  # the provider knows our address as it is; phones are told one they can open
    parts.settings = parts.settings.model_copy(update={"public_url": HALL})
    return made


class Phone:
    """A browser of somebody's own."""

    def __init__(self, app: FastAPI, provider: Provider, address: str = "203.0.113.9") -> None:
        self.http, self.provider = TestClient(app, follow_redirects=False, client=(address, 50000)), provider

    def scan(self, shown: dict[str, Any]) -> Any:
        split = urlsplit(shown["address"])
        return self.http.get(f"{split.path}?{split.query}")

    def send(self, page: Any, number: str) -> Any:
        hidden = dict(re.findall(r'name="(code|mark)" value="([^"]+)"', page.text))
        return self.http.post(PAGE, data={**hidden, "number": number})

    def proves(self, going: Any, who: str = ZHANG) -> Any:
        address = re.search(r'content="0;url=([^"]+)"', going.text)
        assert address is not None, going.text
        return self.http.get(self.provider.choose(html.unescape(address[1]), who))


def shown(kiosk: Guest, **asked: Any) -> dict[str, Any]:
    answer = kiosk.do("POST", "/sign-in/code", **{"place": PLACE, **asked})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_she_signs_in_with_her_phone_where_she_stands(app: FastAPI, provider: Provider, db: Database) -> None:
    kiosk, phone = Guest(app, provider, "kiosk"), Phone(app, provider)
    asked = kiosk.say("我要办住所变更")["ask"]
    code = shown(kiosk)
    assert code["address"].startswith(f"{HALL}{PAGE}?code={kiosk.id}.") and "<svg" in code["qr"]
    assert re.fullmatch(r"\d{3}", code["number"]) and f"={code['number']}" not in code["address"]
    page = phone.scan(code)
    assert page.status_code == 200 and PLACE in page.text and ">" + code["number"] not in page.text
    assert phone.scan(code).status_code == 200, "looking uses nothing up"
    going = phone.send(phone.scan(code), code["number"])
    assert "prompt=login" in going.text and not kiosk.standing["signed_in"], "the number alone proves nothing"
    done = phone.proves(going)
    assert done.status_code == 200 and "登录好了" in done.text
    assert (kiosk.standing["signed_in"], kiosk.standing["who"]) == (True, "张*")
    assert routes.COOKIE not in phone.http.cookies and COOKIE not in phone.http.cookies, "nothing stays on the phone"
    assert kiosk.say("然后呢")["ask"]["field"] == asked["field"]
    with db.read() as conn:
        events = [event.data.get("text", "") for event in repository.events_after(conn, kiosk.id, 0) if event.kind == "notice"]
        noted = conn.execute(select(audit_entry.c.detail).where(audit_entry.c.action == "citizen.phone_confirmed")).scalar_one()
        assert "您已登录：张*" in events[-1] and noted == {"level": "real_name", "wrong": 0} and audit.verify(conn).ok
    assert phone.scan(code).status_code == 410, "once"


def test_a_code_holds_for_three_minutes_for_one_screen_and_only_the_newest(app: FastAPI, provider: Provider, clock: FixedClock) -> None:
    kiosk, other, phone = Guest(app, provider, "kiosk"), Guest(app, provider, "kiosk"), Phone(app, provider)
    first = shown(kiosk)
    second = shown(kiosk)
    assert phone.scan(first).status_code == 410 and phone.scan(second).status_code == 200
    moved = second["address"].replace(kiosk.id, other.id)
    assert phone.scan({"address": moved}).status_code == 410
    page = phone.scan(second)
    clock.advance(timedelta(minutes=3, seconds=1))
    assert phone.scan(second).status_code == 410 and phone.send(page, second["number"]).status_code == 410
    third = shown(kiosk)
    assert kiosk.do("POST", "/leave").status_code == 204
    assert phone.scan(third).status_code == 410, "who was at that screen has gone"


def test_a_photographed_code_signs_nobody_in_without_the_number_on_the_screen(app: FastAPI, provider: Provider, db: Database) -> None:
    kiosk, phone = Guest(app, provider, "kiosk"), Phone(app, provider)
    code = shown(kiosk)
    wrong = f"{(int(code['number']) + 1) % 1000:03}"
    page = phone.scan(code)
    for _ in range(2):
        page = phone.send(page, wrong)
        assert page.status_code == 200 and "数字不对" in page.text
    assert phone.send(page, wrong).status_code == 410, "three tries"
    assert phone.scan(code).status_code == 410 and not kiosk.standing["signed_in"]


def test_another_site_cannot_send_the_form_for_her(app: FastAPI, provider: Provider) -> None:
    kiosk, phone = Guest(app, provider, "kiosk"), Phone(app, provider)
    code = shown(kiosk)
    for mark in ("", "made-up"):
        sent = phone.http.post(PAGE, data={"code": code["address"].split("code=")[1], "number": code["number"], "mark": mark})
        assert sent.status_code == 200 and PLACE in sent.text and "http-equiv" not in sent.text, "she is asked, and sees where"
    assert "SameSite=strict" in phone.scan(code).headers["set-cookie"]
    going = phone.send(phone.scan(code), code["number"])
    stranger = Phone(app, provider)
    assert stranger.proves(going).headers["location"] == "/?signin=refused", "the way to the provider is gone by the phone that began it"


def test_who_tries_many_numbers_is_slowed_and_shown(make: Making, provider: Provider, db: Database) -> None:
    app = make(misuse_tries=4)
    app.state.parts.settings = app.state.parts.settings.model_copy(update={"public_url": HALL})
    kiosk, phone = Guest(app, provider, "kiosk"), Phone(app, provider)
    answers = []
    for _ in range(3):
        code = shown(kiosk)
        wrong = f"{(int(code['number']) + 1) % 1000:03}"
        answers += [phone.send(phone.scan(code), wrong).status_code for _ in range(2)]
    assert answers == [200] * 5 + [429]
    with db.read() as conn:
        assert [(alarm.kind, alarm.address) for alarm in misuse.alarms(conn)] == [("proofs", "203.0.113.9")]


def test_somebody_elses_screen_is_not_taken_over(app: FastAPI, provider: Provider) -> None:
    kiosk = Guest(app, provider, "kiosk")
    for who, status in ((ZHANG, 200), (LI, 403)):
        phone, code = Phone(app, provider), shown(kiosk)
        assert phone.proves(phone.send(phone.scan(code), code["number"]), who).status_code == status
    assert kiosk.standing["who"] == "张*"


@pytest.mark.parametrize(
    ("channel", "phones", "words"), [("web", HALL, "不用扫二维码"), ("kiosk", "http://127.0.0.1:8080", "手机还打不开")]
)
def test_where_it_cannot_be_it_is_said(make: Making, provider: Provider, channel: str, phones: str, words: str) -> None:
    app = make()
    app.state.parts.settings = app.state.parts.settings.model_copy(update={"public_url": phones})
    answer = Guest(app, provider, channel).do("POST", "/sign-in/code")
    assert answer.status_code == 409 and words in answer.json()["detail"]


@pytest.mark.parametrize("code", ["", "x", "x.y", ".", "a" * 5000, "\u202e.<script>", "00000000-0000-0000-0000-000000000000.x"])
def test_what_is_no_code_says_so_and_repeats_nothing(app: FastAPI, provider: Provider, code: str) -> None:
    answer = Phone(app, provider).http.get(PAGE, params={"code": code})
    assert answer.status_code == 410 and "script" not in answer.text.replace("script-src", "")


def test_the_place_is_words_and_nothing_else(app: FastAPI, provider: Provider) -> None:
    kiosk = Guest(app, provider, "kiosk")
    page = Phone(app, provider).scan(shown(kiosk, place="<b>大厅</b>\u202e \u0007 2号"))
    assert "<b>" not in page.text and "&lt;b&gt;大厅&lt;/b&gt; 2号" in page.text and "\u202e" not in page.text
    assert "没有登记位置" in Phone(app, provider).scan(shown(kiosk, place="")).text


def test_the_mini_program_opens_the_same_page_and_speaks_of_itself(app: FastAPI, provider: Provider) -> None:
    mini, view = Guest(app, provider, "miniprogram"), Phone(app, provider)
    asked = mini.say("我要办住所变更")["ask"]
    code = shown(mini, place="")
    page = view.scan(code)
    assert "办到小程序" in page.text and "机器" not in page.text and "别人告诉您的数字" in page.text
    assert "小程序再看一次" in view.send(page, f"{(int(code['number']) + 1) % 1000:03}").text
    assert view.proves(view.send(view.scan(code), code["number"])).status_code == 200
    assert (mini.standing["signed_in"], mini.standing["who"]) == (True, "张*")
    assert mini.do("GET", "/my-cases").status_code == 200 and routes.COOKIE not in view.http.cookies
    assert mini.say("然后呢")["ask"]["field"] == asked["field"]
    used = view.scan(code)
    assert used.status_code == 410 and "回到小程序" in used.text
