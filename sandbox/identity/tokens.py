"""What the provider signs: ID tokens and logout tokens, right or wrong in the way that was asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from sandbox.identity.faults import Mode

LIFE_S = 300
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Signer:
    """The provider's keys, made when first needed. The newest signs; the one before it stays published for a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: list[RSAKey] = []

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        with self._lock:
            self._keys.append(RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True))
            del self._keys[:-2]

    @property
    def key(self) -> RSAKey:
        """The key that signs."""
        if not self._keys:
            self.rotate()
        return self._keys[-1]

    def published(self) -> dict[str, Any]:
        """The public keys, as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [self.key.as_dict(private=False)] + [key.as_dict(private=False) for key in self._keys[:-1]]}

    def signed(self, claims: dict[str, Any], fault: Mode = "ok", kind: str = "JWT") -> str:
        """The claims as a signed token."""
        key = self.key
        header = {"alg": "RS256", "kid": key.kid, "typ": kind}
        if fault == "alg_none":
            return ".".join([_part({**header, "alg": "none"}), _part(claims), ""])
        if fault == "alg_hs256":
            body = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
            return f"{body}.{_b64(hmac.digest(key.as_pem(private=False), body.encode(), 'sha256'))}"
        if fault == "foreign_key":
            return jwt.encode(header, claims, RSAKey.generate_key(2048), algorithms=["RS256"])
        return jwt.encode(header, claims, key, algorithms=["RS256"])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours.

        Raises:
            joserfc.errors.JoseError: it is none.
        """
        keys = KeySet(list(self._keys) or [self.key])
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


def id_claims(
    person: dict[str, Any], *, issuer: str, client: str, nonce: str, sid: str, access_token: str, now: int, fault: Mode
) -> dict[str, Any]:
    """The claims of an ID token (OpenID Connect Core 1.0, section 2)."""
    wrong: dict[Mode, dict[str, Any]] = {
        "wrong_nonce": {"nonce": "another"}, "expired": {"iat": now - 2 * LIFE_S, "exp": now - LIFE_S},
        "not_yet": {"nbf": now + LIFE_S}, "wrong_audience": {"aud": "another-client"},
        "wrong_issuer": {"iss": "https://elsewhere.example"}, "wrong_hash": {"at_hash": half_hash("another")},
    }  # fmt: skip
    claims = {
        "iss": issuer, "aud": client, "iat": now, "exp": now + LIFE_S, "auth_time": now, "nonce": nonce, "sid": sid,
        "at_hash": half_hash(access_token), **person, **wrong.get(fault, {}),
    }  # fmt: skip
    if fault == "no_nonce":
        del claims["nonce"]
    return claims


def logout_claims(*, issuer: str, client: str, subject: str, sid: str, now: int) -> dict[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""
    return {
        "iss": issuer, "aud": client, "iat": now, "exp": now + 120, "jti": secrets.token_urlsafe(16), "sub": subject,
        "sid": sid, "events": {LOGOUT_EVENT: {}},
    }  # fmt: skip


def half_hash(text: str) -> str:
    """The left half of a SHA-256, as ``at_hash`` wants it."""
    return _b64(hashlib.sha256(text.encode()).digest()[:16])


def _part(content: dict[str, Any]) -> str:
    return _b64(json.dumps(content).encode())


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
