"""Sentences as a speech recogniser mishears them: characters replaced by others of the same fuzzy syllable.

The classifier learns every sentence a second time in this dress, so that 公司助所便更 means to it what 公司住所变更 means.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from assistant.engine.components.pinyin import syllables
from assistant.engine.components.text import is_han


class Homophones:
    """Which characters of a text sound alike, once tones and the sounds that are commonly merged are left out."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Know the Chinese characters of ``texts``; others are never replaced."""
        self._sound: dict[str, str] = {}
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for character in sorted({character for text in texts for character in text if is_han(character)}):
            heard = syllables(character)
            if heard:
                self._sound[character] = heard[0]
                self._alike[heard[0]].append(character)

    def misheard(self, words: list[str], share: float, chance: random.Random) -> list[str]:
        """``words`` with each Chinese character replaced with probability ``share`` (0 to 1)."""
        return ["".join(self._another(character, share, chance) for character in word) for word in words]

    def _another(self, character: str, share: float, chance: random.Random) -> str:
        sound = self._sound.get(character)
        return character if sound is None or chance.random() >= share else chance.choice(self._alike[sound])
