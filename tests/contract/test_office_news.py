"""The sandbox's webhooks over a real network, checked by the product's own check; and its other new doors as a client sees them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from assistant.casework.submission import webhooks
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import Consignment, Item
from tests import ports
from tests.contract.test_receiving_office import KEY, ROOT, until
from tests.unit.sandbox import packages

SECRET = "fictitious-webhook-secret"


class Receiver:
    """Answers webhooks as the product does: 204 once they are genuine, 401 for the rest; or not at all while it is deaf."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.seen: set[str] = set()
        self.deaf = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(outer.take(dict(self.headers.items()), body))
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v1/offices/sandbox/webhook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        if self.deaf:
            return 503
        try:
            name = webhooks.verify(SECRET, headers, body, datetime.now(ZoneInfo("Asia/Shanghai")))
        except webhooks.NotGenuine as error:
            self.refused.append(error.code)
            return 401
        if name in self.seen:
            self.refused.append("replayed")
            return 401
        self.seen.add(name)
        self.heard.append(json.loads(body))
        return 204

    @property
    def told(self) -> list[tuple[int, str]]:
        return [(news["seq"], news["status"]) for news in self.heard]


class Office:
    """The sandbox in a process of its own."""

    def __init__(self, data: Path, callback: str, **told: str) -> None:
        self.port = ports.for_a_program()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, headers={"X-Api-Key": KEY}, trust_env=False, timeout=10)
        self._command = [sys.executable, "-m", "sandbox", "--port", str(self.port), "--data", str(data)]
        self._environment = {**os.environ, "BANDAO_OFFICE_KEY": KEY, "BANDAO_OFFICE_CALLBACK": callback}
        self._environment |= {"BANDAO_OFFICE_WEBHOOK_SECRET": SECRET, **told}
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL)
        until(self._answers, "the sandbox to answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)

    def act(self, receipt_no: str, action: str, **more: Any) -> None:
        url = f"/office/v1/admin/submissions/{receipt_no}/actions"
        self.client.post(url, json={"action": action, **more}).raise_for_status()

    def fault(self, mode: str, **more: Any) -> None:
        self.client.post("/office/v1/admin/faults", json={"mode": mode, **more}).raise_for_status()

    def _answers(self) -> bool:
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    held = Receiver()
    yield held
    held.server.shutdown()
    held.server.server_close()


@pytest.fixture
def office(tmp_path: Path, receiver: Receiver) -> Iterator[Office]:
    held = Office(tmp_path / "sandbox", receiver.url)
    yield held
    held.kill()
    held.client.close()


@pytest.fixture
def client(office: Office) -> Iterator[HttpOffice]:
    held = HttpOffice(office.url, KEY, timeout_s=10)
    yield held
    held.close()


def _send(client: HttpOffice, case_no: str = "BD-0001") -> str:
    package = packages.good_package(case_no=case_no)
    item = Item(code="food-licence-new", name="食品经营许可新办", version="2025.1")
    sha256 = hashlib.sha256(package).hexdigest()
    sent = Consignment(case_no=case_no, version=1, item=item, package=package, sha256=sha256, key=f"{case_no}-1")
    return client.send(sent).receipt_no


def test_news_reach_the_products_own_check_in_order_and_over_a_crash(
    office: Office, client: HttpOffice, receiver: Receiver
) -> None:
    receipt_no = _send(client)
    until(lambda: receiver.told == [(1, "received")], "the first news")
    receiver.deaf = True
    office.act(receipt_no, "accept")
    office.act(receipt_no, "review")
    office.kill()
    receiver.deaf = False
    office.start()
    until(lambda: receiver.told == [(1, "received"), (2, "accepted"), (3, "in_review")], "the rest of the news")
    assert receiver.heard[-1]["receipt_no"] == receipt_no and receiver.heard[-1]["case_no"] == "BD-0001"
    assert receiver.refused == []


def test_bad_news_are_refused_for_what_they_are_and_good_ones_follow(
    office: Office, client: HttpOffice, receiver: Receiver
) -> None:
    for number, (mode, code) in enumerate(
        [
            ("webhook_forged", "forged"),
            ("webhook_unsigned", "unsigned"),
            ("webhook_stale", "stale"),
            ("webhook_twice", "replayed"),
        ]
    ):
        receiver.refused.clear()
        office.fault(mode, count=1)
        _send(client, f"BD-000{number}")
        until(lambda code=code: receiver.refused == [code], f"{mode} to be refused")  # type: ignore[misc]


def test_a_result_is_fetched_as_the_file_describes_it(office: Office, client: HttpOffice) -> None:
    receipt_no = _send(client)
    office.act(receipt_no, "accept")
    office.act(receipt_no, "approve", result={"number": "示例字1号", "expires": "2099-12-31"})
    note = client.file(receipt_no).result
    assert note is not None and (note.number, str(note.expires)) == ("示例字1号", "2099-12-31")
    assert hashlib.sha256(client.result(receipt_no)).hexdigest() == note.sha256
    office.fault("wrong_result", count=1)
    assert hashlib.sha256(client.result(receipt_no)).hexdigest() != note.sha256


ANSWERS = {
    "reason": "丢了、被偷了",
    "reported": "挂失了",
    "delivery": "自己去网点拿",
    "filer": "本人",
    "applicant_name": "张三",
    "id_number": "11010519491231002X",
    "phone": "13800138000",
    "bank_name": "示例银行",
}


def test_what_is_plain_is_passed_in_seconds_and_told_step_by_step(tmp_path: Path, receiver: Receiver) -> None:
    office = Office(tmp_path / "sandbox", receiver.url, BANDAO_OFFICE_EXAMINE="0.2")
    client = HttpOffice(office.url, KEY, timeout_s=10)
    try:
        files = {"01_社会保障卡补领申请表.pdf": packages.FORM}
        fields = [
            {"field": code, "label": code, "value": value, "source": {"kind": "said"}, "confirmed_at": None}
            for code, value in ANSWERS.items()
        ]
        guide = {"code": "social-card-reissue", "name": "社会保障卡补领", "version": "2026.1"}
        package = packages.pack(files, packages.manifest(files, guide=guide, fields=fields))
        sha256 = hashlib.sha256(package).hexdigest()
        item = Item.model_validate(guide)
        receipt = client.send(Consignment(case_no="BD-0001", version=1, item=item, package=package, sha256=sha256, key="k"))
        until(lambda: client.file(receipt.receipt_no).status == "delivered", "the card")
        note = client.file(receipt.receipt_no).result
        assert note is not None and note.title == "社会保障卡"
        assert hashlib.sha256(client.result(receipt.receipt_no)).hexdigest() == note.sha256
        steps = ["received", "accepted", "in_review", "approved", "delivered"]
        until(lambda: [status for _, status in receiver.told] == steps, "all the news")
    finally:
        client.close()
        office.client.close()
        office.kill()
