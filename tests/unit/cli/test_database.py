"""`bandao db`: a backup made here comes back elsewhere, and mistakes are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.foundation.settings import get_settings
from channels.serve.runlock import RunLock
from tests.unit.cli.conftest import Call


def test_backup_and_restore_into_another_folder(
    bandao: Call, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "kept.tar.gz"
    assert bandao("db", "upgrade", "--json").json == {"ok": True}
    made = bandao("db", "backup", archive, "--json").json
    assert Path(made["archive"]).exists() and Path(made["keys"]).exists()

    monkeypatch.setenv("BANDAO_DATA_DIR", str(tmp_path / "other"))
    get_settings.cache_clear()
    restored = bandao("db", "restore", archive, "--json").json
    assert (restored["ok"], restored["audit_head"]) == (True, made["audit_head"])
    assert (tmp_path / "other" / "keys" / "keyring.json").read_bytes() == (data_dir / "keys" / "keyring.json").read_bytes()


def test_a_damaged_backup_is_refused(bandao: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "kept.tar.gz"
    bandao("db", "upgrade")
    bandao("db", "backup", archive)
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    monkeypatch.setenv("BANDAO_DATA_DIR", str(tmp_path / "other"))
    get_settings.cache_clear()
    answer = bandao("db", "restore", archive, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "backup")
    assert answer.json["error"]["remedy"]


def test_nothing_is_restored_under_a_running_server(bandao: Call, data_dir: Path, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar.gz"
    bandao("db", "upgrade")
    bandao("db", "backup", archive)
    with RunLock(data_dir / "run"):
        answer = bandao("db", "restore", archive, "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "running")


def test_rotating_the_key_names_the_new_one(bandao: Call) -> None:
    bandao("db", "upgrade")
    rotation = bandao("db", "rotate-key", "--json").json
    assert rotation["ok"] and len(rotation["dropped"]) == 1
    assert rotation["key_id"] not in rotation["dropped"]


@pytest.mark.parametrize("command", ["backup", "rotate-key"])
def test_without_keys_nothing_is_made_up(bandao: Call, data_dir: Path, tmp_path: Path, command: str) -> None:
    answer = bandao("db", command, *([tmp_path / "x"] if command == "backup" else []), "--json")
    assert (answer.status, answer.json["error"]["code"]) == (1, "keys")
    assert not (data_dir / "keys" / "keyring.json").exists()
