"""Staff passwords: Argon2id hashes with the library's recommended cost."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("nobody")


def hash_password(password: str) -> str:
    """The hash to store for ``password``; salted, so two hashes of one password differ."""
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one ``stored`` was made from.

    ``stored`` may be None for an unknown login: the answer is False and takes as long, so that timing tells nobody
    which logins exist.
    """
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether ``stored`` was made at a lower cost than today's: hash again after the next successful sign-in."""
    return _hasher.check_needs_rehash(stored)
