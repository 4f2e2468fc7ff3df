"""Records in columns on disk, sorted by region, so that a region and those around it are a few slices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.search.entries import Where
from knowledge.search.wide.records import KINDS, mask

Ints = NDArray[np.int64]
_ARRAYS = ("regions", "kinds", "effective", "expires", "starts", "names", "wordings", "uses", "used_by", "guides")
NEVER = date.max.toordinal()


def mapped(path: Path) -> NDArray[Any]:
    """An array file, memory-mapped, as a plain array: numpy's own class for it is slow to cut."""
    held: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return held


class Strings:
    """Texts in one file, found by number."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends = mapped(folder / f"{name}.npy")
        path = folder / f"{name}.txt"
        self._bytes = np.memmap(path, np.uint8, "r").view(np.ndarray) if path.stat().st_size else np.zeros(0, np.uint8)

    def __getitem__(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return bytes(self._bytes[start:int(self._ends[number])])

    @staticmethod
    def write(folder: Path, name: str, texts: Iterable[bytes]) -> None:
        """Write texts in order."""
        ends, end = [], 0
        with (folder / f"{name}.txt").open("wb") as file:
            for text in texts:
                file.write(text)
                end += len(text)
                ends.append(end)
        np.save(folder / f"{name}.npy", np.array(ends, dtype=np.int64))


class Columns:
    """The records of an index folder. A record's wordings are ``wordings[starts[n]:starts[n + 1]]``, the first ``names[n]`` of
    them names; the records that use wording w are ``used_by[uses[w]:uses[w + 1]]``. Memory-mapped, read-only."""

    def __init__(self, folder: Path) -> None:
        held: dict[str, NDArray[Any]] = {name: mapped(folder / f"{name}.npy") for name in _ARRAYS}
        self.regions, self.kinds, self.effective, self.expires = (held[name] for name in _ARRAYS[:4])
        self.starts, self.names, self.wordings, self.uses, self.used_by, self.guides = (held[name] for name in _ARRAYS[4:])
        self.codes = Strings(folder, "codes")

    def __len__(self) -> int:
        return len(self.regions)

    def code(self, record: int) -> str:
        """The code of a record."""
        return self.codes[record].decode()

    def admitted(self, records: Ints, where: Where) -> Ints:
        """Those of some records that count, in the same order."""
        if where == Where() or not len(records):
            return records
        kept = np.ones(len(records), dtype=bool)
        if where.region is not None:
            kept &= np.isin(self.regions[records], where.regions)
        if where.applicant in KINDS:
            kept &= (self.kinds[records] & mask([where.applicant])) > 0
        if where.day is not None:
            day = where.day.toordinal()
            kept &= (self.effective[records] <= day) & (self.expires[records] >= day)
        return records[kept]

    def within(self, where: Where) -> Slice:
        """Every record that counts, where a region is given."""
        # Of the column's own type: looking for wider numbers would first make a wider copy of five million.
        bounds = [np.array([region, region + 1], dtype=self.regions.dtype) for region in sorted(where.regions)]
        slices = [np.arange(*np.searchsorted(self.regions, bound)) for bound in bounds]
        records = self.admitted(np.concatenate(slices), where)
        starts, ends = self.starts[records], self.starts[records + 1]
        said = self.wordings[_ranges(starts, ends)].astype(np.int64)
        order = np.argsort(said, kind="stable")
        said = said[order]
        return Slice(said[np.flatnonzero(np.diff(said, prepend=-1))], said, np.repeat(records, ends - starts)[order])

    def wordings_of(self, records: Ints) -> Ints:
        """The different wordings of some records, in order of number."""
        return np.unique(self.wordings[_ranges(self.starts[records], self.starts[records + 1])]).astype(np.int64)

    def users(self, wording: int, where: Where) -> Ints:
        """The records that count among all that are called so, the widest region first."""
        records = self.admitted(self.used_by[self.uses[wording]:self.uses[wording + 1]].astype(np.int64), where)
        regions = self.regions[records]
        narrow = (regions % 10000 > 0).astype(int) + (regions % 100 > 0) + (regions > 0)
        return records[np.argsort(narrow, kind="stable")] if len(records) > 1 else records


@dataclass(frozen=True, slots=True)
class Slice:
    """The records of a region and those around it that count: their different ``wordings``; and which record is called which,
    as pairs in order of wording."""

    wordings: Ints
    said: Ints
    by: Ints

    def users(self, wording: int) -> Ints:
        """The records called so."""
        return self.by[slice(*np.searchsorted(self.said, (wording, wording + 1)))]


def _ranges(starts: NDArray[Any], ends: NDArray[Any]) -> Ints:
    """All numbers of several ranges."""
    lengths = (ends - starts).astype(np.int64)
    if not len(lengths) or not lengths.sum():
        return np.zeros(0, dtype=np.int64)
    first = np.repeat(starts.astype(np.int64) - np.concatenate(([0], lengths.cumsum()[:-1])), lengths)
    return first + np.arange(int(lengths.sum()))
