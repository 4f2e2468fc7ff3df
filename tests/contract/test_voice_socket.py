"""The voice socket against the app, with made-up engines: who may, what comes down, the same turns as by POST, what goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from assistant.foundation.settings import Settings
from assistant.speech.engines.base import EngineError, Heard, Phone, Spoken
from assistant.speech.frames import HEADER, Prompt, Wish
from channels.app import create_app
from channels.voice.engines import Engines, Shelf
from channels.voice.understanding import Understanding, Words
from tests.contract.desk_world import with_toy_engine
from tests.quick import empty_database

Json = dict[str, Any]
HELLO = {"type": "hello", "rate": 16000, "loudspeaker": True, "full_duplex": True, "speed": 1.0}
LOUD, STILL = 0.9, 0.0
PATIENCE_S = 20


class Ears:
    """Hears what the test says was said."""

    name = "made-up ears"

    def __init__(self) -> None:
        self.words = "我要办公司住所变更"
        self.hints: list[str] = []

    def recognise(self, sound: Any, *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        self.hints = list(hints)
        return Heard(self.words)


class Mouth:
    """Says everything in twenty milliseconds."""

    name, rate, demo_only = "made-up mouth", 16000, True

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        return Spoken(bytes(640), 16000, (Phone("b", 0.0, 0.01), Phone("a1", 0.01, 0.02)))


class Activity:
    """Hears loud samples."""

    name = "made-up activity"

    def probability(self, window: Any) -> float:
        return 0.95 if float(np.abs(window).max()) > 0.5 else 0.01

    def reset(self) -> None: ...


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One app for all of these: each opens a conversation of its own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("voice"), rate_per_conversation=0, rate_per_address=0)
    empty_database(settings).dispose()
    app = create_app(settings)
    with_toy_engine(app)
    return app


@pytest.fixture
def ears(app: FastAPI) -> Ears:
    ears = Ears()
    app.state.voice = Shelf()
    app.state.voice.put(Engines(ears, Mouth(), Activity))
    return ears


@pytest.fixture
def her(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@contextmanager
def connected(http: TestClient, path: str) -> Iterator[WebSocketTestSession]:
    """A socket that is hung up in an orderly way: the test client would otherwise cut the app off in mid-sentence."""
    with http.websocket_connect(path) as socket:
        yield socket
        socket.close()
        while socket.receive()["type"] != "websocket.close":
            pass


class Kiosk:
    """Speaks the protocol."""

    def __init__(self, http: TestClient, **hello: Any) -> None:
        opened = http.post("/api/v1/conversations", json={"channel": "kiosk"}).json()
        self.http, self.id, self.token = http, opened["conversation_id"], opened["token"]
        self.path = f"/api/v1/conversations/{self.id}/voice?token={self.token}"
        self.hello = {**HELLO, **hello}
        self._number = 0
        self.down: list[Json] = []
        self.sounds: list[bytes] = []

    def greet(self, socket: WebSocketTestSession) -> Json:
        socket.send_json(self.hello)
        return self.until(socket, "ready")

    def sound(self, socket: WebSocketTestSession, ms: int, level: float) -> None:
        for _ in range(ms // 64):
            pcm = np.full(1024, int(level * 32767), dtype="<i2").tobytes()
            socket.send_bytes(HEADER.pack(self._number, self._number * 64) + pcm)
            self._number += 1

    def says(self, socket: WebSocketTestSession, ms: int = 1000) -> None:
        self.sound(socket, ms, LOUD)
        self.sound(socket, 1000, STILL)

    def until(self, socket: WebSocketTestSession, kind: str, **wanted: Any) -> Json:
        """The next message of a kind; a sentence with its sound."""
        while True:
            message = socket.receive()
            if message["type"] == "websocket.close":
                raise AssertionError(f"closed: {message}")
            body: Json = json.loads(message["text"])
            self.down.append(body)
            if body["type"] == "say":
                self.sounds.append(socket.receive_bytes())
            if body["type"] == kind and all(body.get(key) == value for key, value in wanted.items()):
                return body


@pytest.mark.parametrize("path", ["/api/v1/conversations/x/voice", "/api/v1/conversations/x/voice?token=wrong"])
def test_a_stranger_is_turned_away(her: TestClient, ears: Ears, path: str) -> None:
    with pytest.raises(WebSocketDisconnect) as turned, her.websocket_connect(path):
        pass
    assert turned.value.code == 4401


def test_another_ones_conversation_is_not_there(her: TestClient, ears: Ears) -> None:
    mine, other = Kiosk(her), Kiosk(her)
    with pytest.raises(WebSocketDisconnect) as turned, her.websocket_connect(f"/api/v1/conversations/{other.id}/voice?token={mine.token}"):
        pass
    assert turned.value.code == 4404


def test_it_says_what_it_hears_and_speaks_with(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        ready = kiosk.greet(socket)
        assert ready == {"type": "ready", "recogniser": "made-up ears", "synthesiser": "made-up mouth", "activity": "made-up activity", "demo_only": True}
        assert kiosk.until(socket, "state")["state"] == "listening"


def test_a_spoken_sentence_is_a_turn_like_any_other_and_is_answered_aloud(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        kiosk.greet(socket)
        kiosk.says(socket)
        assert kiosk.until(socket, "heard")["text"] == ears.words
        turn = kiosk.until(socket, "turn")["turn"]
        assert turn["case"]["guide"]["code"] == "company-address-change"
        while (say := kiosk.until(socket, "say"))["kind"] == "ack":  # on a busy machine it comes before the answer
            pass
        assert (say["sentence"], say["ms"]) == (0, 20)
        assert say["visemes"]
        kiosk.until(socket, "state", state="listening")
        [answered] = [sound for sound in kiosk.sounds if HEADER.unpack_from(sound) == (say["utterance"], 0)]
        assert len(answered) == HEADER.size + 640
    events = her.get(f"/api/v1/conversations/{kiosk.id}/events", params={"token": kiosk.token, "follow": "false"}).text
    assert ears.words in events
    assert "公司" in "".join(ears.hints), "what citizens come for is listened for"


def test_touching_an_answer_has_the_same_message_id_as_by_post(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        kiosk.greet(socket)
        socket.send_json({"type": "send", "client_message_id": "touch-1", "text": "我要办公司住所变更"})
        turn = kiosk.until(socket, "turn")["turn"]
    again = her.post(
        f"/api/v1/conversations/{kiosk.id}/messages", json={"client_message_id": "touch-1", "text": "我要办公司住所变更"},
        headers={"Authorization": f"Bearer {kiosk.token}"},
    )  # fmt: skip
    assert again.status_code == 200
    assert again.json() == turn


def test_what_is_no_sound_and_no_message_is_said_to_be_so_and_the_kiosk_goes_on(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        kiosk.greet(socket)
        socket.send_bytes(b"abc")
        assert kiosk.until(socket, "problem")["code"] == "bad_sound"
        for nonsense in ("{", '{"type": "dance"}', '{"type": "send"}', '{"type": "send", "text": "a", "choice": "b"}'):
            socket.send_text(nonsense)
        assert kiosk.until(socket, "problem")["code"] == "not_taken"
        kiosk.says(socket)
        assert kiosk.until(socket, "turn")


def test_mute_and_stop(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        kiosk.greet(socket)
        socket.send_json({"type": "mute", "on": True})
        kiosk.until(socket, "state", state="muted")
        socket.send_json({"type": "still"})
        assert "您还在吗" in kiosk.until(socket, "say")["text"]
        socket.send_json({"type": "stop"})
        socket.send_json({"type": "mute", "on": False})
        kiosk.until(socket, "state", state="listening")


def test_without_a_loudspeaker_there_are_subtitles(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her, loudspeaker=False)
    with connected(her, kiosk.path) as socket:
        assert kiosk.greet(socket)["synthesiser"] is None
        kiosk.says(socket)
        say = kiosk.until(socket, "say")
        assert say["text"]
        assert kiosk.sounds == [HEADER.pack(1, 0)]
    assert not [body for body in kiosk.down if body["type"] == "problem"]


def test_where_nothing_can_hear_it_says_so(her: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = app.state.parts
    app.state.voice = Shelf()
    monkeypatch.setattr(parts, "settings", parts.settings.model_copy(update={"voice_recogniser": "off"}))
    kiosk = Kiosk(her)
    with her.websocket_connect(kiosk.path) as socket:
        socket.send_json(HELLO)
        assert socket.receive_json()["code"] == "no_voice"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4503


def test_a_kiosks_page_has_the_voice_loaded_before_anybody_speaks(her: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, made = app.state.parts, threading.Event()
    shelf = app.state.voice = Shelf()
    monkeypatch.setattr(shelf, "words", lambda *_: made.set())
    monkeypatch.setattr(
        parts, "settings", parts.settings.model_copy(
            update={"voice_recogniser": "tests.browser.kiosk.made_up_voice:Ears", "voice_synthesiser": "tests.browser.kiosk.made_up_voice:Mouth"}
        )
    )  # fmt: skip
    assert her.get("/kiosk/settings").status_code == 200
    assert made.wait(PATIENCE_S)
    assert shelf._engines is not None


def test_a_page_is_served_where_no_voice_can_be_loaded(her: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, shelf = app.state.parts, Shelf()
    app.state.voice = shelf
    monkeypatch.setattr(parts, "settings", parts.settings.model_copy(update={"voice_recogniser": "nowhere:Ears"}))
    assert her.get("/kiosk/settings").status_code == 200
    assert shelf._warming is not None
    shelf._warming.join(PATIENCE_S)
    assert shelf._engines is None
    with pytest.raises(EngineError):
        shelf.opened(parts.settings)


def test_who_does_not_say_hello_is_no_kiosk(her: TestClient, ears: Ears) -> None:
    kiosk = Kiosk(her)
    with her.websocket_connect(kiosk.path) as socket:
        socket.send_json({"type": "stop"})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1008


def test_a_telephone_number_is_read_back_before_it_counts_and_who_wants_a_person_gets_one(app: FastAPI) -> None:
    parts = app.state.parts
    field = next(f for guide in parts.guides.catalogue.guides.values() for f in guide.fields if f.type == "phone")
    ask = {"field": field.key, "label": field.label, "kind": "text", "options": None, "value": None, "example": "13800138000", "why": field.why, "optional": False, "error": None}
    understanding = Understanding(parts, Words.of(parts.guides.catalogue, "310115"))
    said = "我的手机号是幺三八零零幺三八零零零"
    assert isinstance(understanding._meant(said, ask), Prompt)
    assert understanding._meant("对的", ask) == Wish(text="13800138000")
    assert isinstance(understanding._meant(said, ask), Prompt)
    assert understanding._meant("我要转人工服务", ask) == Wish(text="我要转人工服务")
    assert isinstance(understanding._meant(said, ask), Prompt)
    understanding.forget()
    assert understanding._meant("对的", ask) != Wish(text="13800138000")


def asking(app: FastAPI, kind: str) -> tuple[Understanding, dict[str, Any]]:
    parts = app.state.parts
    field = next(f for guide in parts.guides.catalogue.guides.values() for f in guide.fields if f.type == kind)
    ask = {"field": field.key, "label": field.label, "kind": "text", "options": None, "value": None, "example": "", "why": "", "optional": False, "error": None}
    return Understanding(parts, Words.of(parts.guides.catalogue, "310115")), ask


def said(found: Wish | Prompt) -> str:
    return str(found.text)


def test_a_number_that_was_not_taken_is_taken_down_group_by_group(app: FastAPI) -> None:
    understanding, ask = asking(app, "id_number")
    assert isinstance(understanding._meant("三二零五零二一九九零", ask), Wish), "the conversation says what is wrong with it"
    offered = understanding.tried(ask, False)
    assert offered == ("said", "我们一段一段来。请先说前6位。")
    assert understanding.hints(ask).taken("三二零五零二"), "the recogniser knows what is of use"
    told = [said(understanding._meant(text, ask)) for text in ("三二零五零二", "一九九零", "零四一五", "一零二一")]
    assert told[0].startswith("记下320502") and told[-1] == "我听到的是：320502 1990 0415 1021。对吗？"
    assert understanding._meant("对的", ask) == Wish(text="320502199004151021")


def test_what_is_not_heard_at_all_is_asked_for_again_where_it_was(app: FastAPI) -> None:
    understanding, ask = asking(app, "id_number")
    understanding.tried(ask, False)
    understanding._meant("三二零五零二", ask)
    unheard = "没听清。前面记下320502，请只说后面4位，慢一点，“幺”说成“一”，也可以在屏幕上填。"
    assert [understanding.tried(ask, False) for _ in range(2)] == [("scan", unheard)] * 2, "the reader is pointed at meanwhile"
    for text in ("一九九零", "零四一五", "一零二一"):
        understanding._meant(text, ask)
    asked = "我听到的是：320502 1990 0415 1021。对吗？"
    assert understanding.tried(ask, False) == ("scan", asked), "what is read back is not forgotten over a yes that was not heard"
    assert understanding._meant("对", ask) == Wish(text="320502199004151021")
    understanding.tried(ask, True)
    understanding.tried(ask, False)
    assert [(understanding.tried(ask, False) or ("", ""))[0] for _ in range(3)] == ["scan", "scan", "touch"]
    assert isinstance(understanding._meant("一九九零", ask), Wish), "what is to be typed is not taken down any more"


def test_a_number_refused_twice_or_wanted_so_is_taken_down_group_by_group(app: FastAPI) -> None:
    understanding, ask = asking(app, "phone")
    first = ("一三八零零一三八零零零", "不对，一三八零零一三八零零一")
    assert [said(understanding._meant(text, ask)) for text in first] == ["我听到的是：138 0013 8000。对吗？", "我听到的是：138 0013 8001。对吗？"]
    assert said(understanding._meant("不对，最后一位是二", ask)) == "我听到的是：138 0013 8002。对吗？", "a part is put right"
    assert said(understanding._meant("不对", ask)) == "我们一段一段来。请先说前3位。"
    assert isinstance(understanding._meant("转人工", ask), Wish), "and she may leave it"
    understanding._meant("我一段一段说吧", ask)
    assert isinstance(understanding._meant("为什么要我的手机号", ask), Wish), "or ask why"
    understanding, ask = asking(app, "phone")
    assert said(understanding._meant("我一段一段说吧", ask)) == "我们一段一段来。请先说前3位。"
    touched = [understanding._meant("呃", ask) for _ in range(3)][-1]
    assert isinstance(touched, Prompt) and touched.touch
    understanding, ask = asking(app, "phone")
    understanding.tried(ask, False)
    understanding.forget()
    assert said(understanding._meant("一三八零零一三八零零零", ask)) == "我听到的是：138 0013 8000。对吗？", "her hands ended it"


def test_a_broken_recogniser_says_so(her: TestClient, ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> Heard:
        raise EngineError("broken")

    monkeypatch.setattr(ears, "recognise", breaks)
    kiosk = Kiosk(her)
    with connected(her, kiosk.path) as socket:
        kiosk.greet(socket)
        kiosk.says(socket)
        assert kiosk.until(socket, "problem")["code"] == "cannot_hear"


def test_the_words_to_expect_are_the_questions_and_two_failures_lead_to_touch_or_the_scanner(app: FastAPI) -> None:
    parts = app.state.parts
    understanding = Understanding(parts, Words.of(parts.guides.catalogue, "310115"))
    found = {}
    for kind, way in (("id_number", "scan"), ("phone", "touch")):
        field = next(f for guide in parts.guides.catalogue.guides.values() for f in guide.fields if f.type == kind)
        ask = {"field": field.key, "label": field.label, "kind": "text", "options": None, "value": None, "example": "", "why": "", "optional": False, "error": None}
        assert field.label in understanding.hints(ask)
        first, second = understanding.tried(ask, False), understanding.tried(ask, False)
        assert first is not None and first[0] == "said", "a number is first taken down group by group"
        assert second is not None
        found[way] = second
        understanding.forget()
        assert understanding.tried(ask, True) is None
        assert (understanding.tried(ask, False) or ("",))[0] == "said", "counted anew"
        understanding.forget()
    assert {way: offer[0] for way, offer in found.items()} == {"scan": "scan", "touch": "touch"}
    name = {"field": "applicant_name", "label": "申请人姓名", "kind": "text"}
    assert understanding.tried(name, False) is None
    offered = understanding.tried(name, False)
    assert offered is not None and offered[0] == "scan"
    assert understanding.tried(None, False) is None
    assert understanding.tried(None, False) is None, "nothing is asked that could be touched"
