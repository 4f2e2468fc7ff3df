"""The register over HTTP, as ``docs/sandbox.md`` describes it: OAuth2 client credentials, three look-ups, all answers doubted.

A look-up happens inside a turn: it has one time limit all in all, and a register that has just failed is left alone for a while.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from assistant.casework.prefill import register_checks as checks
from assistant.casework.prefill.records import Conduct, Enterprise, FarSideUnavailable, Licence, Person
from assistant.casework.prefill.register_access import CircuitBreaker, TokenStore
from assistant.engine.components.patterns.codes import compact
from assistant.foundation import metrics, tls
from assistant.foundation.logging import get_logger

Lookup = Literal["enterprise", "person", "licences", "conduct"]

_SYSTEM = "register"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LARGEST_ANSWER = 4 * 1024 * 1024
_SCOPE = "register:enterprise register:person register:licence"
_OK, _NOT_FOUND, _UNAUTHORIZED, _FORBIDDEN = 200, 404, 401, 403
_BUSY = frozenset({408, 421, 423, 425, 429})
#: These say nothing of the next look-up; after the others the register is left alone for a while.
_ANSWERED = frozenset({"refused", "unreadable", "wrong-record"})

log = get_logger(__name__)
_Made = TypeVar("_Made")


class HttpRegister:
    """Client of one register (see ``records.Register``). Thread-safe; connections and the access token are kept.

    Args:
        url: the register's address; ``/oauth/token`` and ``/v1`` are below it.
        client_id, client_secret: its OAuth2 client credentials (RFC 6749 section 4.4), sent as HTTP Basic.
        timeout_s: seconds a look-up may take, getting a token and repeating included.
    """

    def __init__(self, url: str, client_id: str, client_secret: str, *, timeout_s: float = 2.0) -> None:
        self._limit = timeout_s
        # A proxy of the environment must not stand between two programs of one machine.
        trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Accept": "application/json"},
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
            trust_env=trust_env,
            verify=tls.context(trust_env),
        )
        self._credentials = httpx.BasicAuth(quote(client_id, safe=""), quote(client_secret, safe=""))
        self._tokens = TokenStore(self._fetch_token)
        self._breaker = CircuitBreaker()

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        """See Register.

        Raises:
            ValueError: neither a code nor a name was given.
        """
        if uscc is not None:
            path, code = f"/v1/enterprises/{quote(compact(uscc), safe='')}", uscc
            return self._look_up("enterprise", "GET", path, lambda answer: checks.enterprise(answer, code))
        if name is None:
            raise ValueError("neither a code nor a name to look for")
        wanted = name
        return self._look_up(
            "enterprise", "GET", "/v1/enterprises", lambda answer: checks.named_enterprise(answer, wanted), params={"name": name}
        )

    def conduct(self, *, uscc: str, start: date, end: date) -> Conduct | None:
        """What public-credit records say of the enterprise from ``start`` to ``end``; None where there is no such enterprise.

        Raises:
            FarSideUnavailable: as every look-up.
        """
        path = f"/v1/enterprises/{quote(compact(uscc), safe='')}/conduct"
        asked = {"from": start.isoformat(), "to": end.isoformat()}
        return self._look_up("conduct", "GET", path, lambda answer: checks.conduct(answer, uscc, start, end), params=asked)

    def person(self, *, id_number: str, name: str) -> Person | None:
        """See Register."""
        body = {"id_number": compact(id_number), "name": name}
        return self._look_up(
            "person", "POST", "/v1/persons/lookup", lambda answer: checks.person(answer, id_number, name), json=body
        )

    def licences(self, *, holder: str) -> list[Licence]:
        """See Register."""
        body = {"holder": compact(holder)}
        found = self._look_up(
            "licences", "POST", "/v1/licences/lookup", lambda answer: checks.licences(answer, holder), json=body
        )
        return found or []

    def reachable(self, timeout_s: float = 1.0) -> bool:
        """Whether the register is up and takes our credentials; never raises."""
        try:
            deadline = time.monotonic() + timeout_s
            status, _ = self._send(deadline, "GET", "/healthz")
            return status == _OK and bool(self._tokens.current(deadline))
        except (httpx.HTTPError, httpx.InvalidURL, FarSideUnavailable, OSError, RuntimeError):  # RuntimeError: it has been closed
            return False

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _look_up(self, kind: Lookup, method: str, path: str, judge: Callable[[Any], _Made], **request: Any) -> _Made | None:
        """One look-up: what ``judge`` makes of the answer, None where there is no such record, or FarSideUnavailable."""
        started = time.monotonic()
        outcome = "none"
        try:
            self._breaker.enter()
            made = self._judged(started + self._limit, method, path, judge, request)
            outcome = "found" if made else "none"
            self._breaker.succeeded()
            return made
        except FarSideUnavailable as error:
            outcome = error.code
            if outcome in _ANSWERED:
                self._breaker.succeeded()
            elif outcome != "broken-off":
                self._breaker.failed()
            raise
        finally:
            seconds = time.monotonic() - started
            metrics.register_lookups_total.labels(kind, outcome).inc()
            if outcome != "broken-off":
                metrics.far_side_seconds.labels(_SYSTEM).observe(seconds)
            if outcome not in {"found", "none"}:
                metrics.far_side_errors_total.labels(_SYSTEM, outcome).inc()
                log.warning("register.failed", lookup=kind, reason=outcome, duration_ms=round(seconds * 1000))

    def _judged(
        self, deadline: float, method: str, path: str, judge: Callable[[Any], _Made], request: dict[str, Any]
    ) -> _Made | None:
        try:
            status, body = self._authorised(deadline, method, path, request)
        except httpx.TimeoutException:
            raise FarSideUnavailable("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            raise FarSideUnavailable("no-connection") from None
        if status == _NOT_FOUND and _is_problem(body):
            return None
        return judge(_json(_successful(status, body)))

    def _authorised(self, deadline: float, method: str, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """The call with a token; once more with a new one where the register says that it has ended."""
        token = self._tokens.current(deadline)
        status, body = self._send(deadline, method, path, headers={"Authorization": f"Bearer {token}"}, **request)
        if status == _UNAUTHORIZED:
            token = self._tokens.current(deadline, refused=token)
            status, body = self._send(deadline, method, path, headers={"Authorization": f"Bearer {token}"}, **request)
        return status, body

    def _fetch_token(self, deadline: float) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "scope": _SCOPE}
        status, body = self._send(deadline, "POST", "/oauth/token", data=form, auth=self._credentials)
        if 400 <= status < 500 and status not in _BUSY:  # RFC 6749 section 5.2: every refusal is a 400 or 401
            raise FarSideUnavailable("not-authorised")
        given = _json(_successful(status, body))
        token = given.get("access_token") if isinstance(given, dict) else None
        if not isinstance(token, str) or not token or not token.isascii() or str(given.get("token_type", "")).lower() != "bearer":
            raise FarSideUnavailable("unreadable")
        life = given.get("expires_in", 60)
        return token, float(life) if isinstance(life, int | float) and life > 0 else 60.0

    def _send(self, deadline: float, method: str, path: str, **request: Any) -> tuple[int, bytes]:
        """Status and body, all of it by ``deadline``: httpx's own limits start anew with every piece that arrives."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("no time left")
        body = bytearray()
        with self._client.stream(method, path, timeout=left, **request) as response:
            for piece in response.iter_bytes():
                body += piece
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("no time left")
                if len(body) > _LARGEST_ANSWER:
                    raise FarSideUnavailable("unreadable")
        return response.status_code, bytes(body)


def _successful(status: int, body: bytes) -> bytes:
    if status == _OK:
        return body
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        raise FarSideUnavailable("not-authorised")
    if status in _BUSY:
        raise FarSideUnavailable("busy")
    raise FarSideUnavailable("server-error" if status >= 500 else "refused" if status >= 400 else "unreadable")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise FarSideUnavailable("unreadable") from None


def _is_problem(body: bytes) -> bool:
    """Whether a 404 speaks of the record (RFC 9457, ``code`` not-found), and not of an address nobody serves."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and given.get("code") == "not-found" and "register" in str(given.get("type", ""))
