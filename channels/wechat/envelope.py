"""The envelope WeChat and WeCom put callbacks in: a signature over token, time, nonce and ciphertext, and AES-256-CBC.

As both platforms publish it (消息加解密): the key is the Base64 of EncodingAESKey and ``=``, the IV its first 16 bytes; inside
are 16 random bytes, the length (4 bytes, big-endian), the text and the receiver's id, padded to multiples of 32 bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

WINDOW = timedelta(minutes=5)
"""How far the platform's clock may be from ours. Its retries come within fifteen seconds."""

LARGEST = 256 * 1024
"""Bytes of a callback. A message has some hundreds, its text at most a few thousand."""

_BLOCK = 32
_RANDOM = 16
_LENGTH = 4


class NotGenuine(Exception):
    """A callback that is not to be believed; ``code``, for the log: ``unsigned forged stale malformed other_receiver``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Envelope:
    """What one account's callbacks are opened and answered with.

    Args:
        receiver: the AppID or CorpID that has to stand inside.

    Raises:
        ValueError: the EncodingAESKey is none.
    """

    receiver: str
    token: str = field(repr=False)
    aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        _key(self.aes_key)

    def signature(self, timestamp: str, nonce: str, *more: str) -> str:
        """SHA-1, in hex, of the sorted parts put together."""
        parts = sorted([self.token, timestamp, nonce, *more])
        return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()

    def check(self, given: str, timestamp: str, nonce: str, *more: str, now: datetime) -> None:
        """Whether a signature is the platform's, and of now.

        Raises:
            NotGenuine: it is not.
        """
        if not (given and timestamp and nonce):
            raise NotGenuine("unsigned")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise NotGenuine("malformed")
        if not hmac.compare_digest(self.signature(timestamp, nonce, *more).encode(), given.encode()):
            raise NotGenuine("forged")
        if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
            raise NotGenuine("stale")

    def open(self, ciphertext: str) -> bytes:
        """The text inside.

        Raises:
            NotGenuine: it is not for us, or no ciphertext.
        """
        try:
            data = base64.b64decode(ciphertext, validate=True)
        except (binascii.Error, ValueError):
            raise NotGenuine("malformed") from None
        if not data or len(data) % 16:
            raise NotGenuine("malformed")
        plain = self._cipher().decryptor().update(data)
        padding = plain[-1]
        end = len(plain) - padding
        if not 1 <= padding <= _BLOCK or end < _RANDOM + _LENGTH or plain[end:] != bytes([padding]) * padding:
            raise NotGenuine("malformed")
        begin = _RANDOM + _LENGTH
        length = int.from_bytes(plain[_RANDOM:begin], "big")
        if begin + length > end:
            raise NotGenuine("malformed")
        if plain[begin + length : end] != self.receiver.encode():
            raise NotGenuine("other_receiver")
        return plain[begin : begin + length]

    def seal(self, text: bytes, random: bytes | None = None) -> str:
        """The ciphertext of a text; ``random`` are 16 bytes, for tests."""
        head = random or secrets.token_bytes(_RANDOM)
        inner = head + len(text).to_bytes(_LENGTH, "big") + text + self.receiver.encode()
        padding = _BLOCK - len(inner) % _BLOCK
        return base64.b64encode(self._cipher().encryptor().update(inner + bytes([padding]) * padding)).decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = _key(self.aes_key)
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _key(aes_key: str) -> bytes:
    try:
        key = base64.b64decode(aes_key.replace("-", "+").replace("_", "/") + "=")
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise ValueError("an EncodingAESKey has 43 characters of Base64")
    return key
