"""An exact in-memory index of term weights: the cosine of a query with every document in a fraction of a millisecond.

One city's catalogue is a few thousand short documents, so the whole index is a handful of arrays and nothing is
approximated. A whole country's is searched on disk (``wide``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
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

    def __init__(self, documents: Sequence[Mapping[str, int]], owners: Sequence[int], guide_count: int,
                 plainness: Callable[[str], float], rarity: Callable[[str], float] | None = None,
                 like: TermIndex | None = None) -> None:
        """Index documents; a few milliseconds a thousand, because one changed guide changes how rare its terms are in all.

        Args:
            documents: how often each of its terms is in a document.
            plainness: how much a term tells in general language, 0 to 1.
            rarity: the weight of any term, where these documents are only some of a larger catalogue.
            like: an index of much the same documents, from which the plainness of terms is taken where it has them.
        """
        self._size, self._guide_count = len(documents), guide_count
        self._plainness, self._weigh = plainness, rarity
        self._unknown = math.log(1 + 2 * guide_count)
        self.heaviest = self._unknown
        terms = list(chain.from_iterable(documents))
        self._ids = {term: number for number, term in enumerate(dict.fromkeys(terms))}
        ids = np.fromiter(map(self._ids.__getitem__, terms), np.int64, len(terms))
        counts = np.fromiter(chain.from_iterable(bag.values() for bag in documents), np.float64, len(terms))
        numbers = np.repeat(np.arange(self._size), np.fromiter(map(len, documents), np.int64, self._size))
        kinds = np.arange(len(self._ids) + 1)
        # which guides hold a term: every pair of them once, by term and then by guide
        held = np.unique(ids * guide_count + np.asarray(owners, dtype=np.int64)[numbers])
        self._guides = (held % guide_count if guide_count else held).astype(np.int32)
        starts = np.searchsorted(held, kinds * guide_count)
        holders = np.maximum(np.diff(starts), 1)
        self._guides_from: list[int] = starts.tolist()
        self._plain = self._plainness_of(self._ids, like)
        self._rarity = np.log(1 + guide_count / holders) * self._plain
        weights = self._rarity if rarity is None else np.fromiter(map(rarity, self._ids), np.float64, len(self._ids))
        weighed = (1 + np.log(counts)) * weights[ids]
        norms = np.sqrt(np.bincount(numbers, weighed * weighed, self._size))
        order = np.argsort(ids, kind="stable")
        self._documents = numbers[order].astype(np.int32)
        self._weights: Floats = (weighed / np.where(norms, norms, 1.0)[numbers])[order].astype(np.float32)
        self._documents_from: list[int] = np.searchsorted(ids[order], kinds).tolist()

    def _plainness_of(self, terms: Mapping[str, int], like: TermIndex | None) -> NDArray[np.float64]:
        if like is None:
            return np.fromiter(map(self._plainness, terms), np.float64, len(terms))
        known, plain = like._ids, like._plain
        found = (float(plain[known[term]]) if term in known else self._plainness(term) for term in terms)
        return np.fromiter(found, np.float64, len(terms))

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
            number = self._ids.get(term)
            if number is not None:
                span = slice(self._documents_from[number], self._documents_from[number + 1])
                numbers, document_weights = self._documents[span], self._weights[span]
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
            guides = self.knowing(term)
            if guides is not None:
                known[guides] += weight
            if guides is None or (len(guides) == 1 and guides[0] == but):
                unknown += weight
        return known / np.float32(total or 1.0), unknown / (total or 1.0)

    def knowing(self, term: str) -> Ints | None:
        """The numbers of the guides that know a term; None if none does."""
        number = self._ids.get(term)
        return None if number is None else self._guides[self._guides_from[number]:self._guides_from[number + 1]]

    def weight(self, term: str) -> float:
        """How much a term tells: by its rarity among the guides, and in general language."""
        if self._weigh:
            return self._weigh(term)
        number = self._ids.get(term)
        return self._unknown * self._plainness(term) if number is None else float(self._rarity[number])

    def _weight(self, term: str, count: int) -> float:
        return (1 + math.log(count)) * self.weight(term)
