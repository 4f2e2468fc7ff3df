"""The package's own signature: detached, over ``manifest.json``, which holds the hash of every other file.

Keys are kept in one file of data/keys with mode 0600. A rotation makes a new key and forgets the old private one; its public key
stays, so that packages signed with it can still be checked.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ValidationError

from assistant.casework.package import sm2
from assistant.casework.package.manifest import MANIFEST, SIGNATURES, sha256

Algorithm = Literal["ed25519", "sm2"]


class KeyUnreadable(ValueError):
    """A key file or text is none of ours; the message says why."""


class PublicKey(BaseModel):
    """A key packages are checked with. ``public_key`` is base64 of 32 bytes (Ed25519) or of x and y, 64 bytes (SM2)."""

    key_id: str
    algorithm: Algorithm
    public_key: str
    created_at: datetime | None = None
    retired_at: datetime | None = None

    def raw(self) -> bytes:
        """The key's bytes."""
        return base64.b64decode(self.public_key, validate=True)


class _Key(PublicKey):
    private_key: str | None = None


class _File(BaseModel):
    active: dict[Algorithm, str] = {}
    keys: list[_Key] = []


class DetachedSignature(BaseModel):
    """The file ``signatures/package.json``. ``value`` is base64 of 64 bytes."""

    algorithm: Algorithm
    key_id: str
    public_key: str
    signed: str
    sha256: str
    value: str

    def as_file(self) -> bytes:
        """The only way this signature is written: a byte more or less is a change."""
        return json.dumps(self.model_dump(), indent=2).encode()


class PackageKeys:
    """The signing keys of one installation. Thread-safe; the file is read for every use, so a rotation counts at once."""

    def __init__(self, path: Path, algorithm: Algorithm = "ed25519") -> None:
        self._path, self._algorithm = path, algorithm
        self._lock = threading.Lock()

    def declared(self) -> dict[str, Any]:
        """What the manifest says of the signature to come; a first key is made where there is none."""
        key = self._active()
        return {
            "kind": "package", "algorithm": key.algorithm, "key_id": key.key_id, "path": f"{SIGNATURES}package.json",
            "signed": MANIFEST,
        }  # fmt: skip

    def sign(self, manifest: bytes, declared: dict[str, Any]) -> bytes:
        """The detached signature's file over a manifest's bytes, or those of another file that ``declared`` names as ``signed``.

        Raises:
            KeyUnreadable: the declared key was rotated away meanwhile.
        """
        key = next((k for k in self._read().keys if k.key_id == declared["key_id"] and k.private_key), None)
        if key is None or key.private_key is None:
            raise KeyUnreadable("the key was rotated while a package was being made")
        private = base64.b64decode(key.private_key)
        if key.algorithm == "sm2":
            value = sm2.sign(manifest, private, key.raw())
        else:
            value = Ed25519PrivateKey.from_private_bytes(private).sign(manifest)
        held = DetachedSignature(
            algorithm=key.algorithm, key_id=key.key_id, public_key=key.public_key, signed=declared["signed"],
            sha256=sha256(manifest), value=base64.b64encode(value).decode(),
        )  # fmt: skip
        return held.as_file()

    def public(self) -> list[PublicKey]:
        """Every public key, the newest first, retired ones included; a first one is made where there is none."""
        self._active()
        return self.known()

    def known(self) -> list[PublicKey]:
        """As ``public``, but nothing is made."""
        return [PublicKey.model_validate(key.model_dump(exclude={"private_key"})) for key in reversed(self._read().keys)]

    def rotate(self, now: datetime) -> PublicKey:
        """A new key for the packages to come. The old private key is forgotten."""
        with self._lock:
            file = self._read()
            for key in file.keys:
                if key.key_id == file.active.get(self._algorithm):
                    key.private_key, key.retired_at = None, now
            made = _new(self._algorithm, now)
            file.keys.append(made)
            file.active[self._algorithm] = made.key_id
            draft = self._draft(file)
            os.replace(draft, self._path)
            return PublicKey.model_validate(made.model_dump(exclude={"private_key"}))

    def _active(self) -> _Key:
        file = self._read()
        wanted = file.active.get(self._algorithm)
        found = next((key for key in file.keys if key.key_id == wanted), None)
        if found is not None:
            return found
        with self._lock:
            made = _new(self._algorithm, datetime.now().astimezone())
            file.keys.append(made)
            file.active[self._algorithm] = made.key_id
            draft = self._draft(file)
            if self._path.exists():  # a first key of another algorithm beside the others
                os.replace(draft, self._path)
            else:
                with suppress(FileExistsError):  # of two processes starting at once, the second takes the first one's key
                    os.link(draft, self._path)
                draft.unlink()
        file = self._read()
        return next(key for key in file.keys if key.key_id == file.active[self._algorithm])

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
        except ValidationError as error:
            raise KeyUnreadable(f"{self._path} is not a file of package keys") from error

    def _draft(self, file: _File) -> Path:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(file.model_dump_json(indent=2).encode())
            out.flush()
            os.fsync(out.fileno())
        return draft


def fits(held: DetachedSignature, manifest: bytes, key: PublicKey) -> bool:
    """Whether a signature is that key's over these bytes."""
    try:
        value, public = base64.b64decode(held.value, validate=True), key.raw()
        if key.algorithm == "sm2":
            return sm2.verify(manifest, value, public)
        Ed25519PublicKey.from_public_bytes(public).verify(value, manifest)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_keys(text: str) -> list[PublicKey]:
    """Public keys from what ``package keys`` or ``GET /api/v1/package-keys`` say (one or a list), or from a PEM (Ed25519).

    Raises:
        KeyUnreadable: it is neither.
    """
    try:
        if text.lstrip().startswith("-----BEGIN"):
            pem = serialization.load_pem_public_key(text.encode())
            if not isinstance(pem, Ed25519PublicKey):
                raise KeyUnreadable("a PEM here is an Ed25519 public key")
            raw = pem.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return [PublicKey(key_id=key_id(raw), algorithm="ed25519", public_key=base64.b64encode(raw).decode())]
        held = json.loads(text)
        entries: Iterable[Any] = held.get("items", [held]) if isinstance(held, dict) else held
        keys = [PublicKey.model_validate(entry) for entry in entries]
    except (ValueError, TypeError, AttributeError) as error:
        raise KeyUnreadable(f"not a public key: {type(error).__name__}") from error
    wrong = [key.key_id for key in keys if key_id(key.raw()) != key.key_id]
    if wrong or not keys:
        raise KeyUnreadable(f"these key ids are not those of their keys: {', '.join(wrong)}" if wrong else "no key in it")
    return keys


def key_id(public: bytes) -> str:
    """The name of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def _new(algorithm: Algorithm, now: datetime) -> _Key:
    if algorithm == "sm2":
        private, public = sm2.generate()
    else:
        made = Ed25519PrivateKey.generate()
        private = made.private_bytes_raw()
        public = made.public_key().public_bytes_raw()
    encoded = cast("tuple[str, str]", tuple(base64.b64encode(part).decode() for part in (private, public)))
    return _Key(key_id=key_id(public), algorithm=algorithm, public_key=encoded[1], private_key=encoded[0], created_at=now)
