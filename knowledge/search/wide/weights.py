"""How rare a gram is in the whole catalogue: sorted hashes and counts, memory-mapped, the rarity of the exact index from them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.text import char_weight, sound_weight

_PLAINNESS = (char_weight, char_weight, sound_weight)
# A gram found in one of so many items is as rare as it gets: the scores were calibrated on a city's catalogue, and the
# logarithm of five million would change what each feature is worth. Up to here the weights are those of the exact index.
_MOST = 4096
_REMEMBERED = 200_000

Weight = tuple[float, bool]


class Weights:
    """Weights of grams by kind (word, character, sound), from how many records hold each. Thread-safe."""

    def __init__(self, hashes: NDArray[np.uint64], counts: NDArray[np.uint32], records: int, foreign: Iterable[bytes]) -> None:
        self._hashes, self._counts = hashes, counts
        self._foreign = set(foreign)
        self._total = records + 1  # sentences about other things are one more item, as in the exact index
        self.unknown = math.log(1 + 2 * min(self._total, _MOST))
        self._remembered: dict[tuple[int, str], Weight] = {}

    @classmethod
    def open(cls, folder: Path, records: int, foreign: Iterable[bytes]) -> Weights:
        """Those of an index folder, memory-mapped."""
        hashes, counts = (np.load(folder / name, mmap_mode="r").view(np.ndarray) for name in ("grams.npy", "gram_counts.npy"))
        return cls(hashes, counts, records, foreign)

    @staticmethod
    def write(counts: Mapping[bytes, int], folder: Path) -> None:
        """Write the counts of hashed grams."""
        hashes = np.frombuffer(b"".join(counts), dtype=">u8").astype(np.uint64)
        order = np.argsort(hashes)
        np.save(folder / "grams.npy", hashes[order])
        np.save(folder / "gram_counts.npy", np.fromiter(counts.values(), dtype=np.uint32, count=len(counts))[order])

    def of(self, kind: int, gram: str) -> Weight:
        """How much a gram tells, as in ``TermIndex.weight``; and whether any record holds it."""
        return self.all_of(kind, (gram,))[0]

    def all_of(self, kind: int, grams: Collection[str]) -> list[Weight]:
        """The same of several."""
        remembered = self._remembered
        new = [gram for gram in grams if (kind, gram) not in remembered]
        if new:
            if len(remembered) > _REMEMBERED:
                self._remembered = remembered = {key: remembered[key] for key in ((kind, g) for g in grams) if key in remembered}
            hashed = [key(kind, gram) for gram in new]
            for gram, name, held in zip(new, hashed, self._held(hashed), strict=True):
                among = held + (name in self._foreign)
                rarity = math.log(1 + min(self._total / among, _MOST)) if among else self.unknown
                remembered[kind, gram] = rarity * _PLAINNESS[kind](gram), held > 0
        return [remembered[kind, gram] for gram in grams]

    def _held(self, hashed: list[bytes]) -> list[int]:
        if not len(self._hashes):
            return [0] * len(hashed)
        wanted = np.frombuffer(b"".join(hashed), dtype=">u8").astype(np.uint64)
        at = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        held: list[int] = np.where(self._hashes[at] == wanted, self._counts[at], 0).tolist()
        return held


def key(kind: int, gram: str) -> bytes:
    """Eight bytes that stand for a gram of a kind."""
    return hashlib.blake2b(f"{kind}{gram}".encode(), digest_size=8).digest()
