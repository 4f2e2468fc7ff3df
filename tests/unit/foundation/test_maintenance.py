"""Backup, restore and key rotation: complete, resumable after a kill, and refusing what was tampered with."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from assistant.foundation import audit, desk_tables, maintenance, tables
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import FixedClock
from assistant.foundation.columns import EncryptedJSON, EncryptedText
from assistant.foundation.crypto import CannotDecrypt, KeyRing, KeyRingError
from assistant.foundation.database import Database, metadata
from assistant.foundation.maintenance import BackupError, RotationError, backup, keys_file, raw_table, restore, rotate_key
from assistant.foundation.settings import Settings
from tests.unit.foundation.rows import ID_NUMBER, NAME, add_everything_encrypted

ENCRYPTED = [
    table
    for table in metadata.sorted_tables
    if any(isinstance(column.type, EncryptedText | EncryptedJSON) for column in table.columns)
]

@pytest.fixture
def blobs(settings: Settings, keyring: KeyRing) -> BlobStore:
    return BlobStore(settings.blobs_dir, keyring)


@pytest.fixture
def filled(database: Database, blobs: BlobStore, clock: FixedClock) -> Database:
    """Seven conversations with a row in every encrypted table, three blobs and a few audit entries."""
    for number in range(7):
        add_everything_encrypted(database, clock.now(), f"conversation-{number}")
        with database.write() as conn:
            audit.append(conn, at=clock.now(), actor="bot", action="case.created", subject=f"case-{number}", detail={"n": number})
    staff = {"password_hash": "$argon2id$x", "display_name": "示例", "active": True, "created_at": clock.now()}
    with database.write() as conn:
        for number in range(1, 8):
            mine = {"id": f"s{number}", "login": f"op-{number}", "email": f"op-{number}@hall.example"}
            conn.execute(insert(desk_tables.staff), staff | mine)
    for content in (b"one", b"two", b"three"):
        blobs.put(content)
    return database


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows, decrypted; audit and installation facts left out because maintenance adds to them."""
    skipped = {"audit_entry", "setting_kv"}
    with db.read() as conn:
        return {
            table.name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table.name not in skipped
        }


def actions(db: Database) -> list[str]:
    with db.read() as conn:
        assert audit.verify(conn).ok
        wanted = select(tables.audit_entry.c.action).order_by(tables.audit_entry.c.seq)
        return [action for action in conn.execute(wanted).scalars() if action != "case.created"]


def key_ids(db: Database) -> set[bytes]:
    """The ids of all keys any encrypted column still needs."""
    found: set[bytes] = set()
    with db.read() as conn:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, EncryptedText | EncryptedJSON):
                    values = conn.execute(select(raw_table(table).c[column.name])).scalars()
                    found |= {value[1:9] for value in values if value}
    return found


PLACES_TO_DIE = ((maintenance, "_sweep"), (BlobStore, "_write"), (maintenance, "_finish"), (KeyRing, "drop_inactive"))


