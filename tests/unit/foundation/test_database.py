"""The database: at rest nothing can be read, one writer at a time, readers cannot write, migrations equal the tables."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, update

from assistant.foundation import desk_tables, tables
from assistant.foundation.clock import SHANGHAI, FixedClock
from assistant.foundation.columns import EncryptedJSON, EncryptedText
from assistant.foundation.crypto import CannotDecrypt, KeyRing
from assistant.foundation.database import Database, WrongKeyRing, metadata
from assistant.foundation.settings import Settings
from tests.unit.foundation.rows import FILE_NAME, ID_NUMBER, NAME, add_conversation, add_everything_encrypted


def test_migrations_equal_the_tables(database: Database) -> None:
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        inspector = sa.inspect(conn)
        for table in metadata.sorted_tables:
            # Alembic compares neither primary keys nor, on SQLite, what a foreign key does on delete.
            assert inspector.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key.columns]
            cascading = {tuple(key["constrained_columns"]) for key in inspector.get_foreign_keys(table.name) if key["options"]}
            assert cascading == {tuple(key.column_keys) for key in table.foreign_key_constraints if key.ondelete}


def test_upgrading_again_changes_nothing(database: Database, clock: FixedClock) -> None:
    add_everything_encrypted(database, clock.now())
    database.upgrade()
    with database.read() as conn:
        assert conn.execute(select(tables.conversation.c.state)).scalar_one()["name"] == NAME


def test_many_processes_may_upgrade_at_once(database_url: str, keyring: KeyRing) -> None:
    databases = [Database(database_url, keyring) for _ in range(4)]
    failures: list[Exception] = []

    def upgrade(each: Database) -> None:
        try:
            each.upgrade()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=upgrade, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in databases:
        each.dispose()
    assert failures == []


def test_everything_encrypted_comes_back(database: Database, clock: FixedClock) -> None:
    add_everything_encrypted(database, clock.now())
    with database.read() as conn:
        assert conn.execute(select(tables.turn.c.response)).scalar_one() == f'{{"text":"{NAME}"}}'
        assert conn.execute(select(tables.event.c.data)).scalar_one() == {"text": f"我叫{NAME}"}
        assert conn.execute(select(tables.case_.c.data)).scalar_one() == {"applicant": NAME, "id": ID_NUMBER}
        assert conn.execute(select(tables.upload.c.file_name)).scalar_one() == FILE_NAME
        assert conn.execute(select(desk_tables.desk_entry.c.note)).scalar_one() == f"{NAME} 想找人工"


def test_the_files_on_disk_hold_no_plain_text(db: Database, settings: Settings, clock: FixedClock) -> None:
    add_everything_encrypted(db, clock.now())
    files = [path for path in settings.data_dir.iterdir() if path.name.startswith("bandao.db")]
    content = b"".join(path.read_bytes() for path in files)
    db.dispose()
    content += b"".join(path.read_bytes() for path in settings.data_dir.iterdir() if path.name.startswith("bandao.db"))
    assert b"company-setup" in content, "the rows are not in these files: the test looks at the wrong ones"
    for secret in (NAME, ID_NUMBER, FILE_NAME, "想找人工"):
        assert secret.encode() not in content
        assert secret.encode("unicode_escape") not in content


def test_the_files_are_private(settings: Settings, clock: FixedClock) -> None:
    made = Database(settings.database_url, KeyRing.open(settings.keyring_path))
    made.upgrade()
    add_conversation(made, clock.now())
    modes = {path.name: path.stat().st_mode & 0o777 for path in settings.data_dir.iterdir() if path.is_file()}
    assert modes
    assert set(modes.values()) == {0o600}


def test_encrypted_columns_are_bound_to_their_place() -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText | EncryptedJSON):
                assert column.type.place == f"{table.name}.{column.name}"


def test_a_ciphertext_moved_to_another_column_does_not_open(database: Database, clock: FixedClock) -> None:
    add_everything_encrypted(database, clock.now())
    with database.write() as conn:
        conn.execute(sa.text("UPDATE event SET data = (SELECT state FROM conversation)"))
    with database.read() as conn, pytest.raises(CannotDecrypt):
        conn.execute(select(tables.event.c.data)).all()


def test_readers_cannot_write(database: Database, clock: FixedClock) -> None:
    add_conversation(database, clock.now())
    with database.read() as conn, pytest.raises((sa.exc.OperationalError, sa.exc.InternalError), match=r"(?i)read-?only"):
        conn.execute(update(tables.conversation).values(owner="staff"))


def test_a_failed_write_leaves_nothing_and_the_next_one_works(database: Database, clock: FixedClock) -> None:
    with pytest.raises(RuntimeError, match="half-way"), database.write() as conn:
        conn.execute(insert(tables.setting_kv).values(key="k", value=1))
        raise RuntimeError("half-way")
    with database.write() as conn:
        conn.execute(insert(tables.setting_kv).values(key="k", value=2))
    with database.read() as conn:
        assert conn.execute(select(tables.setting_kv.c.value).where(tables.setting_kv.c.key == "k")).scalar_one() == 2


def test_concurrent_writers_lose_no_update(database: Database) -> None:
    with database.write() as conn:
        conn.execute(insert(tables.setting_kv).values(key="count", value=0))
    wanted = tables.setting_kv.c.key == "count"

    def count() -> None:
        for _ in range(10):
            with database.write() as conn:
                value = conn.execute(select(tables.setting_kv.c.value).where(wanted).with_for_update()).scalar_one()
                conn.execute(update(tables.setting_kv).where(wanted).values(value=value + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        assert conn.execute(select(tables.setting_kv.c.value).where(wanted)).scalar_one() == 40


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.write() as writing:
        writing.execute(insert(tables.setting_kv).values(key="k", value=1))
        with database.read() as reading:
            assert reading.execute(select(tables.setting_kv.c.value).where(tables.setting_kv.c.key == "k")).all() == []


def test_json_columns_take_any_json(database: Database) -> None:
    values = [0, 7, 1.5, "7", "text", True, [1], {"a": None}]
    with database.write() as conn:
        conn.execute(insert(tables.setting_kv), [{"key": f"k{n}", "value": value} for n, value in enumerate(values)])
    with database.read() as conn:
        kept = {row.key: row.value for row in conn.execute(select(tables.setting_kv))}
    assert [kept[f"k{n}"] for n in range(len(values))] == values


def test_foreign_keys_are_enforced(database: Database, clock: FixedClock) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as conn:
        conn.execute(insert(tables.event).values(conversation_id="nobody", seq=1, kind="turn", data={}, at=clock.now()))


def test_moments_keep_their_instant_and_read_in_shanghai(database: Database) -> None:
    moment = datetime(2025, 9, 30, 8, 30, 0, 123456, tzinfo=UTC)
    add_conversation(database, moment)
    with database.read() as conn:
        read = conn.execute(select(tables.conversation.c.created_at)).scalar_one()
    assert read == moment
    assert read.isoformat() == "2025-09-30T16:30:00.123456+08:00"
    assert read.tzinfo is SHANGHAI
    with pytest.raises(sa.exc.StatementError, match="time zone"):
        add_conversation(database, datetime(2025, 9, 30), "other")


def test_text_columns_refuse_what_is_not_text(db: Database, clock: FixedClock) -> None:
    add_everything_encrypted(db, clock.now())
    with pytest.raises(sa.exc.StatementError, match=r"turn\.response holds text"), db.write() as conn:
        conn.execute(update(tables.turn).values(response=b"{}"))


def test_another_key_ring_is_noticed_at_the_start(database_url: str, database: Database, tmp_path: Path) -> None:
    stranger = Database(database_url, KeyRing.open(tmp_path / "other.json"))
    with pytest.raises(WrongKeyRing):
        stranger.upgrade()
    stranger.dispose()


def test_two_databases_of_one_process_use_their_own_rings(tmp_path: Path, clock: FixedClock) -> None:
    made = []
    for name in ("a", "b"):
        each = Database(f"sqlite:///{tmp_path}/{name}.db", KeyRing.open(tmp_path / f"{name}.json"))
        each.upgrade()
        add_conversation(each, clock.now(), state={"in": name})
        made.append(each)
    for name, each in zip(("a", "b"), made, strict=True):
        with each.read() as conn:
            assert conn.execute(select(tables.conversation.c.state)).scalar_one() == {"in": name}
        each.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_unsupported_addresses_are_refused(url: str, keyring: KeyRing) -> None:
    with pytest.raises((ValueError, sa.exc.ArgumentError)):
        Database(url, keyring)


def test_sqlite_is_set_up_as_promised(db: Database) -> None:
    for opened in (db.read, db.write):
        with opened() as conn:
            value = [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")]
        assert value == ["wal", 1, 1]
