"""Blobs: encrypted on disk, bound to their id, and unreadable once changed."""

from __future__ import annotations

import pytest

from assistant.foundation.blobs import BlobMissing, BlobStore
from assistant.foundation.crypto import CannotDecrypt, KeyRing
from assistant.foundation.settings import Settings

CONTENT = "张三的身份证".encode() * 100


@pytest.fixture
def store(settings: Settings, keyring: KeyRing) -> BlobStore:
    return BlobStore(settings.blobs_dir, keyring)


def test_what_is_put_can_be_got_and_is_encrypted_and_private(store: BlobStore) -> None:
    blob_id = store.put(CONTENT)
    assert store.get(blob_id) == CONTENT
    (file,) = (path for path in store.root.rglob("*") if path.is_file())
    assert "张三".encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert list(store.ids()) == [blob_id]


def test_equal_contents_do_not_show(store: BlobStore) -> None:
    first, second = store.put(CONTENT), store.put(CONTENT)
    assert first != second
    assert store.read_raw(first) != store.read_raw(second)


def test_a_changed_or_swapped_file_does_not_open(store: BlobStore) -> None:
    first, second = store.put(b"first"), store.put(b"second")
    paths = [store.root / each[:2] / each for each in (first, second)]
    changed = bytearray(paths[0].read_bytes())
    changed[-1] ^= 1
    paths[0].write_bytes(changed)
    with pytest.raises(CannotDecrypt):
        store.get(first)
    paths[0].write_bytes(paths[1].read_bytes())
    with pytest.raises(CannotDecrypt):
        store.get(first)
    with pytest.raises(CannotDecrypt):
        store.write_raw(first, paths[1].read_bytes())


@pytest.mark.parametrize("name", ["../keys/keyring.json", "", "a" * 31, "A" * 32, "a" * 32 + "\n", "/etc/passwd"])
def test_only_ids_reach_the_file_system(store: BlobStore, name: str) -> None:
    for use in (store.get, store.delete, store.stale, store.read_raw):
        with pytest.raises(BlobMissing):
            use(name)


def test_deleting_twice_is_fine_and_getting_afterwards_is_not(store: BlobStore) -> None:
    blob_id = store.put(CONTENT)
    store.delete(blob_id)
    store.delete(blob_id)
    with pytest.raises(BlobMissing):
        store.get(blob_id)


def test_rotation_leaves_nothing_under_the_old_key(store: BlobStore, keyring: KeyRing) -> None:
    ids = [store.put(bytes([number])) for number in range(3)]
    keyring.rotate()
    assert all(map(store.stale, ids))
    assert store.rotate() == 3
    assert store.rotate() == 0
    keyring.drop_inactive()
    assert [store.get(blob_id) for blob_id in ids] == [b"\x00", b"\x01", b"\x02"]


def test_half_written_files_are_no_blobs(store: BlobStore) -> None:
    blob_id = store.put(CONTENT)
    (store.root / blob_id[:2] / f"{blob_id}.0000.part").write_bytes(b"x")
    assert list(store.ids()) == [blob_id]
