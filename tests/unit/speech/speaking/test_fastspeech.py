"""The demo's voice put together: breaths, times, silence at the edges, and what is wrong said by name."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.speech.engines.base import EngineError
from assistant.speech.engines.fastspeech import FRAME, LONGEST, RATE, FastSpeech, breaths, spelled
from assistant.speech.speaking.pronouncing import pronounce
from assistant.speech.speaking.visemes import visemes
from tests.unit.speech.speaking import tiny


@pytest.fixture
def voice(tmp_path: Path) -> FastSpeech:
    return FastSpeech(tiny.make(tmp_path))


def test_sounds_and_their_times_cover_the_speech(voice: FastSpeech) -> None:
    spoken = voice.synthesise("您好，请问您要办什么？请说。")
    seconds = len(spoken.pcm) / 2 / RATE
    assert spoken.rate == RATE == voice.rate
    assert spoken.phones[0].start_s == 0
    assert spoken.phones[-1].end_s == pytest.approx(seconds)
    assert all(before.end_s == pytest.approx(after.start_s) for before, after in pairwise(spoken.phones))
    assert [phone.symbol for phone in spoken.phones if phone.symbol != "sil"][:4] == ["n", "in2", "h", "ao3"]
    assert visemes(spoken.phones)[-1].end_s == pytest.approx(seconds)


def test_every_syllable_is_heard_once(voice: FastSpeech) -> None:
    text = "请把营业执照正副本带到二楼窗口，我们在那里等您。"
    finals = [phone.symbol for phone in voice.synthesise(text).phones if phone.symbol[-1:].isdigit()]
    assert finals == [f"{one.final}{one.tone}" for one in pronounce(text)]


def test_a_moment_between_syllables_belongs_to_the_initial_that_follows(voice: FastSpeech) -> None:
    phones = {phone.symbol: phone for phone in voice.synthesise("办理").phones}
    assert phones["l"].end_s - phones["l"].start_s == pytest.approx(2 * tiny.FRAMES * FRAME / RATE)


def test_the_silence_before_is_short_and_the_shapes_wait_for_the_sound(voice: FastSpeech) -> None:
    spoken = voice.synthesise("好。")
    silent = int(np.flatnonzero(np.frombuffer(spoken.pcm, "<i2"))[0]) / RATE
    assert silent == pytest.approx(0.05)
    assert spoken.phones[0].symbol == "sil" and 0 < spoken.phones[0].end_s - silent < 0.05


def test_the_mouth_sets_out_shortly_before_it_is_heard_however_long_the_model_breathes(
    voice: FastSpeech, monkeypatch: pytest.MonkeyPatch
) -> None:
    acoustic, vocoder, ids = voice._models()
    silent = tiny.FRAMES  # of what the model says are sounds

    class Breathing:
        def run(self, names: None, given: dict[str, object]) -> list[np.ndarray]:
            sound = vocoder.run(names, given)[0].copy()
            flat = sound.reshape(-1)
            flat[: int(np.flatnonzero(flat)[0]) + silent * FRAME] *= 0.03
            return [sound]

    monkeypatch.setattr(voice, "_loaded", (acoustic, Breathing(), ids))
    spoken = voice.synthesise("好。")
    pcm = np.abs(np.frombuffer(spoken.pcm, "<i2").astype(int))
    heard = int(np.flatnonzero(pcm > 0.06 * pcm.max())[0]) / RATE
    begins = next(phone.start_s for phone in spoken.phones if phone.symbol != "sil")
    assert 0 < heard - begins <= 0.05
    assert [phone.symbol for phone in spoken.phones if phone.symbol != "sil"] == ["h", "ao3"]


def test_a_long_sentence_is_said_in_breaths() -> None:
    syllables = pronounce("请携带本人有效身份证件原件以及复印件和最近一次提交的申请材料前往政务服务中心办理" * 2)
    parts = list(breaths(syllables))
    assert [one for part in parts for one in part] == syllables
    assert len(parts) > 1 and all(len(part) <= LONGEST + 6 for part in parts)
    assert all(part[0].word for part in parts)


def test_symbols_of_words_and_stops() -> None:
    assert spelled(pronounce("身份证，好")) == ["sil", "sh", "en1", "#0", "f", "en4", "#0", "zh", "eng4", "#3", "h", "ao3", "sil", "eos"]
    assert spelled(pronounce("安全")) == ["sil", "^", "an1", "#0", "q", "van2", "sil", "eos"]


def test_every_symbol_there_is_has_a_number() -> None:
    known = tiny.symbols()
    for text in ("A四纸零幺二", "儿子和女儿去旅游略有不同", "吃饭日常知识四次自己", "熊猫用永远云雾"):
        assert set(spelled(pronounce(text))) <= set(known)


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    tiny.make(tmp_path)
    (tmp_path / "vocoder.onnx").unlink()
    with pytest.raises(EngineError, match=r"vocoder\.onnx") as raised:
        FastSpeech(tmp_path)
    assert raised.value.code == "not_installed"


@pytest.mark.parametrize("file", ["acoustic.onnx", "symbols.json"])
def test_a_damaged_file_is_broken(tmp_path: Path, file: str) -> None:
    tiny.make(tmp_path)
    (tmp_path / file).write_bytes(b"{")
    with pytest.raises(EngineError) as raised:
        FastSpeech(tmp_path).synthesise("好。")
    assert raised.value.code == "broken"


def test_a_model_whose_times_do_not_fit_its_sound_is_broken(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        FastSpeech(tiny.make(tmp_path, lengths_lie=True)).synthesise("好。")
    assert raised.value.code == "broken"


@pytest.mark.parametrize(("text", "code"), [("……", "nothing_to_say"), ("", "nothing_to_say"), ("好" * 401, "too_long")])
def test_what_cannot_be_said(voice: FastSpeech, text: str, code: str) -> None:
    with pytest.raises(EngineError) as raised:
        voice.synthesise(text)
    assert raised.value.code == code
