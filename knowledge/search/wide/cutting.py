"""A wording cut once, at build time, into what the features compare; as strings, in which a gram is looked for as a substring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from knowledge.text import WordCutter, char_ngrams, content, fold, is_han, pinyin_ngrams, syllables

_BETWEEN = "\x1f"
KINDS = ("word", "char", "sound")
"""The kinds of grams, in the order of every triple of figures here."""


@dataclass(frozen=True)
class Cut:
    """``text`` as said, ``folded``; ``parts``, ``words`` and ``sounds`` with blanks and bars on either side of each."""

    text: str
    folded: str
    parts: str
    words: str
    sounds: str

    def packed(self) -> bytes:
        """As the file holds it."""
        return _BETWEEN.join((self.text.replace(_BETWEEN, " "), self.folded, self.parts, self.words, self.sounds)).encode()

    @classmethod
    def unpacked(cls, raw: bytes) -> Cut:
        """The opposite of ``packed``."""
        return cls(*raw.decode().split(_BETWEEN))

    @cached_property
    def strings(self) -> tuple[str, str, str]:
        """Where to look for a gram of each kind, written as ``needles`` writes it."""
        return self.words, self.parts, self.sounds

    @cached_property
    def said(self) -> str:
        """The parts with one blank between."""
        return " ".join(self.parts.split())


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of a text by kind, each with how often it is there, and the text's parts."""

    parts: list[str]
    words: list[str]
    bags: tuple[Counter[str], Counter[str], Counter[str]]

    @classmethod
    def of(cls, text: str, cutter: WordCutter) -> Grams:
        """Of a wording or a query: both go through here."""
        parts = content(fold(text))
        words = cutter.words(parts)
        return cls(parts, words, (Counter(words), Counter(char_ngrams(parts)), Counter(pinyin_ngrams(parts))))

    def cut(self, text: str) -> Cut:
        """The same as strings."""
        return Cut(text, fold(text).replace(_BETWEEN, " "), _wrapped(self.parts), _wrapped(self.words), sounded(self.parts))


def sounded(parts: list[str]) -> str:
    """Syllables with a bar on either side, so that a text is found in another at whole syllables only."""
    return " ".join("|" + "|".join(syllables(part) if is_han(part) else [part]) + "|" for part in parts)


def needle(kind: int, gram: str) -> str:
    """A gram as it stands in the string of its kind.

    >>> needle(0, "公司"), needle(1, "公司"), needle(1, "app"), needle(2, "gon_si")
    (' 公司 ', '公司', ' app ', '|gon|si|')
    """
    if kind == 2:
        return f"|{gram.replace('_', '|')}|"
    return gram if kind == 1 and is_han(gram) else f" {gram} "


def _wrapped(parts: list[str]) -> str:
    return "".join(f" {part} " for part in parts)
