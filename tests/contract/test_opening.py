"""A conversation is opened: who she is to WeChat only WeChat's own doors can say."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from assistant.conversation import repository
from assistant.foundation.tables import conversation
from channels.api.conversations import begin
from channels.api.models import OpenConversation
from channels.parts import Parts

OPENID = "oFictitious-0000000000000001"


def test_what_a_door_of_wechats_knows_is_kept_encrypted(app: FastAPI) -> None:
    parts: Parts = app.state.parts
    opened = begin(parts, OpenConversation(channel="wechat"), parts.settings.region, openid=OPENID)
    with parts.db.read() as conn:
        held = repository.load(conn, opened.conversation_id)
        kept = conn.execute(text("SELECT state FROM conversation")).scalar_one()
        columns = conn.execute(select(conversation)).mappings().one()
    assert held is not None and held.state.openid == OPENID and OPENID not in opened.model_dump_json()
    assert OPENID not in str(kept), "as a stranger with the file would see it"
    assert not [name for name, value in columns.items() if name != "state" and OPENID in str(value)]


@pytest.mark.parametrize("channel", ["wechat", "miniprogram", "web"])
@pytest.mark.parametrize("member", ["openid", "identity", "signed_in"])
def test_nobody_can_say_who_she_is(app: FastAPI, channel: str, member: str) -> None:
    answer = TestClient(app).post("/api/v1/conversations", json={"channel": channel, member: OPENID})
    assert answer.status_code == 422 and OPENID not in answer.text
    parts: Parts = app.state.parts
    with parts.db.read() as conn:
        assert conn.execute(select(conversation.c.id)).all() == []
