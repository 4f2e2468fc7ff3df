"""Finding the frequently asked question that a citizen's question is.

An English question is compared by its telling words (``search/english.py``): by characters, what do I need to bring would be
most like whatever has a do, an I and a need in it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from knowledge.schema import Faq, Guide
from knowledge.search.english import closest_faq as closest_in_english
from knowledge.search.english import is_english
from knowledge.text import char_ngrams, char_weight, fold, segments

# Cosine from which the question counts as the same one; measured on the guides' own questions, see the tests.
CLOSE = 0.42
# What the item's own name weighs: every question names it, so it says little about which question it is.
_NAME = 0.25
_EMPTY = frozenset("吗呢吧啊呀嘛的了是有要我你您能可以不怎么办请问")


def closest_faq(guide: Guide, question: str, close: float = CLOSE) -> Faq | None:
    """The faq whose question is close enough to this one, or None."""
    if is_english(question):
        return closest_in_english(guide, question)
    named = set(_grams([guide.name, *guide.names.aliases]))
    asked = _bag(question, named)
    best = max(guide.faqs, key=lambda faq: _cosine(asked, _bag(faq.question, named)), default=None)
    return best if best is not None and _cosine(asked, _bag(best.question, named)) >= close else None


def _grams(texts: Iterable[str]) -> list[str]:
    grams = [gram for text in texts for gram in char_ngrams(segments(fold(text)), 1, 2)]
    return [gram for gram in grams if not set(gram) <= _EMPTY]


def _bag(text: str, named: set[str]) -> dict[str, float]:
    return {gram: char_weight(gram) * (_NAME if gram in named else 1.0) * (1 + math.log(count))
            for gram, count in Counter(_grams([text])).items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    length = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return sum(weight * other.get(gram, 0.0) for gram, weight in one.items()) / length if length else 0.0
