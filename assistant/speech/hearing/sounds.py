"""What characters sound like, with the sounds that recognisers and speakers take for one another as one.

zh/z, ch/c, sh/s, n/l and front/back nasals are ``knowledge.text``'s; f and a h before u are added, as in 福建 and 湖建.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

from knowledge.text import syllables

_H_AS_F = {"hu": "fu", "hui": "fei", "huan": "fan", "hua": "fa", "hun": "fen", "huo": "fo"}


def sounds(han: str) -> tuple[str, ...]:
    """The sound of each character of a Chinese text, in its context: 助所 as 住所. Other signs are left out."""
    return tuple(_H_AS_F.get(sound, sound) for sound in syllables(han))


def strict_sounds(han: str) -> tuple[str, ...]:
    """The toneless syllables of a Chinese text as they are written, with nothing taken for anything else."""
    return tuple(lazy_pinyin(han, style=Style.NORMAL, errors="ignore"))


@lru_cache(maxsize=8192)
def every_sound(character: str) -> frozenset[str]:
    """All the ways one character can be read: 曾 is zeng and ceng."""
    read = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return frozenset(_fold(sound) for sound in (read[0] if read else ()))


def alike(one: str, other: str) -> bool:
    """Whether two characters can be heard as one another."""
    return one == other or not every_sound(one).isdisjoint(every_sound(other))


@lru_cache(maxsize=1024)
def _fold(sound: str) -> str:
    for written, heard in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        sound = heard + sound[2:] if sound.startswith(written) else sound
    sound = "n" + sound[1:] if sound.startswith("l") else sound
    sound = sound[:-1] if sound.endswith(("ang", "eng", "ing")) else sound
    return _H_AS_F.get(sound, sound)
