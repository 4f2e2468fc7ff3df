"""What the app signs: who holds the phone, for one opening of the product's page; right, or wrong as was asked for."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import OctKey

from sandbox.container.config import ALGORITHM, ContainerConfig
from sandbox.container.faults import Mode

LIFE_S: Final = 120
_OTHER_ALG: Final = "HS512"
_LEFT_OUT: Final[dict[Mode, str]] = {
    "no_exp": "exp", "no_jti": "jti", "no_number": "id_number", "no_level": "acr", "no_sub": "sub",
}  # fmt: skip


class Tickets:
    """Signs tickets; each has a number of its own."""

    def __init__(self, config: ContainerConfig) -> None:
        self._config = config
        self._last = secrets.token_urlsafe(16)

    def ticket(self, person: dict[str, Any], now: int, fault: Mode = "ok") -> str:
        """One for this person, from now (unix seconds) on."""
        config, key = self._config, self._config.key
        number = self._last if fault == "same_jti" else secrets.token_urlsafe(16)
        self._last = number
        wrong: dict[Mode, dict[str, Any]] = {
            "expired": {"iat": now - 2 * LIFE_S, "exp": now - LIFE_S}, "not_yet": {"iat": now + LIFE_S, "exp": now + 2 * LIFE_S},
            "hour": {"exp": now + 3600}, "wrong_audience": {"aud": "https://elsewhere.example"},
            "wrong_issuer": {"iss": "https://elsewhere.example"}, "unknown_level": {"acr": "palm"},
        }  # fmt: skip
        claims = {
            "iss": config.issuer, "aud": config.audience, "iat": now, "exp": now + LIFE_S, "jti": number, **person,
            **wrong.get(fault, {}),
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None and name != _LEFT_OUT.get(fault)}
        header = {"alg": ALGORITHM, "kid": str(key.get("kid")), "typ": "JWT"}
        if fault == "alg_none":
            return ".".join([_part({**header, "alg": "none"}), _part(claims), ""])
        if fault == "foreign_key":
            return jwt.encode(header, claims, OctKey.generate_key(256), [ALGORITHM])
        if fault == "wrong_alg":
            same = OctKey.import_key({**key.as_dict(), "alg": _OTHER_ALG})
            return jwt.encode({**header, "alg": _OTHER_ALG}, claims, same, [_OTHER_ALG])
        if fault == "unknown_key":
            header["kid"] = "nobody"
        return jwt.encode(header, claims, key, [ALGORITHM])


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
