"""Uploads and packages on disk, each one encrypted file named by a random id; the database keeps the ids."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from assistant.foundation.crypto import KEY_ID_BYTES, VERSION, CannotDecrypt, KeyRing

_ID = re.compile(r"[0-9a-f]{32}")


class BlobMissing(KeyError):
    """No blob has this id."""


class BlobStore:
    """Encrypted files below ``root``, spread over 256 folders. Contents are bound to their id: swapped files do not decrypt."""

    def __init__(self, root: Path, keyring: KeyRing) -> None:
        self.root = root
        self.keyring = keyring

    def put(self, data: bytes) -> str:
        """Keep ``data``; on disk when this returns. Returns its id, 32 hex digits.

        Put the blob first, then commit the row that names it: a crash in between leaves a blob nobody names, never a
        row that points nowhere.
        """
        blob_id = secrets.token_hex(16)
        self._write(blob_id, data)
        return blob_id

    def get(self, blob_id: str) -> bytes:
        """The bytes kept under ``blob_id``.

        Raises:
            BlobMissing: there is no such blob.
            CannotDecrypt: the file was changed, or its key is not on the ring.
        """
        return self.keyring.decrypt(self.read_raw(blob_id), _aad(blob_id))

    def delete(self, blob_id: str) -> None:
        """Remove a blob; none of that id is fine."""
        self._path(blob_id).unlink(missing_ok=True)

    def ids(self) -> Iterator[str]:
        """Every id kept, in order."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in sorted(folder.iterdir()):
                if _ID.fullmatch(path.name):
                    yield path.name

    def rotate(self) -> int:
        """Re-encrypt every blob that is not under the active key; returns how many. Safe to kill and call again.

        Raises:
            CannotDecrypt: a blob was changed; the ones before it are done.
        """
        done = 0
        for blob_id in list(self.ids()):
            if self.stale(blob_id):
                try:
                    self._write(blob_id, self.get(blob_id))
                except BlobMissing:
                    continue
                except CannotDecrypt as error:
                    raise CannotDecrypt(f"blob {blob_id}: {error}") from None
                done += 1
        return done

    def stale(self, blob_id: str) -> bool:
        """Whether a blob still needs a key other than the active one; False if it is gone."""
        header = VERSION + self.keyring.active_id
        try:
            with self._path(blob_id).open("rb") as file:
                return file.read(len(VERSION) + KEY_ID_BYTES) != header
        except FileNotFoundError:
            return False

    def read_raw(self, blob_id: str) -> bytes:
        """The ciphertext as it lies on disk, for backups. Raises ``BlobMissing``."""
        try:
            return self._path(blob_id).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(blob_id) from None

    def write_raw(self, blob_id: str, ciphertext: bytes) -> None:
        """Put a ciphertext back where a backup found it.

        Raises:
            CannotDecrypt: it is not this blob's, or its key is not on the ring; nothing is written.
        """
        self.keyring.decrypt(ciphertext, _aad(blob_id))
        self._store(self._path(blob_id), ciphertext)

    def _write(self, blob_id: str, data: bytes) -> None:
        self._store(self._path(blob_id), self.keyring.encrypt(data, _aad(blob_id)))

    def _path(self, blob_id: str) -> Path:
        # Ids come back from the database and from requests: anything but an id never reaches the file system.
        if not _ID.fullmatch(blob_id):
            raise BlobMissing(blob_id)
        return self.root / blob_id[:2] / blob_id

    def _store(self, path: Path, ciphertext: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(ciphertext)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _aad(blob_id: str) -> bytes:
    return b"blob:" + blob_id.encode()


__all__ = ["BlobMissing", "BlobStore", "CannotDecrypt"]
