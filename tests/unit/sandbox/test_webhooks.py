"""News on their way: signed, in order, once more until they have arrived; and what faults make of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from sandbox.app import create_app
from sandbox.config import SandboxConfig, load_config
from sandbox.office.webhooks import Courier, key
from tests.unit.sandbox.conftest import Hands, Sender

SECRET = "fictitious-webhook-secret"


@dataclass
class Ear:
    """The far end: what arrived, and what to answer (None: nothing comes back, though it has arrived)."""

    heard: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.heard.append((headers, json.loads(body)))
        self.bodies.append(body)
        answer = self.answers.pop(0) if self.answers else 204
        if answer is None:
            raise httpx.ReadTimeout("silent")
        return answer

    @property
    def told(self) -> list[tuple[str, int, str]]:
        return [(body["case_no"], body["seq"], body["status"]) for _, body in self.heard]


@pytest.fixture
def config(config: SandboxConfig) -> SandboxConfig:
    # The address is nobody's: the courier of these tests is started by hand, the application's own finds no one.
    return replace(config, callback="http://127.0.0.1:9/", webhook_secret=SECRET)


@pytest.fixture
def app(config: SandboxConfig) -> Any:
    return create_app(config)


@pytest.fixture
def client(app: Any) -> Iterator[TestClient]:
    # Not entered as a context: the application's own courier would otherwise run beside the one under test.
    yield TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def courier(app: Any, config: SandboxConfig, ear: Ear) -> Courier:
    return Courier(config, app.state.office.store, app.state.faults, ear)


def test_news_are_signed_as_the_convention_has_it(sender: Sender, courier: Courier, ear: Ear, hands: Hands) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    assert courier.round() == 1
    headers, body = ear.heard[0]
    assert body == {
        "type": "submission.changed",
        "receipt_no": receipt_no,
        "case_no": "BD-0001",
        "seq": 1,
        "at": "2025-11-21T09:00:00.000+08:00",
        "status": "received",
    }
    assert headers["webhook-timestamp"] == str(int(hands().timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + ear.bodies[0]
    mac = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert courier.round() == 0


def test_a_secret_may_be_written_as_the_convention_writes_it() -> None:
    # The example of the Standard Webhooks specification.
    assert key("whsec_" + base64.b64encode(b"secret").decode()) == b"secret"
    assert key("whsec_!") == b"whsec_!" and key("plain") == b"plain"


def test_every_line_is_told_in_order_and_files_do_not_wait_for_each_other(sender: Sender, courier: Courier, ear: Ear) -> None:
    first, second = (sender.send_good(case_no=number).json()["receipt_no"] for number in ("BD-0001", "BD-0002"))
    sender.act(first, "accept")
    ear.answers = [500]  # the first file's first
    assert courier.round() == 1
    assert ear.told == [("BD-0001", 1, "received"), ("BD-0002", 1, "received")]
    sender.act(second, "accept")
    assert courier.round() == 1
    assert ear.told[2:] == [("BD-0002", 2, "accepted")]


def test_what_does_not_arrive_is_sent_again_with_longer_and_longer_pauses(
    sender: Sender, courier: Courier, ear: Ear, hands: Hands
) -> None:
    sender.send_good()
    ear.answers = [500, 503, 500, 204]
    pauses = []
    courier.round()
    for seconds in (5, 15, 60):
        hands.advance(seconds=seconds - 1)
        assert courier.round() == 0 and len(ear.heard) == len(pauses) + 1
        hands.advance(seconds=1)
        courier.round()
        pauses.append(seconds)
    assert len(ear.heard) == 4 and len({headers["webhook-id"] for headers, _ in ear.heard}) == 1
    hands.advance(days=1)
    assert courier.round() == 0


def test_news_outlast_a_long_weekend_and_then_are_given_up(sender: Sender, courier: Courier, ear: Ear, hands: Hands) -> None:
    sender.send_good()
    ear.answers = [500] * 1000
    for _ in range(24 * 5):
        courier.round()
        hands.advance(hours=1)
    tried = len(ear.heard)
    assert 90 <= tried < 24 * 5
    courier.round()
    assert len(ear.heard) == tried


def test_a_repeat_that_is_refused_because_it_had_arrived_is_not_sent_for_ever(
    sender: Sender, courier: Courier, ear: Ear, hands: Hands
) -> None:
    receipt_no = sender.send_good().json()["receipt_no"]
    sender.act(receipt_no, "accept")
    ear.answers = [None, 401]
    courier.round()
    hands.advance(seconds=5)
    assert courier.round() == 1
    assert [seq for _, seq, _ in ear.told] == [1, 1, 2]


def test_a_receiver_with_another_secret_gets_everything_once_it_is_put_right(
    sender: Sender, courier: Courier, ear: Ear, hands: Hands
) -> None:
    sender.send_good()
    ear.answers = [401, 401]
    for _ in range(3):
        courier.round()
        hands.advance(hours=1)
    assert [seq for _, seq, _ in ear.told] == [1, 1, 1]


def test_a_silent_receiver_is_left_alone_for_the_rest_of_the_round(sender: Sender, courier: Courier, ear: Ear) -> None:
    for number in range(5):
        sender.send_good(case_no=f"BD-000{number}")
    ear.answers = [None] * 5
    courier.round()
    assert len(ear.heard) == 3


def test_nothing_is_kept_or_sent_without_an_address(config: SandboxConfig) -> None:
    app = create_app(replace(config, callback="", data_dir=config.data_dir / "quiet"))
    (config.data_dir / "quiet").mkdir(exist_ok=True)
    sender = Sender(TestClient(app, base_url="http://127.0.0.1"))
    sender.send_good()
    with app.state.office.store.read() as conn:
        assert conn.execute("SELECT count(*) FROM webhook").fetchone()[0] == 0


def test_news_sent_twice_come_under_the_same_and_under_another_name(sender: Sender, courier: Courier, ear: Ear) -> None:
    sender.post("/admin/faults", {"mode": "webhook_twice", "count": 1})
    receipt_no = sender.send_good().json()["receipt_no"]
    sender.act(receipt_no, "accept")
    courier.round()
    assert [seq for _, seq, _ in ear.told] == [1, 1, 1, 2]
    assert len({headers["webhook-id"] for headers, _ in ear.heard[:3]}) == 2


def test_news_out_of_order_come_latest_first(sender: Sender, courier: Courier, ear: Ear, hands: Hands) -> None:
    sender.post("/admin/faults", {"mode": "webhook_out_of_order", "seconds": 2})
    receipt_no = sender.send_good().json()["receipt_no"]
    sender.act(receipt_no, "accept")
    sender.act(receipt_no, "review")
    assert courier.round() == 0
    hands.advance(seconds=2)
    assert courier.round() == 3
    assert [seq for _, seq, _ in ear.told] == [3, 2, 1]


def test_faults_of_webhooks_leave_requests_alone_and_the_other_way_round(sender: Sender, courier: Courier, ear: Ear) -> None:
    sender.post("/admin/faults", {"mode": "webhook_unsigned", "count": 1})
    assert sender.send_good().status_code == 201
    courier.round()
    assert "webhook-signature" not in ear.heard[0][0]
    sender.post("/admin/faults", {"mode": "error500", "count": 1})
    courier.round()
    assert sender.get("/submissions?case_no=BD-0001").status_code == 500


@pytest.mark.parametrize("mode", ["webhook_forged", "webhook_stale", "webhook_unknown"])
def test_bad_news_are_bad_in_one_thing_each(sender: Sender, courier: Courier, ear: Ear, hands: Hands, mode: str) -> None:
    sender.post("/admin/faults", {"mode": mode, "count": 1})
    receipt_no = sender.send_good().json()["receipt_no"]
    courier.round()
    headers, body = ear.heard[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + ear.bodies[0]
    right = "v1," + base64.b64encode(hmac.digest(SECRET.encode(), signed, "sha256")).decode()
    age = hands().timestamp() - int(headers["webhook-timestamp"])
    assert (headers["webhook-signature"] != right) == (mode == "webhook_forged")
    assert (age > 300) == (mode == "webhook_stale")
    assert (body["receipt_no"] != receipt_no) == (mode == "webhook_unknown")


def test_settings_of_webhooks_are_checked(config: SandboxConfig) -> None:
    good = {"BANDAO_OFFICE_KEY": "0123456789abcdef"}
    assert load_config(config.data_dir / "new", good).callback == ""
    told = {**good, "BANDAO_OFFICE_CALLBACK": "http://127.0.0.1:1/x", "BANDAO_OFFICE_WEBHOOK_SECRET": SECRET}
    assert load_config(config.data_dir / "new", told).webhook_secret == SECRET
    assert SECRET not in repr(load_config(config.data_dir / "new", told))
    for name, value in (("BANDAO_OFFICE_CALLBACK", "ftp://x"), ("BANDAO_OFFICE_WEBHOOK_SECRET", "short")):
        with pytest.raises(ValueError, match=name):
            load_config(config.data_dir / "new", {**told, name: value})