class TestRotation:
    def test_everything_is_under_the_new_key_and_reads_the_same(
        self, filled: Database, blobs: BlobStore, keyring: KeyRing, clock: FixedClock
    ) -> None:
        before, contents, old = everything(filled), [blobs.get(each) for each in blobs.ids()], keyring.active_id
        done = rotate_key(filled, blobs, keyring, clock=clock, batch=2)
        assert (done.rows, done.blobs, done.dropped) == (7 * len(ENCRYPTED), 3, [old.hex()])
        assert key_ids(filled) == {keyring.active_id} == {bytes.fromhex(done.key_id)}
        assert everything(filled) == before
        assert [blobs.get(each) for each in blobs.ids()] == contents
        assert actions(filled) == ["keys.rotation_started", "keys.rotated"]
        filled.check_keyring()

    @pytest.mark.parametrize("dies_at", range(1, len(ENCRYPTED) + 6))
    def test_killed_anywhere_it_is_finished_by_calling_it_again(
        self, db: Database, blobs: BlobStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, dies_at: int
    ) -> None:
        add_everything_encrypted(db, clock.now())
        blob_id = blobs.put(b"blob")
        keyring, before = db.keyring, everything(db)
        old = keyring.active_id
        blobs.keyring = keyring
        calls = 0

        def dying(work: Callable[..., object]) -> Callable[..., object]:
            def either(*args: object, **kwargs: object) -> object:
                nonlocal calls
                calls += 1
                if calls == dies_at:
                    raise KeyboardInterrupt
                return work(*args, **kwargs)

            return either

        with monkeypatch.context() as patch:
            for owner, name in PLACES_TO_DIE:
                patch.setattr(owner, name, dying(getattr(owner, name)))
            try:
                rotate_key(db, blobs, keyring, clock=clock, batch=1)
                died = False
            except KeyboardInterrupt:
                died = True
        places = len(ENCRYPTED) + 3
        assert died == (dies_at <= places), "every table, one blob, the check and the dropping are the places to die at"
        assert everything(db) == before
        assert blobs.get(blob_id) == b"blob"
        if died:
            assert keyring.inactive_ids == [old]
            rotate_key(db, blobs, keyring, clock=clock)
            assert actions(db)[1] in ("keys.rotation_resumed", "keys.rotated")
        assert keyring.inactive_ids == []
        assert key_ids(db) == {keyring.active_id} != {old}
        assert everything(db) == before
        assert blobs.get(blob_id) == b"blob"

    def test_the_running_app_goes_on_with_the_new_key(
        self, db: Database, settings: Settings, blobs: BlobStore, clock: FixedClock
    ) -> None:
        add_everything_encrypted(db, clock.now())
        app = Database(settings.database_url, KeyRing.open(settings.keyring_path))
        rotate_key(db, blobs, db.keyring, clock=clock)
        add_everything_encrypted(app, clock.now(), "conversation-2")
        assert key_ids(db) == {db.keyring.active_id}
        assert len(everything(app)["case_file"]) == 2
        app.dispose()

    def test_a_damaged_row_stops_it_and_the_old_key_stays(self, db: Database, blobs: BlobStore, clock: FixedClock) -> None:
        add_everything_encrypted(db, clock.now())
        with db.write() as conn:
            conn.execute(update(raw_table(tables.case_)).values(data=db.keyring.encrypt(b"{}", b"elsewhere")))
        with pytest.raises(RotationError, match=r"case_file \(case-of-conversation-1\)"):
            rotate_key(db, blobs, db.keyring, clock=clock)
        assert len(db.keyring.inactive_ids) == 1


