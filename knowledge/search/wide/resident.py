"""The wordings of the guides, held in memory: a guide has fifty of them, and the likeliest guides are read for every sentence."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from knowledge.search.wide.cutting import Grams

_Posting = tuple[NDArray[np.int32], NDArray[np.float32]]


class Resident:
    """For each gram of a kind the wordings that hold it, and 1 + log of how often. ``places`` are wordings' numbers here."""

    def __init__(self, wordings: Iterable[tuple[int, Grams]]) -> None:
        self.places: dict[int, int] = {}
        ids: list[dict[str, list[int]]] = [defaultdict(list) for _ in range(3)]
        counts: list[dict[str, list[float]]] = [defaultdict(list) for _ in range(3)]
        for number, grams in wordings:
            place = self.places.setdefault(number, len(self.places))
            for kind, bag in enumerate(grams.bags):
                for gram, count in bag.items():
                    ids[kind][gram].append(place)
                    counts[kind][gram].append(1 + math.log(count))
        self._postings: list[dict[str, _Posting]] = [
            {gram: (np.array(ids[kind][gram], np.int32), np.array(counts[kind][gram], np.float32)) for gram in ids[kind]}
            for kind in range(3)]

    def fill(self, kind: int, grams: Iterable[str], rows: NDArray[np.int32], into: NDArray[np.float32]) -> None:
        """Write the counts of grams into a table: a column a gram, ``rows`` the row of each wording here, -1 for none."""
        postings = self._postings[kind]
        for column, gram in enumerate(grams):
            posting = postings.get(gram)
            if posting is not None:
                there = rows[posting[0]]
                into[there[there >= 0], column] = posting[1][there >= 0]
