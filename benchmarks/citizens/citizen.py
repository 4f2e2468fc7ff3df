"""A citizen at the public API: says, chooses, uploads, and keeps what she was told."""

from __future__ import annotations

import io
import json
import uuid
import weakref
import zipfile
from typing import Any

import httpx

PATIENCE_S = 60


class Unserved(AssertionError):
    """The service did not do what it promises: what was asked for, and what came instead."""


class Citizen:
    """One conversation: a new one, or one begun elsewhere (``crossing``: what stood behind ``#go=``). ``turn`` is the last."""

    def __init__(self, base_url: str, *, crossing: str | None = None, **opening: Any) -> None:
        # Nothing between us and the product; and looking for a proxy reads an environment that other threads change.
        self.http = httpx.Client(base_url=base_url, timeout=PATIENCE_S, trust_env=False)
        weakref.finalize(self, self.http.close)
        if crossing is None:
            answer = self.http.post("/api/v1/conversations", json={"channel": "web", **opening})
            _must(answer, httpx.codes.CREATED)
        else:
            answer = self.http.post("/api/v1/crossings", json={"ticket": crossing})
            _must(answer, httpx.codes.OK)
        self.opened = answer.json()
        self.id: str = self.opened["conversation_id"]
        self.headers = {"Authorization": f"Bearer {self.opened['token']}"}
        self.turn: dict[str, Any] = {}

    def post(self, **body: Any) -> httpx.Response:
        """Send a message as it is."""
        body.setdefault("client_message_id", str(uuid.uuid4()))
        return self.http.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=self.headers)

    def say(self, text: str) -> dict[str, Any]:
        """Say something; the turn it led to."""
        return self._took(self.post(text=text))

    def choose(self, *values: str) -> dict[str, Any]:
        """Tap one option, or several."""
        return self._took(self.post(choice=values[0] if len(values) == 1 else list(values)))

    def attach(self, *upload_ids: str, text: str | None = None) -> dict[str, Any]:
        """Attach uploads."""
        return self._took(self.post(attachments=list(upload_ids), **({"text": text} if text else {})))

    def upload(
        self, data: bytes, name: str, material: str | None = None, media_type: str = "application/octet-stream"
    ) -> httpx.Response:
        """Upload a file."""
        return self.http.post(
            f"/api/v1/conversations/{self.id}/uploads", headers=self.headers, files={"file": (name, data, media_type)},
            data={"material": material} if material else {},
        )  # fmt: skip

    def get(self, path: str) -> httpx.Response:
        """Get something with the conversation's token."""
        return self.http.get(f"/api/v1{path}", headers=self.headers)

    def events(self, after: int = 0) -> list[tuple[int, str, dict[str, Any]]]:
        """Everything on the event stream above ``after``: id, kind, data."""
        text = self.http.get(
            f"/api/v1/conversations/{self.id}/events", params={"after": after, "follow": "false"}, headers=self.headers
        ).text
        found = []
        for block in text.split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
            if lines:
                found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
        return found

    @property
    def asking(self) -> str | None:
        """The field being asked."""
        return self.turn["ask"]["field"] if self.turn.get("ask") else None

    @property
    def case_no(self) -> str:
        """The number of the case in hand."""
        return str(self.turn["case"]["case_no"])

    def package(self) -> zipfile.ZipFile:
        """The package of the case in hand."""
        answer = self.get(f"/cases/{self.case_no}/package")
        _must(answer, httpx.codes.OK)
        return zipfile.ZipFile(io.BytesIO(answer.content))

    def texts(self) -> str:
        """All that the last turn said, in one text."""
        return "\n".join(f"{reply.get('title', '')} {reply.get('text', '')}" for reply in self.turn["replies"])

    def _took(self, answer: httpx.Response) -> dict[str, Any]:
        _must(answer, httpx.codes.OK)
        self.turn = answer.json()
        return self.turn


def _must(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise Unserved(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}")
