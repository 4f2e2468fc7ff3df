"""Citizens and staff around one app, with a stand-in for the language engine that knows three things to say."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI

from assistant.casework.flow import choosing
from assistant.casework.flow.talk import Talk
from assistant.desk import accounts
from assistant.engine.client import Parse
from channels.parts import Parts

PASSWORD = "Fictitious-Pass-2026"
GUIDE = "company-address-change"
_ids = itertools.count(1)

Also = Callable[[Talk, str, dict[str, Any] | None], Parse | None]
"""(talk, words, question asked) → how they were read, the turn worked out; None for what it does not know."""


class ToyEngine:
    """我要办… begins a case, 转人工 goes to the queue; everything else is heard and answered 收到."""

    def __init__(self, parts: Parts, also: Also | None = None) -> None:
        self._parts = parts
        self._also = also
        self.turns = 0

    async def turn(self, sender: str, text: str, asking: dict[str, Any] | None, slots: dict[str, str | None]) -> Parse:
        """As the real engine: what is decided changes the turn being worked out."""
        self.turns += 1
        talk = self._parts.runner.current(sender).talk
        if self._also is not None and (known := self._also(talk, text, asking)) is not None:
            return known
        intent = "provide"
        if "我要办" in text:
            guide = self._parts.services.catalogue.get(GUIDE)
            assert guide is not None
            choosing.begin(talk, guide)
            intent = "apply"
        elif "转人工" in text:
            talk.wants_person, talk.status, talk.question_said = "to_human", "handed_off", True
            intent = "to_human"
        else:
            talk.say("收到")
            talk.status = "answered"
        return Parse(intent=intent, confidence=1.0)

    async def parse(self, text: str, asking: dict[str, Any] | None) -> Parse:
        """A waiting citizen's words; 取消排队 ends the wait."""
        return Parse(intent="cancel" if "取消排队" in text else "chitchat", confidence=1.0)

    async def close(self) -> None:
        """Nothing is open."""


def with_toy_engine(app: FastAPI, also: Also | None = None) -> ToyEngine:
    """Put the stand-in into the app; it knows what ``also`` knows besides."""
    parts: Parts = app.state.parts
    engine = ToyEngine(parts, also)
    parts.engine = parts.runner.engine = engine
    return engine


def hire(parts: Parts, login: str, name: str = "3号坐席", at: datetime | None = None, roles: str = "operator") -> None:
    """Add an operator, or somebody with other roles."""
    with parts.db.write() as conn:
        accounts.add(conn, login, PASSWORD, name, roles, at or parts.clock.now())


class Visitor:
    """A citizen at the public API."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        opened = http.post("/api/v1/conversations", json={"channel": "web"}).json()
        self.id: str = opened["conversation_id"]
        self.headers = {"Authorization": f"Bearer {opened['token']}"}

    def say(self, text: str) -> dict[str, Any]:
        """Say something; the turn it led to."""
        body = {"client_message_id": f"m-{next(_ids)}", "text": text}
        answer = self.http.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        turn: dict[str, Any] = answer.json()
        return turn

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """The whole event stream so far."""
        path = f"/api/v1/conversations/{self.id}/events"
        text = self.http.get(path, params={"after": 0, "follow": "false"}, headers=self.headers).text
        blocks = [dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":")) for block in text.split("\n\n")]
        return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]

    def told(self) -> list[str]:
        """What others than the citizen and her turns have said since the greeting."""
        return [data["text"] for kind, data in self.events() if kind == "message" and data["from"] != "citizen"][1:]


class Colleague:
    """A member of staff at the console's API; signs in at once."""

    def __init__(self, http: httpx.Client, login: str) -> None:
        self.http = http
        answer = http.post("/console/api/login", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.csrf = {"X-CSRF-Token": answer.json()["csrf"]}

    def queue(self) -> dict[str, Any]:
        """Who waits, and whom I have."""
        found: dict[str, Any] = self.http.get("/console/api/queue").json()
        return found

    def do(self, what: str, conversation_id: str, **body: Any) -> httpx.Response:
        """``claim``, ``release`` or ``messages``."""
        path = f"/console/api/conversations/{conversation_id}/{what}"
        return self.http.post(path, json=body or None, headers=self.csrf)

    def read(self, conversation_id: str, after: int = 0) -> httpx.Response:
        """The packet of a conversation."""
        return self.http.get(f"/console/api/conversations/{conversation_id}", params={"after": after})

    def updates(self, **params: Any) -> dict[str, Any]:
        """What the page asks for, without waiting."""
        answer = self.http.get("/console/api/updates", params={"held": False, **params})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found
