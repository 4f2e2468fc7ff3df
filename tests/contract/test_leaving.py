"""Where others come after her she hands the token back: it opens nothing any more, and her case is where it was."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.websockets import WebSocketDisconnect

from assistant.conversation import repository
from assistant.foundation.tables import audit_entry as audits
from channels.api.events import follow_events
from channels.parts import Parts


def _opened(http: TestClient) -> tuple[str, dict[str, str]]:
    opened = http.post("/api/v1/conversations", json={"channel": "kiosk"}).json()
    return opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"}


def test_a_token_handed_back_opens_nothing_and_may_be_handed_back_again(app: FastAPI) -> None:
    http = TestClient(app)
    held, hers = _opened(http)
    other, others = _opened(http)
    assert http.get(f"/api/v1/conversations/{held}/events?follow=false", headers=hers).status_code == 200
    for _ in range(2):
        answer = http.post(f"/api/v1/conversations/{held}/leave", headers=hers)
        assert (answer.status_code, answer.content) == (204, b"")
    assert http.get(f"/api/v1/conversations/{held}/events?follow=false", headers=hers).status_code == 401
    assert http.post(f"/api/v1/conversations/{held}/messages", headers=hers, json={"client_message_id": "1", "text": "你好"}).status_code == 401
    for socket in ("ws", "voice"):
        token = hers["Authorization"].removeprefix("Bearer ")
        with pytest.raises(WebSocketDisconnect) as turned, http.websocket_connect(f"/api/v1/conversations/{held}/{socket}?token={token}"):
            pass
        assert turned.value.code == 4401
    assert http.get(f"/api/v1/conversations/{other}/events?follow=false", headers=others).status_code == 200
    parts: Parts = app.state.parts
    with parts.db.read() as conn:
        told = conn.execute(select(audits.c.action).where(audits.c.subject == held)).scalars().all()
    assert told == ["conversation.opened", "conversation.left"], "once"


def test_only_her_token_leaves_her_conversation(app: FastAPI) -> None:
    http = TestClient(app)
    held, hers = _opened(http)
    _, others = _opened(http)
    assert http.post(f"/api/v1/conversations/{held}/leave").status_code == 401
    assert http.post(f"/api/v1/conversations/{held}/leave", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert http.post(f"/api/v1/conversations/{held}/leave", headers=others).status_code == 404
    assert http.get(f"/api/v1/conversations/{held}/events?follow=false", headers=hers).status_code == 200


async def test_who_was_listening_hears_nothing_more(app: FastAPI) -> None:
    http, parts = TestClient(app), app.state.parts
    held, hers = _opened(http)
    with parts.db.read() as conn:
        conv = repository.load(conn, held)
    assert conv is not None
    listening = follow_events(parts, conv, 0, True)
    assert (await anext(listening)) is not None
    http.post(f"/api/v1/conversations/{held}/leave", headers=hers)
    with pytest.raises(StopAsyncIteration):
        await anext(listening)
