"""Key ring and ciphertexts: nothing changed or moved decrypts, and rotation keeps old data readable until dropped."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.foundation.crypto import CannotDecrypt, KeyRing, KeyRingError


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open(tmp_path_factory.mktemp("ring") / "keyring.json")


@given(data=st.binary(max_size=200), aad=st.binary(max_size=20))
def test_what_goes_in_comes_out(ring: KeyRing, data: bytes, aad: bytes) -> None:
    assert ring.decrypt(ring.encrypt(data, aad), aad) == data


@given(data=st.data())
def test_no_bit_can_be_changed(ring: KeyRing, data: st.DataObject) -> None:
    sealed = bytearray(ring.encrypt("张三".encode(), b"case_file.data"))
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[position // 8] ^= 1 << (position % 8)
    with pytest.raises(CannotDecrypt):
        ring.decrypt(bytes(sealed), b"case_file.data")


def test_a_ciphertext_cannot_be_moved_or_cut(ring: KeyRing) -> None:
    sealed = ring.encrypt(b"secret", b"case_file.data")
    with pytest.raises(CannotDecrypt, match="another place"):
        ring.decrypt(sealed, b"event.data")
    for length in (0, 5, 21, len(sealed) - 1):
        with pytest.raises(CannotDecrypt):
            ring.decrypt(sealed[:length], b"case_file.data")


def test_the_format_is_version_key_nonce_ciphertext(ring: KeyRing) -> None:
    first, second = ring.encrypt(b"same", b"a"), ring.encrypt(b"same", b"a")
    assert first[:1] == b"\x01"
    assert first[1:9] == ring.active_id
    assert len(first) == 1 + 8 + 12 + len(b"same") + 16
    assert first[9:21] != second[9:21]


def test_rotation_reads_the_old_and_writes_the_new_until_dropped(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path / "keyring.json")
    old, index = ring.encrypt(b"old", b"a"), ring.blind_index("x")
    old_id, new_id = ring.active_id, ring.rotate()
    assert ring.active_id.hex() == new_id != old_id.hex()
    assert ring.inactive_ids == [old_id]
    assert ring.decrypt(old, b"a") == b"old"
    new = ring.encrypt(b"new", b"a")
    assert ring.drop_inactive() == [old_id.hex()]
    assert ring.decrypt(new, b"a") == b"new"
    with pytest.raises(CannotDecrypt, match="not on the ring"):
        ring.decrypt(old, b"a")
    assert ring.blind_index("x") == index


def test_another_process_follows_a_rotation_at_once(tmp_path: Path) -> None:
    here, there = KeyRing.open(tmp_path / "keyring.json"), KeyRing.open(tmp_path / "keyring.json")
    here.rotate()
    assert there.encrypt(b"x", b"a")[1:9] == here.active_id
    assert there.decrypt(here.encrypt(b"x", b"a"), b"a") == b"x"


def test_the_file_is_private_and_survives_reopening(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "keyring.json"
    sealed = KeyRing.open(path).encrypt(b"x", b"a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert KeyRing.open(path).decrypt(sealed, b"a") == b"x"
    assert [each.name for each in path.parent.iterdir()] == ["keyring.json"]


def test_opened_by_many_at_once_there_is_one_ring(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.open(tmp_path / "keyring.json"), range(16)))
    assert len({ring.active_id for ring in rings}) == 1


def test_a_missing_or_damaged_file_is_said_without_quoting_it(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    with pytest.raises(KeyRingError, match="missing"):
        KeyRing.open(path, create=False)
    path.write_text('{"keys": {"00": "c2VjcmV0"}, "active": "00"')
    with pytest.raises(KeyRingError) as caught:
        KeyRing.open(path)
    assert "c2VjcmV0" not in str(caught.value)
    ring = KeyRing.open(tmp_path / "other.json")
    held = json.loads((tmp_path / "other.json").read_text())
    (tmp_path / "other.json").write_text(json.dumps(held | {"active": "00" * 8}))
    with pytest.raises(KeyRingError):
        ring.encrypt(b"x", b"a")


def test_blind_indexes_are_equal_for_equal_texts_of_one_ring(tmp_path: Path, ring: KeyRing) -> None:
    other = KeyRing.open(tmp_path / "keyring.json")
    assert ring.blind_index("310101199001011234") == ring.blind_index("310101199001011234")
    assert ring.blind_index("310101199001011234") != ring.blind_index("310101199001011235")
    assert ring.blind_index("310101199001011234") != other.blind_index("310101199001011234")
    assert len(ring.blind_index("")) == 64
