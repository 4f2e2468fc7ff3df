"""好差评 at the API: a bad grade reaches the desk, is followed up within its day, and the answer reaches the citizen."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.casework.flow import answering, rating
from assistant.casework.flow.talk import Talk
from assistant.engine.client import Parse
from assistant.foundation.database import Database
from assistant.foundation.tables import audit_entry
from tests.contract.desk_world import Colleague, ToyEngine, Visitor, with_toy_engine
from tests.contract.test_console import Hiring, read_once, staff

__all__ = ["read_once", "staff"]


@pytest.fixture
def engine(app: FastAPI) -> ToyEngine:
    """As the stand-in, but it knows 评价."""

    def also(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
        if asking is not None:
            answering.take(talk)
        elif "评价" in text:
            rating.ask_grade(talk)
        else:
            return None
        return Parse(intent="rate_service", confidence=1.0)

    return with_toy_engine(app, also)


@pytest.fixture
def citizen(app: FastAPI, engine: ToyEngine) -> Visitor:
    return Visitor(TestClient(app))


def listed(operator: Colleague) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = operator.http.get("/console/api/ratings").json()
    return found


def post(operator: Colleague, path: str, body: dict[str, str]) -> httpx.Response:
    return operator.http.post(path, json=body, headers=operator.csrf)


def test_a_bad_grade_is_followed_up_and_answered(citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator = staff("zhuo-1")
    assert citizen.say("我要评价")["ask"]["field"] == "rating"
    why = citizen.say("不满意")["ask"]
    assert (why["field"], why["kind"], why["optional"], len(why["options"])) == ("rating_reasons", "multi", True, 8)
    assert citizen.say("太慢，等了一下午")["ask"] is None

    (one,) = listed(operator)
    assert (one["grade"], one["reasons"], one["words"], one["state"]) == ("不满意", ["太慢"], "太慢，等了一下午", "open")
    path = f"/console/api/ratings/{one['subject']}"
    assert post(operator, f"{path}/contact", {"words": "电话里道了歉"}).status_code == 200
    again = post(operator, f"{path}/contact", {"words": "又打了一次"})
    assert (again.status_code, again.json()["code"]) == (409, "not_now")
    assert post(operator, f"{path}/answer", {"words": "   "}).status_code == 422
    assert post(operator, f"{path}/answer", {"words": "已经加开一个窗口。"}).status_code == 200
    assert listed(operator) == [] and post(operator, f"{path}/answer", {"words": "再说一遍"}).status_code == 409
    told = [data for kind, data in citizen.events() if kind == "message" and data.get("from") == "staff"]
    assert [data["text"] for data in told] == ["对您的评价，答复如下：已经加开一个窗口。"]
    with db.read() as conn:
        actions = conn.execute(select(audit_entry.c.action).order_by(audit_entry.c.seq)).scalars().all()
    assert [action for action in actions if action.startswith("rating")] == ["rating.given", "rating.contacted", "rating.closed"]

    assert operator.http.get("/console/api/ratings/figures").status_code == 403
    chief = staff("chief", "supervisor")
    figures = chief.http.get("/console/api/ratings/figures", params={"by": "item"}).json()
    assert [(line["count"], line["satisfied"], line["open"], line["name"]) for line in figures] == [(1, 0.0, 0, "咨询")]
    by_staff = chief.http.get("/console/api/ratings/figures", params={"by": "staff_id"}).json()
    assert [line["name"] for line in by_staff] == ["只有机器人"]


def test_strangers_see_no_ratings(citizen: Visitor, staff: Hiring) -> None:
    citizen.say("我要评价")
    citizen.say("非常不满意")
    assert citizen.http.get("/console/api/ratings").status_code == 401
    operator = staff("zhuo-1")
    assert post(operator, "/console/api/ratings/nobody/contact", {"words": "电话"}).status_code == 404
    subject = listed(operator)[0]["subject"]
    without = operator.http.post(f"/console/api/ratings/{subject}/contact", json={"words": "电话"})
    assert without.status_code == 403
