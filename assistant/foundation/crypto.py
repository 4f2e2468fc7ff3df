"""Encryption at rest: AES-256-GCM under a ring of keys, of which one is active and the others can still be read.

A ciphertext is ``b"\\x01" + key id (8 bytes) + nonce (12) + AES-GCM output``. The associated data (AAD) binds it to the
place it belongs to (a column, a blob), so it cannot be moved to another one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_ID_BYTES = 8
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES + NONCE_BYTES


class CannotDecrypt(ValueError):
    """A ciphertext was changed, belongs to another place, or its key is not on the ring."""


class KeyRingError(ValueError):
    """The key ring file is missing or not what this program wrote."""


@dataclass(frozen=True)
class _Ring:
    active: bytes
    keys: dict[bytes, bytes]
    index_key: bytes
    ciphers: dict[bytes, AESGCM] = field(repr=False)
    stamp: tuple[int, int]


class KeyRing:
    """The keys, kept in one JSON file with mode 0600.

    The file is looked at before every encryption (a stat) and read again when it changed: when one process rotates the key,
    all others follow with their next write, so no value is written under a key about to be dropped. What is decrypted names
    its key: only for one that is not known here is the file looked at. (Each look lets another thread in, and a page of a
    hundred values would wait for its turn a hundred times.)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._ring = self._load()

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> KeyRing:
        """The ring kept in ``path``, made with a first key if the file is not there.

        Raises:
            KeyRingError: the file is not readable as a key ring, or is missing and ``create`` is false.
        """
        if not path.exists():
            if not create:
                raise KeyRingError(f"key ring {path} is missing")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            key_id = secrets.token_bytes(KEY_ID_BYTES)
            draft = _draft(path, key_id, {key_id: secrets.token_bytes(32)}, secrets.token_bytes(32))
            # A hard link fails if the name exists: of two processes starting at once, the second opens the first one's ring.
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
            _sync_folder(path.parent)
        return cls(path)

    @property
    def active_id(self) -> bytes:
        """The id (8 bytes) of the key new ciphertexts are made with."""
        return self._current().active

    @property
    def inactive_ids(self) -> list[bytes]:
        """The ids of keys that only decrypt: not empty exactly while a rotation is unfinished."""
        ring = self._current()
        return [key_id for key_id in ring.keys if key_id != ring.active]

    def encrypt(self, data: bytes, aad: bytes) -> bytes:
        """``data`` as ciphertext for the place named by ``aad``."""
        ring = self._current()
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + ring.active + nonce + ring.ciphers[ring.active].encrypt(nonce, data, aad)

    def decrypt(self, data: bytes, aad: bytes) -> bytes:
        """The plain bytes of a ciphertext made with the same ``aad``.

        Raises:
            CannotDecrypt: it was changed, belongs elsewhere, or its key is not on the ring.
        """
        if len(data) < HEADER_BYTES or data[:1] != VERSION:
            raise CannotDecrypt("not a ciphertext of this program")
        key_id = data[1 : 1 + KEY_ID_BYTES]
        cipher = self._ring.ciphers.get(key_id) or self._current().ciphers.get(key_id)
        if cipher is None:
            raise CannotDecrypt(f"key {key_id.hex()} is not on the ring")
        try:
            return cipher.decrypt(data[1 + KEY_ID_BYTES : HEADER_BYTES], data[HEADER_BYTES:], aad)
        except InvalidTag:
            raise CannotDecrypt("the ciphertext was changed or belongs to another place") from None

    def blind_index(self, text: str) -> str:
        """HMAC-SHA256 (64 hex digits) of ``text``: finds equal values without decrypting. Its key outlives rotations."""
        return hmac.new(self._ring.index_key, text.encode(), hashlib.sha256).hexdigest()

    def rotate(self) -> str:
        """Add a fresh key, make it the active one and return its id in hex. Older keys keep decrypting."""
        with self._lock:
            ring = self._load()
            key_id = secrets.token_bytes(KEY_ID_BYTES)
            self._store(key_id, {**ring.keys, key_id: secrets.token_bytes(32)}, ring.index_key)
        return key_id.hex()

    def drop_inactive(self) -> list[str]:
        """Forget every key but the active one; returns their ids in hex. What they alone can read is lost for good."""
        with self._lock:
            ring = self._load()
            self._store(ring.active, {ring.active: ring.keys[ring.active]}, ring.index_key)
        return [key_id.hex() for key_id in ring.keys if key_id != ring.active]

    def _current(self) -> _Ring:
        ring = self._ring
        if _stamp(self.path) != ring.stamp:
            with self._lock:
                ring = self._ring = self._load()
        return ring

    def _load(self) -> _Ring:
        try:
            stamp = _stamp(self.path)
            held = json.loads(self.path.read_text(encoding="ascii"))
            keys = {bytes.fromhex(key_id): base64.b64decode(key) for key_id, key in held["keys"].items()}
            ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
            active = bytes.fromhex(held["active"])
            if active not in keys:
                raise KeyRingError(f"key ring {self.path}: the active key is missing")
            return _Ring(active, keys, base64.b64decode(held["index_key"]), ciphers, stamp)
        except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
            # The cause could quote the file, keys included: name only its kind.
            raise KeyRingError(f"key ring {self.path} cannot be read ({type(error).__name__})") from None

    def _store(self, active: bytes, keys: dict[bytes, bytes], index_key: bytes) -> None:
        draft = _draft(self.path, active, keys, index_key)
        os.replace(draft, self.path)
        _sync_folder(self.path.parent)
        self._ring = self._load()


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError as error:
        raise KeyRingError(f"key ring {path} cannot be read ({type(error).__name__})") from None
    return status.st_ino, status.st_mtime_ns


def _draft(path: Path, active: bytes, keys: dict[bytes, bytes], index_key: bytes) -> Path:
    """A new ring file beside ``path``, on disk before this returns: losing keys loses everything they encrypted."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    text = json.dumps(
        {
            "version": 1,
            "active": active.hex(),
            "keys": {key_id.hex(): base64.b64encode(key).decode() for key_id, key in keys.items()},
            "index_key": base64.b64encode(index_key).decode(),
        },
        indent=1,
    )
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
