"""Bearer tokens of conversations and staff sessions: 256 random bits to the holder, only their hash to the database."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> tuple[str, str]:
    """A fresh token (43 URL-safe characters) and the hash to store for it."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    """SHA-256 of a token, 64 hex digits. A plain hash is enough: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_matches(token: str, stored_hash: str) -> bool:
    """Whether ``token`` is the one ``stored_hash`` was made from, compared in constant time."""
    return hmac.compare_digest(hash_token(token), stored_hash)
