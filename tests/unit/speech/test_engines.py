"""Engines that hear: what is made up is thrown away; what is missing says so; choosing follows the settings."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import WINDOW, EngineError, Expected, Taken
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


class _Model:
    """Stands for the one underneath: it writes words unless it is kept to digits."""

    vocabulary: ClassVar[dict[str, int]] = {name: number for number, name in enumerate(
        ["<|endoftext|>", "<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>", "<|startofprev|>", "飞", "一", "1", "3", "\u01208"]
    )}  # fmt: skip

    def __init__(self) -> None:
        self.kept: list[set[str]] = []
        self.model = self.hf_tokenizer = self

    def get_vocab(self) -> dict[str, int]:
        return self.vocabulary

    def token_to_id(self, token: str) -> int:
        return self.vocabulary[token]

    def encode(self, text: Any, add_special_tokens: bool = False) -> Any:
        return SimpleNamespace(ids=[7])

    def decode(self, numbers: list[int]) -> str:
        names = {number: name.replace("\u0120", " ") for name, number in self.vocabulary.items()}
        return "".join(names[number] for number in numbers)

    def feature_extractor(self, sound: Any) -> Any:
        return np.zeros((80, sound.size // 160), np.float32)

    def generate(self, encoded: Any, prompts: Any, *, suppress_tokens: list[int], num_hypotheses: int = 1, **_: Any) -> Any:
        left = {name for name, number in self.vocabulary.items() if number not in suppress_tokens}
        self.kept.append(left)
        words = "飞" in left
        said = [[6, 7]] if words else [[8, 9], [8, 9, 10]]
        return [SimpleNamespace(sequences_ids=said, scores=[-0.3, -0.4][: len(said)], no_speech_prob=0.0)]


def ears_of(model: _Model) -> Whisper:
    """The recogniser upon a model that stands in."""
    ears = Whisper.__new__(Whisper)
    ears._model, ears._digits, ears._tokens, ears._others = model, [8, 9, 10], model.get_vocab(), {}
    return ears


SOUND = np.full(16_000, 0.1, np.float32)


def test_what_must_be_digits_is_heard_once_more_as_digits_only() -> None:
    model = _Model()
    hints = Expected(("手机号",), lambda text: [Taken("138", 3.0)] if text.replace(" ", "") == "138" else [], "0123456789")
    assert ears_of(model).recognise(SOUND, hints=hints, language="zh").text == "13 8"
    assert model.kept[-1] == {"<|endoftext|>", "1", "3", "\u01208"}
    ears_of(model).recognise(SOUND, hints=Expected(("手机号",), lambda text: [Taken("飞一", 3.0)]), language="zh")
    assert "飞" in model.kept[-1], "what fits as it was heard is left"


def test_what_most_readings_are_taken_for_wins_over_the_first() -> None:
    model = _Model()
    values = {"飞一": [Taken("21", 0.5)], "13": [Taken("13", 1.0)], "13 8": [Taken("13", 1.0)]}
    hints = Expected((), lambda text: values.get(text, []), "0123456789")
    assert ears_of(model).recognise(SOUND, hints=hints, language="zh").text == "13"
    assert len(model.kept) == 2, "a clear vote needs no third reading"


def test_where_no_reading_wins_it_listens_longer_but_not_to_what_is_plainly_no_number() -> None:
    model = _Model()
    nothing = Expected((), lambda text: [], "0123456789")
    assert ears_of(model).recognise(SOUND, hints=nothing, language="zh").text == "飞一"
    assert len(model.kept) == 2
    model.kept.clear()
    torn = Expected((), lambda text: [Taken(text, 0.4)], "0123456789")
    ears_of(model).recognise(SOUND, hints=torn, language="zh")
    assert len(model.kept) == 2 + 3
