"""Syllables as recognisers and hurried typists confuse them: no tones, zh/z ch/c sh/s n/l and front/back nasals are one."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from assistant.engine.components.text import is_han

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@lru_cache(maxsize=32768)
def syllable(character: str) -> str:
    """The fuzzy syllable of one Chinese character, or the character itself when it is none."""
    if not is_han(character):
        return character
    sound = lazy_pinyin(character, style=Style.NORMAL)[0]
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound[len(long) :]
            break
    for back, front in _FINALS:
        if sound.endswith(back):
            sound = sound[: -len(back)] + front
            break
    return sound


def syllables(text: str) -> list[str]:
    """The fuzzy syllables of ``text``, one for each character, white space dropped."""
    return [syllable(character) for character in text if not character.isspace()]
