"""The voice of a kiosk: a synthesiser with everything around it, itself one. Readable text in, sound at the set volume out."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from assistant.foundation.settings import Settings
from assistant.speech.engines import choosing
from assistant.speech.engines.base import EngineError, Spoken, Synthesiser
from assistant.speech.speaking.prepared import Prepared, often
from assistant.speech.speaking.readable import readable

ENGINES = ("sherpa", "fastspeech", "espeak")
"""In the order ``auto`` tries them: the city's own voice, the demo's, the one that is always to be had."""

_WARMING = "好。"
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}")


def opened(settings: Settings) -> Voice:
    """The voice the settings choose.

    Raises:
        EngineError: not_installed or broken; ``off`` when the settings want none.
    """
    if settings.voice_synthesiser == "off":
        raise EngineError("off")
    engine = chosen(settings)
    return Voice(
        engine, english=_english(settings, engine), speed=settings.voice_speed, volume=settings.voice_volume,
        prepared=Prepared(settings.data_dir / "cache" / "speech"),
    )  # fmt: skip


def chosen(settings: Settings) -> Synthesiser:
    """The engine alone. With ``auto``, one that is not installed is passed over, one that is broken is not."""
    if settings.voice_synthesiser != "auto":
        return engine(settings.voice_synthesiser, settings)
    for name in ENGINES:
        try:
            return engine(name, settings)
        except EngineError as error:
            if error.code != "not_installed" or (name == "sherpa" and settings.voice_synthesiser_folder is not None):
                raise
    raise EngineError("not_installed", ", ".join(ENGINES))


def engine(name: str, settings: Settings) -> Synthesiser:
    """The engine of this name, or `module:Class`. Raises EngineError."""
    if ":" in name:
        plugged: Synthesiser = choosing.plugged(name, settings)
        return plugged
    if name == "sherpa":
        from assistant.speech.engines.sherpa_voice import SherpaVoice

        return SherpaVoice(settings.voice_synthesiser_folder, speaker=settings.voice_speaker)
    if name == "fastspeech":
        from assistant.speech.engines.fastspeech import FOLDER, FastSpeech

        return FastSpeech(settings.models_dir / "voice" / FOLDER)
    from assistant.speech.engines.espeak import Espeak

    return Espeak(settings.voice_espeak)


def _english(settings: Settings, engine_: Synthesiser) -> Synthesiser | None:
    """Who says an English sentence where the demo's voice cannot."""
    if engine_.name != "fastspeech":
        return engine_
    try:
        return engine("espeak", settings)
    except EngineError:
        return None


class Voice:
    """A ``Synthesiser`` of shown text: makes it readable, takes what is prepared, sets the volume.

    ``speed`` multiplies the speed asked for; ``volume`` is 1.0 for as it was made, up to 2.0, and cannot overflow.
    """

    def __init__(
        self, engine: Synthesiser, *, english: Synthesiser | None = None, speed: float = 1.0, volume: float = 1.0,
        prepared: Prepared | None = None,
    ) -> None:  # fmt: skip
        self._engine, self._english, self._prepared = engine, english, prepared
        self._speed, self._volume = speed, volume
        self.name, self.rate, self.demo_only = engine.name, engine.rate, engine.demo_only

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """One sentence as shown. Raises EngineError: nothing_to_say, too_long, broken, or ``language`` when nobody here
        speaks the language of the text."""
        pace = max(0.5, min(2.0, speed * self._speed))
        speaker = self._engine if _HAN.search(text) or not _WORD.search(text) else self._english
        if speaker is None:
            raise EngineError("language", "en")
        spoken = self._prepared.find(speaker.name, text, pace) if self._prepared else None
        if spoken is None:
            spoken = speaker.synthesise(readable(text) if speaker is self._engine and _HAN.search(text) else text, speed=pace)
            if self._prepared:
                self._prepared.keep(speaker.name, text, pace, spoken)
        return self._loud(_at(spoken, self.rate))

    def warm(self) -> None:
        """Load models and dictionaries, so that the first person does not wait for them. Raises EngineError."""
        self._engine.synthesise(_WARMING)

    def prepare(self, most: int = 200) -> int:
        """Make the sentences said most often, unless they are there; how many were made. It takes a while."""
        made = 0
        for text in often()[:most] if self._prepared else ():
            if self._prepared and self._prepared.find(self.name, text, self._speed) is None:
                try:
                    self._prepared.keep(self.name, text, self._speed, self._engine.synthesise(readable(text), speed=self._speed))
                except EngineError as error:
                    if error.code == "broken":
                        raise
                    continue
                made += 1
        return made

    def _loud(self, spoken: Spoken) -> Spoken:
        if self._volume == 1.0:
            return spoken
        sound = np.frombuffer(spoken.pcm, "<i2").astype(np.float32) * self._volume
        return replace(spoken, pcm=np.clip(sound, -32768, 32767).astype("<i2").tobytes())


def _at(spoken: Spoken, rate: int) -> Spoken:
    """The same speech at another rate: two engines may take turns in one conversation, and a kiosk plays one rate."""
    if spoken.rate == rate:
        return spoken
    sound = np.frombuffer(spoken.pcm, "<i2").astype(np.float32)
    places = np.arange(round(len(sound) * rate / spoken.rate)) * (spoken.rate / rate)
    return replace(spoken, pcm=np.interp(places, np.arange(len(sound)), sound).astype("<i2").tobytes(), rate=rate)
