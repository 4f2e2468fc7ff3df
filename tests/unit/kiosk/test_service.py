"""The devices' service: who may speak to it, what it answers, and that it forgets."""

from __future__ import annotations

import gc
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pypdfium2  # type: ignore[import-untyped, unused-ignore]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient

from channels.kiosk.devices import fitting, paper, statement
from channels.kiosk.devices.drivers.cameras import AddressCamera
from channels.kiosk.devices.fitting import BadFitting, Fitting, Secrets
from channels.kiosk.devices.interfaces import ABSENT, READY, Card, Code, DeviceFault, Job, Patience, Receipt, State, fault
from channels.kiosk.devices.machine import KEPT_SECONDS, Machine
from channels.kiosk.devices.service import create_app
from sandbox.devices import papers

PAGE, PORT, PAIRING = "https://hall.bandao.example", 18182, "the-pairing-word"
CARD = Card("张三", "女", "汉", date(1949, 12, 31), "上海市浦东新区样板路66弄5号301室", "11010519491231002X", "示例市公安局", date(2020, 5, 1), None)
OK, FORBIDDEN, CONFLICT, GONE, MALFORMED = 200, 403, 409, 404, 422


class Stub:
    """Any device, as a test wants it."""

    def __init__(self) -> None:
        self.wrong: Code | None = None
        self.slips: list[Receipt] = []
        self.sent: list[tuple[bytes, int]] = []
        self.cancelled: list[str] = []
        self.how = Job("printing")
        self.forgot = 0

    def _check(self) -> None:
        if self.wrong:
            raise DeviceFault(self.wrong)

    def state(self) -> State:
        return fault(self.wrong) if self.wrong else READY

    self_test = state

    def forget(self) -> None:
        self.forgot += 1

    def read(self, patience: Patience) -> Card:
        self._check()
        return CARD

    def scan(self, patience: Patience) -> str:
        self._check()
        return "BD20261123ABCDEFGH"

    def picture(self) -> bytes:
        self._check()
        return b"\xff\xd8picture"

    preview = picture

    def print(self, receipt: Receipt) -> None:
        self._check()
        self.slips.append(receipt)

    def send(self, pdf: bytes, copies: int) -> str:
        self._check()
        self.sent.append((pdf, copies))
        return "hall-1"

    def job(self, name: str) -> Job:
        return self.how

    def cancel(self, name: str) -> None:
        self.cancelled.append(name)


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
def machine(stub: Stub) -> Machine:
    return Machine(Fitting("hall-2", (PAGE,), {"card": stub, "camera": stub, "receipt": stub, "a4": stub}))


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def client(machine: Machine, key: Ed25519PrivateKey) -> Iterator[TestClient]:
    app = create_app(machine, Secrets(key, PAIRING), PORT)
    with TestClient(app, base_url=f"http://127.0.0.1:{PORT}", headers={"Origin": PAGE, "X-Bandao-Pairing": PAIRING}) as client:
        yield client


@pytest.mark.parametrize("wrong", [
    {"Host": "hall.bandao.example"}, {"Host": "evil.example:18182"}, {"Host": "127.0.0.1"}, {"Host": "127.0.0.1:80"}, {"Host": "localhost.evil.example:18182"},
    {"Origin": ""}, {"Origin": "null"}, {"Origin": "http://hall.bandao.example"}, {"Origin": "https://hall.bandao.example.evil.example"},
    {"Origin": f"{PAGE}/"}, {"Origin": "http://127.0.0.1:18182"},
])  # fmt: skip
def test_nobody_but_the_page_on_this_machine_is_heard(client: TestClient, wrong: dict[str, str]) -> None:
    for method, path in (("GET", "/v1/devices"), ("POST", "/v1/card"), ("OPTIONS", "/v1/card"), ("GET", "/nothing")):
        answer = client.request(method, path, headers=wrong, json={"conversation": "c-1"} if method == "POST" else None)
        assert answer.status_code == FORBIDDEN
        assert "access-control-allow-origin" not in answer.headers
        assert answer.content == b""


