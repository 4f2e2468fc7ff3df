"""Who may ask the register: OAuth 2.0 client credentials (RFC 6749 section 4.4), bearer tokens (RFC 6750) that end, scopes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from sandbox.config import SandboxConfig
from sandbox.problems import Problem
from sandbox.register.store import RegisterStore

SCOPES = ("register:enterprise", "register:person", "register:licence")


class OAuthProblem(Problem):
    """A refusal of the token endpoint: a problem document with the member ``error`` that RFC 6749 section 5.2 asks for."""

    def __init__(self, status: int, error: str, title: str) -> None:
        headers = {"WWW-Authenticate": 'Basic realm="register"'} if status == 401 else None
        super().__init__(status, error.replace("_", "-"), title, headers=headers, room="register")
        self.error = error

    def body(self) -> dict[str, Any]:
        """See Problem."""
        return {**super().body(), "error": self.error}


class Access:
    """Gives out tokens and judges them."""

    def __init__(self, config: SandboxConfig, store: RegisterStore) -> None:
        self._config, self._store = config, store

    def check_client(self, authorization: str, form: dict[str, str]) -> None:
        """Basic authentication, or the credentials in the form.

        Raises:
            OAuthProblem: they are not those of the one client there is.
        """
        client, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization[:6].lower() == "basic ":
            try:
                pair = base64.b64decode(authorization[6:].strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                pair = ""
            client, secret = map(unquote_plus, pair.partition(":")[::2])
        known = self._config.register_client_secret
        right = hmac.compare_digest(secret.encode(), known.encode())
        if not known or not right or client != self._config.register_client_id:
            raise OAuthProblem(401, "invalid_client", "客户端标识或密钥不对")

    def grant(self, form: dict[str, str]) -> dict[str, Any]:
        """A new token for a client already checked.

        Raises:
            OAuthProblem: another kind of grant, or a scope that does not exist.
        """
        if form.get("grant_type") != "client_credentials":
            raise OAuthProblem(400, "unsupported_grant_type", "仅支持 client_credentials")
        asked = form.get("scope", "").split() or list(SCOPES)
        if not set(asked) <= set(SCOPES):
            raise OAuthProblem(400, "invalid_scope", "没有这样的权限范围")
        token, now = secrets.token_urlsafe(32), self._config.now()
        scopes = " ".join(asked)
        self._store.keep_token(_hash(token), scopes, now, now + timedelta(seconds=self._config.register_token_s))
        return {"access_token": token, "token_type": "Bearer", "expires_in": self._config.register_token_s, "scope": scopes}

    def check(self, authorization: str, scope: str, *, ended: bool = False) -> None:
        """Judge the bearer token of a request; ``ended`` treats it as expired.

        Raises:
            Problem: 401 without a token that holds, 403 where it does not reach so far.
        """
        token = authorization[7:].strip() if authorization[:7].lower() == "bearer " else ""
        scopes = None if ended or not token else self._store.scopes_of(_hash(token), self._config.now())
        if scopes is None:
            said = 'Bearer realm="register"' + (', error="invalid_token"' if token else "")
            raise Problem(401, "invalid-token", "访问令牌缺失、不对或已过期", headers={"WWW-Authenticate": said}, room="register")
        if scope not in scopes.split():
            said = f'Bearer realm="register", error="insufficient_scope", scope="{scope}"'
            raise Problem(403, "insufficient-scope", "令牌的权限范围不够", headers={"WWW-Authenticate": said}, room="register")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
