"""A voice and an ear made up for the road of a test: sound that is taken for speech, known again by its sound alone.

Every character is a syllable of its own pitch and vowels, made from numbers, so the same text sounds the same here and in the app's
process. The ear compares what it hears with every line of `LINES`: sound that is cut off, another's, or not played is no words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, Heard, Phone, Spoken

Sound = NDArray[np.float32]

LINES = (
    "我社保卡丢了要补一张", "丢了", "打过电话了", "自己拿", "我自己", "我叫张三", "三二零五零二一九九零零四一五一零二一", "一三八零零一三八零零零",
    "工商银行", "对的", "不用", "确认无误", "提交",
)  # fmt: skip
_SYLLABLE_S, _ALIKE = 0.17, 0.93
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (440, 1020, 2240))
_STEP = RATE // 50
_BANDS = 24


@lru_cache(maxsize=64)
def sound(text: str) -> Sound:
    """16 kHz; a syllable for each character."""
    return np.concatenate([_syllable(text, place) for place in range(len(text))])


def _syllable(text: str, place: int) -> Sound:
    seed = hashlib.sha256(f"{text} {place}".encode()).digest()
    dice = np.random.default_rng(list(seed))
    count = int(_SYLLABLE_S * RATE)
    at = np.arange(count) / RATE
    pitch = dice.uniform(110, 150) * (1 + dice.uniform(-0.15, 0.15) * at / _SYLLABLE_S)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    glide = at / _SYLLABLE_S
    first, last = (np.array(_VOWELS[int(dice.integers(len(_VOWELS)))]) * dice.uniform(0.9, 1.1) for _ in range(2))
    made = np.zeros(count)
    for harmonic in range(1, 30):
        over = harmonic * float(pitch.mean())
        formants = first[:, None] * (1 - glide) + last[:, None] * glide
        gain = (np.array([1.0, 0.6, 0.25])[:, None] / (1 + ((over - formants) / 90) ** 2)).sum(axis=0) + 0.01
        made += gain * np.sin(harmonic * phase)
    made[: count // 6] += 0.3 * dice.standard_normal(count // 6) * np.linspace(1, 0, count // 6)
    shape = np.minimum(1, np.minimum(at, at[::-1]) / 0.03)
    made *= shape * 0.12 / np.sqrt(np.mean(made**2))
    return made.astype(np.float32)


def _print_of(sound: Sound) -> NDArray[np.float64]:
    """Loudness by band every fiftieth of a second, from the first sound to the last."""
    loud = np.flatnonzero(np.abs(sound) > 0.1 * np.abs(sound).max(initial=1e-9))
    part = sound[loud[0] : loud[-1] + 1] if loud.size else sound[:0]
    if part.size < _STEP:
        return np.zeros((0, _BANDS))
    frames = part[: part.size // _STEP * _STEP].reshape(-1, _STEP)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_STEP), axis=1))[:, 1 : 1 + _BANDS * 6]
    return np.log1p(30 * spectrum.reshape(len(frames), _BANDS, -1).sum(axis=2) / max(1e-9, float(spectrum.max(initial=0.0))))


@lru_cache(maxsize=1)
def _known() -> dict[str, NDArray[np.float64]]:
    return {text: _print_of(sound(text)) for text in LINES}


def known(heard: Sound) -> str:
    """The line this is the sound of, all of it; empty where it is none of them."""
    found = _print_of(heard)
    best, score = "", _ALIKE
    for text, wanted in _known().items():
        if abs(len(wanted) - len(found)) > 2 or not len(found):
            continue
        length = min(len(wanted), len(found))
        one, other = wanted[:length].ravel(), found[:length].ravel()
        alike = float(np.corrcoef(one, other)[0, 1])
        if alike > score:
            best, score = text, alike
    return best


class Ears:
    """A `Recogniser` that knows `LINES`."""

    name = "made-up"

    def __init__(self, settings: Any = None) -> None: ...

    def recognise(self, sound: Sound, *, hints: Sequence[str] = (), language: str | None = None) -> Heard:
        """See `base.Recogniser`."""
        return Heard(known(sound))


class Mouth:
    """A `Synthesiser` that hums each sentence in two fifths of a second."""

    name, rate, demo_only = "made-up", RATE, True

    def __init__(self, settings: Any = None) -> None: ...

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        """See `base.Synthesiser`."""
        hum = (3000 * np.sin(2 * np.pi * 180 * np.arange(int(0.4 * RATE)) / RATE)).astype("<i2").tobytes()
        return Spoken(hum, RATE, (Phone("b", 0.0, 0.1), Phone("a1", 0.1, 0.4)))
