"""SM2 signatures with SM3 (GB/T 32918.2, GB/T 35276) over gmssl's curve arithmetic.

gmssl's own ``sign_with_sm3`` hashes in pure Python (0.2 s for a manifest) and takes numbers out of range when it verifies; so the
hash is OpenSSL's and the checks of the standard are made here.
"""

from __future__ import annotations

import secrets

from gmssl import sm2  # type: ignore[import-untyped, unused-ignore]

from assistant.casework.package.manifest import sm3

_TABLE = sm2.default_ecc_table
_P, _N = int(_TABLE["p"], 16), int(_TABLE["n"], 16)
_A, _B = int(_TABLE["a"], 16), int(_TABLE["b"], 16)
_ID = b"1234567812345678"  # the identity everybody uses where none is agreed (GB/T 35276)
SIZE = 64


def generate() -> tuple[bytes, bytes]:
    """A private key (32 bytes) and its public key (64 bytes, x and y)."""
    private = 1 + secrets.randbelow(_N - 2)
    curve = _curve(b"\0" * SIZE, "0")
    point = curve._kg(private, _TABLE["g"])
    return private.to_bytes(32, "big"), bytes.fromhex(point)


def sign(message: bytes, private: bytes, public: bytes) -> bytes:
    """The signature r and s, 64 bytes."""
    curve = _curve(public, private.hex())
    digest = _digest(message, public)
    while True:
        made = curve.sign(digest, f"{1 + secrets.randbelow(_N - 1):064x}")
        if made is not None:
            return bytes.fromhex(made)


def verify(message: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the signature is that key's over the message."""
    if len(signature) != SIZE or not _on_curve(public):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _N and 0 < s < _N) or (r + s) % _N == 0:
        return False
    return bool(_curve(public, "0").verify(signature.hex(), _digest(message, public)))


def _curve(public: bytes, private: str) -> sm2.CryptSM2:
    curve = sm2.CryptSM2(private_key=private, public_key=public.hex())
    curve.public_key = public.hex()  # gmssl takes leading 0s and 4s for the mark of an uncompressed point
    return curve


def _on_curve(public: bytes) -> bool:
    if len(public) != SIZE:
        return False
    x, y = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    return x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0


def _digest(message: bytes, public: bytes) -> bytes:
    curve = bytes.fromhex(_TABLE["a"] + _TABLE["b"] + _TABLE["g"])
    who = bytes.fromhex(sm3((len(_ID) * 8).to_bytes(2, "big") + _ID + curve + public))
    return bytes.fromhex(sm3(who + message))
