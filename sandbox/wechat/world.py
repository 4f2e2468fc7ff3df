"""What the sandbox's WeChat knows, in memory: tokens, people and what they allow, codes, files, messages, sessions, faults."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.wechat.config import CODE_SECONDS, MEDIA_SECONDS, WeChatConfig

TWO_DAYS = timedelta(hours=48)
A_MINUTE = timedelta(minutes=1)


class Refusal(Exception):
    """An answer with an ``errcode``."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


@dataclass
class Person:
    """Somebody at an account: whether she follows it, and how many messages she may still be sent until when."""

    openid: str
    subscribed: bool = True
    left: int = 0
    until: datetime | None = None
    state: int = 0
    servicer: str = ""


@dataclass
class World:
    """Everything; every method takes the lock itself."""

    config: WeChatConfig
    now: Callable[[], datetime]
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    service: list[dict[str, Any]] = field(default_factory=list)
    fault: dict[str, Any] = field(default_factory=lambda: {"mode": "ok"})
    fetched: int = 0
    _tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _former: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _codes: dict[str, tuple[str, dict[str, Any], datetime, bool]] = field(default_factory=dict)
    _media: dict[str, tuple[bytes, str, str, datetime]] = field(default_factory=dict)
    _events: dict[str, str] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def secret_of(self, appid: str) -> str:
        """The secret of an account; empty where there is none."""
        held = self.config
        known = {held.official_appid: held.official_secret, held.mini_appid: held.mini_secret, held.corpid: held.corp_secret}
        return known.get(appid, "")

    def token(self, appid: str, secret: str, *, anew: bool, stable: bool) -> tuple[str, int]:
        """A token and its seconds; the stable one stays the same until it ends or is wanted anew, and then the former lasts
        another five minutes."""
        right = self.secret_of(appid)
        if not right:
            raise Refusal(40013, "invalid appid")
        if not secrets.compare_digest(right.encode(), secret.encode()):
            raise Refusal(40125, "invalid appsecret")
        with self._lock:
            now = self.now()
            self.fetched += 1
            held = self._tokens.get(appid)
            if held is not None and held[1] > now and stable and not anew:
                return held[0], int((held[1] - now).total_seconds())
            if held is not None:
                self._former[appid] = (held[0], min(held[1], now + timedelta(minutes=5)))
            made = secrets.token_urlsafe(48)
            self._tokens[appid] = made, now + timedelta(seconds=self.config.token_seconds)
            return made, self.config.token_seconds

    def forget_tokens(self) -> None:
        """All tokens are stale from now on."""
        with self._lock:
            self._tokens.clear()
            self._former.clear()

    def account(self, token: str) -> str:
        """Whose token it is."""
        with self._lock:
            for tokens in (self._tokens, self._former):
                for appid, (held, until) in tokens.items():
                    if secrets.compare_digest(held.encode(), token.encode()):
                        if until > self.now():
                            return appid
                        raise Refusal(42001, "access_token expired")
        raise Refusal(40001, "invalid credential, access_token is invalid or not latest")

    def person(self, account: str, openid: str) -> Person:
        """Somebody at an account."""
        with self._lock:
            return self.people.setdefault((account, openid), Person(openid))

    def acts(self, account: str, openid: str, messages: int, lasts: timedelta) -> Person:
        """She did something that allows so many messages to her for so long; not added to what there is."""
        with self._lock:
            one, now = self.person(account, openid), self.now()
            held = one.left if one.until and one.until > now else 0
            one.left = max(held, messages)
            one.until = max(one.until or now, now + lasts)
            return one

    def take(self, account: str, message: dict[str, Any], *, late: Refusal, many: Refusal) -> None:
        """A message to somebody, if she may be sent one."""
        with self._lock:
            one = self.people.get((account, str(message.get("touser", ""))))
            if one is None:
                raise Refusal(40003, "invalid openid")
            if not one.subscribed:
                raise Refusal(43004, "require subscribe")
            if one.until is None or one.until <= self.now():
                raise late
            if one.left <= 0:
                raise many
            one.left -= 1
            self.sent.append({"account": account, "at": self.now().isoformat(), **message})

    def note(self, account: str, message: dict[str, Any]) -> None:
        """A message nothing limits here (subscription and template messages)."""
        with self._lock:
            self.sent.append({"account": account, "at": self.now().isoformat(), **message})

    def give_code(self, kind: str, means: dict[str, Any]) -> str:
        """A code for one use within five minutes."""
        with self._lock:
            code = secrets.token_urlsafe(18)
            self._codes[code] = kind, means, self.now() + timedelta(seconds=CODE_SECONDS), False
            return code

    def use_code(self, kind: str, code: str) -> dict[str, Any]:
        """What a code means, the only time it may be asked."""
        with self._lock:
            held = self._codes.get(code)
            if held is None or held[0] != kind or held[2] <= self.now():
                raise Refusal(40029, "invalid code")
            if held[3]:
                raise Refusal(40163, "code been used")
            self._codes[code] = (*held[:3], True)
            return held[1]

    def keep_media(self, data: bytes, kind: str, name: str) -> str:
        """A file for three days."""
        with self._lock:
            media_id = secrets.token_urlsafe(32)
            self._media[media_id] = data, kind, name, self.now() + timedelta(seconds=MEDIA_SECONDS)
            return media_id

    def media(self, media_id: str) -> tuple[bytes, str, str]:
        """A file there still is."""
        with self._lock:
            held = self._media.get(media_id)
            if held is None or held[3] <= self.now():
                raise Refusal(40007, "invalid media_id")
            return held[:3]

    def add_service(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message or event of customer service, to be fetched."""
        with self._lock:
            made = {"msgid": secrets.token_hex(16), "send_time": int(self.now().timestamp()), **message}
            self.service.append(made)
            return made

    def misbehave(self) -> dict[str, Any]:
        """The fault to apply to one call, counted."""
        with self._lock:
            fault = dict(self.fault)
            if "count" in self.fault:
                self.fault["count"] -= 1
                if self.fault["count"] <= 0:
                    self.fault = {"mode": "ok"}
            return fault
