"""Backup and restore: one archive of ciphertext, and apart from it the keys that open it.

The archive is a gzipped tar: ``tables/<name>.jsonl`` (first line the columns, then one row a line; encrypted columns as
they are stored), ``blobs/<id>`` (as they lie on disk), ``manifest.json`` (counts, SHA-256 of every member, length and
head of the audit chain) and ``manifest.seal`` (HMAC of the manifest under the ring's index key). It is the same for
SQLite and PostgreSQL, so an installation moves from one to the other by backup and restore.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import JSON, Column, Connection, LargeBinary, MetaData, Table, delete, func, insert, select, text
from sqlalchemy.types import NullType

from assistant.foundation import audit
from assistant.foundation.blobs import BlobMissing, BlobStore
from assistant.foundation.clock import Clock, SystemClock
from assistant.foundation.columns import EncryptedJSON, EncryptedText, UtcDateTime
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import metadata, setting_kv

FORMAT = 1
CHUNK = 500


class BackupError(ValueError):
    """An archive is damaged, was changed, or cannot be restored here; the message says which."""


@dataclass(frozen=True)
class BackupReport:
    """What an archive holds. ``audit_head`` is the hash of the last audit entry: note it down elsewhere."""

    archive: Path
    keys: Path
    rows: int
    blobs: int
    audit_entries: int
    audit_head: str


def keys_file(archive: Path) -> Path:
    """Where the key ring of an archive is put: beside it. Move it to another place than the archive."""
    return archive.with_name(archive.name + ".keys")


def raw_table(table: Table) -> Table:
    """``table`` with its encrypted columns as the bytes that are stored."""
    return Table(
        table.name,
        MetaData(),
        *(
            Column(
                column.name,
                LargeBinary() if isinstance(column.type, EncryptedText | EncryptedJSON) else column.type,
                primary_key=column.primary_key,
            )
            for column in table.columns
        ),
    )


def backup(db: Database, settings: Settings, target: Path, *, clock: Clock | None = None) -> BackupReport:
    """Write an archive of everything kept to ``target`` and the key ring to ``keys_file(target)``, both with mode 0600.

    The app may go on working: the archive shows the state at the start.

    Raises:
        BackupError: the key was rotated meanwhile, or the audit chain is broken; nothing is written then.
    """
    keyring, store = db.keyring, BlobStore(settings.blobs_dir, db.keyring)
    keys = (keyring.active_id, keyring.inactive_ids)
    draft = target.with_name(target.name + ".part")
    hashes: dict[str, str] = {}
    rows, blobs = 0, 0
    try:
        with _open_private(draft) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            with db.read() as conn:
                if db.dialect == "postgresql":
                    conn.execution_options(isolation_level="REPEATABLE READ")
                revision = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
                chain = audit.verify(conn)
                if not chain.ok:
                    raise BackupError(f"the audit chain is broken at entry {chain.first_bad}")
                for table in metadata.sorted_tables:
                    rows += _add_table(archive, conn, raw_table(table), hashes)
            for blob_id in store.ids():
                try:
                    _add(archive, f"blobs/{blob_id}", store.read_raw(blob_id), hashes)
                    blobs += 1
                except BlobMissing:
                    continue  # deleted since it was listed
            manifest = orjson.dumps({
                "format": FORMAT, "made_at": (clock or SystemClock()).now(), "schema": revision, "rows": rows, "blobs": blobs,
                "audit": {"entries": chain.entries, "head": chain.head}, "sha256": hashes,
            })  # fmt: skip
            _add(archive, "manifest.json", manifest, {})
            _add(archive, "manifest.seal", _seal(keyring, manifest), {})
        if keys != (keyring.active_id, keyring.inactive_ids):
            raise BackupError("the key was rotated during the backup; make it again")
        with _open_private(keys_file(target)) as file:
            file.write(keyring.path.read_bytes())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return BackupReport(target, keys_file(target), rows, blobs, chain.entries, chain.head)


def restore(settings: Settings, source: Path, *, keys: Path | None = None, clock: Clock | None = None) -> BackupReport:
    """Put an archive back into an empty installation: database without rows, key ring missing or the archive's own.

    The whole archive is checked before anything is written, and the rows go in as one transaction; a restore that was
    killed can be started again.

    Raises:
        BackupError: the archive is damaged or was changed, or the installation is not empty.
        crypto.KeyRingError: the key ring (``keys``, default ``keys_file(source)``) is missing.
    """
    keyring = KeyRing.open(keys or keys_file(source), create=False)
    manifest = _check(source, keyring)
    _install_keys(keyring.path, settings.keyring_path)
    db = Database(settings.database_url, KeyRing.open(settings.keyring_path, create=False), settings.fsync)
    try:
        db.upgrade(manifest["schema"])
        store = BlobStore(settings.blobs_dir, db.keyring)
        with tarfile.open(source) as archive, db.write() as conn:
            for table in metadata.sorted_tables:
                if table is not setting_kv and conn.execute(select(func.count()).select_from(table)).scalar():
                    raise BackupError(f"the database is not empty: there are rows in {table.name}")
            conn.execute(delete(setting_kv))
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    continue
                folder, _, name = member.name.partition("/")
                if folder == "tables":
                    _load_table(conn, name.removesuffix(".jsonl"), content)
                elif folder == "blobs":
                    store.write_raw(name, content.read())
            chain = audit.verify(conn)
            if not chain.ok or chain.head != manifest["audit"]["head"]:
                raise BackupError("the audit chain of the archive is broken")
        db.upgrade()
        with db.write() as conn:
            audit.append(
                conn, at=(clock or SystemClock()).now(), actor="system", action="backup.restored", subject=chain.head,
                detail={"rows": manifest["rows"], "blobs": manifest["blobs"]},
            )  # fmt: skip
    finally:
        db.dispose()
    return BackupReport(source, keyring.path, manifest["rows"], manifest["blobs"], chain.entries, chain.head)


def _seal(keyring: KeyRing, manifest: bytes) -> bytes:
    return keyring.blind_index("backup:" + hashlib.sha256(manifest).hexdigest()).encode()


@contextmanager
def _open_private(path: Path) -> Iterator[IO[bytes]]:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _add(archive: tarfile.TarFile, name: str, data: bytes, hashes: dict[str, str]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    archive.addfile(info, io.BytesIO(data))
    hashes[name] = hashlib.sha256(data).hexdigest()


def _kind(column: Column[Any]) -> str:
    match column.type:
        case LargeBinary():
            return "binary"
        case UtcDateTime():
            return "moment"
        case JSON():
            return "json"
    return "plain"


def _add_table(archive: tarfile.TarFile, conn: Connection, table: Table, hashes: dict[str, str]) -> int:
    kinds = {str(column.name): _kind(column) for column in table.columns}
    # A tar member needs its size first, so the rows go through a file: a table may be larger than memory.
    with tempfile.TemporaryFile() as spool:
        spool.write(orjson.dumps({"columns": kinds}) + b"\n")
        count = 0
        ordered = select(table).order_by(*table.primary_key.columns)
        with conn.execute(ordered, execution_options={"yield_per": CHUNK}) as rows:
            for row in rows:
                spool.write(orjson.dumps([base64.b64encode(cell).decode() if isinstance(cell, bytes) else cell for cell in row]))
                spool.write(b"\n")
                count += 1
        info = tarfile.TarInfo(f"tables/{table.name}.jsonl")
        info.size, info.mode = spool.tell(), 0o600
        spool.seek(0)
        hashes[info.name] = hashlib.file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        archive.addfile(info, spool)
    return count


def _load_table(conn: Connection, name: str, content: IO[bytes]) -> None:
    # The archive says what its columns are, so an older schema can be loaded and then migrated.
    kinds: dict[str, str] = orjson.loads(content.readline())["columns"]
    types: dict[str, Any] = {"binary": LargeBinary(), "moment": UtcDateTime(), "json": JSON(), "plain": NullType()}
    statement = insert(Table(name, MetaData(), *(Column(column, types[kind]) for column, kind in kinds.items())))
    chunk: list[dict[str, Any]] = []
    for line in content:
        cells = zip(kinds.items(), orjson.loads(line), strict=True)
        chunk.append({column: _parse(kind, cell) for (column, kind), cell in cells})
        if len(chunk) == CHUNK:
            conn.execute(statement, chunk)
            chunk = []
    if chunk:
        conn.execute(statement, chunk)


def _parse(kind: str, cell: Any) -> Any:
    if cell is None:
        return None
    if kind == "binary":
        return base64.b64decode(cell)
    return datetime.fromisoformat(cell) if kind == "moment" else cell


def _check(source: Path, keyring: KeyRing) -> dict[str, Any]:
    """The manifest of an archive, after comparing every member with it."""
    found: dict[str, str] = {}
    manifest = seal = b""
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    raise BackupError(f"{member.name} does not belong into an archive")
                if member.name == "manifest.json":
                    manifest = content.read()
                elif member.name == "manifest.seal":
                    seal = content.read()
                else:
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # what it asks of a file is all there
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{source} cannot be read as an archive ({type(error).__name__})") from None
    if not hmac.compare_digest(seal, _seal(keyring, manifest)):
        raise BackupError("the archive was changed, is not complete, or belongs to another key ring")
    held: dict[str, Any] = orjson.loads(manifest)
    if held["format"] != FORMAT:
        raise BackupError(f"the archive has format {held['format']}, this program reads {FORMAT}")
    if found != held["sha256"]:
        raise BackupError("the archive was changed: its members are not those of its manifest")
    return held


def _install_keys(source: Path, target: Path) -> None:
    if target.exists():
        if target.read_bytes() != source.read_bytes():
            raise BackupError(f"the installation already has a key ring of its own, {target}: restore into an empty data folder")
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    with _open_private(draft) as file:
        file.write(source.read_bytes())
    os.replace(draft, target)
