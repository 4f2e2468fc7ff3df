"""Where the sounds lie in speech whose voice does not tell: estimated from what usually takes how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.speech.engines.base import Phone
from assistant.speech.speaking.syllables import FINALS

_INITIAL = 1.0
_STOPS = {0: 0.0, 1: 0.8, 2: 2.0, 3: 3.0}
_QUIET = 0.02
"""Loudness, as a part of the loudest, below which an edge is silence."""


def loud_part(sound: NDArray[np.int16]) -> tuple[int, int]:
    """The samples between the silences at both ends; the whole where nothing is loud."""
    level = np.abs(sound.astype(np.int32))
    loud = np.flatnonzero(level > max(1.0, _QUIET * float(level.max(initial=0))))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(sound))


def spread(sounds: Sequence[tuple[str, float]], sound: NDArray[np.int16], rate: int, offset_s: float = 0.0) -> Iterator[Phone]:
    """Symbols with weights, shared over the loud part of ``sound`` (at ``rate``), with silence before and after it; the times
    count from ``offset_s``, and cover the sound without gaps."""
    begin, end = loud_part(sound)
    whole = len(sound) / rate
    start, stop = begin / rate, end / rate
    if start > 0:
        yield Phone("sil", offset_s, offset_s + start)
    total, taken, at = sum(weight for _, weight in sounds), 0.0, start
    for place, (symbol, weight) in enumerate(sounds):
        taken += weight
        until = stop if place == len(sounds) - 1 else start + (stop - start) * taken / total
        yield Phone(symbol, offset_s + at, offset_s + until)
        at = until
    if whole > at:
        yield Phone("sil", offset_s + at, offset_s + whole)


def weighted(initial: str, final: str, tone: int, pause: int = 0) -> list[tuple[str, float]]:
    """One syllable as symbols with weights: a final of several sounds is longer, a neutral tone shorter; then its pause."""
    assert final in FINALS
    sounds = [(initial, _INITIAL)] if initial else []
    sounds.append((f"{final}{tone}", (1.4 + 0.25 * len(final)) * (0.7 if tone == 5 else 1.0)))
    if _STOPS[pause]:
        sounds.append(("sil", _STOPS[pause]))
    return sounds
