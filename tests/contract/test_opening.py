"""A conversation is opened: what the door may say of who comes through it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from assistant.conversation import repository
from assistant.foundation.tables import conversation
from channels.parts import Parts

OPENID = "oFictitious-0000000000000001"


@pytest.mark.parametrize("channel", ["wechat", "miniprogram"])
def test_a_door_of_wechats_says_where_its_messages_reach_her(app: FastAPI, channel: str) -> None:
    parts: Parts = app.state.parts
    opened = TestClient(app).post("/api/v1/conversations", json={"channel": channel, "openid": OPENID})
    assert opened.status_code == 201 and OPENID not in opened.text
    with parts.db.read() as conn:
        held = repository.load(conn, opened.json()["conversation_id"])
        kept = conn.execute(text("SELECT state FROM conversation")).scalar_one()
        columns = conn.execute(select(conversation)).mappings().one()
    assert held is not None and held.state.openid == OPENID
    assert OPENID not in str(kept), "as a stranger with the file would see it"
    assert not [name for name, value in columns.items() if name != "state" and OPENID in str(value)]


@pytest.mark.parametrize("given", [{"channel": "web", "openid": OPENID}, {"channel": "wechat", "openid": "张三"}])
def test_other_doors_and_other_words_are_refused(app: FastAPI, given: dict[str, str]) -> None:
    answer = TestClient(app).post("/api/v1/conversations", json=given)
    assert answer.status_code == 422 and "张三" not in answer.text
