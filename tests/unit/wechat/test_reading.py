"""The XML of callbacks: every recorded one is read; document types, entities, bombs and depths are not."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing
from assistant.foundation.settings import ROOT
from channels.wechat import arriving, reading
from channels.wechat.envelope import NotGenuine
from channels.wechat.reading import BadXml
from channels.wechat.service import _arrived

FIXTURES = ROOT / "channels" / "wechat" / "fixtures"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("ring") / "ring.json")


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("text", "text", {"Content": "我要办居住证"}),
        ("menu-tap", "text", {"Content": "租赁", "bizmsgmenuid": "2"}),
        ("image", "image", {"MediaId": "fictitious-media-image"}),
        ("voice", "voice", {"MediaId": "fictitious-media-voice", "Format": "amr", "Recognition": "我要办居住证。"}),
        ("voice-unrecognised", "voice", {"MediaId": "fictitious-media-voice", "Format": "speex"}),
        ("location", "location", {"Location_X": "31.221000", "Location_Y": "121.544000", "Label": "浦东新区世纪大道100号"}),
        ("video", "video", {}),
        ("event-subscribe", "event", {"Event": "subscribe", "EventKey": "qrscene_case.BD20261123ABCD2345"}),
        ("event-unsubscribe", "event", {"Event": "unsubscribe"}),
        ("event-scan", "event", {"Event": "SCAN", "EventKey": "case.BD20261123ABCD2345"}),
        ("event-click", "event", {"Event": "CLICK", "EventKey": "办理进度"}),
        ("event-view", "event", {"Event": "VIEW", "EventKey": "https://bandao.example/guides"}),
        ("event-subscribe-popup", "event", {"Event": "subscribe_msg_popup_event"}),
        ("event-template-sent", "event", {"Event": "TEMPLATESENDJOBFINISH", "Status": "success"}),
    ],
)
def test_what_the_platform_sends(ring: KeyRing, name: str, kind: str, data: dict[str, str]) -> None:
    arrived = arriving.official(reading.read((FIXTURES / f"{name}.xml").read_bytes()), "wxofficial", ring, NOW)
    assert (arrived.kind, arrived.data, arrived.openid) == (kind, data, "oSandbox000001")
    assert arrived.openid not in arrived.dedup and arrived.openid not in arrived.peer


def test_every_recorded_body_is_tried_above() -> None:
    text = (ROOT / "tests" / "unit" / "wechat" / "test_reading.py").read_text(encoding="utf-8")
    assert [path.stem for path in FIXTURES.glob("*") if path.stem not in text] == []


def test_a_message_is_known_by_its_id_and_an_event_by_who_when_and_what(ring: KeyRing) -> None:
    def known(xml: str) -> str:
        return arriving.official(reading.read(xml.encode()), "wxofficial", ring, NOW).dedup

    text = (FIXTURES / "text.xml").read_text(encoding="utf-8")
    assert known(text) == known(text.replace("居住证", "护照"))
    assert known(text) != known(text.replace("12345<", "12399<"))
    scan = (FIXTURES / "event-scan.xml").read_text(encoding="utf-8")
    assert known(scan) == known(scan)
    assert len({known(scan), known(scan.replace("000001", "000002")), known(scan.replace("1795000050", "1795000051")), known(scan.replace("SCAN", "CLICK"))}) == 4


def test_customer_service_news_and_messages(ring: KeyRing) -> None:
    news = arriving.news_of_service(reading.read((FIXTURES / "kf-news.xml").read_bytes()), "wwsandboxcorp", ring, NOW)
    assert news is not None and (news.account, news.kind, news.openid) == ("kf:wkSandboxService", "news", arriving.READER)
    page = json.loads((FIXTURES / "kf-messages.json").read_text(encoding="utf-8"))["msg_list"]
    found = [_arrived(one, "kf:wkSandboxService", "wmSandbox000001", "peer", NOW) for one in page]
    assert [one.kind for one in found] == [
        "text", "text", "image", "file", "location", "servicer", "event.enter_session", "event.session_status_change", "event.msg_send_fail",
    ]  # fmt: skip
    assert found[1].data == {"Content": "租赁", "bizmsgmenuid": "2"}
    assert found[4].data["Label"] == "世纪大道100号" and found[5].data == {"Content": "您好，请说"}
    assert len({one.dedup for one in found}) == len(found)


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ('<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>', "doctype"),
        (f'<!DOCTYPE xml [<!ENTITY l0 "ha">{LAUGHS}]><xml>&l9;</xml>', "doctype"),
        ('<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>', "doctype"),
        ('<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><xml/>', "doctype"),
        ("<xml><Content>&undeclared;</Content></xml>", "malformed"),
        ("<xml>" + "<a>" * 20 + "</a>" * 20 + "</xml>", "deep"),
        ("<xml>" + "<a/>" * 1000 + "</xml>", "large"),
        ("<xml><Content>" + "字" * 70_000 + "</Content></xml>", "large"),
        ("<xml><Content>x</Content>", "malformed"),
        ("<xml><Content>\0</Content></xml>", "malformed"),
        ("no xml", "malformed"),
        ("", "malformed"),
        ("<xml>bare text</xml>", "malformed"),
    ],
)
def test_what_no_platform_sends(xml: str, code: str) -> None:
    with pytest.raises(BadXml, check=lambda error: error.code == code):
        reading.read(xml.encode())


def test_another_encoding_hides_nothing() -> None:
    with pytest.raises(BadXml):
        reading.read('<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>'.encode("utf-16"))
    with pytest.raises(BadXml):
        reading.read('<?xml version="1.0" encoding="gb18030"?><xml><Content>字</Content></xml>'.encode("gb18030"))
    smuggled = b'<?xml version="1.0" encoding="utf-7"?><xml><Content>+ADwAIQ-DOCTYPE</Content></xml>'
    assert reading.text_of(reading.read(smuggled), "Content") == "+ADwAIQ-DOCTYPE", "letters as they stand"


@given(st.text(max_size=300))
@settings(max_examples=80)
def test_what_we_write_reads_back(text: str) -> None:
    plain = "".join(sign for sign in text if sign in "\t\n" or (ord(sign) >= 0x20 and sign not in "\ufffe\uffff" and not 0xD800 <= ord(sign) <= 0xDFFF))
    assert reading.text_of(reading.read(reading.written({"Content": f"<{plain}&"})), "Content") == f"<{plain}&"


@pytest.mark.parametrize("missing", ["FromUserName", "MsgType"])
def test_a_message_of_nobody_is_none(ring: KeyRing, missing: str) -> None:
    found = reading.read((FIXTURES / "text.xml").read_bytes())
    found.pop(missing)
    with pytest.raises(NotGenuine):
        arriving.official(found, "wxofficial", ring, NOW)


@pytest.mark.parametrize("stamp", ["", "x", "-5", "9" * 20, "99999999999"])
def test_a_time_that_cannot_be_is_ours(stamp: str) -> None:
    assert arriving.moment_of(stamp, NOW) == NOW
