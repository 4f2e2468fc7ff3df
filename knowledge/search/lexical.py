"""An exact in-memory index of term weights: the cosine of a query with every document in a fraction of a millisecond.

One city's catalogue is a few thousand short documents, so the whole index is a handful of arrays and nothing is
approximated. A whole country's is searched on disk (``wide``).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int32]


class TermIndex:
    """Documents as bags of terms, each document owned by a guide.

    A term's rarity counts *guides*, not documents: a word that one guide repeats in twenty samples still tells that
    guide from the others, while 登记, said by every third guide, tells little.
    """

    def __init__(self, documents: Sequence[Sequence[str]], owners: Sequence[int], guide_count: int,
                 plainness: Callable[[str], float], rarity: Callable[[str], float] | None = None) -> None:
        """Index documents.

        Args:
            plainness: how much a term tells in general language, 0 to 1.
            rarity: the weight of any term, where these documents are only some of a larger catalogue.
        """
        self._size = len(documents)
        held_by: dict[str, set[int]] = defaultdict(set)
        for terms, owner in zip(documents, owners, strict=True):
            for term in terms:
                held_by[term].add(owner)
        self._plainness = plainness
        self._weigh = rarity
        self._rarity = {term: math.log(1 + guide_count / len(guides)) * plainness(term) for term, guides in held_by.items()}
        self._unknown = math.log(1 + 2 * guide_count)
        self.heaviest = self._unknown
        ids: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, list[float]] = defaultdict(list)
        for number, terms in enumerate(documents):
            bag = {term: self._weight(term, count) for term, count in Counter(terms).items()}
            norm = math.sqrt(sum(weight * weight for weight in bag.values())) or 1.0
            for term, weight in bag.items():
                ids[term].append(number)
                weights[term].append(weight / norm)
        self._postings: dict[str, tuple[Ints, Floats]] = {
            term: (np.array(ids[term], dtype=np.int32), np.array(weights[term], dtype=np.float32)) for term in ids
        }
        self._guides = {term: np.array(sorted(guides), dtype=np.int32) for term, guides in held_by.items()}
        self._guide_count = guide_count

    def cosines(self, terms: Sequence[str]) -> tuple[Floats, Floats]:
        """Cosine of the query with each document, and the share of each document's own weight the query holds.

        Terms no document has count in the query's length, so talk about something else lowers every cosine; the second
        figure ignores them, so an item named inside a long story is still seen.
        """
        products = np.zeros(self._size, dtype=np.float32)
        held = np.zeros(self._size, dtype=np.float32)
        square = 0.0
        for term, count in Counter(terms).items():
            weight = self._weight(term, count)
            square += weight * weight
            posting = self._postings.get(term)
            if posting is not None:
                numbers, document_weights = posting
                products[numbers] += weight * document_weights
                held[numbers] += document_weights * document_weights
        return products / np.float32(math.sqrt(square) or 1.0), held

    def coverage(self, terms: Sequence[str], but: int) -> tuple[Floats, float]:
        """For each guide the share of the query's weight it knows from any document; and the share none but one knows."""
        known = np.zeros(self._guide_count, dtype=np.float32)
        total = unknown = 0.0
        for term in dict.fromkeys(terms):
            weight = self.weight(term)
            total += weight
            guides = self._guides.get(term)
            if guides is not None:
                known[guides] += weight
            if guides is None or (len(guides) == 1 and guides[0] == but):
                unknown += weight
        return known / np.float32(total or 1.0), unknown / (total or 1.0)

    def knowing(self, term: str) -> Ints | None:
        """The numbers of the guides that know a term; None if none does."""
        return self._guides.get(term)

    def weight(self, term: str) -> float:
        """How much a term tells: by its rarity among the guides, and in general language."""
        return self._weigh(term) if self._weigh else self._rarity.get(term) or self._unknown * self._plainness(term)

    def _weight(self, term: str, count: int) -> float:
        return (1 + math.log(count)) * self.weight(term)
