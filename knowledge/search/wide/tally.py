"""Counting grams at build time: which wording holds which, spooled to disk, since a country's do not fit in memory as objects."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from knowledge.search.wide.cutting import Grams
from knowledge.search.wide.weights import Weights, key

_CHUNK = 50_000
_MOST_IN_ONE = 255


class Tally:
    """The grams of wordings, added one after the other."""

    def __init__(self, folder: Path) -> None:
        self._numbers: dict[tuple[int, str], int] = {}
        self._paths = folder / "tally.grams", folder / "tally.counts"
        self._files: tuple[BinaryIO, BinaryIO] = self._paths[0].open("wb"), self._paths[1].open("wb")
        self._ends = array("q", [0])

    def add(self, grams: Grams) -> None:
        """The next wording's."""
        numbers = self._numbers
        ids, counts = array("I"), bytearray()
        for kind, bag in enumerate(grams.bags):
            for gram, count in bag.items():
                ids.append(numbers.setdefault((kind, gram), len(numbers)))
                counts.append(min(count, _MOST_IN_ONE))
        self._files[0].write(ids.tobytes())
        self._files[1].write(counts)
        self._ends.append(self._ends[-1] + len(ids))

    def close(self) -> None:
        """No more wordings come; the figures may be asked for."""
        for file in self._files:
            file.close()
        empty = self._ends[-1] == 0
        self._ids = np.zeros(0, np.uint32) if empty else np.memmap(self._paths[0], np.uint32, "r")
        self._counts = np.zeros(0, np.uint8) if empty else np.memmap(self._paths[1], np.uint8, "r")
        self._starts = np.frombuffer(self._ends, dtype=np.int64)

    def drop(self) -> None:
        """Remove the spooled files."""
        del self._ids, self._counts
        for path in self._paths:
            path.unlink()

    def held_by(self, groups: Mapping[tuple[int, ...], int]) -> dict[bytes, int]:
        """How many records hold each gram, by its hash; ``groups`` says how many records have exactly these wordings."""
        held = np.zeros(len(self._numbers), dtype=np.int64)
        alone = np.zeros(len(self._starts) - 1, dtype=np.int64)
        for wordings, records in groups.items():
            if len(wordings) == 1:
                alone[wordings[0]] += records
            elif wordings:
                held[np.unique(np.concatenate([self._of(wording) for wording in wordings]))] += records
        for first, last in self._chunks():
            times = np.repeat(alone[first:last], np.diff(self._starts[first:last + 1]))
            held += np.bincount(self._ids[self._starts[first]:self._starts[last]], times, len(held)).astype(np.int64)
        return {key(*gram): int(held[number]) for gram, number in self._numbers.items()}

    def norms(self, weights: Weights) -> NDArray[np.float32]:
        """The length of every wording as a bag of weighted grams, a column a kind."""
        weight = np.array([weights.of(*gram)[0] for gram in self._numbers] or [0.0], dtype=np.float64)
        kinds = np.array([kind for kind, _ in self._numbers] or [0], dtype=np.int64)
        found: list[NDArray[np.float32]] = [np.zeros((0, 3), np.float32)]
        for first, last in self._chunks():
            part = slice(self._starts[first], self._starts[last])
            ids = self._ids[part]
            squares = ((1 + np.log(self._counts[part])) * weight[ids]) ** 2
            owners = np.repeat(np.arange(last - first), np.diff(self._starts[first:last + 1]))
            sums = np.bincount(owners * 3 + kinds[ids], squares, 3 * (last - first))
            found.append(np.sqrt(sums).reshape(-1, 3).astype(np.float32))
        norms = np.concatenate(found)
        return np.where(norms > 0, norms, np.float32(1))

    def _of(self, wording: int) -> NDArray[np.uint32]:
        return self._ids[self._starts[wording]:self._starts[wording + 1]]

    def _chunks(self) -> Iterable[tuple[int, int]]:
        count = len(self._starts) - 1
        return ((first, min(count, first + _CHUNK)) for first in range(0, count, _CHUNK))
