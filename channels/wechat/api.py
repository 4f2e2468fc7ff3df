"""Calls to WeChat's and WeCom's interfaces: a token with each, errors by their documented numbers, every answer doubted.

The two differ in where a token is fetched and in their errors' numbers; everything else of a call is alike. Calls block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from assistant.foundation import metrics, tls
from channels.wechat.tokens import NoToken, Tokens

Kind = Literal["stale", "busy", "quota", "closed", "gone", "media", "code", "refused", "away", "state"]
"""stale: the token does not count; busy: later; quota: today's or this minute's calls are used up; closed: nothing may be sent to
her until she writes; gone: she wants nothing; media: the file is not there (any more); code: the one-time code is wrong or used;
state: the session is another's; away: no usable answer; refused: anything else."""

_KINDS: Mapping[int, Kind] = {
    40001: "stale", 40014: "stale", 42001: "stale",
    -1: "busy", 45011: "quota", 45009: "quota", 45033: "quota",
    45015: "closed", 45047: "closed", 95001: "closed", 95002: "closed",
    43004: "gone", 43101: "gone", 43019: "gone", 40003: "gone", 95007: "gone",
    40007: "media", 40004: "media",
    40029: "code", 40163: "code", 40226: "code",
    95016: "state", 95018: "state", 95013: "state",
}  # fmt: skip
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MEDIA_NAME = re.compile(r'filename="?([^";]+)"?', re.I)
_TIMEOUT_S = 8.0
Answer = TypeVar("Answer")


class Failed(Exception):
    """A call that did not do what it should; ``code`` is the platform's number, 0 where it gave none."""

    def __init__(self, kind: Kind, code: int = 0) -> None:
        super().__init__(f"{kind} {code}")
        self.kind, self.code = kind, code


@dataclass(frozen=True)
class Media:
    """A file of a message. ``kind`` is the media type the platform names."""

    data: bytes = field(repr=False)
    kind: str
    name: str


class Account:
    """One account at WeChat (``stable_token``) or WeCom (``gettoken``); thread-safe, connections are kept.

    Args:
        work: whether it is WeCom's.
    """

    def __init__(self, url: str, appid: str, secret: str, tokens: Tokens, *, work: bool = False) -> None:
        self.appid, self.work = appid, work
        self._base, self._secret, self._tokens = url.rstrip("/"), secret, tokens
        trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._client = httpx.Client(timeout=_TIMEOUT_S, trust_env=trust_env, verify=tls.context(trust_env))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a call.

        Raises:
            Failed: see ``Kind``.
        """
        return self._with_token(lambda token: self._json("POST", path, {"access_token": token}, orjson.dumps(body)))

    def get(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The answer of a call that needs the account's secret instead of a token (code2session).

        Raises:
            Failed: see ``Kind``.
        """
        return self._json("GET", path, {"appid": self.appid, "secret": self._secret, **params}, None)

    def media(self, media_id: str, most: int) -> Media:
        """A file somebody sent; of one larger than ``most`` bytes only ``most + 1`` are fetched.

        Raises:
            Failed: it is not there any more, or see ``Kind``.
        """
        return self._with_token(lambda token: self._download(token, media_id, most))

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _with_token(self, call: Callable[[str], Answer]) -> Answer:
        """A token the platform refuses is replaced once."""
        token = self._token(None)
        try:
            return call(token)
        except Failed as failed:
            if failed.kind != "stale":
                raise
        return call(self._token(token))

    def _token(self, stale: str | None) -> str:
        try:
            return self._tokens.get(self.appid, self._fetch, stale)
        except NoToken:
            raise Failed("away") from None

    def _fetch(self, forced: bool) -> tuple[str, int]:
        if self.work:
            answer = self._json("GET", "/cgi-bin/gettoken", {"corpid": self.appid, "corpsecret": self._secret}, None)
        else:
            body = {
                "grant_type": "client_credential", "appid": self.appid, "secret": self._secret, "force_refresh": forced,
            }  # fmt: skip
            answer = self._json("POST", "/cgi-bin/stable_token", {}, orjson.dumps(body))
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, int):
            raise Failed("away")
        return token, seconds

    def _json(self, method: str, path: str, params: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
        system = "wecom" if self.work else "wechat"
        try:
            with metrics.far_side_seconds.labels(system).time():
                answer = self._client.request(
                    method, self._base + path, params=dict(params), content=body, headers={"Content-Type": "application/json"}
                )
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            raise Failed("away") from None  # the cause's text may hold the address, and with it the token
        if answer.status_code != httpx.codes.OK:
            raise Failed("away")
        return _read(answer.content)

    def _download(self, token: str, media_id: str, most: int) -> Media:
        params = {"access_token": token, "media_id": media_id}
        data = bytearray()
        try:
            with self._client.stream("GET", f"{self._base}/cgi-bin/media/get", params=params) as answer:
                for piece in answer.iter_bytes(64 * 1024):
                    data += piece
                    if len(data) > most:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            raise Failed("away") from None
        if answer.status_code != httpx.codes.OK:
            raise Failed("away")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in ("application/json", "text/plain"):  # an error; a picture or a file says what it is
            _read(bytes(data))
            raise Failed("media")
        named = _MEDIA_NAME.search(answer.headers.get("content-disposition", ""))
        return Media(bytes(data), kind, named[1] if named else "")


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Failed("away") from None
    if not isinstance(answer, dict):
        raise Failed("away")
    code = answer.get("errcode", 0)
    if code:
        raise Failed(_KINDS.get(code, "refused"), code) if isinstance(code, int) else Failed("away")
    return answer
