"""The door that listens before there is a conversation: who means us is called in, who does not is not even told what was heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from assistant.foundation import tables
from assistant.foundation.settings import Settings
from assistant.speech.frames import HEADER
from channels.app import create_app
from channels.voice.calling import called, without_greeting
from channels.voice.engines import Engines, Shelf
from tests.contract.test_voice_socket import Activity, Ears, Mouth
from tests.quick import empty_database

PATH = "/api/v1/kiosk/listen"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = Settings(data_dir=tmp_path_factory.mktemp("door"), rate_per_conversation=0, rate_per_address=0, voice_start=1)
    empty_database(settings).dispose()
    return create_app(settings)


@pytest.fixture
def ears(app: FastAPI) -> Ears:
    ears = Ears()
    app.state.voice = Shelf()
    app.state.voice.put(Engines(ears, Mouth(), Activity))
    return ears


@pytest.fixture(scope="module")
def http(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def _hello(socket: WebSocketTestSession, **more: Any) -> dict[str, Any]:
    socket.send_json({"type": "hello", "rate": 16000, **more})
    ready: dict[str, Any] = socket.receive_json()
    return ready


def _says(socket: WebSocketTestSession, first: int = 0, ms: int = 1024) -> int:
    for number in range(first, first + (ms + 1024) // 64):
        level = 0.9 if (number - first) * 64 < ms else 0.0
        socket.send_bytes(HEADER.pack(number, number * 64) + np.full(1024, int(level * 32767), dtype="<i2").tobytes())
    return first + (ms + 1024) // 64


def _until_closed(socket: WebSocketTestSession) -> tuple[list[dict[str, Any]], int]:
    down = []
    try:
        while True:
            down.append(socket.receive_json())
    except WebSocketDisconnect as closed:
        return down, closed.code


def test_who_means_us_is_called_in_and_nothing_is_kept(app: FastAPI, http: TestClient, ears: Ears) -> None:
    with http.websocket_connect(PATH) as socket:
        assert _hello(socket, locale="zh-CN") == {"type": "ready", "recogniser": "made-up ears", "activity": "made-up activity"}
        ears.words = "他昨天说明天会下雨"
        number = _says(socket)
        while socket.receive_json() != {"type": "state", "state": "thinking"}:
            pass
        assert socket.receive_json() == {"type": "state", "state": "listening"}, "not even what was heard"
        ears.words = "我要办公司住所变更"
        _says(socket, number)
        down, code = _until_closed(socket)
    assert down[-1] == {"type": "called", "text": "我要办公司住所变更", "send": True, "language": "zh"}
    assert [body["state"] for body in down[:-1]] == ["hearing", "thinking"]
    assert code == 1000
    with app.state.parts.db.read() as conn:
        assert conn.execute(select(func.count()).select_from(tables.conversation)).scalar_one() == 0
    assert app.state.voice.doors == 0


@pytest.mark.parametrize(
    ("text", "send"),
    [
        ("你好", False), ("您好，请问有人吗？", False), ("Hello", False), ("办事", True), ("我想办居住证", True), ("I want to renew my ID card", True),
        ("居民身份证换领", True), ("身份证丢了怎么补", True), ("吃饭了吗", None), ("走吧", None), ("他说你好像不太高兴", None), ("", None), ("嗯", None),
        ("晚上我们去哪里吃饭", None), ("What time is the train", None),
    ],
)  # fmt: skip
def test_what_is_meant_for_us(app: FastAPI, text: str, send: bool | None) -> None:
    found = called(app.state.parts, text)
    assert (found.send if found else None) is send


def test_only_so_many_listen_at_once_and_none_where_it_is_switched_off(
    app: FastAPI, http: TestClient, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    with http.websocket_connect(PATH) as first:
        _hello(first)
        with http.websocket_connect(PATH) as second:
            assert _until_closed(second) == ([], 4429)
        first.close()
    parts = app.state.parts
    monkeypatch.setattr(parts, "settings", parts.settings.model_copy(update={"voice_start": 0}))
    with http.websocket_connect(PATH) as third:
        assert _until_closed(third) == ([], 4403)


@pytest.mark.parametrize("hello", [{"type": "stop"}, {"type": "hello", "region": "nowhere"}, {"type": "hello", "rate": 8}])
def test_who_does_not_say_hello_is_no_kiosk(http: TestClient, ears: Ears, hello: dict[str, Any]) -> None:
    with http.websocket_connect(PATH) as socket:
        socket.send_json(hello)
        assert _until_closed(socket) == ([], 1008)


def test_where_nothing_can_hear_it_says_so(app: FastAPI, http: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, app.state.voice = app.state.parts, Shelf()
    monkeypatch.setattr(parts, "settings", parts.settings.model_copy(update={"voice_recogniser": "off"}))
    with http.websocket_connect(PATH) as socket:
        assert _hello(socket)["code"] == "no_voice"
        assert _until_closed(socket) == ([], 4503)


def test_too_much_is_passed_over(app: FastAPI, http: TestClient, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.state.parts.per_door, "take", lambda _address: 1.0)
    with http.websocket_connect(PATH) as socket:
        _hello(socket)
        _says(socket)
        states = [socket.receive_json()["state"] for _ in range(3)]
        socket.close()
    assert states == ["listening", "hearing", "listening"]


@pytest.mark.parametrize(("said", "wanted"), [
    ("你好,我要开一家餐馆。", "我要开一家餐馆。"), ("您好，请问怎么办护照", "怎么办护照"), ("hello, I need a passport", "I need a passport"),
    ("你好", "你好"), ("你好呀，办事", "你好呀，办事"), ("我要开一家餐馆", "我要开一家餐馆"),
])  # fmt: skip
def test_a_wish_is_sent_without_the_greeting_before_it(said: str, wanted: str) -> None:
    assert without_greeting(said) == wanted
