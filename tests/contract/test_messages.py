"""The real clients of mail, SMS and WeChat against the sandbox over a real network: sent once by key, refused, broken, signed."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assistant.casework.notices.gateway import Gateway, Sms, WeChat
from assistant.casework.notices.mail import Mail, Security
from assistant.casework.notices.notice import Notice, Outcome, Rejected, Sent, Unavailable, Words, key_of
from assistant.desk.letters import Letter
from assistant.foundation.clock import SystemClock
from channels import desk_mail
from sandbox.app import create_app
from sandbox.config import SandboxConfig
from tests.messages import MessageAdmin

SECRET, STAFF = "fictitious-messages-secret", "office-demo"
PATIENCE_S, SHORT_S, SLOW_S = 30.0, 3.0, 60.0
"""How long is waited; how long where nothing will come, enough for a laden machine to get as far as that; and what is too slow for it."""
WORDS = Words(title="办件有新进展", text="您的办件（尾号 7K2M）已受理。", link="https://bandao.example/")


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    held = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = held.add_extension(here, critical=False).sign(key, hashes.SHA256())
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "smtp.pem"
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none) + made.public_bytes(pem))
    return path


class Served:
    """The sandbox on ports of its own."""

    def __init__(self, data: Path) -> None:
        self.certificate = certificate(data)
        config = SandboxConfig(
            data_dir=data, office_key="fictitious-office-key", staff_key=STAFF, messages_secret=SECRET, smtp_port=0,
            smtp_certificate=self.certificate,
        )  # fmt: skip
        self.app = create_app(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.root = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"{self.root}/messages"
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the sandbox did not start"
            time.sleep(0.02)
        self.gateway, self.hasty = (Gateway(self.url, "bandao", SECRET, timeout_s=limit_s) for limit_s in (PATIENCE_S, SHORT_S))
        self.admin = MessageAdmin(self.root, SECRET)

    def mail(
        self, security: Security = "none", *, user: str = "", password: str = "", trust: bool = True, limit_s: float = PATIENCE_S
    ) -> Mail:
        context = ssl.create_default_context(cafile=str(self.certificate)) if trust else None
        return Mail(
            "127.0.0.1", self.app.state.mail.port, sender="notice@bandao.example", now=SystemClock().now, security=security,
            user=user, password=password, timeout_s=limit_s, context=context,
        )  # fmt: skip

    def stop(self) -> None:
        self.gateway.close()
        self.hasty.close()
        self._server.should_exit = True
        self._thread.join(60)
        self._socket.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("messages"))
    yield served
    served.stop()


@pytest.fixture(autouse=True)
def well(served: Served) -> Iterator[None]:
    yield
    served.admin.fault("ok")


def notice(about: str, channel: str, address: str = "13800000001") -> Notice:
    return Notice(key_of("BD-0001", f"{about}:{channel}"), "accepted", channel, address, WORDS)


def code(outcome: Outcome | None) -> str:
    assert isinstance(outcome, Unavailable | Rejected), outcome
    return outcome.code


@pytest.mark.parametrize("provider", [Sms, WeChat])
def test_the_gateway_takes_a_message_once_by_its_key(served: Served, provider: type[Sms] | type[WeChat]) -> None:
    far, told = provider(served.gateway), notice("once", provider.channel)
    assert far.find(told.key) is None
    first = far.send(told)
    assert isinstance(first, Sent) and far.send(told) == first == far.find(told.key)
    kept = [one for one in served.admin.sent(channel=provider.channel) if one["key"] == told.key]
    assert [one["handed_over"] for one in kept] == [2]
    assert "尾号 7K2M" in kept[0]["body"]


def test_a_text_message_is_signed_and_carries_its_link(served: Served) -> None:
    Sms(served.gateway).send(notice("signed", "sms", "13800000002"))
    assert [one["body"] for one in served.admin.sent("13800000002")] == ["【办到】您的办件（尾号 7K2M）已受理。 https://bandao.example/"]


def test_another_message_under_the_same_key_is_refused(served: Served) -> None:
    far, told = Sms(served.gateway), notice("reused", "sms")
    far.send(told)
    assert code(far.send(Notice(told.key, told.kind, "sms", "13800000009", WORDS))) == "key-reused"


@pytest.mark.parametrize(
    ("mode", "expected", "kept"),
    [("down", "server-error", 0), ("error500", "server-error", 0), ("reject", "recipient-refused", 0),
     ("slow", "timeout", 0), ("accept_then_timeout", "timeout", 1)],
)  # fmt: skip
def test_what_the_gateway_does_wrong_is_understood(served: Served, mode: str, expected: str, kept: int) -> None:
    far, told = Sms(served.gateway), notice(mode, "sms", "13800000003")
    served.admin.fault(mode, channel="sms", count=1, seconds=SLOW_S)
    assert code(Sms(served.hasty).send(told)) == expected
    assert (far.find(told.key) is not None) == bool(kept)
    assert isinstance(far.send(told), Sent)
    assert len([one for one in served.admin.sent("13800000003") if one["key"] == told.key]) == 1


def test_a_gateway_that_takes_a_message_in_twice_still_has_it_once(served: Served) -> None:
    served.admin.fault("twice", channel="sms")
    told = notice("twice", "sms", "13800000004")
    assert isinstance(Sms(served.gateway).send(told), Sent)
    assert [one["handed_over"] for one in served.admin.sent("13800000004")] == [2]


@pytest.mark.parametrize("address", ["12345", "手机", ""])
def test_a_number_nobody_can_have_is_refused_for_good(served: Served, address: str) -> None:
    assert code(Sms(served.gateway).send(notice(f"bad {address}", "sms", address))) == "invalid-number"


def test_a_wrong_secret_name_or_time_opens_nothing(served: Served) -> None:
    for wrong in (Gateway(served.url, "bandao", "another-secret"), Gateway(served.url, "nobody", SECRET),
                  Gateway(served.url, "bandao", SECRET, unix_time=lambda: time.time() - 600)):  # fmt: skip
        assert code(Sms(wrong).send(notice("forged", "sms"))) == "not-authorised"
        assert code(wrong.find("/v1/sms", key_of("BD-0001", "once:sms"))) == "not-authorised"
        wrong.close()
    replayed = served.admin.call("POST", "/messages/v1/sms", {"to": "13800000005", "sign": "办到", "text": "x"}, at=time.time() - 301)
    assert replayed.status_code == 401
    assert served.admin.call("POST", "/messages/v1/sms", {"to": "13800000005"}).status_code == 422


def test_a_gateway_that_is_not_there(served: Served) -> None:
    for url, expected in (("http://127.0.0.1:9/messages", "no-connection"), (f"{served.root}/nothing", "unreadable")):
        wrong = Sms(Gateway(url, "bandao", SECRET))
        assert code(wrong.send(notice("nowhere", "sms"))) == expected, "a wrong address refuses no message"
        wrong.close()


def test_mail_goes_out_with_an_identifier_made_of_the_key(served: Served) -> None:
    told = notice("mail", "email", "someone@example.com")
    first, second = served.mail().send(told), served.mail().send(told)
    assert isinstance(first, Sent) and first == second and told.key in first.ref
    kept = served.admin.sent("someone@example.com")
    assert [one["key"] for one in kept] == [first.ref, first.ref], "a mail server cannot know; the identifier is the same"
    assert kept[0]["title"] == WORDS.title and kept[0]["body"].splitlines() == [WORDS.text, "", WORDS.link]


def test_the_desk_writes_to_supervisors_by_it(served: Served) -> None:
    letter = Letter("a" * 40, "lead@example.com", "人工服务时限快到了", "请到控制台看一看。", "https://bandao.example/console/")
    refused = replace(letter, key="b" * 40, address="nobody")
    send = desk_mail.post(served.mail())
    assert [send(letter), send(letter), send(refused)] == ["sent", "sent", "refused"]
    kept = served.admin.sent("lead@example.com")
    assert len({one["key"] for one in kept}) == 1 and kept[0]["title"] == letter.title
    assert kept[0]["body"].splitlines() == [letter.text, "", letter.link]
    served.admin.fault("down", channel="email", count=1, seconds=SLOW_S)
    assert send(letter) == "later"


def test_mail_is_encrypted_and_signed_in_where_settings_say_so(served: Served) -> None:
    secure = served.mail("starttls", user="bandao", password=SECRET)
    assert isinstance(secure.send(notice("starttls", "email", "secure@example.com")), Sent)
    assert code(served.mail("starttls", user="bandao", password="wrong").send(notice("x", "email", "a@example.com"))) == "not-authorised"
    untrusted = served.mail("starttls", trust=False).send(notice("untrusted", "email", "a@example.com"))
    assert code(untrusted) == "no-connection", "nobody's certificate is taken on trust"
    assert not served.admin.sent("a@example.com")


@pytest.mark.parametrize(
    ("mode", "expected", "kept"),
    [("down", "busy", 0), ("error500", "busy", 0), ("reject", "message-refused", 0), ("accept_then_timeout", "timeout", 1)],
)
def test_what_the_mail_server_does_wrong_is_understood(served: Served, mode: str, expected: str, kept: int) -> None:
    address = f"{mode.replace('_', '-')}@example.com"
    served.admin.fault(mode, channel="email", count=1, seconds=SLOW_S)
    assert code(served.mail(limit_s=SHORT_S).send(notice(mode, "email", address))) == expected
    assert len(served.admin.sent(address)) == kept


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@example.com", "", "用户 名@example.com"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(served: Served, address: str) -> None:
    assert code(served.mail().send(notice(f"bad {address}", "email", address))) == "invalid-address"


def test_what_was_sent_is_shown_behind_the_staff_key_only(served: Served) -> None:
    Sms(served.gateway).send(notice("shown <b>", "sms", "13800000007"))
    with httpx.Client(base_url=served.root, trust_env=False, follow_redirects=False) as browser:
        assert browser.get("/office/messages").headers["location"] == "/office/login"
        assert browser.post("/office/login", data={"key": STAFF}).status_code == 303
        page = browser.get("/office/messages", params={"channel": "sms", "q": "13800000007"})
    assert page.status_code == 200 and "13800000007" in page.text and "尾号 7K2M" in page.text
