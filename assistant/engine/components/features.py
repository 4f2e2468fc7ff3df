"""What the intent classifier looks at: characters, words and fuzzy syllables of a sentence whose items are masked, and how
much of the sentence is strange to this office.

A Latin word has no syllables of ours. It stands among them as one unit, its stem, and its characters are looked at within the
word: "how long" has nothing to do with "wlon", which is all that three characters across a border say.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.engine.components.catalogue import Catalogue
from assistant.engine.components.pinyin import syllables

MASK = "\ue000"
"""Stands for any catalogue name, so that the sentence means the same whatever item it is about."""

STEPS = 6
"""Into how many steps the share of strange sounds is cut."""

Groups = dict[str, Counter[str]]


def masked(words: Iterable[tuple[str, bool]]) -> list[str]:
    """Words with every item replaced by the mask; ``words`` are (text, is it an item)."""
    return [MASK if is_item else text for text, is_item in words]


def _grams(parts: Sequence[str], shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, longest + 1):
        for start in range(len(parts) - length + 1):
            yield "\x1f".join(parts[start : start + length])


LONGEST_PIECE = 4
"""Of a Latin word, pieces of up to so many characters are looked at, its borders counted."""

_LATIN = re.compile(r"[a-z]{2,}")
_ENDINGS = ("ations", "ation", "ings", "ing", "ments", "ment", "ies", "ied", "ed", "es", "ly", "er", "y", "s", "e")
_SHORTEST_STEM, _LONGEST_STEM = 3, 7


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A Latin word without its ending, and of a long one the beginning.

    >>> stem("applied"), stem("applying"), stem("apply"), stem("registration")
    ('appl', 'appl', 'appl', 'registr')
    """
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_STEM), "")
    return word[: len(word) - len(ending)][:_LONGEST_STEM]


def _units(sentence: str) -> list[tuple[str, bool]]:
    """The syllables of a sentence, a Latin word being one; each with whether it is such a word."""
    units: list[tuple[str, bool]] = []
    position = 0
    for found in _LATIN.finditer(sentence):
        units += [*((syllable, False) for syllable in syllables(sentence[position : found.start()])), (stem(found.group()), True)]
        position = found.end()
    return [*units, *((syllable, False) for syllable in syllables(sentence[position:]))]


def _pieces(words: Sequence[str]) -> Iterator[str]:
    """Characters in ones to threes as they follow each other; those of a Latin word only within it."""
    run = ["^"]
    for word in words:
        if _LATIN.fullmatch(word):
            yield from _grams(run, 1, 3)
            yield from _grams(["^", *word, "$"], 2, LONGEST_PIECE)
            run = []
        else:
            run += word
    yield from _grams([*run, "$"], 1, 3)


def groups(words: Sequence[str]) -> Groups:
    """Feature counts of one sentence by kind: c characters, w words, p fuzzy syllables."""
    return {
        "c": Counter(_pieces(words)),
        "w": Counter(_grams(["^", *words, "$"], 1, 2)),
        "p": Counter(_grams(["^", *(unit for unit, _ in _units(" ".join(words))), "$"], 1, 3)),
    }


def sounds(sentence: str) -> set[str]:
    """The pairs of neighbouring syllables of a sentence, and its Latin words; a single syllable stands for itself."""
    heard = [(unit, is_word) for unit, is_word in _units(sentence) if unit.isalnum()]
    words = {unit for unit, is_word in heard if is_word}
    pairs = {f"{first} {second}" for (first, one), (second, other) in pairwise(heard) if not one and not other}
    return pairs | words or {unit for unit, _ in heard}


class Familiarity:
    """Which sounds belong to this office: those of sentences that were in scope, and those of the catalogue in service.

    Sentences about the weather and about washing machines have one thing in common: most of their words occur in nothing
    we do. Sounds, not characters, so that a misheard sentence is no strange one; the catalogue counts, so that a new
    guide's words are familiar without training.
    """

    def __init__(self, counts: Counter[str]) -> None:
        """``counts`` says in how many sentences in scope each pair of syllables occurred."""
        self.counts = counts
        self._catalogue: Catalogue | None = None
        self._listed: frozenset[str] = frozenset()

    @classmethod
    def fit(cls, in_scope: Iterable[str]) -> Familiarity:
        """Count the sounds of sentences that are ours to answer."""
        counts: Counter[str] = Counter()
        for sentence in in_scope:
            counts.update(sounds(sentence))
        return cls(counts)

    def measure(self, sentence: str, catalogue: Catalogue, own: int = 0) -> Counter[str]:
        """The share and the number of strange sounds, as features.

        Args:
            sentence: masked or not.
            catalogue: the one in service.
            own: 1 for a sentence that was counted itself, whose own sounds would otherwise all be familiar.
        """
        if catalogue is not self._catalogue:
            self._catalogue = catalogue
            self._listed = frozenset(chain.from_iterable(map(sounds, chain(catalogue.names, catalogue.phrases))))
        heard = sounds(sentence)
        strange = sum(self.counts[sound] <= own and sound not in self._listed for sound in heard)
        if not heard:
            return Counter()
        share = f"{min(strange * STEPS // len(heard), STEPS - 1)}" if strange else "none"
        return Counter({f"share {share}": 1, f"number {min(strange, 4)}": 1})


UNSEEN = {"c": 0.5, "w": 0.5, "p": 1.0}
"""How much a gram that training never saw counts in a sentence's length, as a share of the rarest known one. A sentence of
strange words must not be blown up to the length of one we know; misheard characters are strange too, but their sounds are not.
"""


class Vectoriser:
    """TF-IDF over the kinds, each scaled to length one before its weight, so that none drowns the others."""

    def __init__(self, vocabulary: dict[str, int], idf: NDArray[np.float32], weights: dict[str, float]) -> None:
        """Keep a fitted vocabulary (kind + gram → column) with the columns' idf."""
        self.vocabulary = vocabulary
        self.idf = idf
        self.weights = weights
        self._rarest = float(idf.max()) if len(idf) else 1.0

    @classmethod
    def fit(cls, sentences: Sequence[Groups], weights: dict[str, float], minimum: int = 1) -> Vectoriser:
        """Learn columns seen in at least ``minimum`` sentences."""
        seen: Counter[str] = Counter()
        for sentence in sentences:
            for kind, counts in sentence.items():
                seen.update(kind + gram for gram in counts)
        kept = sorted(gram for gram, count in seen.items() if count >= minimum)
        idf = np.array([math.log((1 + len(sentences)) / (1 + seen[gram])) + 1 for gram in kept], dtype=np.float32)
        return cls({gram: column for column, gram in enumerate(kept)}, idf, weights)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self.vocabulary)

    def row(self, sentence: Groups) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The columns and values of one sentence; unseen grams are left out but still shorten the rest."""
        columns: list[int] = []
        values: list[float] = []
        for kind, counts in sentence.items():
            found = [(self.vocabulary.get(kind + gram), 1 + math.log(count)) for gram, count in counts.items()]
            known = [(column, value * float(self.idf[column])) for column, value in found if column is not None]
            unseen = self._rarest * UNSEEN.get(kind, 0.0)
            strange = sum((value * unseen) ** 2 for column, value in found if column is None)
            length = math.sqrt(sum(value * value for _, value in known) + strange) or 1.0
            scale = self.weights.get(kind, 1.0) / length
            columns.extend(column for column, _ in known)
            values.extend(value * scale for _, value in known)
        return np.array(columns, dtype=np.int32), np.array(values, dtype=np.float32)
