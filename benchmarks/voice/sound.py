"""Sound to hear: the installed voice at several speeds and pitches, alone and with noise, all of it made from numbers.

One voice says everything, so what is measured is how noise, haste and loudness hurt, not how many people are understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assistant.foundation.settings import get_settings
from assistant.speech.engines.base import RATE
from assistant.speech.speaking import voice

Sound = NDArray[np.float32]
Noise = Literal["pink", "babble", "hum"]
NOISES: tuple[Noise, ...] = ("pink", "babble", "hum")
LEVELS: dict[str, float | None] = {"clean": None, "20 dB": 20.0, "10 dB": 10.0, "5 dB": 5.0}
"""Speech over noise."""
BEFORE_S, AFTER_S = 0.5, 1.6
"""The noise is there before she speaks and after."""
_QUIET = 0.02
_LOUDNESS = 0.1
"""Root mean square of speech as a close microphone has it; 1 is full scale."""
_TALKERS = 7


@dataclass(frozen=True)
class Manner:
    """How somebody speaks: ``speed``, ``pitch`` (with the formants: a longer or a shorter throat), and ``gain`` in decibels."""

    speed: float = 1.0
    pitch: float = 1.0
    gain: float = 0.0


MANNERS = (Manner(), Manner(1.15, 1.06, -6.0), Manner(0.9, 0.92, -12.0), Manner(1.05, 1.1, 0.0))


@lru_cache(maxsize=1)
def _voice() -> voice.Voice:
    return voice.opened(get_settings())


@lru_cache(maxsize=1024)
def speech(text: str, manner: Manner = MANNERS[0]) -> Sound:
    """``text`` in 16 kHz, without the silence around it. Not to be written to.

    Raises:
        EngineError: no voice is installed.
    """
    spoken = _voice().synthesise(text, speed=manner.speed / manner.pitch)
    whole = np.frombuffer(spoken.pcm, "<i2").astype(np.float32) / 32768
    sound = _resampled(whole, spoken.rate * manner.pitch)
    loud = np.flatnonzero(np.abs(sound) > _QUIET * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1] + 1]
    return _as_loud(sound, _LOUDNESS * 10 ** (manner.gain / 20))


def _resampled(sound: NDArray[Any], rate: float) -> Sound:
    """At 16 kHz; what that cannot hold is taken out first."""
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(sound.size, 1 / rate) > 7600] = 0
    smooth = np.fft.irfft(spectrum, sound.size)
    places = np.arange(int(sound.size * RATE / rate)) * (rate / RATE)
    made: Sound = np.interp(places, np.arange(sound.size), smooth).astype(np.float32)
    return made


def _as_loud(sound: Sound, loudness: float) -> Sound:
    rms = float(np.sqrt(np.mean(sound**2))) or 1.0
    made: Sound = np.multiply(sound, loudness / rms, dtype=np.float32)
    return made


def noise(kind: Noise, samples: int, seed: int, crowd: Sequence[str] = ()) -> Sound:
    """Noise of root mean square 1: pink, a mains hum with its overtones, or ``crowd`` talking all at once."""
    dice = np.random.default_rng(seed)
    if kind == "pink":
        spectrum = np.fft.rfft(dice.standard_normal(samples))
        made = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1.0)), samples)
    elif kind == "hum":
        at = np.arange(samples) / RATE
        made = 0.1 * dice.standard_normal(samples)
        for n in range(1, 12):
            made += np.sin(2 * np.pi * 50 * n * at + dice.uniform(0, 6)) / n
    else:
        made = np.zeros(samples)
        for _ in range(_TALKERS):
            manner = MANNERS[int(dice.integers(len(MANNERS)))]
            lines = [crowd[int(dice.integers(len(crowd)))] for _ in range(1 + samples // (2 * RATE))]
            talk = np.concatenate([speech(line, manner) for line in lines])
            made += np.roll(np.resize(talk, samples), dice.integers(samples)) * dice.uniform(0.6, 1.0)
    return _as_loud(made.astype(np.float32), 1.0)


@dataclass(frozen=True)
class Take:
    """Sound to be played: her first and her last sample of speech stand at ``first`` and ``last``."""

    sound: Sound
    first: int
    last: int


def take(text: str, manner: Manner = MANNERS[0], *, over: float | None = None, kind: Noise = "pink", seed: int = 0,
         crowd: Sequence[str] = ()) -> Take:  # fmt: skip
    """``text`` as a microphone hears it, speech ``over`` decibels above a noise that is there before and after."""
    said = speech(text, manner)
    before, after = int(BEFORE_S * RATE), int(AFTER_S * RATE)
    whole = np.concatenate([np.zeros(before, np.float32), said, np.zeros(after, np.float32)])
    if over is not None:
        loudness = float(np.sqrt(np.mean(said**2)))
        whole = whole + noise(kind, whole.size, seed, crowd) * loudness * 10 ** (-over / 20)
    return Take(np.clip(whole, -1, 1).astype(np.float32), before, before + said.size)
