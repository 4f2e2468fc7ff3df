"""Engines that hear: what is made up is thrown away; what is missing says so; choosing follows the settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import WINDOW, EngineError
from assistant.speech.engines.energy import Energy
from assistant.speech.engines.guarding import believable, simplified
from assistant.speech.engines.sherpa import Sherpa
from assistant.speech.engines.silero import Silero
from assistant.speech.engines.whisper import Whisper
from assistant.speech.speaking import voice


@pytest.mark.parametrize(
    "text",
    ["", "。", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "字幕由志愿者提供", "谢谢大家观看", "Thanks for watching!", "好的好的好的好的好的好的好的好的",
     "我要办居住证我要办居住证我要办居住证我要办居住证我要办居住证"],
)  # fmt: skip
def test_what_such_models_dream_is_not_taken_for_words(text: str) -> None:
    assert not believable(text, 30.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("我要办居住证", 1.5), ("一三八零零零零零零零零", 3.0), ("13800000000", 3.0), ("好的好的", 1.0), ("谢谢", 0.5), ("我要订阅通知", 2.0), ("I want a residence permit", 1.5)],
)
def test_what_people_say_is_believed(text: str, seconds: float) -> None:
    assert believable(text, seconds)


def test_more_words_than_a_tongue_can_say_are_not() -> None:
    assert not believable("公司想变更法定代表人和住所以及经营范围", 0.5)


def test_the_prompt_read_back_is_not() -> None:
    hints = ["居住证", "营业执照", "身份证", "户口", "社保"]
    assert not believable("居住证、营业执照、身份证、户口、社保", 3.0, hints)
    assert believable("我要办居住证", 3.0, hints)


def test_characters_are_simplified() -> None:
    assert simplified("營業執照") == "营业执照"


def _tone(level: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (level * np.sin(np.arange(WINDOW) * 0.1)).astype(np.float32)


def test_loudness_hears_a_voice_above_the_noise_of_the_room_and_gets_used_to_noise() -> None:
    ear = Energy()
    for _ in range(50):
        quiet = ear.probability(_tone(0.004))
    assert quiet < 0.35
    assert ear.probability(_tone(0.2)) > 0.8
    for _ in range(3000):
        noise = ear.probability(_tone(0.05))
    assert noise < 0.35
    ear.reset()
    assert ear.probability(_tone(0.0)) == 0.0


def test_silero_hears_no_voice_in_silence_and_wants_whole_windows() -> None:
    ear = Silero()
    assert ear.probability(np.zeros(WINDOW, dtype=np.float32)) < 0.2
    with pytest.raises(ValueError, match="512"):
        ear.probability(np.zeros(100, dtype=np.float32))


def test_a_model_that_is_not_there_says_so(tmp_path: Path) -> None:
    for load in (lambda: Whisper(tmp_path), lambda: Sherpa(tmp_path), lambda: Sherpa(None)):
        with pytest.raises(EngineError) as missing:
            load()
        assert missing.value.code == "not_installed"


def test_a_model_that_is_damaged_says_so(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(EngineError) as broken:
        Whisper(tmp_path)
    assert broken.value.code == "broken"


def test_the_settings_choose(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, models_dir=tmp_path)
    with pytest.raises(EngineError, match="sherpa, whisper"):
        choosing.recogniser(settings)
    with pytest.raises(EngineError) as off:
        choosing.recogniser(settings.model_copy(update={"voice_recogniser": "off"}))
    assert off.value.code == "off"
    with pytest.raises(EngineError, match=r"tokens\.txt"):  # a city's model that is not where it was said to be is not passed over
        choosing.recogniser(settings.model_copy(update={"voice_recogniser_folder": tmp_path}))
    assert choosing.activity(settings).name == "silero"
    assert choosing.activity(settings.model_copy(update={"voice_activity": "energy"})).name == "energy"


class Outside:
    """An engine of a city's own."""

    name, rate, demo_only = "outside", 16000, False

    def __init__(self, settings: Settings) -> None:
        if settings.voice_speaker == 7:
            raise RuntimeError("no such speaker")


def test_an_engine_of_ones_own_is_a_module_and_a_class(tmp_path: Path) -> None:
    def chosen(name: str, speaker: int = 0) -> Settings:
        return Settings(data_dir=tmp_path, models_dir=tmp_path, voice_recogniser=name, voice_synthesiser=name, voice_speaker=speaker)

    assert choosing.recogniser(chosen(f"{__name__}:Outside")).name == "outside"
    assert voice.opened(chosen(f"{__name__}:Outside")).name == "outside"
    for name, speaker, code in (("no.such:Thing", 0, "not_installed"), (f"{__name__}:Thing", 0, "not_installed"), (f"{__name__}:Outside", 7, "broken")):
        for load in (choosing.recogniser, voice.opened):
            with pytest.raises(EngineError) as error:
                load(chosen(name, speaker))
            assert error.value.code == code
    with pytest.raises(ValueError, match="voice_recogniser"):
        chosen("whispers")
