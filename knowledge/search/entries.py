"""What a search goes through and what it may be narrowed to: entries, filters, and the entries read against a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from knowledge.resolving import NATION, chain
from knowledge.schema import Guide
from knowledge.search.features import Reading


@dataclass(frozen=True, slots=True)
class Entry:
    """An item that may be found: a guide, or a platform's row of the wide index (then ``own`` is false).

    ``names`` are folded. Without ``applicant`` it is for everybody.
    """

    code: str
    name: str
    region: str
    applicant: tuple[str, ...] = ()
    effective: date | None = None
    expires: date | None = None
    names: tuple[str, ...] = ()
    own: bool = True

    @classmethod
    def of(cls, guide: Guide) -> Entry:
        """A guide of the catalogue."""
        return cls(guide.code, guide.name, guide.region, tuple(guide.applicant), guide.effective, guide.expires)


@dataclass(frozen=True, slots=True)
class Where:
    """Which items count: of a region (GB/T 2260) and those around it, for a kind of applicant, valid on a day; None: any."""

    region: str | None = None
    applicant: str | None = None
    day: date | None = None

    @property
    def regions(self) -> list[int]:
        """The nation, province, city and district of the region, as numbers; none where no region is given."""
        return [] if self.region is None else list(dict.fromkeys(int(code) for code in (NATION, *chain(self.region))))

    def admits(self, entry: Entry) -> bool:
        """Whether an entry counts."""
        return ((self.region is None or serves(entry.region, self.region))
                and (self.applicant is None or not entry.applicant or self.applicant in entry.applicant)
                and (self.day is None or ((entry.effective is None or entry.effective <= self.day)
                                          and (entry.expires is None or self.day <= entry.expires))))


@dataclass(frozen=True, slots=True)
class Found:
    """Entries read against a sentence: their features, and of each, by its number here, the nearest wording and all its words.

    ``reading`` is None only where there are no entries.
    """

    entries: list[Entry]
    reading: Reading | None
    nearest: Callable[[int], str]
    words: Callable[[int], set[str]]

    @classmethod
    def nothing(cls) -> Found:
        """No entries."""
        return cls([], None, lambda _: "", lambda _: set())


def serves(guide_region: str, region: str) -> bool:
    """Whether a guide of one GB/T 2260 region is valid in another: its own, or one inside it.

    >>> serves("310000", "310115"), serves("000000", "310115"), serves("440000", "310115")
    (True, True, False)
    """
    prefix = guide_region
    while prefix.endswith("00"):
        prefix = prefix[:-2]
    return region.startswith(prefix)
