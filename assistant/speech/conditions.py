"""What is wrong with the sound itself, window by window: noise, music, many voices, clipping, a telephone's band, no sound.

One microphone tells how loud it is, how the spectrum changes and whether it is like speech. It does not tell who speaks: two who
take turns, or one who speaks over another now and then, are not noticed here; the values they say are read back.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import RATE, WINDOW

Fault = Literal["no_sound", "noisy", "music", "crowd", "clipped", "narrow"]
_SECOND = RATE // WINDOW
_LOOK = 6 * _SECOND
"""Windows looked back on: what lasts shorter passes by itself."""
_DEAD = 10 * _SECOND
_VOICED = 2 * _SECOND
_ZERO = 2e-5
_LOUD_FLOOR = 0.025
"""Root mean square of the quietest fifth of six seconds: 32 dB below the loudest there can be, near the level of speech."""
_AUDIBLE = 0.01
_SAME = 0.95
"""Likeness of the spectra of two windows: noise has about 0.79, held tones more than 0.97."""
_HELD = 0.6
_TALK = 0.75
_DEPTH_DB = 12.0
"""One voice falls by 20 dB and more between its words; where many speak somebody is always loud."""
_FULL, _CLIPPED = 0.985, 0.03
_BAND = slice(4300 * WINDOW // RATE, WINDOW // 2)
_NOTHING_ABOVE = 2e-5
"""Of the energy of a window: above 4.3 kHz even vowels have more."""
_LOUD = 0.02


class Conditions:
    """One microphone's. `window` names each fault when it begins, and again only after it was gone."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=_LOOK)
        self._speech: deque[bool] = deque(maxlen=_LOOK)
        self._alike: deque[bool] = deque(maxlen=_LOOK)
        self._clipped: deque[float] = deque(maxlen=_VOICED)
        self._above: deque[float] = deque(maxlen=2 * _VOICED)
        self._spectrum: NDArray[np.float64] | None = None
        self._dead = self._count = 0
        self._told: set[Fault] = set()

    def window(self, samples: NDArray[np.float32], probability: float) -> list[Fault]:
        """One window of 32 ms in which nothing of our own voice is; `probability` of speech in it."""
        level = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))[: WINDOW // 2]
        self._levels.append(level)
        self._speech.append(probability >= 0.5)
        self._alike.append(level > _AUDIBLE and self._like(spectrum) > _SAME)
        self._spectrum = spectrum
        self._dead = self._dead + 1 if level < _ZERO else 0
        if probability >= 0.5 and level > _LOUD:
            self._clipped.append(float(np.mean(np.abs(samples) >= _FULL)))
            energy = np.square(spectrum)
            self._above.append(float(energy[_BAND].sum() / energy.sum()))
        self._count += 1
        return self._news() if self._count % (_SECOND // 2) == 0 else []

    def _like(self, spectrum: NDArray[np.float64]) -> float:
        if self._spectrum is None:
            return 0.0
        size = float(np.linalg.norm(spectrum) * np.linalg.norm(self._spectrum))
        return float(spectrum @ self._spectrum) / size if size else 0.0

    def _news(self) -> list[Fault]:
        now = self._faults()
        news = [fault for fault in now if fault not in self._told]
        self._told = set(now)
        return news

    def _faults(self) -> list[Fault]:
        if self._dead >= _DEAD:
            return ["no_sound"]
        faults: list[Fault] = []
        if len(self._clipped) == _VOICED and np.mean(self._clipped) > _CLIPPED:
            faults.append("clipped")
        if len(self._above) == 2 * _VOICED and max(self._above) < _NOTHING_ABOVE:
            faults.append("narrow")
        if len(self._levels) == _LOOK and (around := self._around()) is not None:
            faults.append(around)
        return faults

    def _around(self) -> Fault | None:
        """What the hall is filled with, of which there is one thing at a time to say."""
        if np.mean(self._alike) > _HELD:
            return "music"
        low, floor, high = np.quantile(self._levels, (0.1, 0.2, 0.9))
        steady = floor > _LOUD_FLOOR and 20 * np.log10(high / max(low, _ZERO)) < _DEPTH_DB
        if steady and np.mean(self._speech) > _TALK:
            return "crowd"
        return "noisy" if floor > _LOUD_FLOOR and np.mean(self._speech) < 1 - _TALK else None