class TestBackup:
    def test_it_restores_to_the_same(
        self, filled: Database, settings: Settings, tmp_path: Path, clock: FixedClock, blobs: BlobStore
    ) -> None:
        before, contents = everything(filled), {each: blobs.get(each) for each in blobs.ids()}
        made = backup(filled, settings, tmp_path / "b.tar.gz", clock=clock)
        assert (made.blobs, made.audit_entries) == (3, 7)

        target = Settings(data_dir=tmp_path / "new")
        done = restore(target, tmp_path / "b.tar.gz", clock=clock)
        assert (done.rows, done.blobs, done.audit_head) == (made.rows, 3, made.audit_head)
        db = Database(target.database_url, KeyRing.open(target.keyring_path))
        assert everything(db) == before
        assert actions(db) == ["backup.restored"]
        store = BlobStore(target.blobs_dir, db.keyring)
        assert {each: store.get(each) for each in store.ids()} == contents
        db.upgrade()
        db.dispose()

    @pytest.mark.postgres
    def test_it_moves_an_installation_from_sqlite_to_postgresql(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock, postgres_url: str
    ) -> None:
        add_everything_encrypted(db, clock.now())
        backup(db, settings, tmp_path / "b.tar.gz")
        target = Settings(data_dir=tmp_path / "new", database_url=postgres_url)
        restore(target, tmp_path / "b.tar.gz")
        moved = Database(postgres_url, KeyRing.open(target.keyring_path))
        assert everything(moved) == everything(db)
        moved.dispose()

    def test_the_archive_is_private_and_holds_neither_plain_text_nor_keys(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock
    ) -> None:
        add_everything_encrypted(db, clock.now())
        made = backup(db, settings, tmp_path / "b.tar.gz")
        with tarfile.open(made.archive) as archive:
            content = b"".join(archive.extractfile(member).read() for member in archive)  # type: ignore[union-attr]
        assert b"company-setup" in content
        for secret in (NAME.encode(), ID_NUMBER.encode(), db.keyring._ring.keys[db.keyring.active_id]):
            assert secret not in content
        assert made.keys.read_bytes() == settings.keyring_path.read_bytes()
        for path in (made.archive, made.keys):
            assert path.stat().st_mode & 0o777 == 0o600
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["b.tar.gz", "b.tar.gz.keys"]

    @pytest.mark.parametrize("tamper", ["member", "manifest", "seal", "cut", "extra"])
    def test_a_tampered_archive_is_refused_before_anything_is_written(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock, tamper: str
    ) -> None:
        add_everything_encrypted(db, clock.now())
        source = backup(db, settings, tmp_path / "b.tar.gz").archive
        if tamper == "cut":
            source.write_bytes(source.read_bytes()[:-200])
        else:
            wanted = {"member": "tables/case_file.jsonl", "manifest": "manifest.json", "seal": "manifest.seal"}.get(tamper)
            with tarfile.open(source) as archive:
                members = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
            if wanted:
                # One bit of whatever stands there: a chosen letter may happen not to be in a seal.
                *before, byte, last = members[wanted]
                members[wanted] = bytes([*before, byte ^ 1, last])
            else:
                members["tables/other.jsonl"] = b""
            with tarfile.open(source, "w:gz") as archive:
                for name, content in members.items():
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        target = Settings(data_dir=tmp_path / "new")
        with pytest.raises(BackupError):
            restore(target, source)
        assert not target.keyring_path.exists()
        assert not (target.data_dir / "bandao.db").exists()

    def test_only_an_empty_installation_is_restored_into(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock
    ) -> None:
        source = backup(db, settings, tmp_path / "b.tar.gz").archive
        add_everything_encrypted(db, clock.now())
        with pytest.raises(BackupError, match="not empty"):
            restore(settings, source)
        assert len(everything(db)["conversation"]) == 1
        other = Settings(data_dir=tmp_path / "other")
        KeyRing.open(other.keyring_path)
        with pytest.raises(BackupError, match="key ring of its own"):
            restore(other, source)

    def test_keys_of_another_installation_or_none_are_refused(self, db: Database, settings: Settings, tmp_path: Path) -> None:
        source = backup(db, settings, tmp_path / "b.tar.gz").archive
        KeyRing.open(tmp_path / "foreign.keys")
        with pytest.raises(BackupError, match="another key ring"):
            restore(Settings(data_dir=tmp_path / "new"), source, keys=tmp_path / "foreign.keys")
        keys_file(source).unlink()
        with pytest.raises(KeyRingError, match="missing"):
            restore(Settings(data_dir=tmp_path / "new"), source)

    def test_a_killed_restore_can_be_started_again(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_everything_encrypted(db, clock.now())
        BlobStore(settings.blobs_dir, db.keyring).put(b"blob")
        source = backup(db, settings, tmp_path / "b.tar.gz").archive
        target = Settings(data_dir=tmp_path / "new")
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(BlobStore, "write_raw", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            restore(target, source)
        assert restore(target, source).blobs == 1

    def test_a_rotation_in_between_is_noticed(
        self, db: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(BlobStore, "ids", lambda self: iter([self.keyring.rotate()][:0]))
        with pytest.raises(BackupError, match="rotated"):
            backup(db, settings, tmp_path / "b.tar.gz")
        assert not (tmp_path / "b.tar.gz").exists()

    def test_a_broken_audit_chain_is_not_backed_up_in_silence(
        self, db: Database, settings: Settings, tmp_path: Path, clock: FixedClock
    ) -> None:
        with db.write() as conn:
            audit.append(conn, at=clock.now(), actor="bot", action="case.created", subject="c", detail={})
            conn.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
            conn.exec_driver_sql("UPDATE audit_entry SET actor = 'citizen'")
        with pytest.raises(BackupError, match="entry 1"):
            backup(db, settings, tmp_path / "b.tar.gz")


def test_an_old_key_is_really_gone(db: Database, blobs: BlobStore, clock: FixedClock) -> None:
    add_everything_encrypted(db, clock.now())
    with db.read() as conn:
        old = conn.execute(select(raw_table(tables.case_).c.data)).scalar_one()
        assert conn.execute(select(func.count()).select_from(tables.case_)).scalar_one() == 1
    rotate_key(db, blobs, db.keyring, clock=clock)
    with pytest.raises(CannotDecrypt, match="not on the ring"):
        db.keyring.decrypt(old, b"case_file.data")
