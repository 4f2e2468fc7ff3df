"""The desk at the API: while staff own a conversation the bot is silent, and nobody gets at what is not theirs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.desk import accounts
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.settings import get_settings
from channels.console.page import STATIC_DIR
from knowledge.catalogue import Catalogue
from knowledge.search import Search
from tests.contract.desk_world import PASSWORD, Colleague, ToyEngine, Visitor, hire, with_toy_engine

Hiring = Callable[..., Colleague]


@cache
def _catalogue(folder: Path) -> Catalogue:
    return Catalogue.load(folder)


@cache
def _search(models_dir: Path, model: str) -> Search:
    return Search.build(_catalogue(get_settings().guides_dir), models_dir, model)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guides and their index are the same in every test; making them anew takes longer than the test."""
    monkeypatch.setattr("channels.app.Catalogue", SimpleNamespace(load=lambda folder, *_: _catalogue(folder)))
    monkeypatch.setattr("channels.app.Search", SimpleNamespace(build=lambda _catalogue, models_dir, model, **_: _search(models_dir, model)))


@pytest.fixture
def engine(app: FastAPI) -> ToyEngine:
    return with_toy_engine(app)


@pytest.fixture
def citizen(app: FastAPI, engine: ToyEngine) -> Visitor:
    return Visitor(TestClient(app))


@pytest.fixture
def staff(app: FastAPI, engine: ToyEngine) -> Hiring:
    """Hires and signs in."""

    def one(login: str, roles: str = "operator") -> Colleague:
        hire(app.state.parts, login, name=f"坐席{login}", roles=roles)
        return Colleague(TestClient(app), login)

    return one


def test_the_whole_stay(citizen: Visitor, staff: Hiring, engine: ToyEngine, db: Database) -> None:
    operator = staff("zhuo-1")
    asked = citizen.say("我要办住所变更")["ask"]
    turn = citizen.say("转人工")
    assert (turn["status"], turn["owner"], turn["ask"]) == ("handed_off", "queue", asked)
    [line] = operator.queue()["items"]
    assert (line["place"], line["item"], line["reason"], line["said"]) == (1, "公司住所变更登记", "to_human", "转人工")

    assert operator.do("claim", citizen.id).status_code == 200
    heard = engine.turns
    turn = citizen.say("房子是租的，怎么证明")
    assert (turn["status"], turn["owner"], turn["replies"]) == ("handed_off", "staff", [])
    assert engine.turns == heard
    assert operator.do("messages", citizen.id, text="租赁合同就行").status_code == 200
    assert citizen.told() == ["租赁合同就行"]

    assert operator.do("release", citizen.id).status_code == 200
    assert citizen.told()[-1] == f"我接着为您服务。刚才问到“{asked['label']}”，请接着回答。"
    turn = citizen.say("好的")
    assert (turn["owner"], engine.turns) == ("bot", heard + 1)

    # Both ends of the human stretch are marked
    assert [data["owner"] for kind, data in citizen.events() if kind == "owner"] == ["queue", "staff", "bot"]
    with db.read() as conn:
        assert audit.verify(conn).ok


def test_of_many_who_claim_exactly_one_gets_it(app: FastAPI, citizen: Visitor, staff: Hiring) -> None:
    citizen.say("转人工")
    colleagues = [staff(f"zhuo-{number}") for number in range(6)]
    together = threading.Barrier(len(colleagues))

    def claim(colleague: Colleague) -> int:
        together.wait()
        return colleague.do("claim", citizen.id).status_code

    with ThreadPoolExecutor(len(colleagues)) as pool:
        answers = list(pool.map(claim, colleagues))
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    late = colleagues[answers.index(409)].do("claim", citizen.id).json()
    assert late["code"] == "taken"
    assert f"坐席zhuo-{answers.index(200)}" in late["detail"]
    assert [data["owner"] for kind, data in citizen.events() if kind == "owner"] == ["queue", "staff"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/console/api/conversations/{id}/claim"),
        ("POST", "/console/api/conversations/{id}/release"),
        ("POST", "/console/api/conversations/{id}/messages"),
        ("PUT", "/console/api/password"),
        ("POST", "/console/api/logout"),
    ],
)
def test_a_change_without_the_token_is_refused(citizen: Visitor, staff: Hiring, method: str, path: str) -> None:
    citizen.say("转人工")
    operator = staff("zhuo-1")
    body = {"text": "您好"} if path.endswith("messages") else {"current": PASSWORD, "new": "Another-Pass-2026"} if "password" in path else None
    for headers in ({}, {"X-CSRF-Token": "wrong"}):
        assert operator.http.request(method, path.format(id=citizen.id), json=body, headers=headers).status_code == 403
    assert operator.queue()["waiting"] == 1


