"""Anti-forgery codes (防伪码): 15 random characters and one that checks them, typed by hand from paper.

Of signs that are taken for each other (0 O D Q, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V) the alphabet has one at the most. It has 23
signs, a prime, so the weighted sum below notices every single wrong character and every two that changed places. 23^15 is
67 bits: codes are not to be guessed, and the page that looks them up is rate-limited.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "2346789ACEFHJKMNPRTUWXY"
LENGTH = 16
_PLACE = {sign: value for value, sign in enumerate(ALPHABET)}
_GROUP = 4
_IGNORED = frozenset(" -\u00a0\u3000_·.—–‐‑")


class BadCode(ValueError):
    """Not a code, whatever the books say. ``reason``: ``length``, ``sign`` (with ``sign``) or ``check``."""

    def __init__(self, reason: str, sign: str = "") -> None:
        super().__init__(reason)
        self.reason, self.sign = reason, sign


def new_code() -> str:
    """A new code, without dashes."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_sign(body)


def check_sign(body: str) -> str:
    """The sixteenth sign: with it, the sum of value times place (1 to 16) is 0 modulo 23."""
    total = sum(place * _PLACE[sign] for place, sign in enumerate(body, 1))
    # 16 has an inverse modulo 23 (13): 16 * 13 = 208 = 9 * 23 + 1.
    return ALPHABET[-total * 13 % len(ALPHABET)]


def read_code(said: str) -> str:
    """What somebody typed, as the code is kept: any case and width, with or without dashes and blanks.

    Raises:
        BadCode: too long or short, a sign no code has, or the check sign does not fit.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", said).upper() if sign not in _IGNORED)
    foreign = next((sign for sign in plain if sign not in _PLACE), None)
    if foreign is not None:
        raise BadCode("sign", foreign)
    if len(plain) != LENGTH:
        raise BadCode("length")
    if check_sign(plain[:-1]) != plain[-1]:
        raise BadCode("check")
    return plain


def grouped(code: str) -> str:
    """The code as it is printed: four groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
