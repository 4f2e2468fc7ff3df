"""The real client of the register against the real sandbox over a real network, healthy and not; and recorded answers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from assistant.casework.prefill import register_checks as checks
from assistant.casework.prefill.records import Enterprise, FarSideUnavailable, Licence, Register
from assistant.casework.prefill.register import HttpRegister
from assistant.foundation.metrics import registry
from sandbox.app import create_app
from sandbox.config import SandboxConfig

SECRET = "fictitious secret: 100%"
USCC, NUMBER, SHOP = "91310115MA1K3TL06A", "11010519491231002X", "92310115MA1TL88885"
PAYLOADS = Path(__file__).with_name("register_payloads")


class Served:
    """The sandbox on a port of its own, and the means to make its register misbehave."""

    def __init__(self, data: Path) -> None:
        config = SandboxConfig(data_dir=data, office_key="fictitious-office-key", staff_key="x", register_client_secret=SECRET)
        self.app = create_app(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/register"
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()

    def fault(self, mode: str, **more: Any) -> None:
        body = {"mode": mode, **more}
        httpx.post(
            f"{self.url}/v1/admin/faults", json=body, auth=("bandao", httpx_quoted(SECRET)), trust_env=False
        ).raise_for_status()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def httpx_quoted(secret: str) -> str:
    """RFC 6749 section 2.3.1: credentials are form-encoded before they become HTTP Basic."""
    return httpx.QueryParams({"s": secret}).__str__()[2:]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("sandbox"))
    yield served
    served.stop()


@pytest.fixture
def register(served: Served) -> Iterator[HttpRegister]:
    register = HttpRegister(served.url, "bandao", SECRET, timeout_s=30.0)
    deadline = time.monotonic() + 60
    while not register.reachable():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield register
    served.fault("ok")
    register.close()


def lookups(kind: str, outcome: str) -> float:
    return registry.get_sample_value("bandao_register_lookups_total", {"lookup": kind, "outcome": outcome}) or 0.0


def failing(ask: Any, code: str) -> None:
    with pytest.raises(FarSideUnavailable) as error:
        ask()
    assert error.value.code == code


def test_what_the_register_knows(register: Register) -> None:
    enterprise = register.enterprise(uscc=USCC)
    assert enterprise is not None and enterprise.name == "上海示例科技发展有限公司"
    assert enterprise.established == date(2021, 3, 15) and enterprise.registered_capital == 5_000_000
    assert [holder.share for holder in enterprise.shareholders] == [60, 25, 15]
    assert register.enterprise(name="上海示例科技发展有限公司") == enterprise
    person = register.person(id_number=NUMBER.lower(), name="张三")
    assert person is not None and person.birth_date == date(1949, 12, 31)
    kinds = {licence.kind: licence for licence in register.licences(holder=SHOP)}
    assert kinds["food_permit"].fields["premises_area"] == 86 and kinds["business_licence"].number == SHOP


def test_what_it_does_not_know(register: Register) -> None:
    before = lookups("person", "none")
    assert register.person(id_number=NUMBER, name="李四") is None
    assert lookups("person", "none") == before + 1
    assert register.enterprise(uscc="91310115MA1K3TL06B") is None
    assert register.enterprise(name="上海示例") is None
    assert register.licences(holder="91310115MA1K3TL06B") == []


@pytest.mark.usefixtures("register")  # it answers, and is well again afterwards
def test_a_slow_register_costs_its_time_limit_and_then_nothing(served: Served) -> None:
    limit_s, slow_s = 2.0, 60.0  # far apart: a laden machine is late, but not by that much
    register = HttpRegister(served.url, "bandao", SECRET, timeout_s=limit_s)
    served.fault("slow", seconds=slow_s)
    for _ in range(2):
        started = time.monotonic()
        failing(lambda: register.enterprise(uscc=USCC), "timeout")
        assert time.monotonic() - started < slow_s / 2
    started = time.monotonic()
    failing(lambda: register.enterprise(uscc=USCC), "broken-off")
    failing(lambda: register.licences(holder=USCC), "broken-off")
    assert time.monotonic() - started < limit_s
    register.close()


@pytest.mark.parametrize(
    ("mode", "code"), [("down", "server-error"), ("error500", "server-error"), ("broken_json", "unreadable")]
)
def test_a_register_out_of_order(served: Served, register: HttpRegister, mode: str, code: str) -> None:
    before = lookups("enterprise", code)
    served.fault(mode, count=1)
    failing(lambda: register.enterprise(uscc=USCC), code)
    assert lookups("enterprise", code) == before + 1
    assert register.enterprise(uscc=USCC) is not None


def test_somebody_elses_record_is_refused(served: Served, register: HttpRegister, capfd: pytest.CaptureFixture[str]) -> None:
    served.fault("wrong_record")
    failing(lambda: register.enterprise(uscc=USCC), "wrong-record")
    failing(lambda: register.enterprise(name="上海示例科技发展有限公司"), "wrong-record")
    failing(lambda: register.person(id_number=NUMBER, name="张三"), "wrong-record")
    failing(lambda: register.licences(holder=USCC), "wrong-record")
    logged = "".join(capfd.readouterr())
    assert NUMBER not in logged and "张三" not in logged


def test_an_ended_token_is_renewed_once(served: Served, register: HttpRegister) -> None:
    assert register.enterprise(uscc=USCC) is not None
    served.app.state.register.drop_tokens()
    assert register.enterprise(uscc=USCC) is not None
    served.fault("expired_token")
    failing(lambda: register.enterprise(uscc=USCC), "not-authorised")
    served.fault("expired_token", count=1)
    assert register.enterprise(uscc=USCC) is not None


def test_many_threads_share_one_token(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    keep = served.app.state.register.keep_token
    monkeypatch.setattr(served.app.state.register, "keep_token", lambda *given: (kept.append(given), keep(*given)))
    register = HttpRegister(served.url, "bandao", SECRET, timeout_s=10)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: register.enterprise(uscc=USCC), range(40)))
        assert len(kept) == 1
        served.app.state.register.drop_tokens()
        assert all(pool.map(lambda _: register.enterprise(uscc=USCC), range(40)))
        assert len(kept) == 2
    register.close()


def test_wrong_credentials(served: Served) -> None:
    register = HttpRegister(served.url, "bandao", "wrong")
    assert not register.reachable()
    failing(lambda: register.enterprise(uscc=USCC), "not-authorised")
    register.close()


def test_nobody_there() -> None:
    register = HttpRegister("http://127.0.0.1:1/register", "bandao", SECRET)
    failing(lambda: register.enterprise(uscc=USCC), "no-connection")
    assert not register.reachable()
    register.close()


class _Odd(BaseHTTPRequestHandler):
    """A server that is no register: what it sends for any look-up is set on the class."""

    protocol_version = "HTTP/1.0"
    body, status, drip = b"", 200, 0.0

    def do_POST(self) -> None:
        if self.path.endswith("/oauth/token"):
            return self._send(200, b'{"access_token": "t", "token_type": "bearer", "expires_in": 60}', 0)
        return self._send(self.status, self.body, self.drip)

    def do_GET(self) -> None:
        self._send(self.status, self.body, self.drip)

    def _send(self, status: int, body: bytes, drip: float) -> None:
        self.send_response(status)
        self.end_headers()
        try:
            for byte in [body] if not drip else [body[at : at + 1] for at in range(len(body))]:
                self.wfile.write(byte)
                self.wfile.flush()
                time.sleep(drip)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def odd_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Odd)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def odd(odd_url: str) -> Iterator[HttpRegister]:
    register = HttpRegister(odd_url, "bandao", SECRET, timeout_s=30.0)
    yield register
    register.close()


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"", "unreadable"),
        (200, b"[]", "unreadable"),
        (200, b"<html>", "unreadable"),
        (200, b"[" * 200_000, "unreadable"),
        (200, b'{"uscc": 1}', "unreadable"),
        (200, b'{"uscc": "91310115MA1K3TL06A", "established": "soon"}', "unreadable"),
        (200, b'{"uscc": "91310115MA1K3TL06A", "registered_capital": -1}', "unreadable"),
        (200, b'{"uscc": "' + b"9" * 5_000_000 + b'"}', "unreadable"),
        (302, b"", "unreadable"),
        (400, b"", "refused"),
        (404, b"<html>", "refused"),
        (429, b"", "busy"),
        (502, b"", "server-error"),
    ],
)
def test_nonsense_is_no_answer(odd: HttpRegister, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, code: str) -> None:
    monkeypatch.setattr(_Odd, "status", status)
    monkeypatch.setattr(_Odd, "body", body)
    failing(lambda: odd.enterprise(uscc=USCC), code)


def test_an_answer_drop_by_drop_keeps_to_the_limit(odd_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Odd, "body", b'{"uscc": "91310115MA1K3TL06A"}' + b" " * 2000)
    monkeypatch.setattr(_Odd, "drip", 0.1)
    impatient = HttpRegister(odd_url, "bandao", SECRET, timeout_s=1.0)
    started = time.monotonic()
    failing(lambda: impatient.enterprise(uscc=USCC), "timeout")
    assert time.monotonic() - started < 30  # all of it would take three minutes
    impatient.close()


def recorded(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def test_recorded_answers_are_read() -> None:
    enterprise = checks.enterprise(recorded("enterprise"), USCC)
    assert isinstance(enterprise, Enterprise) and enterprise.region == "310115" and enterprise.status == "active"
    assert checks.named_enterprise(recorded("enterprises"), "上海示例科技发展有限公司") == enterprise
    assert checks.person(recorded("person"), NUMBER, "张三").marital_status == "married"
    licences = checks.licences(recorded("licences"), SHOP)
    assert all(isinstance(licence, Licence) for licence in licences)
    assert [licence.kind for licence in licences] == ["food_permit", "business_licence"]


def test_recorded_answers_are_what_the_sandbox_still_says(served: Served, register: HttpRegister) -> None:
    token = register._tokens.current(time.monotonic() + 5)
    with httpx.Client(base_url=served.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        said = {
            "enterprise": client.get(f"/v1/enterprises/{USCC}").json(),
            "enterprises": client.get("/v1/enterprises", params={"name": "上海示例科技发展有限公司"}).json(),
            "person": client.post("/v1/persons/lookup", json={"id_number": NUMBER, "name": "张三"}).json(),
            "licences": client.post("/v1/licences/lookup", json={"holder": SHOP}).json(),
        }
    for name, body in said.items():
        assert set(flat(body)) == set(flat(recorded(name))), name


def flat(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all members: what a client relies on, whatever the values are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from flat(inner, f"{path}[]")
    else:
        yield path


def test_records_that_contradict_themselves_are_refused() -> None:
    person, licence = recorded("person"), recorded("licences")["items"][0]
    failing(lambda: checks.person({**person, "birth_date": "1950-01-01"}, NUMBER, "张三"), "wrong-record")
    failing(lambda: checks.person(person, NUMBER, "张四"), "wrong-record")
    failing(lambda: checks.licences({"items": [{**licence, "expires": "2000-01-01"}]}, SHOP), "wrong-record")
    broken = {**recorded("enterprise"), "uscc": USCC[:17] + "B"}
    failing(lambda: checks.named_enterprise({"items": [broken]}, broken["name"]), "wrong-record")
    # Asked for by this very code, it is the one meant: some codes in force fail their check.
    assert checks.enterprise(broken, USCC[:17] + "B").name == broken["name"]


def test_two_enterprises_of_one_name_are_none() -> None:
    item = recorded("enterprise")
    assert checks.named_enterprise({"items": [item, {**item, "uscc": "91310106MA1FY0TL4L"}]}, item["name"]) is None


def test_public_credit_records_by_area_and_period(register: HttpRegister) -> None:
    found = register.conduct(uscc="91310106MA1FY0TL4L", start=date(2023, 11, 22), end=date(2026, 11, 22))
    assert found is not None and len(found.areas) > 20
    assert [(item.area, item.decided) for item in found.items] == [("tax", date(2024, 9, 5)), ("market", date(2025, 3, 18))], (
        "a mere warning is not published"
    )
    last_year = register.conduct(uscc="91310106MA1FY0TL4L", start=date(2025, 3, 18), end=date(2025, 3, 18))
    assert last_year is not None and [item.area for item in last_year.items] == ["market"], "both days count"
    clean = register.conduct(uscc=USCC, start=date(2023, 11, 22), end=date(2026, 11, 22))
    assert clean is not None and clean.items == []
    assert register.conduct(uscc="91310115MA00000009", start=date(2025, 1, 1), end=date(2025, 1, 2)) is None


def test_anothers_records_are_not_taken(register: HttpRegister, served: Served) -> None:
    served.fault("wrong_record", count=1)
    with pytest.raises(FarSideUnavailable) as caught:
        register.conduct(uscc=USCC, start=date(2023, 11, 22), end=date(2026, 11, 22))
    assert caught.value.code == "wrong-record"
