"""The voice of a kiosk: which engine the settings choose, what is kept ready and what never is, speed and loudness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from assistant.speech.engines.base import EngineError, Phone, Spoken
from assistant.speech.speaking import voice as voices
from assistant.speech.speaking.prepared import Prepared, fixed, often
from assistant.speech.speaking.voice import Voice
from tests.unit.speech.speaking import tiny

FIXED = "好的，下面说中文。"


class Engine:
    """Says every character in ten milliseconds and remembers what it was given."""

    demo_only = False

    def __init__(self, name: str = "engine", rate: int = 8000) -> None:
        self.name, self.rate = name, rate
        self.given: list[tuple[str, float]] = []

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        self.given.append((text, speed))
        length = max(1, len(text)) * self.rate // 100
        sound = np.full(length, 20_000, "<i2")
        return Spoken(sound.tobytes(), self.rate, (Phone("a1", 0.0, length / self.rate),))


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder / "data", models_dir=folder / "models", voice_espeak="no-such-program-here", **more)


def test_a_shown_sentence_is_read_as_words() -> None:
    engine = Engine()
    Voice(engine).synthesise("工本费20元。", speed=1.2)
    assert engine.given == [("工本费二十元。", 1.2)]


def test_speeds_multiply_and_stay_within_bounds() -> None:
    engine = Engine()
    voice = Voice(engine, speed=0.8)
    voice.synthesise("好。", speed=1.5)
    voice.synthesise("好。", speed=9)
    assert [speed for _, speed in engine.given] == [pytest.approx(1.2), 2.0]


@pytest.mark.parametrize(("volume", "loudest"), [(1.0, 20_000), (0.5, 10_000), (2.0, 32_767), (0.0, 0)])
def test_loudness_never_overflows(volume: float, loudest: int) -> None:
    sound = np.frombuffer(Voice(Engine(), volume=volume).synthesise("好。").pcm, "<i2")
    assert sound.max() == sound.min() == loudest


def test_english_goes_to_who_speaks_it_at_the_rate_of_the_voice() -> None:
    chinese, english = Engine("zh", 24_000), Engine("en", 22_050)
    spoken = Voice(chinese, english=english).synthesise("Please wait 20 minutes.")
    assert english.given[0][0] == "Please wait 20 minutes." and not chinese.given
    assert spoken.rate == 24_000
    assert len(spoken.pcm) / 2 / 24_000 == pytest.approx(spoken.phones[-1].end_s, abs=0.001)


def test_english_nobody_speaks_is_said_to_be_so() -> None:
    with pytest.raises(EngineError) as raised:
        Voice(Engine()).synthesise("Please wait.")
    assert raised.value.code == "language"


def test_chinese_with_english_words_stays_with_the_voice() -> None:
    chinese, english = Engine(), Engine()
    Voice(chinese, english=english).synthesise("请下载APP。")
    assert chinese.given and not english.given


def test_a_sentence_of_the_catalogue_is_made_once(tmp_path: Path) -> None:
    assert t("conversation.language_changed") == FIXED
    engine = Engine()
    first = Voice(engine, prepared=Prepared(tmp_path)).synthesise(FIXED)
    again = Voice(engine, prepared=Prepared(tmp_path)).synthesise(FIXED)
    assert len(engine.given) == 1
    assert again == first


def test_other_engines_and_speeds_have_their_own(tmp_path: Path) -> None:
    one, other = Engine("one"), Engine("other")
    for engine, speed in ((one, 1.0), (other, 1.0), (one, 1.3)):
        Voice(engine, prepared=Prepared(tmp_path)).synthesise(FIXED, speed=speed)
    assert (len(one.given), len(other.given)) == (2, 1)


def test_nothing_of_a_citizen_is_ever_written(tmp_path: Path) -> None:
    prepared = Prepared(tmp_path)
    voice = Voice(Engine(), prepared=prepared)
    for text in ("您的手机号是138****8000，对吗？", "章立早，请到2号窗口。", t("conversation.queue_place", place=3, wait="很快")):
        voice.synthesise(text)
    assert not list(tmp_path.iterdir())
    assert not any("{" in sentence for sentence in fixed())


def test_the_loudness_is_not_what_is_kept(tmp_path: Path) -> None:
    Voice(Engine(), volume=0.0, prepared=Prepared(tmp_path)).synthesise(FIXED)
    kept = Prepared(tmp_path).find("engine", FIXED, 1.0)
    assert kept is not None and np.frombuffer(kept.pcm, "<i2").max() == 20_000


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    engine = Engine()
    Voice(engine, prepared=Prepared(tmp_path)).synthesise(FIXED)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-2])
    Voice(engine, prepared=Prepared(tmp_path)).synthesise(FIXED)
    assert len(engine.given) == 2
    assert Prepared(tmp_path).find("engine", FIXED, 1.0) is not None


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    prepared = Prepared(tmp_path, largest=20_000)
    voice = Voice(Engine(), prepared=prepared)
    assert voice.prepare() > 10
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 20_000


def test_a_disk_that_cannot_be_written_is_no_reason_not_to_speak(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Voice(Engine(), prepared=Prepared(tmp_path / "file")).synthesise(FIXED).pcm


def test_sentences_said_often_are_made_ahead_and_found(tmp_path: Path) -> None:
    engine = Engine()
    voice = Voice(engine, prepared=Prepared(tmp_path))
    made = voice.prepare(most=5)
    assert made == 5 == len(engine.given)
    assert voice.prepare(most=5) == 0
    for text in often()[:5]:
        voice.synthesise(text)
    assert len(engine.given) == 5


def test_auto_takes_the_first_that_is_installed(tmp_path: Path) -> None:
    tiny.make(tmp_path / "models" / "voice" / "fastspeech")
    voice = voices.opened(settings(tmp_path))
    assert (voice.name, voice.demo_only, voice.rate) == ("fastspeech", True, 24_000)
    voice.warm()
    assert voice.synthesise("工本费20元。").pcm


def test_nothing_installed_is_said_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        voices.opened(settings(tmp_path))
    assert raised.value.code == "not_installed"


def test_off_is_off(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        voices.opened(settings(tmp_path, voice_synthesiser="off"))
    assert raised.value.code == "off"


def test_a_citys_own_voice_that_is_missing_is_not_replaced_by_the_demos(tmp_path: Path) -> None:
    tiny.make(tmp_path / "models" / "voice" / "fastspeech")
    with pytest.raises(EngineError, match="tokens"):
        voices.opened(settings(tmp_path, voice_synthesiser_folder=tmp_path / "nothing"))
