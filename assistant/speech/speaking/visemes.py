"""Speech sounds → shapes of the mouth: the fifteen visemes of Oculus, one after another without gaps.

A Mandarin initial is one shape; a final is a short sequence, because the mouth moves through it (uei: U, E, I).
The time of a sound is shared among its shapes by weight: the main vowel takes longest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.speech.engines.base import Phone

NAMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")

INITIALS = {
    "b": "PP", "p": "PP", "m": "PP", "f": "FF", "d": "DD", "t": "DD", "n": "nn", "l": "nn", "g": "kk", "k": "kk", "h": "kk",
    "j": "CH", "q": "CH", "x": "CH", "zh": "CH", "ch": "CH", "sh": "CH", "r": "RR", "z": "SS", "c": "SS", "s": "SS",
}  # fmt: skip

FINALS = {
    "a": "aa", "ai": "aa I", "an": "aa nn", "ang": "aa nn", "ao": "aa O", "e": "E", "ei": "E I", "en": "E nn", "eng": "E nn",
    "er": "E RR", "i": "I", "ia": "I aa", "ian": "I E nn", "iang": "I aa nn", "iao": "I aa O", "ie": "I E", "ii": "SS",
    "iii": "CH", "in": "I nn", "ing": "I nn", "iong": "U O nn", "iou": "I O U", "o": "O", "ong": "O nn", "ou": "O U", "u": "U",
    "ua": "U aa", "uai": "U aa I", "uan": "U aa nn", "uang": "U aa nn", "uei": "U E I", "uen": "U E nn", "ueng": "U E nn",
    "uo": "U O", "v": "U", "van": "U E nn", "ve": "U E", "vn": "U nn",
}  # fmt: skip
"""By the finals of ``syllables.FINALS``. ii and iii (of zi and zhi) keep the narrow mouth of their initial; ü is round."""

ENGLISH = {
    "p": "PP", "b": "PP", "m": "PP", "f": "FF", "v": "FF", "T": "TH", "D": "TH", "t": "DD", "d": "DD", "n": "nn", "l": "nn",
    "N": "nn kk", "k": "kk", "g": "kk", "h": "kk", "S": "CH", "Z": "CH", "tS": "CH", "dZ": "CH", "s": "SS", "z": "SS", "r": "RR",
    "w": "U", "j": "I", "a": "aa", "A": "aa", "V": "aa", "0": "O", "O": "O", "o": "O", "e": "E", "E": "E", "@": "E", "3": "E RR",
    "i": "I", "I": "I", "u": "U", "U": "U", "aI": "aa I", "eI": "E I", "OI": "O I", "aU": "aa U", "oU": "O U", "@U": "O U",
}  # fmt: skip
"""Sounds of English, written ``en:T`` in a ``Phone``, in the letters of X-SAMPA."""

_WEIGHT = {"nn": 0.6, "kk": 0.6, "RR": 0.7}
_GLIDE = 0.6
"""A shape passed through on the way to the main vowel, or left with it, takes this part of the vowel's time."""

_OPEN = ("aa", "E", "O")
"""The more open a vowel, the more it is the main one of its final."""

_TONE = re.compile(r"[0-5]$")


@dataclass(frozen=True)
class Viseme:
    """A shape of the mouth from ``start_s`` to ``end_s``, seconds from the start of the sentence's sound."""

    name: str
    start_s: float
    end_s: float


def visemes(phones: Iterable[Phone]) -> tuple[Viseme, ...]:
    """The shapes of the mouth for these sounds, in order, each beginning where the last one ends.

    A moment no sound covers is ``sil``; a sound nobody knows is a slightly open mouth (``E``), never a stop. Sounds that
    overlap are cut to where the one before ends.
    """
    out: list[Viseme] = []
    at = 0.0
    for phone in phones:
        start, end = max(at, phone.start_s), phone.end_s
        if end <= start:
            continue
        if start > at:
            _add(out, "sil", at, start)
        for name, begin, stop in _shared(shapes(phone.symbol), start, end):
            _add(out, name, begin, stop)
        at = end
    return tuple(out)


def shapes(symbol: str) -> tuple[str, ...]:
    """The visemes one sound goes through: ``"uei4"`` → U, E, I."""
    if symbol in ("sil", "", "sp"):
        return ("sil",)
    if symbol.startswith("en:"):
        return tuple(ENGLISH.get(symbol[3:], "E").split())
    if symbol in INITIALS:
        return (INITIALS[symbol],)
    return tuple(FINALS.get(_TONE.sub("", symbol), "E").split())


def _shared(names: Sequence[str], start: float, end: float) -> Iterable[tuple[str, float, float]]:
    """The time of one sound among its shapes; the last ends exactly where the sound ends."""
    weights = [_weight(names, place) for place in range(len(names))]
    whole, at, taken = sum(weights), start, 0.0
    for place, (name, weight) in enumerate(zip(names, weights, strict=True)):
        taken += weight
        stop = end if place == len(names) - 1 else start + (end - start) * taken / whole
        yield name, at, stop
        at = stop


def _weight(names: Sequence[str], place: int) -> float:
    main = min(range(len(names)), key=lambda n: _OPEN.index(names[n]) if names[n] in _OPEN else len(_OPEN))
    return _WEIGHT.get(names[place], 1.0 if place == main else _GLIDE)


def _add(out: list[Viseme], name: str, start: float, end: float) -> None:
    if out and out[-1].name == name:
        out[-1] = Viseme(name, out[-1].start_s, end)  # the mouth stays as it is
    elif end > start:
        out.append(Viseme(name, start, end))
