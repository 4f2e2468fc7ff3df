"""Callbacks as the platforms seal them: AES-256-CBC with the account's EncodingAESKey, and a SHA-1 over the sorted parts."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def signature(*parts: str) -> str:
    """SHA-1 in hex of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def sealed(aes_key: str, receiver: str, text: str) -> str:
    """The ciphertext, in Base64."""
    data = text.encode()
    inner = secrets.token_bytes(16) + len(data).to_bytes(4, "big") + data + receiver.encode()
    missing = 32 - len(inner) % 32
    inner += bytes([missing]) * missing
    key = base64.b64decode(aes_key + "=")
    return base64.b64encode(Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor().update(inner)).decode()


def opened(aes_key: str, sealed_text: str) -> str:
    """The text of a ciphertext."""
    key = base64.b64decode(aes_key + "=")
    inner = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor().update(base64.b64decode(sealed_text))
    inner = inner[16 : -inner[-1]]
    return inner[4 : 4 + int.from_bytes(inner[:4], "big")].decode()
