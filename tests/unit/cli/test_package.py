"""`bandao package verify`: plain words, a status, JSON; and the keys."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.casework.package.assembly import Trimmings
from assistant.casework.package.build import build
from assistant.casework.package.signing import PackageKeys
from assistant.foundation.settings import get_settings
from channels.cli.program import build as program
from tests.unit.casework.package import samples
from tests.unit.casework.package.test_build import Plain


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BANDAO_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    return tmp_path / "data"


@pytest.fixture
def package(data: Path, tmp_path: Path) -> Path:
    keys = PackageKeys(data / "keys" / "package_keys.json")
    templates = tmp_path / "templates"
    templates.mkdir()
    built = build(samples.case(), samples.GUIDE, [], samples.NOW, Plain(), samples.templates(templates), Trimmings(sealer=keys))
    file = tmp_path / "package.zip"
    file.write_bytes(built.data)
    return file


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(program("package"), ["package", *words])
    return result.exit_code, result.output


def test_what_is_well_is_said_to_be(package: Path) -> None:
    status, said = run("verify", str(package))
    assert status == 0 and "没有改动：办件 BD202611100001，第 1 版" in said and "签名有效：ed25519" in said
    status, said = run("verify", str(package), "--json")
    assert status == 0 and json.loads(said)["ok"] is True


def test_what_was_changed_is_named(package: Path) -> None:
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("附件/更多.pdf", b"x")
    status, said = run("verify", str(package))
    assert status == 1 and "附件/更多.pdf：包里有，清单里没有。" in said
    status, said = run("verify", str(package), "--json")
    held = json.loads(said)
    assert status == 1 and held["findings"] == [{"code": "added", "member": "附件/更多.pdf", "detail": ""}]


def test_keys_can_be_given(package: Path, tmp_path: Path) -> None:
    held = tmp_path / "keys.json"
    held.write_text(run("keys", "--json")[1], encoding="utf-8")
    assert run("verify", str(package), "--key", str(held))[0] == 0
    other = PackageKeys(tmp_path / "other.json").public()[0]
    stranger = tmp_path / "stranger.json"
    stranger.write_text(other.model_dump_json(), encoding="utf-8")
    status, said = run("verify", str(package), "--key", str(stranger))
    assert status == 1 and "不认识" in said


def test_a_rotation_leaves_old_packages_well(package: Path) -> None:
    status, said = run("rotate-key", "--json")
    assert status == 0 and json.loads(said)["ok"] is True
    assert run("verify", str(package))[0] == 0
    keys = json.loads(run("keys", "--json")[1])
    assert keys["total"] == 2 and keys["items"][1]["retired_at"] and "private_key" not in keys["items"][0]
    assert "停用" in run("keys")[1]


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_no_package_at_all(data: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    status, said = run("verify", str(file))
    assert status == 1 and "不是能打开的 zip" in said
    assert run("verify", str(tmp_path / "nowhere.zip"))[0] != 0
    assert run("verify", str(file), "--key", str(file))[0] == 1
