"""One pinyin syllable as the two sounds it is made of: an initial and a final, spelled out in full.

Pinyin spells by custom (``wei``, ``xu``, ``liu``); mouths and voice models want what is really spoken (uei, x+v, l+iou). The
vowel of zi, ci, si is ``ii``, that of zhi, chi, shi, ri is ``iii``, ü is ``v``. A syllable without an initial has ``""``.
"""

from __future__ import annotations

import re

INITIALS = (
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s",
)  # fmt: skip
FINALS = (
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "ii", "iii", "in", "ing",
    "iong", "iou", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "uei", "uen", "ueng", "uo", "v", "van", "ve", "vn",
)  # fmt: skip

_SYLLABLE = re.compile(rf"({'|'.join(INITIALS)})?([a-zêü]+)([1-5])?")
_WHOLE = {
    "yi": "i", "yin": "in", "ying": "ing", "you": "iou", "yo": "iou", "yong": "iong", "wu": "u", "wei": "uei", "wen": "uen",
    "wong": "ueng",
}  # fmt: skip
_HUMMED = {"n": "en", "ng": "en", "m": "en", "hm": "en", "hng": "en", "ê": "ei", "eh": "ei"}
_SHORT = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}


class NotPinyin(ValueError):
    """The text is no syllable of Mandarin."""


def split(syllable: str) -> tuple[str, str, int]:
    """``zhuang1`` → ``("zh", "uang", 1)``; no tone or 5 is the neutral tone, 5.

    Raises:
        NotPinyin: it is no syllable of Mandarin.
    """
    text = syllable.strip().lower().replace("ü", "v").replace("u:", "v")
    base, tone = (text[:-1], int(text[-1])) if text[-1:].isdigit() else (text, 5)
    if base in _HUMMED:
        return "", _HUMMED[base], tone or 5
    match = _SYLLABLE.fullmatch(base)
    if match is None:
        raise NotPinyin(syllable)
    initial, final = match[1] or "", match[2]
    final = _zero(final) if not initial else _after(initial, final)
    if final not in FINALS or tone > 5:
        raise NotPinyin(syllable)
    return initial, final, tone or 5


def _zero(final: str) -> str:
    """A syllable without an initial: y and w stand for the vowels they begin with."""
    if final in _WHOLE:
        return _WHOLE[final]
    if final.startswith("yu"):
        return {"yu": "v", "yuan": "van", "yue": "ve", "yun": "vn"}.get(final, final)
    return {"y": "i", "w": "u"}.get(final[0], final[0]) + final[1:]


def _after(initial: str, final: str) -> str:
    if final == "i" and initial in ("z", "c", "s"):
        return "ii"
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return "iii"
    if initial in ("j", "q", "x") and final.startswith("u"):
        return {"un": "vn"}.get(final, "v" + final[1:])
    return _SHORT.get(final, final)


def spell(initial: str, final: str, tone: int) -> str:
    """The customary spelling back: ``("", "uei", 4)`` → ``wei4``, ``("j", "v", 1)`` → ``ju1``. ü after l and n is ``v``."""
    if not initial:
        return f"{_alone(final)}{tone}"
    if initial in ("j", "q", "x") and final.startswith("v"):
        final = {"vn": "un"}.get(final, "u" + final[1:])
    return f"{initial}{ {'ii': 'i', 'iii': 'i', 'iou': 'iu', 'uei': 'ui', 'uen': 'un'}.get(final, final) }{tone}"


def _alone(final: str) -> str:
    whole = {"i": "yi", "in": "yin", "ing": "ying", "iou": "you", "iong": "yong", "u": "wu", "uei": "wei", "uen": "wen",
             "v": "yu", "van": "yuan", "ve": "yue", "vn": "yun"}  # fmt: skip
    if final in whole:
        return whole[final]
    return {"i": "y", "u": "w"}.get(final[0], final[0]) + final[1:]
