"""What a container signs: read, and believed only as far as its key, its times and its addressee go."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import GuestProtocol, Key, KeySet, OctKey
from joserfc.jwt import ClaimsOption

from assistant.foundation.settings import Settings
from assistant.identity.claims import Names, Proven, levels, proven
from assistant.identity.provider import LEEWAY_S, Person, SignInRefused
from channels.parts import Parts

LONGEST_S: Final = 300
"""A ticket is for opening a page now: one that says it holds longer was not made for that."""
ALGORITHMS: Final = frozenset({"HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"})
SHORTEST_KEY: Final = 32
"""Bytes of a shared key, as RFC 7518 wants for HS256."""
LONGEST_ID: Final = 255
_MUST: ClaimsOption = {"essential": True}


class Door:
    """Reads tickets; closed where no keys are set.

    Raises:
        ValueError: the keys or levels that are set are none one could rely on; told at the start, not to somebody at the door.
        OSError: the file of keys cannot be read.
    """

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        self._clock = parts.clock
        self._keys = _keys(settings)
        self._issuer = settings.container_issuer
        self._audience = settings.container_audience or settings.public_url
        self._names = Names(_levels(settings.container_levels))

    @property
    def open(self) -> bool:
        """Whether any container is trusted."""
        return bool(self._keys)

    async def start(self) -> None:
        """Nothing runs beside the routes."""

    async def stop(self) -> None:
        """Nothing runs beside the routes."""

    def read(self, ticket: str) -> tuple[Proven, str]:
        """Who holds the phone, and the ticket's id. That it comes once only is for the caller to hold.

        Raises:
            SignInRefused: it is not signed by a key of ours as that key is to be used, not for us, not for now, or says nobody.
        """
        now = self._clock.now()
        try:
            claims = jwt.decode(ticket, self._key, algorithms=sorted(ALGORITHMS)).claims
            rules = jwt.JWTClaimsRegistry(
                now=int(now.timestamp()), leeway=LEEWAY_S, iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._audience}, sub=_MUST, jti=_MUST, iat=_MUST, exp=_MUST,
            )  # fmt: skip
            rules.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as bad:
            raise SignInRefused(type(bad).__name__) from bad
        if not 0 < claims["exp"] - claims["iat"] <= LONGEST_S:
            raise SignInRefused("long")
        if any(len(claims[name]) > LONGEST_ID for name in ("sub", "jti")):
            raise SignInRefused("claims")
        return proven(Person(self._issuer, claims["sub"], None, claims, ticket), self._names, now), claims["jti"]

    def _key(self, guest: GuestProtocol) -> Key:
        """The key a ticket names, if it is signed the way that key is for: a public key is never taken for a shared one."""
        header = guest.headers()
        key = self._keys.get(str(header.get("kid", "")))
        if key is None or key.alg != header.get("alg"):
            raise ValueError("key")
        return key


def _keys(settings: Settings) -> Mapping[str, Key]:
    if settings.container_keys is None:
        return {}
    if not settings.container_issuer:
        raise ValueError("BANDAO_CONTAINER_ISSUER must say who signs with BANDAO_CONTAINER_KEYS")
    said: Any = json.loads(settings.container_keys.read_text(encoding="utf-8"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)  # of short keys, which are refused below
            keys = KeySet.import_key_set(said).keys
    except (JoseError, KeyError, TypeError, ValueError) as bad:
        raise ValueError(f"BANDAO_CONTAINER_KEYS is no JWK set: {type(bad).__name__}") from None
    found: dict[str, Key] = {}
    for key in keys:
        kid, alg = key.get("kid"), key.alg
        if not isinstance(kid, str) or alg not in ALGORITHMS or kid in found:
            raise ValueError("each key of BANDAO_CONTAINER_KEYS needs a kid of its own and an alg we take")
        if isinstance(key, OctKey) and len(key.raw_value) < SHORTEST_KEY:
            raise ValueError(f"key {kid!r} of BANDAO_CONTAINER_KEYS is shorter than {SHORTEST_KEY} bytes")
        found[kid] = key
    return found


def _levels(text: str) -> Any:
    try:
        return levels(text)
    except ValueError as bad:
        raise ValueError(str(bad).replace("BANDAO_CITIZEN_LEVELS", "BANDAO_CONTAINER_LEVELS")) from None
