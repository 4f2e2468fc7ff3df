"""A small city system with an interface of its own: the one docs/submission.md connects as its example."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.architecture.source import ROOT

KEY = "fictitious-key-of-a-city"
STARTED = "2025-11-21 09:00:00"


def example(name: str) -> str:
    """The example file of this name in the documentation."""
    blocks = re.findall(r"```yaml\n(# .*?)```", (ROOT / "docs" / "submission.md").read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith(f"# {name}"))


def write_examples(folder: Path, url: str = "https://rsj.example/api") -> Path:
    """The documented files in ``folder``, with the address ``url``; the routing file."""
    (folder / "rsj.yaml").write_text(example("rsj.yaml"), encoding="utf-8")
    path = folder / "offices.yaml"
    path.write_text(example("offices.yaml").replace("https://rsj.example/api", url), encoding="utf-8")
    return path


def write_routing(folder: Path, url: str, item: str) -> Path:
    """The documented mapping, and a routing file that sends one item to the system at ``url``."""
    (folder / "rsj.yaml").write_text(example("rsj.yaml"), encoding="utf-8")
    path = folder / "offices.yaml"
    office = f"{{kind: http-json, url: '{url}', mapping: rsj.yaml, app: bandao, key_env: BANDAO_RSJ_KEY}}"
    path.write_text(f"offices:\n  RSJ: {office}\nroutes:\n  - {{items: [{item}], office: RSJ}}\n", encoding="utf-8")
    return path


class City:
    """Its cases, and how it behaves. ``fault``: ``timeout`` (takes in, then is silent), ``error500`` (takes in), ``lying``."""

    def __init__(self) -> None:
        self.cases: dict[str, dict[str, Any]] = {}
        self.taken_in: list[str] = []
        self.nonces: set[str] = set()
        self.forged = 0
        self.fault = ""
        self.url = ""
        self.results: dict[str, bytes] = {}
        self.over = threading.Event()
        self.lock = threading.Lock()

    def decide(self, number: str, state: str, opinion: str = "", **more: Any) -> None:
        """One step more."""
        case = self.cases[number]
        case.update(state=state, opinion=opinion, **more)
        case["steps"].append({"time": STARTED, "state": state, "opinion": opinion, "operator": "窗口"})

    def news(self, number: str, at_ms: int, name: str = "e1", key: str = KEY, **said: Any) -> tuple[bytes, dict[str, str]]:
        """A webhook about a case: body and headers."""
        body = json.dumps({"slh": number, **said}).encode()
        mac = hmac.new(key.encode(), f"{at_ms}.{name}.".encode() + body, "sha256").hexdigest()
        return body, {"X-Timestamp": str(at_ms), "X-Event-Id": name, "X-Signature": f"sha256={mac}"}

    def genuine(self, method: str, path: str, headers: Any, body: bytes) -> bool:
        stamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
        text = f"{method}\n{path}\n{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
        right = hmac.new(KEY.encode(), text.encode(), "sha256").hexdigest()
        with self.lock:
            fresh = nonce not in self.nonces
            self.nonces.add(nonce)
        return fresh and headers.get("X-App-Id") == "bandao" and hmac.compare_digest(right, headers.get("X-Signature", ""))

    def take_in(self, given: dict[str, Any]) -> dict[str, Any]:
        package = base64.b64decode(given["zip"])
        assert hashlib.sha256(package).hexdigest() == given["hash"]
        with self.lock:
            self.taken_in.append(f"{given['outNo']} {given['edition']}")
            number = f"20251121-{len(self.cases) + 1}"
            self.cases[number] = {
                "slh": number, "outNo": given["outNo"], "edition": given["edition"], "hash": given["hash"], "state": "10",
                "receivedAt": STARTED, "steps": [{"time": STARTED, "state": "10", "opinion": "", "operator": "窗口"}],
            }  # fmt: skip
            return self.cases[number]

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(path)
        steps = parts.path.removeprefix("/api/").split("/")
        if steps == ["health"]:
            return 200, {"code": "0"}
        if method == "GET" and steps == ["cases"]:
            number = parse_qs(parts.query)["outNo"][0]
            return 200, {"code": "0", "data": [case for case in self.cases.values() if case["outNo"] == number]}
        if method == "POST" and steps == ["cases"]:
            case = self.take_in(json.loads(body))
            if self.fault == "timeout":
                self.over.wait(60)  # nobody waits for this answer: it comes when all is over
            if self.fault == "error500":
                return 500, {"code": "E500"}
            return 200, {"code": "0", "data": {**case, "outNo": "BD-9999"} if self.fault == "lying" else case}
        case = self.cases.get(steps[1])
        if case is None:
            return 200, {"code": "E404", "msg": "没有这个办件"}
        if steps[2:] == ["withdraw"]:
            if case["state"] in ("40", "49"):
                return 200, {"code": "E100", "msg": "已办结"}
            self.decide(case["slh"], "60")
        if steps[2:] == ["result"]:
            return 200, self.results[case["slh"]]
        return 200, {"code": "0", "data": case}


@contextmanager
def serving(city: City) -> Iterator[City]:
    """The city on a port of its own while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not city.genuine(self.command, self.path, self.headers, body):
                city.forged += 1
                status, answer = 401, {"code": "E401"}
            else:
                status, answer = city.answer(self.command, self.path, body)
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # the caller has gone

        do_GET = do_POST = _do  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    city.url = f"http://127.0.0.1:{server.server_port}/api"
    try:
        yield city
    finally:
        city.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
