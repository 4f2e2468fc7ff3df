"""Past conversations: who finds which, what is shown of them, and that every opening is audited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.foundation.clock import FixedClock
from assistant.foundation.tables import audit_entry
from channels.parts import Parts
from tests.contract.desk_world import Colleague, Visitor, hire, with_toy_engine

Json = dict[str, Any]
NUMBER = "13900139000"


@pytest.fixture
def parts(app: FastAPI) -> Parts:
    with_toy_engine(app)
    found: Parts = app.state.parts
    for login, name, role in (("zhuo-1", "1号坐席", "operator"), ("zhuo-2", "2号坐席", "operator"), ("lead", "主管", "supervisor"), ("shen", "审计", "auditor")):
        hire(found, login, name, roles=role)
    return found


def found(one: Colleague, **wanted: str) -> list[Json]:
    answer = one.http.get("/console/api/past", params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def opened(one: Colleague, conversation_id: str) -> Any:
    return one.http.get(f"/console/api/past/{conversation_id}")


def test_who_finds_and_opens_which(app: FastAPI, parts: Parts, clock: FixedClock) -> None:
    first, second, lead, auditor = (Colleague(TestClient(app), login) for login in ("zhuo-1", "zhuo-2", "lead", "shen"))
    her, other = Visitor(TestClient(app)), Visitor(TestClient(app))
    her.say("我要办住所变更")
    for visitor, desk in ((her, first), (other, second)):
        visitor.say("转人工")
        assert desk.do("claim", visitor.id).status_code == 200
    assert found(lead) == [], "what goes on is not past"
    assert opened(first, her.id).status_code == 404
    her.say(f"我的电话是{NUMBER}")
    assert first.do("messages", her.id, text=f"好的，{NUMBER}").status_code == 200
    for visitor, desk in ((her, first), (other, second)):
        assert desk.do("wrap-up", visitor.id, outcome="solved").status_code == 200
    clock.advance(timedelta(minutes=5))
    her.say(f"后来说的{NUMBER}")

    [mine] = found(first)
    assert mine["conversation_id"] == her.id and mine["item"] == "公司住所变更登记" and mine["reason"] == "申请人要求"
    assert mine["staff_name"] == "1号坐席" and mine["outcome"] and mine["case_no"]
    assert [one["conversation_id"] for one in found(second)] == [other.id]
    assert {one["conversation_id"] for one in found(lead)} == {one["conversation_id"] for one in found(auditor)} == {her.id, other.id}
    for wanted in ({"case_no": mine["case_no"].lower()}, {"item": "company-address-change"}, {"operator": "zhuo-1"}):
        assert [one["conversation_id"] for one in found(lead, **wanted)] == [her.id], wanted
    day = mine["ended_at"][:10]
    assert len(found(lead, since=day, until=day, reason="to_human")) == 2
    assert found(lead, until="2020-01-01") == found(lead, since="2999-01-01") == found(lead, reason="danger") == []
    assert found(first, operator="zhuo-2") == [], "nobody else's"

    assert opened(second, her.id).status_code == 404
    read = opened(first, her.id).json()
    assert "我的电话是" in str(read) and NUMBER not in str(read) and "后来说的" not in str(read)
    assert opened(auditor, her.id).status_code == 200
    assert auditor.http.get(f"/console/api/conversations/{her.id}").status_code == 403
    with parts.db.read() as conn:
        rows = conn.execute(select(audit_entry).where(audit_entry.c.action == "desk.past_opened").order_by(audit_entry.c.seq)).all()
    assert [(row.subject, row.detail) for row in rows] == [(her.id, {"scope": "own"}), (her.id, {"scope": "all"})]


def test_a_long_list_comes_in_parts(app: FastAPI, parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.desk.past.PAGE", 2)
    desk = Colleague(TestClient(app), "zhuo-1")
    met = []
    for _ in range(3):
        visitor = Visitor(TestClient(app))
        visitor.say("转人工")
        desk.do("claim", visitor.id)
        desk.do("release", visitor.id)
        met.append(visitor.id)
    page = desk.http.get("/console/api/past").json()
    rest = desk.http.get("/console/api/past", params={"before": page["before"]}).json()
    assert len(page["items"]) == 2 and rest["before"] is None
    assert sorted(one["conversation_id"] for one in [*page["items"], *rest["items"]]) == sorted(met)


def test_what_was_said_is_found(app: FastAPI, parts: Parts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, lead = (Colleague(TestClient(app), login) for login in ("zhuo-1", "zhuo-2", "lead"))
    her, other = Visitor(TestClient(app)), Visitor(TestClient(app))
    for visitor, desk, words in ((her, first, "那个冷库也在执照上"), (other, second, "冷库在隔壁")):
        visitor.say("转人工")
        desk.do("claim", visitor.id)
        visitor.say(f"{words}，电话{NUMBER}")
        desk.do("release", visitor.id)
        clock.advance(timedelta(minutes=5))
    her.say("没人接待的时候说的保温箱")
    [mine] = found(first, words="冷库")
    assert mine["conversation_id"] == her.id and "那个冷库也在执照上" in mine["line"] and NUMBER not in mine["line"]
    assert found(first, words="保温箱") == [] == found(first, words=NUMBER[-8:]) == found(first, words="冷饮")
    assert {one["conversation_id"] for one in found(lead, words="冷库", reason="to_human")} == {her.id, other.id}
    assert [one["conversation_id"] for one in found(lead, words="冷库", operator="zhuo-2")] == [other.id]
    refused = lead.http.get("/console/api/past", params={"words": "冷库"})
    assert refused.status_code == 422 and "先缩小范围" in refused.json()["detail"]
    with parts.db.read() as conn:
        rows = conn.execute(select(audit_entry).where(audit_entry.c.action == "desk.past_searched").order_by(audit_entry.c.seq)).all()
    assert [row.detail["characters"] for row in rows] == [2, 3, 8, 2, 2, 2], "one that is refused looks at nothing"

    monkeypatch.setattr("channels.console.past.LOOKS_SECONDS", 0)
    page = first.http.get("/console/api/past", params={"words": "冷饮"}).json()
    assert page["items"] == [] and page["before"] is None, "there is no other of hers"
    wanted = {"words": "那个冷库", "reason": "to_human"}
    page = lead.http.get("/console/api/past", params=wanted).json()
    assert page["items"] == [] and page["before"] and page["back_to"], "out of time after the latest"
    page = lead.http.get("/console/api/past", params=wanted | {"before": page["before"]}).json()
    assert [one["conversation_id"] for one in page["items"]] == [her.id] and page["back_to"] is None