@pytest.mark.parametrize("word", ["", "the-pairing-wor", "THE-PAIRING-WORD", "x" * 4000])
def test_the_page_must_know_the_word(client: TestClient, word: str) -> None:
    for method, path in (("GET", "/v1/devices"), ("POST", "/v1/card"), ("POST", "/v1/forget"), ("GET", "/nothing")):
        assert client.request(method, path, headers={"X-Bandao-Pairing": word}).status_code == FORBIDDEN


def test_every_route_is_behind_the_door(client: TestClient) -> None:
    routes = [(method, route.path) for route in client.app.routes for method in getattr(route, "methods", ())]  # type: ignore[attr-defined]
    assert len(routes) > 10
    for method, path in routes:
        assert client.request(method, path, headers={"X-Bandao-Pairing": "no"}).status_code == FORBIDDEN


def test_the_browser_is_told_exactly_one_origin(client: TestClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-bandao-pairing"}
    answer = client.options("/v1/card", headers={**asked, "X-Bandao-Pairing": "", "Access-Control-Request-Private-Network": "true"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-credentials" not in answer.headers
    assert client.get("/v1/devices").headers["cache-control"] == "no-store"


def test_how_the_devices_stand(client: TestClient, stub: Stub) -> None:
    told = client.get("/v1/devices").json()
    assert told["machine"] == "hall-2"
    assert told["devices"]["card"] == {"state": "ready", "code": None}
    assert told["devices"]["scanner"] == {"state": "absent", "code": None}
    stub.wrong = "paper_out"
    assert client.post("/v1/devices/receipt/self-test").json() == {"state": "fault", "code": "paper_out"}
    assert client.post("/v1/devices/scanner/self-test").json() == {"state": "absent", "code": None}


def test_a_card_is_shown_masked_and_stated_for_this_conversation(client: TestClient, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    told = client.post("/v1/card", json={"conversation": "c-1"}).json()
    assert (told["name"], told["number"]) == ("张*", "110***********002X")
    statement.trust(tmp_path, "hall-2", statement.told(key))
    machine, card = statement.believed(told["statement"], "c-1", tmp_path)
    assert machine == "hall-2"
    assert (card.name, card.number, card.valid_until) == ("张三", CARD.number, None)


def test_a_statement_proves_nothing_elsewhere(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    good = statement.stated(key, "hall-2", "c-1", CARD)

    def refused(said: str, conversation: str = "c-1") -> str:
        with pytest.raises(statement.Untrusted) as told:
            statement.believed(said, conversation, tmp_path)
        return told.value.code

    assert refused(good) == "unknown_machine"
    statement.trust(tmp_path, "hall-2", statement.told(Ed25519PrivateKey.generate()))
    assert refused(good) == "forged"
    statement.trust(tmp_path, "hall-2", statement.told(key))
    assert refused(good, "c-2") == "another_conversation"
    body, _, signature = good.partition(".")
    assert refused(f"{body[:-4]}AAAA.{signature}") in ("malformed", "forged")
    assert {refused(said) for said in ("", "a.b", body, f"{body}.", "ü.ü", "a" * 5000)} <= {"malformed", "forged"}


@pytest.mark.parametrize(("name", "good"), [("hall-2", False), ("../x", True), ("", True), ("Hall", True)])
def test_only_a_key_under_a_name_is_trusted(tmp_path: Path, key: Ed25519PrivateKey, name: str, good: bool) -> None:
    with pytest.raises(ValueError):
        statement.trust(tmp_path, name, statement.told(key) if good else "no key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/v1/card", {"conversation": "c-1"}), ("GET", "/v1/camera/preview", None), ("POST", "/v1/camera/picture", None),
    ("POST", "/v1/receipt", {"title": "回执", "lines": []}),
])  # fmt: skip
def test_faults_are_told_by_their_code(client: TestClient, stub: Stub, method: str, path: str, body: Any) -> None:
    stub.wrong = "offline"
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.json()) == (CONFLICT, {"code": "offline"})


def test_what_is_not_there_is_offline_and_what_is_in_use_is_busy(client: TestClient, machine: Machine) -> None:
    assert client.post("/v1/scan").json() == {"code": "offline"}
    with machine._using("card"):
        assert client.post("/v1/card", json={"conversation": "c-1"}).json() == {"code": "busy"}
        assert client.get("/v1/devices").json()["devices"]["card"]["state"] == "busy"


def test_malformed_calls_hear_nothing_of_what_they_sent(client: TestClient) -> None:
    answer = client.post("/v1/receipt", json={"title": "秘密" * 90, "lines": []})
    assert answer.status_code == MALFORMED
    assert "秘密" not in answer.text


def pdf(pages: int) -> bytes:
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        document.new_page(595, 842)
    document.save(out)
    document.close()
    return out.getvalue()


def package(bound: bool = True) -> bytes:
    files = {"01_申请书.pdf": ("form", 2), "02_核对单.pdf": ("checklist", 1)} | ({"装订本.pdf": ("merged", 5)} if bound else {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("manifest.json", orjson.dumps({"files": [{"path": path, "kind": kind} for path, (kind, _) in files.items()]}))
        for path, (_, pages) in files.items():
            made.writestr(path, pdf(pages))
    return out.getvalue()


@pytest.mark.parametrize(("data", "pages"), [(package(), 5), (package(bound=False), 3), (pdf(4), 4)])
def test_what_of_a_package_is_printed(data: bytes, pages: int) -> None:
    assert paper.to_print(data)[1] == pages


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7 nothing", b"x" * 100])
def test_what_is_no_paper_is_not_printed(data: bytes) -> None:
    with pytest.raises(DeviceFault) as told:
        paper.to_print(data)
    assert told.value.code == "unreadable"


def test_more_pages_than_anybody_should_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MOST_PAGES", 2)
    with pytest.raises(DeviceFault) as told:
        paper.to_print(pdf(3))
    assert told.value.code == "too_large"


def test_a_package_is_printed_after_its_pages_were_told(client: TestClient, stub: Stub) -> None:
    told = client.post("/v1/jobs", content=package()).json()
    assert (told["pages"], len(told["sha256"])) == (5, 64)
    assert stub.sent == []
    assert client.get(f"/v1/jobs/{told['job']}").json() == {"state": "waiting", "code": None}
    assert client.post(f"/v1/jobs/{told['job']}/print", json={"copies": 9}).status_code == MALFORMED
    assert client.post(f"/v1/jobs/{told['job']}/print", json={"copies": 2}).json()["state"] == "printing"
    [(sent, copies)] = stub.sent
    assert (sent[:5], copies) == (b"%PDF-", 2)
    assert client.post(f"/v1/jobs/{told['job']}/print", json={"copies": 2}).status_code == OK
    assert len(stub.sent) == 1, "asked twice, printed once"
    stub.how = Job("fault", "paper_out")
    assert client.get(f"/v1/jobs/{told['job']}").json() == {"state": "fault", "code": "paper_out"}
    assert client.delete(f"/v1/jobs/{told['job']}").json()["state"] == "cancelled"
    assert stub.cancelled == ["hall-1"]


def test_a_printer_that_refuses_may_be_asked_again(client: TestClient, stub: Stub) -> None:
    key = client.post("/v1/jobs", content=pdf(1)).json()["job"]
    stub.wrong = "offline"
    assert client.post(f"/v1/jobs/{key}/print", json={}).status_code == CONFLICT
    stub.wrong = None
    assert client.post(f"/v1/jobs/{key}/print", json={}).status_code == OK


def test_nothing_of_hers_is_left_when_she_has_gone(client: TestClient, machine: Machine, stub: Stub) -> None:
    marked = pdf(2) + b"%MARKED-AS-HERS"
    key = client.post("/v1/jobs", content=marked).json()["job"]
    printing = client.post("/v1/jobs", content=pdf(1)).json()["job"]
    client.post(f"/v1/jobs/{printing}/print", json={})
    assert client.get(f"/v1/jobs/{key}").status_code == GONE, "another file takes its place"
    client.post("/v1/card", json={"conversation": "c-1"})
    assert client.post("/v1/forget").status_code == OK
    assert client.get(f"/v1/jobs/{printing}").status_code == GONE
    assert stub.cancelled == ["hall-1"]
    assert stub.forgot >= 1
    gc.collect()
    reached, held = [machine], set()
    while reached:  # whatever can be reached from the machine
        one = reached.pop()
        if id(one) in held or isinstance(one, type) or type(one).__name__ in ("module", "function", "dict_keys", "Stub"):
            continue
        held.add(id(one))
        assert not (isinstance(one, bytes) and b"%PDF" in one)
        reached += gc.get_referents(one)


def test_what_a_broken_page_left_goes_by_itself(stub: Stub) -> None:
    now = [0.0]
    machine = Machine(Fitting("hall-2", (PAGE,), {"a4": stub}), clock=lambda: now[0])
    key = machine.prepare(pdf(1), 1, "")
    now[0] = KEPT_SECONDS - 1
    machine.sweep()
    assert machine.job(key).state == "waiting"
    now[0] = KEPT_SECONDS
    machine.sweep()
    with pytest.raises(KeyError):
        machine.job(key)


@pytest.mark.parametrize("line", [
    "card: sam:/etc/passwd", "card: sam:", "card: line:/dev/ttyS0", "camera: address:file:///etc/passwd", "camera: video:x", "a4: cups:-d x",
    "receipt: escpos:/dev/usb/lp0?columns=x", "card: python:os:nothing", "card: python:nowhere.at.all:X", "piano: x:y", "card: 5",
])  # fmt: skip
def test_a_fitting_that_cannot_be_used_is_told(line: str, tmp_path: Path) -> None:
    file = tmp_path / "devices.yaml"
    file.write_text(f"name: hall-2\npages: [{PAGE}]\n{line}\n")
    with pytest.raises(BadFitting):
        fitting.load(file)


@pytest.mark.parametrize("text", ["", "[]", "name: hall-2", "name: hall-2\npages: []", "name: Hall 2\npages: ['https://x']", ": :", "name: a\npages: ['*']",
                                  "name: a\npages: ['https://x/kiosk']"])  # fmt: skip
def test_a_file_without_name_or_pages_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "devices.yaml"
    file.write_text(text)
    with pytest.raises(BadFitting):
        fitting.load(file)


def test_a_fitting_with_everything(tmp_path: Path) -> None:
    file = tmp_path / "devices.yaml"
    file.write_text(
        f"name: hall-2\npages: [{PAGE}]\ncard: sam:/dev/ttyUSB0\ncamera: video:0\nscanner: line:/dev/ttyACM0\n"
        "receipt: escpos:/dev/usb/lp0?columns=48\na4: cups:Hall_A4\n"
    )
    assert set(fitting.load(file).devices) == {"card", "camera", "scanner", "receipt", "a4"}


def test_a_city_adds_its_own_class(tmp_path: Path) -> None:
    assert isinstance(fitting.device("card", f"python:{__name__}:Stub"), object)
    made = fitting.device("card", f"python:{__name__}:Stub")
    assert type(made).__name__ == "Stub"


def test_the_secrets_are_made_once_and_are_their_owner_s(tmp_path: Path) -> None:
    first, again = (fitting.secrets_in(tmp_path / "kiosk") for _ in range(2))
    assert statement.told(first.key) == statement.told(again.key)
    assert first.pairing == again.pairing and len(first.pairing) >= 32
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "kiosk").iterdir()} == {0o600}
    assert first.pairing not in repr(first)


def test_a_camera_shows_what_lies_under_it_and_says_when_it_sees_nothing() -> None:
    import httpx

    shown = {"data": papers.sheet(None), "status": OK}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(int(shown["status"]), content=shown["data"])  # type: ignore[call-overload]

    camera = AddressCamera("http://camera/", lambda: httpx.Client(transport=httpx.MockTransport(answer)))
    assert camera.picture() == shown["data"]
    assert len(camera.preview()) < len(camera.picture())
    assert camera.state() == READY
    shown["data"] = papers.dark()
    assert camera.state() == fault("no_picture")
    shown["data"] = b"<html>"
    assert camera.state() == fault("unreadable")
    shown["status"] = 503
    assert camera.state() == fault("offline")


def test_absent_is_no_fault() -> None:
    assert Machine(Fitting("hall-2", (PAGE,))).states() == dict.fromkeys(("card", "camera", "scanner", "receipt", "a4"), ABSENT)
