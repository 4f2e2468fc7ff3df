"""微信客服 and the mini-program over real ports: fetched by cursor, answered, states both ways; signing in and the telephone number."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from sqlalchemy import select

from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation.tables import audit_entry
from channels.wechat import arriving, inbox
from channels.wechat.inbox import Peer
from tests.contract.wechat_world import Running, words_of

_customers = itertools.count(1)


@pytest.fixture(autouse=True)
def people_in_wecom(wechat: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """People take over in WeCom."""
    monkeypatch.setattr(wechat.parts, "settings", wechat.parts.settings.model_copy(update={"wechat_work_people": "wecom"}))


class Customer:
    """Somebody at the customer-service account."""

    def __init__(self, both: Running) -> None:
        self.both, self.id, self._read = both, f"wmSandbox{next(_customers):06d}", 0

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.both.far.post(f"/wecom/admin/{path}", json={"external_userid": self.id, **body})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def writes(self, text: str, origin: int = 3, **text_too: str) -> dict[str, Any]:
        return self.post("messages", message={"msgtype": "text", "text": {"content": text, **text_too}}, origin=origin)

    def all(self) -> list[dict[str, Any]]:
        return [one for one in self.both.world.sent if one.get("touser") == self.id]

    def reads(self) -> str:
        end = time.monotonic() + 20
        while len(self.all()) <= self._read:
            assert time.monotonic() < end, "nothing came"
            time.sleep(0.02)
        self._read += 1
        return words_of(self.all()[self._read - 1])

    def standing(self) -> tuple[Peer, Conversation | None]:
        ring, account = self.both.parts.db.keyring, arriving.service_account(self.both.world.config.open_kfid)
        with self.both.parts.db.read() as conn:
            peer = inbox.load(conn, arriving.peer_of(ring, account, self.id))
            assert peer is not None
            return peer, repository.load(conn, peer.conversation_id) if peer.conversation_id else None

    def until_owner(self, owner: str) -> None:
        end = time.monotonic() + 20
        while (conv := self.standing()[1]) is None or conv.owner != owner:
            assert time.monotonic() < end, conv and conv.owner
            time.sleep(0.02)

    def until_state(self, state: int) -> None:
        end = time.monotonic() + 20
        while (found := self.both.world.person(self.both.world.config.corpid, self.id).state) != state:
            assert time.monotonic() < end, found
            time.sleep(0.02)


def test_a_message_is_fetched_answered_and_the_session_is_the_bots(wechat: Running) -> None:
    she = Customer(wechat)
    assert she.writes("你好")["outcomes"][-1] == "ok"
    assert she.reads() == "收到"
    she.until_state(1)
    _, conv = she.standing()
    assert conv is not None and conv.channel == "wechat" and conv.state.openid is None


def test_messages_nobody_told_of_come_with_the_next_news_in_their_order(wechat: Running) -> None:
    she = Customer(wechat)
    for text in ("第一句", "第二句"):
        she.post("messages", message={"msgtype": "text", "text": {"content": text}}, tell=False)
    she.writes("第三句")
    for _ in range(3):
        she.reads()
    _, conv = she.standing()
    assert conv is not None
    with wechat.parts.db.read() as conn:
        said = [e.data["text"] for e in repository.events_after(conn, conv.id, 0) if e.kind == "message" and e.data.get("client_message_id")]
    assert said == ["第一句", "第二句", "第三句"]


def test_whoever_enters_is_welcomed_once(wechat: Running) -> None:
    she = Customer(wechat)
    she.post("enters", message={})
    assert "办事助手" in she.reads()
    she.writes("你好")
    assert she.reads() == "收到"
    she.post("enters", message={})
    she.writes("还在")
    assert she.reads() == "收到"
    assert [one["door"] for one in she.all()].count("welcome") == 1


def test_a_servicer_takes_over_speaks_and_ends_and_our_owner_follows(wechat: Running) -> None:
    she = Customer(wechat)
    she.writes("转人工")
    she.reads()
    she.until_owner("queue")
    she.until_state(2)
    she.post("changes", state=3)
    she.until_owner("staff")
    she.writes("您好，我来为您办理", origin=5)
    turns = len(she.all())
    she.writes("谢谢")
    end = time.monotonic() + 20
    while (conv := she.standing()[1]) is None or conv.turn_count < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    with wechat.parts.db.read() as conn:
        events = repository.events_after(conn, conv.id, 0)
        waiting = wechat.parts.desk.where_is(conn, conv.id)
    assert "您好，我来为您办理" in [e.data.get("text") for e in events if e.data.get("from") == "staff"]
    assert len(she.all()) == turns, "the bot is silent, and what she has read there is not sent again"
    assert waiting is None or waiting[0] != "waiting", "nobody waits for her at our own desk"
    she.post("changes", state=4)
    she.until_owner("closed")
    she.writes("我还有一个问题")
    she.until_owner("bot")


def test_a_link_in_a_menu_means_its_line(wechat: Running) -> None:
    she = Customer(wechat)
    she.post("enters", message={})
    she.reads()
    she.writes("我要办公司住所变更")
    she.reads()
    end = time.monotonic() + 20
    while not (peer := she.standing()[0]).menu:
        assert time.monotonic() < end
        time.sleep(0.02)
    label, value, tapped = peer.menu[0]
    assert tapped and value
    she.writes(label, menu_id="1")
    end = time.monotonic() + 20
    while (conv := she.standing()[1]) is None or conv.turn_count < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    with wechat.parts.db.read() as conn:
        said = [e.data["text"] for e in repository.events_after(conn, conv.id, 0) if e.kind == "message" and e.data.get("client_message_id")]
    assert conv.active_case and said == ["我要办公司住所变更", label]


def test_the_mini_program_signs_in_by_its_code_once_and_finds_its_conversation_again(wechat: Running) -> None:
    def code(kind: str = "session", **more: str) -> str:
        body = {"kind": kind, "openid": "oMini000001", **more}
        return str(wechat.far.post("/wechat/admin/codes", json=body).json()["code"])

    used = code()
    first = wechat.http.post("/api/v1/wechat/sessions", json={"code": used, "locale": "zh-CN"})
    assert first.status_code == 201 and not first.json()["resumed"] and first.json()["replies"]
    assert wechat.http.post("/api/v1/wechat/sessions", json={"code": used}).status_code == 401
    assert wechat.http.post("/api/v1/wechat/sessions", json={"code": "made-up"}).json()["code"] == "wechat_code"
    again = wechat.http.post("/api/v1/wechat/sessions", json={"code": code()}).json()
    assert again["resumed"] and again["conversation_id"] == first.json()["conversation_id"]
    old, new = ({"Authorization": f"Bearer {held['token']}"} for held in (first.json(), again))
    path = f"/api/v1/conversations/{again['conversation_id']}/messages"
    assert wechat.http.post(path, json={"client_message_id": "m-1", "text": "你好"}, headers=old).status_code == 401
    assert wechat.http.post(path, json={"client_message_id": "m-1", "text": "你好"}, headers=new).status_code == 200
    anew = wechat.http.post("/api/v1/wechat/sessions", json={"code": code(), "anew": True}).json()
    assert not anew["resumed"] and anew["conversation_id"] != again["conversation_id"]

    number = code("phone", phone="13800138000")
    opens = {"Authorization": f"Bearer {anew['token']}"}
    assert wechat.http.post("/api/v1/wechat/phone", json={"code": number, "consent": False}, headers=opens).status_code == 422
    assert wechat.http.post("/api/v1/wechat/phone", json={"code": number, "consent": True}).status_code == 401
    told = wechat.http.post("/api/v1/wechat/phone", json={"code": number, "consent": True}, headers=opens).json()
    assert told["phone"] == "13800138000" and "8001" not in told["masked"]
    assert wechat.http.post("/api/v1/wechat/phone", json={"code": number, "consent": True}, headers=opens).status_code == 401
    with wechat.parts.db.read() as conn:
        noted = conn.execute(select(audit_entry.c.action).where(audit_entry.c.subject == anew["conversation_id"])).scalars().all()
    assert "consent.phone" in noted


def test_where_wechat_is_away_signing_in_says_so(wechat: Running) -> None:
    wechat.far.post("/wechat/admin/faults", json={"mode": "down", "count": 1})
    answer = wechat.http.post("/api/v1/wechat/sessions", json={"code": "any"})
    assert answer.status_code == 503 and answer.json()["code"] == "wechat_away"


@pytest.mark.parametrize("door", ["official", "service"])
@pytest.mark.parametrize(
    "body", [b"", b"<xml/>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><Encrypt>&a;</Encrypt></xml>", b"{}"]
)
def test_strangers_are_turned_away_all_alike(wechat: Running, door: str, body: bytes) -> None:
    signed = {"msg_signature": "0" * 40, "timestamp": str(int(time.time())), "nonce": "n"}
    answer = wechat.http.post(f"/api/v1/wechat/{door}", params=signed, content=body)
    assert answer.status_code == 401 and answer.json()["code"] == "webhook_refused"
    assert wechat.http.post(f"/api/v1/wechat/{door}", content=b"x" * 300_000).status_code == 413


def test_the_platforms_first_question_is_answered(wechat: Running) -> None:
    door = wechat.app.state.wechat
    stamp, envelope = str(int(time.time())), door.official_envelope
    asked = {"signature": envelope.signature(stamp, "n"), "timestamp": stamp, "nonce": "n", "echostr": "4711"}
    assert wechat.http.get("/api/v1/wechat/official", params=asked).text == "4711"
    assert wechat.http.get("/api/v1/wechat/official", params={**asked, "nonce": "m"}).status_code == 401
    sealed, work = door.work_envelope.seal(b"4712"), door.work_envelope
    asked = {"msg_signature": work.signature(stamp, "n", sealed), "timestamp": stamp, "nonce": "n", "echostr": sealed}
    assert wechat.http.get("/api/v1/wechat/service", params=asked).text == "4712"
