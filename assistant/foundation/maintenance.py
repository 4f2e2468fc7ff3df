"""What an operator does now and then: back up, restore, rotate the key. The command line calls these."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, and_, bindparam, func, or_, select, text, tuple_, update

from assistant.foundation import audit
from assistant.foundation.backups import BackupError, BackupReport, backup, keys_file, raw_table, restore
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.columns import EncryptedJSON, EncryptedText
from assistant.foundation.crypto import KEY_ID_BYTES, VERSION, CannotDecrypt, KeyRing
from assistant.foundation.database import PROBE_AAD, PROBE_KEY, Database
from assistant.foundation.tables import metadata, setting_kv

__all__ = ["BackupError", "BackupReport", "Rotation", "RotationError", "backup", "keys_file", "restore", "rotate_key"]

ROUNDS = 5
"""Sweeps before giving up: a second one is needed only if something was written under the old key during the first."""


class RotationError(RuntimeError):
    """The rotation stopped; the old keys are kept, and it can be started again."""


@dataclass(frozen=True)
class Rotation:
    """A finished rotation: the new key's id, what was re-encrypted by this call, and the ids of the keys dropped."""

    key_id: str
    rows: int
    blobs: int
    dropped: list[str]


def rotate_key(
    db: Database, blobs: BlobStore, keyring: KeyRing, *, clock: Clock | None = None, batch: int = 200
) -> Rotation:
    """Make a new key, re-encrypt every encrypted column and blob under it, then forget the old ones.

    Works in batches of ``batch`` rows, each its own short write transaction, while the app goes on. Killed half-way, it
    is called again and finishes the same rotation: the old key stays on the ring until nothing needs it.

    Raises:
        RotationError: something cannot be decrypted (it names the row or blob), or keeps coming back under an old key.
    """
    clock = clock or SystemClock()
    resumed = bool(keyring.inactive_ids)
    key_id = keyring.active_id.hex() if resumed else keyring.rotate()
    with db.write() as conn:
        audit.append(
            conn, at=clock.now(), actor="system", action="keys.rotation_resumed" if resumed else "keys.rotation_started",
            subject=key_id, detail={},
        )  # fmt: skip
    rows = files = 0
    for _ in range(ROUNDS):
        try:
            rows += sum(_sweep(db, keyring, table, batch) for table in _encrypted_tables())
            files += blobs.rotate()
        except CannotDecrypt as error:
            raise RotationError(str(error)) from None
        if _finish(db, blobs, keyring, clock, {"rows": rows, "blobs": files}):
            return Rotation(key_id, rows, files, keyring.drop_inactive())
    raise RotationError("values keep being written under an old key: is a process running with another key ring file?")


def _encrypted_tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if _encrypted(table)]


def _encrypted(table: Table) -> dict[str, bytes]:
    """The encrypted columns of a table and the associated data of each."""
    return {
        column.name: column.type.place.encode()
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON)
    }


def _stale(raw: Table, names: list[str], keyring: KeyRing) -> Any:
    header = VERSION + keyring.active_id
    return or_(*(func.substr(raw.c[name], 1, 1 + KEY_ID_BYTES, type_=LargeBinary()) != header for name in names))


def _sweep(db: Database, keyring: KeyRing, table: Table, batch: int) -> int:
    """Re-encrypt one table, batch after batch in the order of its primary key; returns how many rows it changed."""
    places = _encrypted(table)
    raw = raw_table(table)
    primary: list[Column[Any]] = list(raw.primary_key.columns)
    wanted = select(*primary, *(raw.c[name] for name in places)).where(_stale(raw, list(places), keyring))
    change = (
        update(raw)
        .where(and_(*(column == bindparam(f"pk_{column.name}") for column in primary)))
        .values({name: bindparam(f"new_{name}") for name in places})
    )
    last: tuple[Any, ...] | None = None
    done = 0
    while True:
        with db.write() as conn:
            page = wanted if last is None else wanted.where(tuple_(*primary) > tuple_(*last))
            rows = conn.execute(page.order_by(*primary).limit(batch).with_for_update()).all()
            if not rows:
                return done
            changes = []
            for row in rows:
                held = row._mapping
                key = {f"pk_{column.name}": held[column.name] for column in primary}
                try:
                    new = {f"new_{name}": _again(keyring, held[name], aad) for name, aad in places.items()}
                except CannotDecrypt as error:
                    where = ", ".join(str(held[column.name]) for column in primary)
                    raise CannotDecrypt(f"{table.name} ({where}): {error}") from None
                changes.append(key | new)
            conn.execute(change, changes)
            last = tuple(rows[-1][: len(primary)])
            done += len(rows)


def _again(keyring: KeyRing, ciphertext: bytes | None, aad: bytes) -> bytes | None:
    return None if ciphertext is None else keyring.encrypt(keyring.decrypt(ciphertext, aad), aad)


def _finish(db: Database, blobs: BlobStore, keyring: KeyRing, clock: Clock, detail: dict[str, int]) -> bool:
    """With every writer kept out, see that nothing needs an old key; then note the rotation. False: sweep again."""
    with db.write() as conn:
        if db.dialect == "postgresql":
            names = ", ".join(table.name for table in _encrypted_tables())
            conn.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
        if any(_remaining(conn, keyring, table) for table in _encrypted_tables()) or any(map(blobs.stale, blobs.ids())):
            return False
        # Committed before the old keys go: a crash in between leaves keys too many, never one too few.
        probe = base64.b64encode(keyring.encrypt(b"bandao", PROBE_AAD)).decode()
        conn.execute(update(setting_kv).where(setting_kv.c.key == PROBE_KEY).values(value=probe))
        audit.append(conn, at=clock.now(), actor="system", action="keys.rotated", subject=keyring.active_id.hex(), detail=detail)
    return True


def _remaining(conn: Connection, keyring: KeyRing, table: Table) -> bool:
    raw = raw_table(table)
    stale = select(text("1")).select_from(raw).where(_stale(raw, list(_encrypted(table)), keyring)).limit(1)
    return conn.execute(stale).first() is not None
