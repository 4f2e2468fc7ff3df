"""读错了: an operator puts a reading right; who may, what is kept of the sentence, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from assistant.casework.flow import choosing
from assistant.casework.flow.talk import Talk
from assistant.engine.client import Parse
from assistant.foundation import audit, tables
from assistant.foundation.database import Database
from tests.contract.desk_world import Colleague, ToyEngine, Visitor, with_toy_engine
from tests.contract.test_console import Hiring, read_once, staff

__all__ = ["read_once", "staff"]


@pytest.fixture
def engine(app: FastAPI) -> ToyEngine:
    """As the stand-in, but 怎么 is read as a question."""

    def also(talk: Talk, text: str, _asking: dict[str, Any] | None) -> Parse | None:
        if "怎么" not in text:
            return None
        talk.intent, talk.confidence = "ask_process", 0.9
        choosing.question(talk, "ask_process")
        return Parse(intent="ask_process", confidence=0.9)

    return with_toy_engine(app, also)


@pytest.fixture
def citizen(app: FastAPI, engine: ToyEngine) -> Visitor:
    return Visitor(TestClient(app))


def said(operator: Colleague, citizen: Visitor, words: str) -> int:
    """The number of the event in which something was said."""
    events = operator.read(citizen.id).json()["events"]
    return next(int(e["id"]) for e in events if e["event"] == "message" and e["data"]["text"].endswith(words))


def kept(db: Database) -> list[Any]:
    with db.read() as conn:
        return list(conn.execute(select(tables.review_sentence)).all())


def test_what_the_operator_says_is_kept_masked(citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator = staff("zhuo-1")
    citizen.say("我叫张三，电话13800138000，怎么注册公司")
    citizen.say("转人工")
    turns = [e["data"] for e in operator.read(citizen.id).json()["events"] if e["event"] == "turn"]
    assert (turns[0]["read"]["intent"], turns[0]["read"]["word"]) == ("ask_process", "问怎么办")
    answer = operator.do("misread", citizen.id, event=said(operator, citizen, "怎么注册公司"), intent="apply", item="company-founding")
    assert answer.status_code == 200, answer.text
    [row] = kept(db)
    assert row.text == "我叫[name]，电话[number]，怎么注册公司"
    assert (row.reason, row.suggested_intent, row.suggested_item, row.read_intent) == ("relabelled", "apply", "company-founding", "ask_process")
    with db.read() as conn:
        assert audit.verify(conn).ok
        entry = conn.execute(select(tables.audit_entry).where(tables.audit_entry.c.action == "sentence.relabelled")).one()
    assert (entry.subject, entry.detail["intent"], entry.detail["item"]) == (citizen.id, "apply", "company-founding")


@pytest.mark.parametrize(
    ("intent", "item", "code"),
    [("apply", "-", "bad_label"), ("greet", "company-founding", "bad_label"), ("apply", "no-such-item", "bad_label"), ("nonsense", "-", "bad_label")],
)
def test_labels_that_do_not_exist_are_refused(citizen: Visitor, staff: Hiring, db: Database, intent: str, item: str, code: str) -> None:
    operator = staff("zhuo-1")
    citizen.say("护照怎么补")
    citizen.say("转人工")
    before = kept(db)
    answer = operator.do("misread", citizen.id, event=said(operator, citizen, "怎么补"), intent=intent, item=item)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert kept(db) == before


def test_answers_and_what_staff_were_told_are_never_kept(citizen: Visitor, staff: Hiring, db: Database) -> None:
    operator = staff("zhuo-1")
    citizen.say("我要办住所变更")
    citizen.say("李四")
    citizen.say("转人工")
    operator.do("claim", citizen.id)
    citizen.say("我的房子怎么证明")
    for words in ("李四", "我的房子怎么证明"):
        answer = operator.do("misread", citizen.id, event=said(operator, citizen, words), intent="apply", item="?")
        assert (answer.status_code, answer.json()["code"]) == (422, "not_kept"), words
    events = operator.read(citizen.id).json()["events"]
    assert operator.do("misread", citizen.id, event=events[-1]["id"] + 5, intent="apply", item="?").json()["code"] == "not_said"
    assert not [row for row in kept(db) if "李四" in row.text or "房子" in row.text]


def test_only_who_may_read_the_conversation_and_has_the_token(citizen: Visitor, staff: Hiring, db: Database) -> None:
    one, other = staff("zhuo-1"), staff("zhuo-2")
    citizen.say("护照怎么补")
    body = {"event": 2, "intent": "apply", "item": "?"}
    assert one.do("misread", citizen.id, **body).status_code == 404
    citizen.say("转人工")
    path = f"/console/api/conversations/{citizen.id}/misread"
    for headers in ({}, {"X-CSRF-Token": "wrong"}):
        assert one.http.post(path, json=body, headers=headers).status_code == 403
    one.do("claim", citizen.id)
    assert other.do("misread", citizen.id, **body).status_code == 404
    assert [row for row in kept(db) if row.reason == "relabelled"] == []


def test_the_labels_to_choose_from(staff: Hiring) -> None:
    found = staff("zhuo-1").http.get("/console/api/labels").json()
    assert found["intents"][0] | {"hint": ""} == {"code": "apply", "word": "要办", "hint": "", "item": "needed"}
    assert {"code": "company-founding", "name": "公司设立登记"} in found["items"]
