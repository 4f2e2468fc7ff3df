"""Citizens and the provider they sign in at: the sandbox's, over a real network, and the browser that goes there and back."""

from __future__ import annotations

import itertools
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.foundation.clock import FixedClock
from sandbox.app import create_app as create_sandbox
from sandbox.config import SandboxConfig
from sandbox.identity.realms import subject_of
from tests.conftest import NOW

SECRET = "fictitious-citizens-secret"
OURS = "http://testserver"
ZHANG, LI, WANG = (subject_of(number) for number in ("11010519491231002X", "440106199801020017", "340104198810200043"))
SHILI, YANGPIN = "91310115MA1K3TL06A", "91310106MA1FY0TL4L"
"""上海示例科技发展有限公司: 张三 is its legal representative, 李四 its agent for some items, 王五 may only prepare; 上海样品贸易有限公司."""
_ids = itertools.count(1)


class Provider:
    """The sandbox on a port of its own, and the page where one says who one is."""

    def __init__(self, data: Path, ours: str = OURS) -> None:
        self.clock = FixedClock(NOW)
        config = SandboxConfig(
            data_dir=data, office_key="fictitious-office-key", staff_key="x", citizen_client_secret=SECRET,
            citizen_redirect=f"{ours}/signin/back", now=lambda: self.clock.now(),  # noqa: PLW0108  # whichever clock it has then
        )  # fmt: skip
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.issuer = f"http://127.0.0.1:{self._socket.getsockname()[1]}/citizens"
        self._server = uvicorn.Server(uvicorn.Config(create_sandbox(config), log_level="error", timeout_graceful_shutdown=1))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        self.http = httpx.Client(trust_env=False, auth=("bandao", SECRET))

    def fault(self, mode: str, count: int | None = None) -> None:
        """Misbehave from now on, or for so many tokens."""
        self.http.post(f"{self.issuer}/admin/faults", json={"mode": mode, "count": count}).raise_for_status()

    def choose(self, address: str, who: str, acr: str = "real_name", uscc: str = "") -> str:
        """At the provider's page, as the browser: choose somebody; the address one is sent back to."""
        page = self.http.get(address, auth=None)
        assert page.status_code == 200, page.text
        adds = f"&as={who}" + (f"&acr={acr}" if who != "nobody" else "") + (f"&for={uscc}" if uscc else "")
        answer = self.http.get(address + adds, auth=None)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def stop(self) -> None:
        """Close the port."""
        self._server.should_exit = True
        self._thread.join(30)
        self.http.close()


class Guest:
    """Somebody with a browser of her own and a conversation in it."""

    def __init__(self, app: FastAPI, provider: Provider, channel: str = "web", http: TestClient | None = None) -> None:
        self.http, self.provider = http or TestClient(app, follow_redirects=False), provider
        self.open(channel)

    def open(self, channel: str = "web") -> None:
        """Another conversation in the same browser."""
        opened = self.http.post("/api/v1/conversations", json={"channel": channel}).json()
        self.id: str = opened["conversation_id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}
        self.turn: dict[str, Any] = {}

    def do(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Call a route below the conversation."""
        kind = {"json": body} if method == "POST" else {}
        return self.http.request(method, f"/api/v1/conversations/{self.id}{path}", headers=self.headers, **kind)

    def say(self, text: str | None = None, choice: str | None = None) -> dict[str, Any]:
        """Say or tap something; the turn it led to."""
        given = {"text": text} if choice is None else {"choice": choice}
        answer = self.do("POST", "/messages", client_message_id=f"c-{next(_ids)}", **given)
        assert answer.status_code == 200, answer.text
        self.turn = answer.json()
        return self.turn

    def away(self, **asked: Any) -> str:
        """Off to the provider; its address."""
        answer = self.do("POST", "/sign-in", **asked)
        assert answer.status_code == 200 and not answer.json()["signed_in"], answer.text
        return str(answer.json()["address"])

    def sign_in(self, who: str = ZHANG, acr: str = "real_name", uscc: str = "", **asked: Any) -> str:
        """There and back; where she arrives."""
        answer = self.http.get(self.provider.choose(self.away(**asked), who, acr, uscc))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    @property
    def standing(self) -> dict[str, Any]:
        """Who is in the conversation, as it is told."""
        answer = self.do("GET", "/sign-in")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
