"""SMS and WeChat subscription messages over a message gateway's signed HTTP/JSON, as ``docs/sandbox.md`` describes it.

Every request carries the client's name, the time, its key, and a signature over all of it and the body; every answer is doubted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from assistant.casework.notices.notice import Notice, Outcome, Rejected, Sent, Unavailable
from assistant.foundation import tls

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOT_FOUND, _CONFLICT = 404, 409
_BUSY = frozenset({408, 421, 423, 425, 429})
_MAX_CODE = 40
#: The gateway sees to it that a name of ours stands before every text; WeChat asks for templates agreed beforehand.
SIGNATURE = "办到"


class Gateway:
    """One account at one gateway; thread-safe, connections are kept.

    Args:
        url: the gateway's address, ``/v1/…`` is below it.
        client_id, secret: the account; the secret never travels, it signs.
        timeout_s: seconds a call may take.
        unix_time: the present moment in seconds, for tests.
    """

    def __init__(
        self, url: str, client_id: str, secret: str, *, timeout_s: float = 10.0, unix_time: Callable[[], float] = time.time
    ) -> None:
        self._client_id, self._secret, self._unix_time = client_id, secret.encode(), unix_time
        self._base = url.rstrip("/")
        trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._client = httpx.Client(timeout=timeout_s, trust_env=trust_env, verify=tls.context(trust_env))

    def post(self, path: str, key: str, body: dict[str, Any]) -> Outcome:
        """Hand over one message under its key."""
        answer = self._call("POST", path, key, orjson.dumps(body))
        return answer if answer is not None else Unavailable("unreadable")

    def find(self, path: str, key: str) -> Outcome | None:
        """What was made of an earlier one; None where there was none."""
        return self._call("GET", f"{path}/{key}", key, b"")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _call(self, method: str, path: str, key: str, body: bytes) -> Outcome | None:
        moment = str(int(self._unix_time()))
        url = self._base + path
        signed = "\n".join((method, urlsplit(url).path, moment, key, hashlib.sha256(body).hexdigest()))
        signature = base64.b64encode(hmac.digest(self._secret, signed.encode(), "sha256")).decode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Client-Id": self._client_id,
            "X-Timestamp": moment,
            "X-Signature": signature,
        }
        try:
            answer = self._client.request(method, url, content=body, headers=headers)
        except httpx.TimeoutException:
            return Unavailable("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            return Unavailable("no-connection")
        return _read(method, answer)


class Sms:
    """Short messages: one text, the sender's sign before it, the link behind it."""

    channel = "sms"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, notice: Notice) -> Outcome:
        """See Provider."""
        text = notice.words.text + (f" {notice.words.link}" if notice.words.link else "")
        return self._gateway.post("/v1/sms", notice.key, {"to": notice.address, "sign": SIGNATURE, "text": text})

    def find(self, key: str) -> Outcome | None:
        """See Provider."""
        return self._gateway.find("/v1/sms", key)

    def close(self) -> None:
        """See Provider."""
        self._gateway.close()


class WeChat:
    """Subscription messages: a template, filled in, and the page it opens."""

    channel = "wechat"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, notice: Notice) -> Outcome:
        """See Provider."""
        data = {"title": notice.words.title, "text": notice.words.text}
        body = {"to": notice.address, "template": notice.kind, "page": notice.words.link, "data": data}
        return self._gateway.post("/v1/wechat", notice.key, body)

    def find(self, key: str) -> Outcome | None:
        """See Provider."""
        return self._gateway.find("/v1/wechat", key)

    def close(self) -> None:
        """See Provider."""
        self._gateway.close()


def _read(method: str, answer: httpx.Response) -> Outcome | None:
    if answer.is_success:
        ref = _member(answer, "id")
        return Sent(ref) if ref else Unavailable("unreadable")
    if answer.status_code == _NOT_FOUND and method == "GET" and _member(answer, "code") == "not-found":
        return None
    if answer.status_code in (401, 403):
        return Unavailable("not-authorised")
    if answer.status_code in _BUSY:
        return Unavailable("busy")
    # A wrong address of the gateway itself answers 404 as well; only what speaks of the message refuses it.
    if answer.is_client_error and _member(answer, "code") not in ("", "not-found"):
        return Rejected(_plain(_member(answer, "code"), answer.status_code))
    return Unavailable("server-error" if answer.is_server_error else "unreadable")


def _member(answer: httpx.Response, name: str) -> str:
    try:
        held = answer.json().get(name)
    except (ValueError, AttributeError):
        return ""
    return held if isinstance(held, str) else ""


def _plain(code: str, status: int) -> str:
    """Only a plain word is taken over: it goes into logs."""
    return code if len(code) <= _MAX_CODE and code.isascii() and code.replace("-", "").isalpha() else f"http-{status}"
