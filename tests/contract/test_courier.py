"""The real courier client against the sandbox's courier over a real network, healthy and not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from assistant.casework.shipping.address import Address
from assistant.casework.shipping.courier import CourierRejected, CourierUnavailable, HttpCourier
from sandbox.app import create_app
from sandbox.config import SandboxConfig

KEY = "fictitious-courier-key"
ADDRESS = Address(name="张三", phone="13800138000", address="上海市浦东新区示例路1号101室")


class Served:
    """The sandbox on a port of its own, with a clock that moves when told."""

    def __init__(self, data: Path) -> None:
        self.moment = datetime(2026, 11, 22, 9, tzinfo=UTC)
        config = SandboxConfig(data_dir=data, office_key="fictitious-office-key", staff_key="x", courier_key=KEY, now=lambda: self.moment)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/courier"
        self._server = uvicorn.Server(uvicorn.Config(create_app(config), log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()

    def fault(self, mode: str, **more: Any) -> None:
        answer = httpx.post(f"{self.url}/v1/admin/faults", json={"mode": mode, **more}, headers={"X-Api-Key": KEY}, trust_env=False)
        answer.raise_for_status()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.stop()


@pytest.fixture
def courier(served: Served) -> Iterator[HttpCourier]:
    served.fault("ok")
    made = HttpCourier(served.url, KEY, timeout_s=30.0)
    yield made
    made.close()


@pytest.fixture
def impatient(served: Served) -> Iterator[HttpCourier]:
    """Who waits long enough for a laden machine to get as far as the silence, and no longer."""
    served.fault("ok")
    made = HttpCourier(served.url, KEY, timeout_s=2.0)
    yield made
    made.close()


def test_an_order_moves_on_by_itself_and_is_one_by_its_key(served: Served, courier: HttpCourier) -> None:
    parcel = courier.order("key-of-an-order", "delivery", ADDRESS, "食品经营许可证")
    assert parcel.status == "ordered" and courier.order("key-of-an-order", "delivery", ADDRESS, "食品经营许可证") == parcel
    served.moment += timedelta(seconds=61)
    assert [step.status for step in courier.track(parcel.tracking_no).history] == ["ordered", "collected"]
    served.moment += timedelta(hours=1)
    assert courier.track(parcel.tracking_no).status == "delivered"
    with pytest.raises(CourierRejected):
        courier.order("key-of-an-order", "envelope", ADDRESS, "另一件")
    with pytest.raises(CourierRejected):
        courier.track("YS0")


@pytest.mark.parametrize(("mode", "code"), [("down", "server-error"), ("error500", "server-error"), ("slow", "timeout")])
def test_a_courier_out_of_order(served: Served, impatient: HttpCourier, mode: str, code: str) -> None:
    served.fault(mode, seconds=30)
    with pytest.raises(CourierUnavailable) as caught:
        impatient.order(f"key-{mode}-order", "envelope", ADDRESS, "材料")
    assert caught.value.code == code


def test_an_order_taken_in_silence_is_found_by_its_key(served: Served, courier: HttpCourier, impatient: HttpCourier) -> None:
    served.fault("accept_then_timeout", count=1, seconds=30)
    with pytest.raises(CourierUnavailable):
        impatient.order("key-lost-answer", "delivery", ADDRESS, "证")
    first = courier.order("key-lost-answer", "delivery", ADDRESS, "证")
    assert courier.order("key-lost-answer", "delivery", ADDRESS, "证").tracking_no == first.tracking_no


def test_a_lost_parcel_and_a_wrong_key(served: Served, courier: HttpCourier) -> None:
    served.fault("lose", count=1)
    parcel = courier.order("key-lost-parcel", "delivery", ADDRESS, "证")
    served.moment += timedelta(hours=1)
    assert courier.track(parcel.tracking_no).status == "failed"
    served.fault("return", count=1)
    returned = courier.order("key-returned-parcel", "delivery", ADDRESS, "证")
    served.moment += timedelta(hours=1)
    told = courier.track(returned.tracking_no)
    assert told.status == "failed" and [step.status for step in told.history] == ["ordered", "collected", "in_transit", "failed"]
    assert "退回" in told.history[-1].text
    stranger = HttpCourier(served.url, "wrong", timeout_s=30.0)
    with pytest.raises(CourierUnavailable):
        stranger.track(parcel.tracking_no)
    stranger.close()
