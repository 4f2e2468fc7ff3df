"""The official account over real ports: a message in, the same brain, the answer out; and whatever goes wrong on the way."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from sqlalchemy import select

from assistant.casework import repository as cases
from assistant.conversation import repository
from assistant.conversation.model import Conversation
from assistant.foundation.wechat_tables import wechat_inbox
from assistant.identity import misuse
from tests.contract.desk_world import Colleague, hire
from tests.contract.wechat_world import Person, Running, down


def held(wechat: Running, she: Person) -> Conversation:
    with wechat.parts.db.read() as conn:
        conv = repository.load(conn, she.conversation)
    assert conv is not None
    return conv


def turns(wechat: Running, she: Person) -> int:
    """How many she has had; none before her conversation is there."""
    try:
        return held(wechat, she).turn_count
    except AssertionError:
        return 0


def until(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_message_is_acknowledged_and_answered_by_the_same_brain(wechat: Running) -> None:
    she = wechat.someone()
    assert she.writes("你好")[0][-1] == "ok"
    assert she.reads() == ["收到"]
    conv = held(wechat, she)
    assert (conv.channel, conv.turn_count, conv.state.openid) == ("wechat", 1, she.openid)


def test_what_was_said_is_encrypted_and_forgotten_where_it_was_only_waiting(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("我的电话是13800138000")
    she.reads()
    with wechat.parts.db.read() as conn:
        rows = conn.execute(select(wechat_inbox.c.payload, wechat_inbox.c.dedup, wechat_inbox.c.peer)).all()
    assert rows and not [row for row in rows if row.payload is not None]
    assert not [row for row in rows if she.openid in f"{row.dedup}{row.peer}"]


def test_the_same_message_three_times_is_one_turn(wechat: Running) -> None:
    she = wechat.someone()
    assert [tries[-1] for tries in she.does(3, MsgType="text", Content="你好")] == ["ok"] * 3
    she.reads()
    she.writes("再说一句")
    she.reads()
    assert held(wechat, she).turn_count == 2
    assert len(she.all()) == 2


def test_whoever_subscribes_is_greeted_once_and_can_tap_a_way_to_begin(wechat: Running) -> None:
    she = wechat.someone()
    she.does(2, MsgType="event", Event="subscribe", EventKey="", CreateTime=int(time.time()))
    (greeting,) = she.reads()
    assert "办" in greeting and "[" in greeting
    menu = she.all()[0]["msgmenu"]["list"]
    person = next(item for item in menu if "人" in item["content"])
    she.writes(person["content"], bizmsgmenuid=person["id"])
    she.reads()
    assert held(wechat, she).owner == "queue"
    assert len([one for one in she.all() if "msgmenu" in one]) == 1


def test_a_number_means_the_line_of_the_last_list(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("让我选一个")
    assert "[公司住所变更]" in she.reads()[0]
    she.writes("1")
    (answer,) = she.reads()
    conv = held(wechat, she)
    assert conv.active_case and conv.state.ask is not None
    assert conv.state.ask.label in answer


def test_staff_speak_to_her_and_her_words_reach_them(wechat: Running) -> None:
    she = wechat.someone()
    hire(wechat.parts, "desk-7", "7号坐席")
    staff = Colleague(wechat.http, "desk-7")
    she.writes("转人工")
    she.hears()
    assert staff.do("claim", she.conversation).status_code == 200
    assert "7号坐席" in she.hears()
    assert staff.do("messages", she.conversation, text="请把租赁合同发来").status_code == 200
    assert she.hears() == "7号坐席：请把租赁合同发来"
    before = turns(wechat, she)
    she.writes("好的，马上")
    until(lambda: turns(wechat, she) == before + 1)
    assert "好的，马上" in staff.read(she.conversation).text
    assert staff.do("release", she.conversation).status_code == 200
    assert "7号坐席" in she.hears() and held(wechat, she).owner == "bot"


def test_a_photograph_is_an_upload_like_any_other(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("我要办公司住所变更")
    she.hears()
    drawn = io.BytesIO()
    Image.new("RGB", (1200, 900), "white").save(drawn, "JPEG")
    she.sends(drawn.getvalue(), "image/jpeg")
    assert she.hears(60)
    with wechat.parts.db.read() as conn:
        (upload,) = cases.uploads_of(conn, she.conversation)
    assert upload["media_type"] == "image/jpeg" and upload["file_name"].endswith(".jpg")


def test_what_is_too_large_or_gone_or_no_picture_is_said(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("你好")
    she.reads()
    she.sends(b"\0" * (wechat.parts.settings.upload_max_bytes + 1000), "image/jpeg")
    assert "MB" in she.reads()[0] or "大" in she.reads()[0]
    she.does(MsgType="image", MediaId="not-there-any-more")
    assert "再发一次" in she.reads()[0]
    she.sends(b"MZ\x90 no picture at all", "image/jpeg")
    assert she.reads()[0]


def test_speech_recognised_by_the_platform_is_words_and_other_speech_is_told_honestly(wechat: Running) -> None:
    she = wechat.someone()
    she.does(MsgType="voice", MediaId="m", Format="amr", Recognition="你好")
    assert she.reads() == ["收到"]
    she.does(MsgType="voice", MediaId="m", Format="amr")
    assert "打字" in she.reads()[0]


@pytest.mark.parametrize("kind", ["video", "shortvideo", "link", "invented"])
def test_what_cannot_be_read_is_said_to_be_so(wechat: Running, kind: str) -> None:
    she = wechat.someone()
    she.does(MsgType=kind, MediaId="m", Title="t", Url="https://bandao.example/")
    assert "看不了" in she.reads()[0]


def test_a_place_is_said_by_its_name(wechat: Running) -> None:
    she = wechat.someone()
    she.does(MsgType="location", Location_X="31.2", Location_Y="121.5", Scale="16", Label="浦东新区世纪大道100号")
    she.reads()
    with wechat.parts.db.read() as conn:
        events = repository.events_after(conn, she.conversation, 0)
    assert "浦东新区世纪大道100号" in [event.data.get("text") for event in events]


def test_emoji_stay_and_control_characters_go(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("你好😀\u202e\u0085👨‍👩‍👧 ]]> <b>&amp;")
    she.reads()
    with wechat.parts.db.read() as conn:
        events = repository.events_after(conn, she.conversation, 0)
    assert "你好😀👨‍👩‍👧 ]]> <b>&amp;" in [event.data.get("text") for event in events]


def test_more_than_five_messages_wait_until_she_writes_again(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("说得很长")
    first = she.reads(5)
    assert "接着看" in first[-1] and "接着看" not in first[0]
    assert all(len(text.encode()) <= 2048 for text in first)
    she.writes("好")
    rest = she.reads(5)
    assert len("".join(first)) > 3000 and len("".join(rest)) > 3000
    assert len(she.all()) == 10, "no more than she allowed"


def test_whoever_unsubscribes_in_mid_case_hears_no_more_and_finds_her_case_again(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("我要办公司住所变更")
    she.hears()
    case = held(wechat, she).active_case
    at = int(time.time())
    she.does(MsgType="event", Event="unsubscribe", EventKey="", CreateTime=at)
    she.does(MsgType="event", Event="subscribe", EventKey="", CreateTime=at - 60)  # it overtook, and is older
    she.hears()  # both are only acknowledged at once, and worked off behind that
    before = len(she.all())
    with wechat.parts.db.write() as conn:
        now = wechat.parts.clock.now()
        repository.append_events(conn, she.conversation, [("notice", {"level": "info", "text": "办件有新进展", "at": now.isoformat()})], now)
    wechat.parts.announce(she.conversation)
    other = wechat.someone()
    other.writes("你好")
    other.reads()
    assert len(she.all()) == before
    she.writes("我回来了")
    assert "办件有新进展" in she.hears()
    assert held(wechat, she).active_case == case


def test_a_file_is_a_link_that_opens_it_for_a_while_and_nothing_else(wechat: Running) -> None:
    she = wechat.someone()
    she.writes("给我文件")
    (text,) = she.reads()
    address = text.split()[-1]
    split = urlsplit(address)
    assert split.path == "/api/v1/cases/BD1/package" and she.conversation in split.query
    assert wechat.http.get(address).status_code == 404, "the ticket opens; there is no such case"
    for wrong in (address[:-1] + ("0" if address[-1] != "0" else "1"), address.replace("BD1", "BD2"), f"{address}&part=x"):
        assert wechat.http.get(wrong).status_code == 401
    assert wechat.http.post(address.replace("/package", "/resume"), json={"proof": "x"}).status_code == 401


def test_the_page_goes_on_with_her_conversation_once_and_wechat_goes_on_beside_it(wechat: Running) -> None:
    she = wechat.someone()
    hire(wechat.parts, "desk-8", "8号坐席")
    staff = Colleague(wechat.http, "desk-8")
    she.writes("转人工")
    she.hears()
    staff.do("claim", she.conversation)
    she.hears()
    with wechat.parts.db.read() as conn:
        conv = repository.load(conn, she.conversation)
    assert conv is not None
    said = {"from": "staff", "name": "8号坐席", "text": "请填这张表", "card": {"id": "c"}, "at": conv.updated_at.isoformat()}
    with wechat.parts.db.write() as conn:
        repository.append_events(conn, she.conversation, [("message", said)], conv.updated_at)
    wechat.parts.announce(she.conversation)
    read = she.hears()
    ticket = read[read.index("#go=") + 4 :].split()[0]
    assert wechat.http.post("/api/v1/crossings", json={"ticket": ticket[:-8]}).status_code in (401, 404, 410, 422)
    over = wechat.http.post("/api/v1/crossings", json={"ticket": ticket})
    assert over.status_code < 300 and over.json()["conversation_id"] == she.conversation
    assert wechat.http.post("/api/v1/crossings", json={"ticket": ticket}).status_code >= 400, "once"
    headers = {"Authorization": f"Bearer {over.json()['token']}"}
    path = f"/api/v1/conversations/{she.conversation}/messages"
    assert wechat.http.post(path, json={"client_message_id": "w-1", "text": "在网页上填好了"}, headers=headers).status_code == 200
    before = turns(wechat, she)
    she.writes("微信里也能说")
    until(lambda: turns(wechat, she) == before + 1)


def test_who_tries_many_case_numbers_is_slowed_and_nobody_else_at_the_platforms_address(wechat: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat.parts, "settings", wechat.parts.settings.model_copy(update={"misuse_tries": 2}))
    tries, other = wechat.someone(), wechat.someone()
    for count in range(3):
        tries.writes(f"我要继续办BD20261110{count:08d}，后四位002X，恢复码K7M3PX")
        assert "过一会儿再试" not in tries.hears()
    tries.writes("我要继续办BD2026111000000009，后四位002X，恢复码K7M3PX")
    assert "过一会儿再试" in tries.hears()
    other.writes("我要继续办BD2026111000000009，后四位002X，恢复码K7M3PX")
    assert "过一会儿再试" not in other.hears()
    with wechat.parts.db.read() as conn:
        [alarm] = misuse.alarms(conn)
    assert alarm.kind == "case_numbers" and alarm.address.startswith("wechat:") and tries.openid not in alarm.address


def test_an_engine_that_is_away_loses_nothing(wechat: Running) -> None:
    she = wechat.someone()
    wechat.parts.runner.PATIENCE, patience = 0.1, wechat.parts.runner.PATIENCE  # type: ignore[misc]
    down.append(True)
    try:
        she.writes("第一句")
        she.writes("第二句")
        time.sleep(0.5)
        assert she.all() == []
    finally:
        down.clear()
        wechat.parts.runner.PATIENCE = patience  # type: ignore[misc]
    assert she.reads(1) == ["收到"]
    until(lambda: turns(wechat, she) == 2)


@pytest.mark.parametrize("fault", [{"mode": "stale"}, {"mode": "busy", "count": 1}, {"mode": "down", "count": 1}, {"mode": "broken_json", "count": 1}])
def test_a_far_side_that_falters_is_asked_again(wechat: Running, fault: dict[str, Any]) -> None:
    she = wechat.someone()
    wechat.far.post("/wechat/admin/faults", json=fault)
    she.writes("你好")
    if fault["mode"] != "stale":  # it rests for some seconds; what she does next wakes it
        until(lambda: turns(wechat, she) == 1 and not wechat.world.fault.get("count"))
        she.writes("还在吗")
    assert "收到" in she.reads()[0]


def test_a_token_is_fetched_once_for_all(wechat: Running) -> None:
    before = wechat.world.fetched
    people = [wechat.someone() for _ in range(5)]
    for she in people:
        she.writes("你好")
    for she in people:
        she.reads()
    assert wechat.world.fetched == before
    wechat.far.post("/wechat/admin/faults", json={"mode": "stale"})
    for she in people:
        she.writes("再来")
    for she in people:
        she.reads()
    assert wechat.world.fetched == before + 1


def test_an_account_that_may_not_send_answers_in_the_callbacks_own_reply(wechat: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wechat.parts, "settings", wechat.parts.settings.model_copy(update={"wechat_passive_seconds": 4.5}))
    she = wechat.someone()
    (tries,) = she.writes("你好")
    assert "<Content>收到</Content>" in tries[-1] and she.openid in tries[-1]
    assert she.all() == []
    (tries,) = she.writes("让我选一个")
    assert tries[-1] == "ok", "a list to tap is no reply"
    assert "[公司住所变更]" in she.reads()[0]
