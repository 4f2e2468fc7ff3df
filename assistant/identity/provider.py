"""Signing in at an identity provider, staff's or citizens': OpenID Connect, the authorization code flow with PKCE.

What the provider signs is believed only after its signature (never ``none``, never a shared secret), issuer, audience, times and
nonce were checked; the rest of a token says nothing until then.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from assistant.foundation.logging import get_logger

log = get_logger(__name__)
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_S = 60
FRESH_S = 3600.0
"""How long what the provider says of itself is believed without asking again."""
PATIENCE_S = 10.0
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderAway(Exception):
    """The provider does not answer, or not as a provider does."""


class SignInRefused(Exception):
    """What came back proves nobody's identity; ``why`` is a code for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Trip:
    """What must come back unchanged from the way to the provider; known to the browser that went, and to nobody else."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Trip:
        """A fresh one; the verifier is of the greatest length RFC 7636 wants to be safe."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass(frozen=True)
class Person:
    """Somebody the provider vouches for: ``subject`` is hers for ever, among the ``claims`` anything may change."""

    issuer: str
    subject: str
    sid: str | None
    claims: Mapping[str, Any]
    id_token: str


class IdentityProvider:
    """One provider, found by its issuer's address."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, return_url: str, *, scope: str = "openid profile",
        wanted_claim: str = "", now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.issuer, self.client_id, self._secret, self.return_url = issuer, client_id, client_secret, return_url
        self._scope, self._wanted_claim, self._now = scope, wanted_claim, now
        self._lock = threading.Lock()
        self._said: dict[str, Any] = {}
        self._said_at = 0.0
        self._keys: KeySet | None = None

    def begin(self, trip: Trip, **asked: str) -> str:
        """Where to send the browser; ``asked`` are further parameters (``acr_values``, ``prompt`` …).

        Raises:
            ProviderAway: it cannot be reached.
        """
        with self._client() as client:
            there = self._discovered(client)["authorization_endpoint"]
            address, _ = client.create_authorization_url(
                there, state=trip.state, nonce=trip.nonce, code_verifier=trip.verifier, **asked
            )
        return str(address)

    def finish(self, trip: Trip, answer: Mapping[str, str]) -> Person:
        """Who came back with this answer in the address.

        Raises:
            SignInRefused: it is not an answer to this trip, the provider refused, or what it signed does not hold.
            ProviderAway: it cannot be reached.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
            raise SignInRefused("state")
        with self._client() as client:
            said = self._discovered(client)
            # RFC 9207: an answer that another provider gave is not taken to this one
            named = answer.get("iss", "")
            if named != self.issuer and (named or said.get("authorization_response_iss_parameter_supported")):
                raise SignInRefused("iss")
            if "error" in answer or not answer.get("code"):
                raise SignInRefused("denied" if answer.get("error") == "access_denied" else "error")
            try:
                token = client.fetch_token(said["token_endpoint"], code=answer["code"], code_verifier=trip.verifier)
            except OAuthError as refused:
                raise SignInRefused("code") from refused
            except Exception as away:  # whatever a network does
                raise ProviderAway from away
            claims = self._id_claims(client, str(token.get("id_token", "")), trip.nonce, str(token.get("access_token", "")))
            more = self._more(client, said, claims)
        return Person(self.issuer, str(claims["sub"]), claims.get("sid"), more, str(token["id_token"]))

    def leave(self, id_token: str | None, back: str) -> str | None:
        """Where the browser goes to end the session at the provider too, if that can be done there.

        An ID token that tells more than who one is to the provider is left out: addresses are kept in histories and logs.
        """
        try:
            with self._client() as client:
                address = self._discovered(client).get("end_session_endpoint")
        except ProviderAway:
            return None
        if not address:
            return None
        hint = {"id_token_hint": id_token} if id_token else {}
        asked = urlencode({**hint, "post_logout_redirect_uri": back, "client_id": self.client_id})
        return f"{address}{'&' if '?' in address else '?'}{asked}"

    def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        """Subject and session a logout token speaks of, at least one of them (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Raises:
            SignInRefused: it does not hold.
            ProviderAway: its keys cannot be had.
        """
        with self._client() as client:
            claims = self._checked(client, logout_token, {})
        events, subject, sid = claims.get("events"), claims.get("sub"), claims.get("sid")
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims or not (subject or sid):
            raise SignInRefused("no_logout_token")
        if abs(self._now().timestamp() - float(claims["iat"])) > 2 * LEEWAY_S:
            raise SignInRefused("old")
        return subject, sid

    def _id_claims(self, client: OAuth2Client, id_token: str, nonce: str, access_token: str) -> CodeIDToken:
        claims = self._checked(client, id_token, {"nonce": nonce, "access_token": access_token})
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise SignInRefused("sub")
        return claims

    def _checked(self, client: OAuth2Client, token: str, params: dict[str, str]) -> CodeIDToken:
        """The claims of a signed token that holds here and now."""
        try:
            read = self._read(client, token)
            options = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self.client_id}}
            # a logout token need not say whose session it ends
            claims = CodeIDToken(read.claims, read.header, options, {"client_id": self.client_id, **params})
            if "events" in claims and "sub" not in claims:
                claims.ESSENTIAL_CLAIMS = ["iss", "aud", "exp", "iat"]
            claims.validate(int(self._now().timestamp()), LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as bad:
            raise SignInRefused(type(bad).__name__) from bad
        return claims

    def _read(self, client: OAuth2Client, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._key_set(client), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):
            # Signed with a key we have not seen: providers change theirs
            return jwt.decode(token, self._key_set(client, fresh=True), algorithms=ALGORITHMS)

    def _more(self, client: OAuth2Client, said: dict[str, Any], claims: CodeIDToken) -> dict[str, Any]:
        """The claims, with those the provider tells only who asks for them, where the ID token lacks the one that is wanted."""
        found = dict(claims)
        address = said.get("userinfo_endpoint")
        if not self._wanted_claim or claim(found, self._wanted_claim) is not None or not address:
            return found
        told = self._json(client, address, withhold_token=False)
        if told.get("sub") != found["sub"]:
            raise SignInRefused("userinfo")
        return {**told, **found}

    def _discovered(self, client: OAuth2Client) -> dict[str, Any]:
        with self._lock:
            if self._said and time.monotonic() - self._said_at < FRESH_S:
                return self._said
        said = self._json(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        plain = self.issuer.startswith("http://")
        begins = ("https://", "http://") if plain else ("https://",)
        sound = all(isinstance(said.get(name), str) and said[name].startswith(begins) for name in _ADDRESSES)
        if said.get("issuer") != self.issuer or not sound:
            log.warning("identity.away", reason="discovery")
            raise ProviderAway
        with self._lock:
            self._said, self._said_at, self._keys = said, time.monotonic(), None
        return said

    def _key_set(self, client: OAuth2Client, *, fresh: bool = False) -> KeySet:
        with self._lock:
            if self._keys is not None and not fresh:
                return self._keys
        said = self._json(client, self._discovered(client)["jwks_uri"])
        keys = KeySet.import_key_set({"keys": [key for key in said.get("keys", []) if key.get("use", "sig") == "sig"]})
        with self._lock:
            self._keys = keys
        return keys

    def _json(self, client: OAuth2Client, address: str, *, withhold_token: bool = True) -> dict[str, Any]:
        try:
            answer = client.request("GET", address, withhold_token=withhold_token)
            answer.raise_for_status()
            said = answer.json()
        except Exception as away:  # whatever a network does
            log.warning("identity.away", error=type(away).__name__)
            raise ProviderAway from away
        if not isinstance(said, dict):
            raise ProviderAway
        return said

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.client_id, self._secret, token_endpoint_auth_method="client_secret_basic", scope=self._scope,
            redirect_uri=self.return_url, code_challenge_method="S256", timeout=PATIENCE_S, trust_env=False,
            follow_redirects=False,
        )  # fmt: skip


def claim(claims: Mapping[str, Any], path: str) -> Any:
    """What stands in the claims under a path of names with dots between them, or None.

    >>> claim({"realm_access": {"roles": ["a"]}}, "realm_access.roles")
    ['a']
    """
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
