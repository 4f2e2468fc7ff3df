"""The desk at the API: presence, passing on, notes, wrap-up, promises and supervisors, as the console's page uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.conversation.review_list import ReviewList
from assistant.desk import accounts
from assistant.desk.accounts import Operator
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.desk_tables import desk_seat
from channels.parts import Parts
from tests.contract.desk_world import PASSWORD, Colleague, ToyEngine, Visitor, with_toy_engine
from tests.contract.test_console import Hiring, read_once, staff

__all__ = ["read_once", "staff"]  # fixtures


@pytest.fixture
def engine(app: FastAPI) -> ToyEngine:
    return with_toy_engine(app)


@pytest.fixture
def citizen(app: FastAPI, engine: ToyEngine) -> Visitor:
    return Visitor(TestClient(app))


@pytest.fixture
def boss(app: FastAPI, engine: ToyEngine) -> Colleague:
    parts: Parts = app.state.parts
    with parts.db.write() as conn:
        accounts.add(conn, "boss", PASSWORD, "主管", "supervisor", parts.clock.now())
    return Colleague(TestClient(app), "boss")


def desk(one: Colleague) -> dict[str, Any]:
    found: dict[str, Any] = one.http.get("/console/api/desk").json()
    return found


def put(one: Colleague, state: str) -> httpx.Response:
    return one.http.put("/console/api/desk/presence", json={"state": state}, headers=one.csrf)


def take_next(one: Colleague) -> str | None:
    found: str | None = one.http.post("/console/api/desk/next", headers=one.csrf).json()["conversation_id"]
    return found


def test_passing_on_and_ending(citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    anna, bert = staff("zhuo-1"), staff("zhuo-2")
    for one in (anna, bert):
        one.queue()
    citizen.say("转人工")
    assert take_next(anna) == citizen.id
    assert take_next(bert) is None
    found = desk(bert)
    assert (found["state"], [group["code"] for group in found["groups"]]) == ("available", ["general"])
    assert {one["name"]: one["held"] for one in found["colleagues"]} == {"坐席zhuo-1": 1, "坐席zhuo-2": 0}
    assert anna.do("transfer", citizen.id, to="nobody").json()["code"] == "absent"
    assert anna.do("transfer", citizen.id, to="nobody", group="general").status_code == 422
    assert anna.do("notes", citizen.id, text="已经核对住所").status_code == 200
    clock.advance(timedelta(seconds=1))
    assert anna.do("transfer", citizen.id, to=found["me"], note="要问消防").status_code == 200
    assert citizen.events()[-1][1]["text"] == "工作人员坐席zhuo-1正在为您转给更合适的工作人员，请稍等，不用从头再说"
    assert anna.do("claim", citizen.id).json()["code"] == "for_other"
    assert take_next(bert) == citizen.id
    noted = bert.http.get(f"/console/api/conversations/{citizen.id}/notes").json()
    assert [(note["kind"], note["name"], note["text"]) for note in noted] == [
        ("note", "坐席zhuo-1", "已经核对住所"), ("transfer", "坐席zhuo-1", "要问消防"),
    ]  # fmt: skip
    assert anna.http.get(f"/console/api/conversations/{citizen.id}/notes").status_code == 404
    assert bert.do("wrap-up", citizen.id, outcome="whatever").status_code == 422
    assert bert.do("wrap-up", citizen.id, outcome="solved", close=True, note="已答").status_code == 200
    assert citizen.events()[-1][1]["owner"] == "closed"
    assert not any("消防" in str(data) or "核对" in str(data) for _, data in citizen.events()), "notes are for staff"
    turn = citizen.say("还有一件事")
    assert (turn["owner"], turn["replies"][0]["text"]) == ("bot", "收到")


def test_kept_conversations_come_back_to_who_kept_them(citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    anna = staff("zhuo-1")
    citizen.say("转人工")
    anna.do("claim", citizen.id)
    past, until = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    assert anna.do("wrap-up", citizen.id, outcome="to_office", close=True, keep_until=past.isoformat()).json()["code"] == "keep_past"
    assert anna.do("wrap-up", citizen.id, outcome="to_office", close=True, keep_until=until.isoformat()).status_code == 200
    turn = citizen.say("部门回复了")
    assert (turn["owner"], turn["status"]) == ("queue", "handed_off")
    assert take_next(anna) == citizen.id


def test_what_was_meant_goes_to_the_review_list(app: FastAPI, citizen: Visitor, staff: Hiring, db: Database) -> None:
    anna = staff("zhuo-1")
    citizen.say("我要办住所变更")
    citizen.say("转人工")
    anna.do("claim", citizen.id)
    assert anna.do("wrap-up", citizen.id, outcome="solved", intent="ask_fee", item="-").json()["code"] == "bad_label"
    assert anna.do("wrap-up", citizen.id, outcome="solved", intent="ask_fee", item="no-such-item").status_code == 422
    assert anna.do("wrap-up", citizen.id, outcome="solved", intent="ask_fee", item="company-address-change").status_code == 200
    with db.read() as conn:
        [entry] = ReviewList(db.keyring, 90).waiting(conn)
    assert (entry.text, entry.suggested_intent, entry.suggested_item) == ("我要办住所变更", "ask_fee", "company-address-change")


def test_a_supervisor_sees_everything_and_helps(citizen: Visitor, staff: Hiring, boss: Colleague, clock: FixedClock) -> None:
    anna = staff("zhuo-1")
    citizen.say("转人工")
    anna.do("claim", citizen.id)
    clock.advance(timedelta(seconds=50))
    board = boss.http.get("/console/api/desk/board").json()
    [stay] = board["stays"]
    assert (stay["staff_name"], stay["state"], stay["limits"][0]["name"], stay["limits"][0]["near"]) == (
        "坐席zhuo-1", "claimed", "first_answer", True,
    )  # fmt: skip
    for path in ("join", "part", "whisper", "take-over"):
        assert anna.do(path, citizen.id, **({"text": "…"} if path == "whisper" else {})).status_code == 403
    assert anna.http.get("/console/api/desk/board").status_code == 403
    seen = anna.updates()["seen"]
    assert boss.do("whisper", citizen.id, text="先安抚").status_code == 200
    assert anna.updates()["seen"] != seen, "her page hears of it"
    assert boss.do("join", citizen.id).status_code == 200
    assert citizen.events()[-1] == ("owner", citizen.events()[-1][1] | {"owner": "staff", "text": "工作人员主管也来了，一起为您服务"})
    assert boss.do("messages", citizen.id, text="我来看看").status_code == 200
    assert boss.read(citizen.id).json()["mine"] is False
    assert boss.do("take-over", citizen.id).status_code == 200
    assert boss.read(citizen.id).json()["mine"] is True
    assert anna.do("messages", citizen.id, text="您好").json()["code"] == "taken"
    assert citizen.told() == ["我来看看"]
    assert not any("安抚" in str(data) for _, data in citizen.events())


def test_a_supervisor_takes_a_conversation_nobody_asked_a_person_for(citizen: Visitor, staff: Hiring, boss: Colleague) -> None:
    case_no = citizen.say("我要办住所变更")["case"]["case_no"]
    anna = staff("zhuo-1")
    path = "/console/api/desk/pull"
    wish = {"case_no": case_no, "reason": "改了十次地址，像是卡住了"}
    assert anna.http.post(path, json=wish, headers=anna.csrf).status_code == 403
    assert boss.http.post(path, json={**wish, "case_no": "no-such-case"}, headers=boss.csrf).status_code == 404
    assert boss.http.post(path, json={**wish, "reason": " "}, headers=boss.csrf).status_code == 422, "nobody is taken without a reason"
    taken = boss.http.post(path, json=wish, headers=boss.csrf)
    assert taken.json() == {"conversation_id": citizen.id}
    assert boss.http.post(path, json=wish, headers=boss.csrf).status_code == 409
    notes = boss.http.get(f"/console/api/conversations/{citizen.id}/notes").json()
    assert [(one["name"], one["text"]) for one in notes] == [("主管", "调来的原因：改了十次地址，像是卡住了")]
    [stay] = boss.http.get("/console/api/desk/board").json()["stays"]
    assert (stay["reason"], stay["item"], stay["staff_name"]) == ("pulled", "company-address-change", "主管")
    assert (citizen.events()[-1][1]["owner"], citizen.say("您好")["replies"]) == ("staff", [])


def test_who_says_she_is_offline_gives_back_what_she_has(citizen: Visitor, staff: Hiring) -> None:
    anna, bert = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("转人工")
    anna.do("claim", citizen.id)
    assert put(anna, "away").status_code == 200
    assert bert.queue()["waiting"] == 0
    assert put(anna, "offline").status_code == 200
    assert bert.queue()["waiting"] == 1
    assert put(anna, "asleep").status_code == 422


def test_an_operator_whose_page_is_gone_loses_what_she_had(citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    anna, bert = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("转人工")
    anna.do("claim", citizen.id)
    for _ in range(3):
        clock.advance(timedelta(seconds=40))
        anna.updates()
    assert bert.queue()["waiting"] == 0
    clock.advance(timedelta(seconds=91))
    assert bert.queue()["waiting"] == 1
    assert citizen.events()[-1][1]["owner"] == "queue"


def test_a_limit_that_is_near_reaches_supervisors_and_nobody_else(
    app: FastAPI, citizen: Visitor, staff: Hiring, boss: Colleague, clock: FixedClock
) -> None:
    anna = staff("zhuo-1")
    citizen.say("转人工")

    def updates(who: Colleague, seen: str = "", held: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = who.http.get("/console/api/updates", params={"seen": seen, "held": held}).json()
        return found

    before = updates(boss)
    assert before["escalated"] == []
    clock.advance(timedelta(seconds=50))  # of the 60 in which the first answer is due
    app.state.parts.desk_rounds.run_due()
    after = updates(boss, before["seen"], held=True)
    assert after["escalated"] == [citizen.id] and after["seen"] != before["seen"], "a held request is answered for it"
    assert updates(anna)["escalated"] == []
    anna.do("claim", citizen.id)
    anna.do("release", citizen.id)
    assert updates(boss)["escalated"] == []


def test_a_page_was_heard_of_when_it_asked_however_long_the_answer_took(
    app: FastAPI, staff: Hiring, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: Parts = app.state.parts
    anna = staff("zhuo-1")
    clock.advance(timedelta(seconds=20))
    asked, look = clock.now(), parts.lookout.run

    async def slowly(what: Callable[..., Any], *about: object) -> Any:
        if about[1:2] and isinstance(about[1], Operator):
            clock.advance(timedelta(seconds=4))
        return await look(what, *about)

    monkeypatch.setattr(parts.lookout, "run", slowly)
    assert anna.http.get("/console/api/updates", params={"held": False}).status_code == 200
    assert clock.now() > asked
    with parts.db.read() as conn:
        assert set(conn.execute(select(desk_seat.c.seen_at)).scalars()) == {asked}


def test_the_number_to_call_is_shown_to_who_has_it(app: FastAPI, citizen: Visitor, staff: Hiring, clock: FixedClock) -> None:
    parts: Parts = app.state.parts
    anna, bert = staff("zhuo-1"), staff("zhuo-2")
    with parts.db.write() as conn:
        moment = parts.desk.promises.callback(conn, citizen.id, "13800138000", clock.now())
    [promised] = anna.http.get("/console/api/desk/promises").json()
    assert (promised["kind"], promised["at"]) == ("callback", moment.isoformat())
    assert anna.queue()["waiting"] == 0
    clock.advance(moment - clock.now())
    parts.desk_rounds.run_due()
    assert anna.do("claim", citizen.id).status_code == 200
    assert bert.do("contact", citizen.id).status_code == 404
    assert anna.do("contact", citizen.id).json() == {"number": "13800138000"}
    assert "13800138000" not in anna.read(citizen.id).text + anna.queue().__repr__()
