"""espeak-ng behind a program of our own that answers like it, and how a folder of sherpa-onnx is read."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.speech.engines import timing
from assistant.speech.engines.base import EngineError
from assistant.speech.engines.espeak import Espeak
from assistant.speech.engines.sherpa_voice import SherpaVoice, arranged

PROGRAM = """#!{python}
import struct, sys
said = sys.stdin.read()
open({log!r}, "a").write(" ".join(sys.argv[1:]) + " | " + said + "\\n")
if "-x" in sys.argv:
    print("p_l_'i:_z w_'eI_t")
elif {fails}:
    sys.exit("no such voice")
else:
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 0x7FFFF024, b"WAVEfmt ", 16, 1, 1, 22050, 44100, 2, 16, b"data", 0x7FFFF000)
    sound = [0] * 2205 + [9000, -9000] * 11025 + [0] * 2205
    sys.stdout.buffer.write(head + struct.pack("<%dh" % len(sound), *sound))
"""


def program(folder: Path, *, fails: bool = False) -> tuple[str, Path]:
    path, log = folder / "espeak-ng", folder / "log"
    path.write_text(PROGRAM.format(python=sys.executable, log=str(log), fails=fails), encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path), log


def test_espeak_is_given_pinyin_and_its_clauses_lie_one_after_the_other(tmp_path: Path) -> None:
    path, log = program(tmp_path)
    spoken = Espeak(path).synthesise("银行在三楼，请坐。")
    given = log.read_text(encoding="utf-8").splitlines()
    assert [line.partition(" | ")[2] for line in given] == ["yin2 hang2 zai4 san1 lou2,", "qing3 zuo4."]
    assert all("cmn-latn-pinyin" in line for line in given)
    assert spoken.phones[-1].end_s == pytest.approx(len(spoken.pcm) / 2 / spoken.rate)
    assert [p.symbol for p in spoken.phones if p.symbol != "sil"] == ["in2", "h", "ang2", "z", "ai4", "s", "an1", "l", "ou2", "q", "ing3", "z", "uo4"]
    assert spoken.phones[0].symbol == "sil" and spoken.phones[0].end_s == pytest.approx(0.1, abs=0.001)


def test_espeak_says_english_with_sounds_of_english(tmp_path: Path) -> None:
    path, log = program(tmp_path)
    spoken = Espeak(path).synthesise("Please wait.", speed=1.5)
    assert [p.symbol for p in spoken.phones if p.symbol != "sil"] == ["en:p", "en:l", "en:i", "en:z", "en:w", "en:eI", "en:t"]
    assert "-v en-us -s 240" in log.read_text(encoding="utf-8")


def test_espeak_that_is_not_there_or_fails_is_said_by_code(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as missing:
        Espeak("no-such-program-here")
    with pytest.raises(EngineError, match="no such voice") as broken:
        Espeak(program(tmp_path, fails=True)[0]).synthesise("好。")
    with pytest.raises(EngineError) as nothing:
        Espeak(program(tmp_path)[0]).synthesise("……")
    assert (missing.value.code, broken.value.code, nothing.value.code) == ("not_installed", "broken", "nothing_to_say")


def test_estimated_times_lie_within_the_loud_part_and_cover_the_sound() -> None:
    sound = np.concatenate([np.zeros(100, np.int16), np.full(800, 5000, np.int16), np.zeros(100, np.int16)])
    phones = list(timing.spread([("b", 1.0), ("a1", 3.0)], sound, 1000, offset_s=2.0))
    assert [phone.symbol for phone in phones] == ["sil", "b", "a1", "sil"]
    assert [round(phone.end_s, 3) for phone in phones] == [2.1, 2.3, 2.9, 3.0]


def test_silence_has_times_too() -> None:
    assert [phone.end_s for phone in timing.spread([("a1", 1.0)], np.zeros(500, np.int16), 1000)] == [0.5]


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (["model.onnx", "tokens.txt", "lexicon.txt"], "vits"),
        (["model-steps-3.onnx", "vocos-22khz-univ.onnx", "tokens.txt", "lexicon.txt"], "matcha"),
        (["model.onnx", "voices.bin", "tokens.txt", "lexicon-zh.txt", "lexicon-us-en.txt"], "kokoro"),
    ],
)
def test_a_folder_tells_its_kind(tmp_path: Path, files: list[str], kind: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    (tmp_path / "espeak-ng-data").mkdir()
    found, options = arranged(tmp_path)
    assert found == kind
    assert options["data_dir"].endswith("espeak-ng-data")
    assert options["lexicon"].count(".txt") == sum(name.startswith("lexicon") for name in files)


def test_a_folder_without_a_voice_is_named(tmp_path: Path) -> None:
    for folder in (None, tmp_path):
        with pytest.raises(EngineError) as raised:
            SherpaVoice(folder)
        assert raised.value.code == "not_installed"


def test_a_folder_that_is_no_voice_is_broken(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "tokens.txt").write_text("a 1\n", encoding="utf-8")
    with pytest.raises(EngineError) as raised:
        SherpaVoice(tmp_path)
    assert raised.value.code == "broken"
