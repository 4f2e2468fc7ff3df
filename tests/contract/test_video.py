"""Calls over the real sockets: who may, what the two pages hear of each other, recordings kept and looked at."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from assistant.foundation.audit import verify
from assistant.foundation.settings import Settings
from channels.app import create_app
from channels.parts import Parts
from channels.video import routes, socket
from tests.contract.desk_world import Colleague, Visitor, hire, with_toy_engine
from tests.quick import empty_database

Json = dict[str, Any]
HER, AT_DESK = "page-of-hers", "page-at-desk"
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One app for all of these: each opens a conversation of its own."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("video"), rate_per_conversation=0, rate_per_address=0, desk_hours="24h",
        video_stun_urls="stun:stun.example:3478", video_turn_urls="turn:turn.example:3478?transport=udp", video_turn_secret="made-up",
    )  # fmt: skip
    empty_database(settings).dispose()
    app = create_app(settings)
    with_toy_engine(app)
    parts: Parts = app.state.parts
    parts.sign_in_tries.per_minute = 0
    hire(parts, "zhuo-1", "一号坐席")
    hire(parts, "zhuo-2", "二号坐席")
    hire(parts, "lead", "值班主管", roles="supervisor")
    return app


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client has one loop a socket, so a bell does not reach the other: it is looked for often instead."""
    monkeypatch.setattr(socket, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(socket, "IDLE_SECONDS", 0.01)


class Talk:
    """A citizen and an operator who has her conversation, each at a page."""

    def __init__(self, app: FastAPI, claimed: bool = True) -> None:
        self.app = app
        self.parts: Parts = app.state.parts
        self.visitor = Visitor(TestClient(app))
        self.visitor.say("我要办住所变更")
        self.visitor.say("转人工")
        self.desk = Colleague(TestClient(app), "zhuo-1")
        if claimed:
            assert self.desk.do("claim", self.visitor.id).status_code == 200

    @contextmanager
    def her(self, page: str = HER, **more: Any) -> Iterator[Page]:
        token = self.visitor.headers["Authorization"].removeprefix("Bearer ")
        query = "".join(f"&{name}={value}" for name, value in more.items())
        with self.visitor.http.websocket_connect(f"/api/v1/conversations/{self.visitor.id}/call/ws?token={token}&page={page}{query}") as one:
            made = Page(one)
            yield made
            made.hang_up()

    @contextmanager
    def staff(self, who: Colleague | None = None, page: str = AT_DESK, origin: str = "http://testserver", csrf: str | None = None) -> Iterator[Page]:
        who = who or self.desk
        path = f"/console/api/conversations/{self.visitor.id}/call/ws?page={page}"
        with who.http.websocket_connect(path, headers={"origin": origin}) as one:
            one.send_json({"csrf": who.csrf["X-CSRF-Token"] if csrf is None else csrf})
            made = Page(one)
            yield made
            made.hang_up()

    @contextmanager
    def live(self) -> Iterator[tuple[Page, Page]]:
        """Both in a call that is connected."""
        with self.her() as her, self.staff() as staff:
            staff.says(type="ring")
            her.until("ringing")
            her.says(type="accept")
            staff.until("live")
            staff.says(type="connected")
            yield her, staff

    def marks(self) -> list[Json]:
        return [data for kind, data in self.visitor.events() if kind == "call"]

    def end(self) -> None:
        """She leaves, so that the operator has room for the next."""
        self.desk.do("release", self.visitor.id)


class Page:
    """One socket."""

    def __init__(self, socket: WebSocketTestSession) -> None:
        self.socket, self.closed = socket, False

    def says(self, **said: Any) -> None:
        self.socket.send_text(json.dumps(said))

    def hears(self, kind: str) -> Json:
        """The next message of this type."""
        while True:
            try:
                told: Json = json.loads(self.socket.receive_text())
            except WebSocketDisconnect:
                self.closed = True
                raise
            if told["type"] == kind:
                return told

    def hang_up(self) -> None:
        """In an orderly way: the test client would otherwise cut the app off in mid-sentence."""
        if self.closed:
            return
        self.closed = True
        self.socket.close()
        while self.socket.receive()["type"] != "websocket.close":
            pass

    def until(self, state: str, **also: Any) -> Json:
        """The call's state as it is told, once it is this one."""
        while True:
            told = self.hears("state")
            call: Json = told["call"] or {}
            if call.get("state") == state and all(call.get(key) == value for key, value in also.items()):
                return told


@pytest.fixture
def talk(app: FastAPI) -> Iterator[Talk]:
    made = Talk(app)
    yield made
    made.end()


def test_she_asks_staff_ring_she_says_yes_and_the_pages_find_each_other(talk: Talk) -> None:
    with talk.her() as her, talk.staff() as staff:
        assert her.hears("state")["call"] is None
        her.says(type="ask", kind="video")
        asked = staff.until("asked")
        assert asked["call"]["asked_by"] == "citizen"
        staff.says(type="ring", kind="video")
        ringing = her.until("ringing")
        assert ringing["call"]["name"] == "一号坐席"
        her.says(type="accept", kind="voice")
        lines = staff.until("live", kind="voice")["call"]["lines"]
        assert lines == [1, 1]
        turn = ringing["ice_servers"][1]
        assert re.fullmatch(r"\d{10}:citizen-[0-9a-f]{8}", turn["username"]) and turn["credential"]

        staff.says(type="offer", sdp=SDP, lines=lines)
        offered = her.hears("offer")
        assert offered["sdp"] == SDP
        her.says(type="answer", sdp=SDP, lines=lines)
        for number in range(5):
            her.says(type="ice", candidate=f"candidate:{number}", mid="0", index=0, lines=lines)
        answer = staff.hears("answer")
        found = [staff.hears("ice") for _ in range(5)]
        assert [one["candidate"] for one in found] == [f"candidate:{number}" for number in range(5)]
        assert [one["seq"] for one in found] == list(range(answer["seq"] + 1, answer["seq"] + 6))
        her.says(type="connected")
        staff.until("live", connected=True)
        her.says(type="hang_up")
        assert staff.until("ended")["call"]["outcome"] == "done"
    marks = talk.marks()
    assert [mark["what"] for mark in marks] == ["asked", "rung", "began", "ended"]
    assert "一号坐席" in marks[2]["text"] and marks[3]["seconds"] == 0
    with talk.parts.db.read() as conn:
        assert verify(conn).ok


def test_text_goes_on_where_she_says_no_or_waits_for_nobody(talk: Talk) -> None:
    with talk.her() as her, talk.staff() as staff:
        staff.says(type="ring")
        her.until("ringing")
        her.says(type="accept", camera=True)
        assert her.hears("problem")["code"] == "not_taken"
        her.says(type="decline")
        assert staff.until("ended")["call"]["outcome"] == "declined"
        staff.says(type="hang_up")
        assert "再发起" in staff.hears("problem")["text"]
    assert talk.marks()[-1]["text"] == "您不用通话，接着用文字"


def test_with_the_bot_there_is_nobody_to_call(app: FastAPI) -> None:
    talk = Talk(app, claimed=False)
    state = talk.visitor.http.get(f"/api/v1/conversations/{talk.visitor.id}/call", headers=talk.visitor.headers).json()
    assert state == {"available": True, "crosses_networks": True, "call": None}
    with pytest.raises(WebSocketDisconnect) as closed, talk.staff() as staff:
        staff.hears("state")
    assert closed.value.code == 4404, "it waits still: nobody has it"
    with talk.her() as her:
        her.says(type="ask")
        her.until("asked")
        her.says(type="ring")
        assert her.hears("problem")["code"] == "not_yours"
        talk.visitor.say("取消排队")
        routes.calls_of(talk.parts).sweep()
        assert her.until("ended")["call"]["outcome"] == "released"
        her.says(type="ask")
        assert her.hears("problem")["code"] == "not_waiting"


def test_nobody_else_gets_in(talk: Talk, app: FastAPI) -> None:
    other = Colleague(TestClient(app), "zhuo-2")
    lead = Colleague(TestClient(app), "lead")
    refused: list[tuple[int, Any]] = [
        (4404, lambda: talk.staff(other)), (4404, lambda: talk.staff(lead)), (4403, lambda: talk.staff(origin="https://elsewhere.example")),
        (4403, lambda: talk.staff(origin="")), (4403, lambda: talk.staff(csrf="guessed")), (4403, lambda: talk.staff(page="x")),
        (4400, lambda: talk.her(page="a b")),
    ]  # fmt: skip
    for code, opening in refused:
        with pytest.raises(WebSocketDisconnect) as closed, opening() as page:
            page.hears("state")
        assert closed.value.code == code
    stranger = Visitor(TestClient(app))
    token = stranger.headers["Authorization"].removeprefix("Bearer ")
    for credential, code in ((token, 4404), ("wrong", 4401)):
        path = f"/api/v1/conversations/{talk.visitor.id}/call/ws?token={credential}&page={HER}"
        with pytest.raises(WebSocketDisconnect) as closed, stranger.http.websocket_connect(path):
            pass
        assert closed.value.code == code
    assert stranger.http.get(f"/api/v1/conversations/{talk.visitor.id}/call", headers=stranger.headers).status_code == 404


def test_one_page_of_each_the_other_one_is_told(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "LOOK_SECONDS", 0.3)  # so that the second page does not look between what is said and its taking
    with talk.live() as (her, staff), talk.her("second-page") as second:
        told = second.until("live", elsewhere=True)
        assert told["call"]["here"] is False
        second.says(type="media", camera=True, microphone=True)
        assert second.hears("problem")["code"] == "elsewhere"
        staff.says(type="media", camera=True, microphone=True)
        her.hears("media")
        second.says(type="take")
        assert her.until("live", elsewhere=True)["call"]["lines"] == [2, 1]
        second.until("live", here=True)
        staff.says(type="media", camera=False, microphone=True)
        assert second.hears("media")["camera"] is False, "and nothing that was said before"
        her.says(type="media", camera=True, microphone=True)
        assert her.hears("problem")["code"] == "elsewhere"


def test_a_page_that_comes_back_misses_nothing(talk: Talk) -> None:
    with talk.live() as (her, staff):
        call = her.until("live", connected=True)["call"]["id"]
        staff.says(type="media", camera=True, microphone=True)
        heard = her.hears("media")["seq"]
        her.hang_up()
        staff.says(type="media", camera=False, microphone=False)
        staff.says(type="again")
        with talk.her(call=call, after=heard) as back:
            assert back.hears("media")["camera"] is False
            assert back.hears("again")


def test_too_much_is_no_call(talk: Talk) -> None:
    with talk.live() as (her, staff):
        her.says(type="offer", sdp="x" * 50_000, lines=[1, 1])
        with pytest.raises(WebSocketDisconnect) as closed:
            her.hears("nothing")
        assert closed.value.code == 1009
        for _ in range(socket.MOST_IN + 5):
            staff.says(type="media", camera=True, microphone=True)
        with pytest.raises(WebSocketDisconnect) as closed:
            staff.hears("nothing")
        assert closed.value.code == 1008


def test_a_recording_begins_with_her_yes_to_the_words_and_is_read_by_nobody_without_a_reason(talk: Talk, app: FastAPI) -> None:
    with talk.live() as (her, staff):
        staff.says(type="record_ask")
        shown = her.until("live", recording="asked")["consent"]
        assert "30天" in shown["text"] and hashlib.sha256(shown["text"].encode()).hexdigest() == shown["sha256"]
        her.says(type="record_yes", words="0" * 64)
        assert her.hears("problem")["code"] == "words_changed"
        her.says(type="record_yes", words=shown["sha256"])
        recording = staff.until("live", recording="on")["recording_id"]
        path = f"/console/api/recordings/{recording}"
        pieces = [b"first-piece", b"second-piece"]

        def put(number: int, data: bytes, who: Colleague = talk.desk) -> int:
            return who.http.put(f"{path}/pieces/{number}", content=data, headers=who.csrf).status_code

        assert put(1, pieces[1]) == put(1, pieces[1]) == 200
        assert put(1, b"another") == 409
        other = Colleague(TestClient(app), "zhuo-2")
        assert put(0, pieces[0], other) == 404
        assert put(2, b"x" * (4 * 1024 * 1024 + 1)) == 413
        assert talk.desk.http.put(f"{path}/pieces/0", content=b"x").status_code == 403

        def finished() -> Any:
            return talk.desk.http.post(f"{path}/finish", json={"pieces": 2}, headers=talk.desk.csrf).json()

        assert finished() == {"missing": [0]}
        her.says(type="record_stop")
        staff.until("live", recording="")
        assert put(0, pieces[0]) == 200, "what is on its way at the stop still comes"
        assert finished() == {"missing": []}
        assert put(0, pieces[0]) == 200 and put(1, b"late") == 409
        her.says(type="hang_up")
        staff.until("ended")
    on_disk = b"".join(file.read_bytes() for file in (talk.parts.settings.data_dir / "blobs").rglob("*") if file.is_file())
    assert on_disk and not any(piece in on_disk for piece in pieces)

    lead = Colleague(TestClient(app), "lead")
    listed = lead.http.get(f"/console/api/conversations/{talk.visitor.id}/recordings").json()
    assert [(one["id"], one["state"], one["size"], one["words"]) for one in listed] == [(recording, "whole", 23, shown["text"])]
    assert talk.desk.http.get(f"/console/api/conversations/{talk.visitor.id}/recordings").status_code == 403
    assert lead.http.get(f"{path}/media").status_code == 404
    assert lead.http.post(f"{path}/open", json={"reason": "看"}, headers=lead.csrf).status_code == 422
    opened = lead.http.post(f"{path}/open", json={"reason": "核对投诉"}, headers=lead.csrf).json()
    played = lead.http.get(opened["url"])
    assert played.content == b"".join(pieces) and played.headers["cache-control"] == "no-store"
    assert talk.desk.http.get(opened["url"]).status_code == 403
    for wrong in (opened["url"].replace("ticket=", "ticket=9"), opened["url"][:-2], f"{path}/media?ticket=x.y"):
        assert lead.http.get(wrong).status_code == 404
    notes = talk.desk.http.get(f"/console/api/conversations/{talk.visitor.id}/notes").json()
    assert any("核对投诉" in note["text"] for note in notes)
    assert [mark["what"] for mark in talk.marks()][-3:] == ["recording_agreed", "recording_stopped", "ended"]


def test_what_is_asked_of_her_in_a_call_is_answered_by_her(talk: Talk) -> None:
    with talk.live() as (her, staff):
        staff.says(type="asking", what="snapshot", card="card-1")
        assert her.hears("asking")["card"] == "card-1"
        staff.says(type="done", what="snapshot", done=True)
        assert staff.hears("problem")["code"] == "not_yours"
        her.says(type="done", what="snapshot", done=False)
        assert staff.hears("done")["done"] is False
        her.says(type="fell", why="weak")
        assert staff.hears("fell")["why"] == "weak"
        staff.says(type="failed", why="lost")
        ended = her.until("ended")["call"]
        assert (ended["outcome"], ended["fell_back"]) == ("failed", "text")


def test_the_call_ends_when_the_operator_hands_back(app: FastAPI) -> None:
    talk = Talk(app)
    with talk.live() as (her, _staff):
        talk.end()
        routes.calls_of(talk.parts).sweep()
        assert her.until("ended")["call"]["outcome"] == "released"