def test_a_session_ends_and_its_conversations_go_back_to_the_queue(citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    gone = staff("zhuo-1")
    citizen.say("转人工")
    gone.do("claim", citizen.id)
    clock.advance(timedelta(hours=12, seconds=1))
    for path in ("me", "queue", "updates", f"conversations/{citizen.id}"):
        assert gone.http.get(f"/console/api/{path}").status_code == 401
    assert gone.do("messages", citizen.id, text="您好").status_code == 401
    there = staff("zhuo-2")
    assert there.queue()["waiting"] == 1
    assert citizen.say("还在吗")["owner"] == "queue"
    assert there.do("claim", citizen.id).status_code == 200


def test_signing_out_gives_back_what_one_had_unless_one_is_still_there_elsewhere(app: FastAPI, citizen: Visitor, staff: Hiring) -> None:
    here = staff("zhuo-1")
    elsewhere = Colleague(TestClient(app), "zhuo-1")
    citizen.say("转人工")
    here.do("claim", citizen.id)
    here.http.post("/console/api/logout", headers=here.csrf)
    assert elsewhere.queue()["items"][0]["state"] == "claimed"
    elsewhere.http.post("/console/api/logout", headers=elsewhere.csrf)
    assert elsewhere.http.get("/console/api/me").status_code == 401
    assert citizen.events()[-1][1]["owner"] == "queue"


def test_what_neither_waits_nor_is_mine_is_as_if_it_were_not(app: FastAPI, citizen: Visitor, staff: Hiring) -> None:
    one, other = staff("zhuo-1"), staff("zhuo-2")
    for conversation_id in (citizen.id, "nobody"):
        assert one.read(conversation_id).status_code == 404
        for what, body in (("claim", {}), ("release", {}), ("messages", {"text": "您好"})):
            assert one.do(what, conversation_id, **body).status_code == 404
    citizen.say("转人工")
    assert one.read(citizen.id).status_code == 200
    assert one.do("messages", citizen.id, text="您好").json()["code"] == "not_held"
    one.do("claim", citizen.id)
    assert other.read(citizen.id).status_code == 404
    assert other.do("messages", citizen.id, text="您好").status_code == 409
    assert other.updates(conversation=citizen.id)["lost"] == "坐席zhuo-1已经接待了这个对话。请从队列里另选一个。"
    one.do("release", citizen.id)
    assert one.read(citizen.id).status_code == 404
    assert citizen.told() == ["我接着为您服务。还有什么要办的，请告诉我。"]


def test_who_leaves_the_queue_is_not_claimed_any_more(citizen: Visitor, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    citizen.say("转人工")
    citizen.say("取消排队")
    refused = operator.do("claim", citizen.id)
    assert (refused.status_code, refused.json()["code"]) == (409, "left")
    assert citizen.say("您好")["owner"] == "bot"


def test_the_same_message_sent_again_arrives_once(citizen: Visitor, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    citizen.say("转人工")
    operator.do("claim", citizen.id)
    for _ in range(2):
        assert operator.do("messages", citizen.id, text="您好", message_id="a-1").status_code == 200
    operator.do("messages", citizen.id, text="您好", message_id="a-2")
    assert citizen.told() == ["您好", "您好"]
    assert operator.do("messages", citizen.id, text=" \n").status_code == 422


def test_numbers_told_to_the_bot_are_masked_and_those_told_to_staff_are_not(citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    operator = staff("zhuo-1")
    citizen.say("我的电话13800138000，转人工")
    assert "13800138000" not in operator.http.get("/console/api/queue").text + operator.read(citizen.id).text
    clock.advance(timedelta(seconds=5))
    operator.do("claim", citizen.id)
    citizen.say("请打13900139000")
    packet = operator.read(citizen.id).json()
    said = [event["data"]["text"] for event in packet["events"] if event["event"] == "message"][1:]
    assert said == ["我的电话138****8000，转人工", "请打13900139000"]


def test_updates_bring_what_is_new_and_only_that(citizen: Visitor, staff: Hiring) -> None:
    operator = staff("zhuo-1")
    citizen.say("我要办住所变更")
    citizen.say("转人工")
    begun = operator.updates(conversation=citizen.id)
    assert begun["packet"]["case"]["guide"]["name"] == "公司住所变更登记"
    assert begun["packet"]["mine"] is False
    last = begun["packet"]["last_event"]
    operator.do("claim", citizen.id)
    news = operator.updates(conversation=citizen.id, after=last, seen=begun["seen"])
    assert news["seen"] != begun["seen"]
    assert [event["event"] for event in news["packet"]["events"]] == ["owner"]
    assert news["packet"]["mine"] is True
    again = operator.updates(conversation=citizen.id, after=news["packet"]["last_event"], seen=news["seen"])
    assert (again["seen"], again["packet"]["events"]) == (news["seen"], [])


def test_a_new_password_ends_other_sessions(app: FastAPI, staff: Hiring) -> None:
    here = staff("zhuo-1")
    elsewhere = Colleague(TestClient(app), "zhuo-1")

    def change(current: str, new: str) -> tuple[int, str]:
        answer = here.http.put("/console/api/password", json={"current": current, "new": new}, headers=here.csrf)
        return answer.status_code, answer.json().get("code", "")

    assert change("wrong", "Another-Pass-2026") == (403, "wrong_password")
    assert change(PASSWORD, "short") == (422, "password_weak")
    assert change(PASSWORD, "aaaaaaaaaaaaaa") == (422, "password_weak")
    assert change(PASSWORD, "my-zhuo-1-password") == (422, "password_weak")
    assert change(PASSWORD, "Another-Pass-2026") == (200, "")
    assert here.http.get("/console/api/me").status_code == 200
    assert elsewhere.http.get("/console/api/me").status_code == 401
    old = here.http.post("/console/api/login", json={"login": "zhuo-1", "password": PASSWORD})
    assert (old.status_code, old.json()["code"]) == (401, "wrong_login")


def test_a_closed_account_is_out_at_once(citizen: Visitor, staff: Hiring, db: Database, clock: FixedClock) -> None:
    operator, other = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("转人工")
    operator.do("claim", citizen.id)
    with db.write() as conn:
        accounts.add(conn, "chief", PASSWORD, "主管", "supervisor", clock.now())
        accounts.disable(conn, "zhuo-1", clock.now())
    assert operator.http.get("/console/api/me").status_code == 401
    assert operator.http.post("/console/api/login", json={"login": "zhuo-1", "password": PASSWORD}).status_code == 401
    assert other.queue()["waiting"] == 1


def test_guessing_passwords_is_slowed_down(app: FastAPI, staff: Hiring) -> None:
    staff("zhuo-1")
    answers = [TestClient(app).post("/console/api/login", json={"login": "zhuo-1", "password": "guess"}).status_code for _ in range(12)]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_the_page_is_public_strict_and_nothing_else_is_served(app: FastAPI) -> None:
    client = TestClient(app)
    for path in ("/console/", "/console/static/js/app.js", "/console/static/css/work.css"):
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "trusted-types 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy
        assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    for path in ("/console/static/", "/console/static/%2e%2e/routes.py", "/console/static/nothing.js"):
        assert client.get(path).status_code == 404
    page = (STATIC_DIR / "index.html").read_text(encoding="utf-8")
    assert "<style" not in page and " style=" not in page and " onclick=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
