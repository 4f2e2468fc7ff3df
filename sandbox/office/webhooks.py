"""Sending the news: signed as Standard Webhooks has it, in order per file, again and again until an answer says it is there."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from sandbox.config import SandboxConfig
from sandbox.office import outbox
from sandbox.office.faults import Fault, Faults
from sandbox.office.outbox import Webhook
from sandbox.office.store import Store

_BATCH = 200
_DOWN_AFTER = 3
_TIMEOUT_S = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PREFIX = "whsec_"

Post = Callable[[bytes, dict[str, str]], int]
"""Sends a body with these headers to the callback address; the answer's status. Raises httpx.HTTPError when none came."""


def key(secret: str) -> bytes:
    """The bytes a secret stands for: ``whsec_`` and base64 as the convention writes it, or simply its text."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def signature(secret: str, name: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    mac = hmac.digest(key(secret), f"{name}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


def poster(callback: str) -> Post:
    """The real network."""
    # A proxy of the environment must not stand between two programs of one machine.
    client = httpx.Client(timeout=_TIMEOUT_S, trust_env=urlsplit(callback).hostname not in _LOOPBACK, follow_redirects=False)

    def post(body: bytes, headers: dict[str, str]) -> int:
        return client.post(callback, content=body, headers=headers).status_code

    return post


class Courier:
    """Carries what is in the outbox to the callback address."""

    def __init__(self, config: SandboxConfig, store: Store, faults: Faults, post: Post) -> None:
        self._config = config
        self._store = store
        self._faults = faults
        self._post = post

    def round(self) -> int:
        """Send what is due, each file's news one after the other; how many arrived."""
        arrived = silent = 0
        tried: set[int] = set()
        while waiting := [webhook for webhook in self._due() if webhook.number not in tried]:
            for webhook in waiting:
                tried.add(webhook.number)
                answer = self._send(webhook)
                arrived += answer is not None and 200 <= answer < 300
                silent = silent + 1 if answer is None else 0
                if silent == _DOWN_AFTER:
                    return arrived  # nobody there: the others would wait in vain
        return arrived

    def _due(self) -> list[Webhook]:
        at = self._config.now().timestamp()
        fault = self._faults.fault
        with self._store.read() as conn:
            if fault.mode == "webhook_out_of_order":
                return outbox.due_backwards(conn, at - fault.seconds, _BATCH)
            return outbox.due(conn, at, _BATCH)

    def _send(self, webhook: Webhook) -> int | None:
        """One try; the answer's status, None if there was none."""
        with self._store.write() as conn:
            outbox.begin(conn, webhook.number)
        fault = self._faults.take("webhook")
        try:
            answer: int | None = self._carry(webhook, fault)
        except httpx.HTTPError:
            answer = None
        at = self._config.now().timestamp()
        with self._store.write() as conn:
            if answer is not None and 200 <= answer < 300:
                outbox.end(conn, webhook.number, "delivered")
            elif answer == 401 and webhook.unsure:
                # Receivers refuse an id they have seen. An earlier try arrived, only its answer did not.
                outbox.end(conn, webhook.number, "repeated")
            else:
                outbox.put_off(conn, webhook, at, unsure=answer is None or webhook.unsure)
        return answer

    def _carry(self, webhook: Webhook, fault: Fault) -> int:
        body = webhook.body.encode()
        if fault.mode == "webhook_unknown":
            body = json.dumps({**json.loads(webhook.body), "receipt_no": "SJ00000000000000"}, ensure_ascii=False).encode()
        answer = self._post(body, self._headers(webhook.id, body, fault))
        if fault.mode == "webhook_twice":
            self._post(body, self._headers(webhook.id, body, fault))
            self._post(body, self._headers(f"{webhook.id}again", body, fault))
        return answer

    def _headers(self, name: str, body: bytes, fault: Fault) -> dict[str, str]:
        timestamp = int(self._config.now().timestamp()) - (3600 if fault.mode == "webhook_stale" else 0)
        secret = "somebody-else's" if fault.mode == "webhook_forged" else self._config.webhook_secret
        headers = {"content-type": "application/json", "webhook-id": name, "webhook-timestamp": str(timestamp)}
        return (
            headers
            if fault.mode == "webhook_unsigned"
            else headers | {"webhook-signature": signature(secret, name, timestamp, body)}
        )
