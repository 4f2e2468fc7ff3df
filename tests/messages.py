"""Asking the sandbox's message gateway what it got, and making it misbehave; it signs as `docs/sandbox.md` tells."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx


class MessageAdmin:
    """The gateway at ``root`` (the sandbox's address), as its own administrator."""

    def __init__(self, root: str, secret: str, client_id: str = "bandao") -> None:
        self._root, self._secret, self._client_id = root, secret, client_id

    def sent(self, text: str = "", channel: str = "") -> list[dict[str, Any]]:
        """Messages with this text in recipient, title or body, the latest first."""
        answer = self.call("GET", "/messages/v1/admin/messages", params={"text": text, "channel": channel})
        found: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return found

    def fault(self, mode: str, **more: Any) -> None:
        """From now on; ``ok`` makes all well."""
        self.call("POST", "/messages/v1/admin/faults", {"mode": mode, **more}).raise_for_status()

    def call(
        self, method: str, path: str, body: Any = None, *, key: str = "administrator", at: float | None = None, **more: Any
    ) -> httpx.Response:
        """One signed call; ``at`` signs it as of another time (unix seconds)."""
        content = json.dumps(body).encode() if body is not None else b""
        moment = str(int(time.time() if at is None else at))
        text = "\n".join([method, path, moment, key, hashlib.sha256(content).hexdigest()])
        signature = base64.b64encode(hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
        headers = {"Idempotency-Key": key, "X-Client-Id": self._client_id, "X-Timestamp": moment, "X-Signature": signature}
        return httpx.request(method, self._root + path, content=content, headers=headers, trust_env=False, timeout=10, **more)
