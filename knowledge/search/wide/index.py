"""The wide index opened: candidates of the lexical and the dense index, read with the features of the exact search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.foundation.messages import t
from knowledge.embedding import Embedding
from knowledge.search.entries import Entry, Found, Where
from knowledge.search.wide.build import foreign_keys, foreign_sentences, models_digest
from knowledge.search.wide.columns import NEVER, Columns, Slice, Strings, mapped
from knowledge.search.wide.cutting import Cut, Grams
from knowledge.search.wide.lexicon import Lexicon
from knowledge.search.wide.manifest import Manifest, WideUnusable
from knowledge.search.wide.reading import Candidates, ForeignSentences, read
from knowledge.search.wide.records import KINDS
from knowledge.search.wide.resident import Resident
from knowledge.search.wide.vectors import Vectors
from knowledge.search.wide.weights import Weights
from knowledge.text import WordCutter

Ints = NDArray[np.int64]
# How many wordings each index may put forward, and how many items are scored of them.
_WORDINGS, _RECORDS = 60, 80
# With a filter few of the first may be left: then more are asked for, up to this many.
_MOST_WORDINGS = 2000
# Items of one wording (what a platform calls the main item of many), and wordings of one item that are looked at.
_USERS, _SAID = 6, 80
# Of the many regions that have items of the same wording this many records are looked at for differently named ones.
_ALIKE = 64
# Longer talk is cut: the features of a long sentence cost in proportion to its length.
_LONGEST = 160
# Where a region has no more than this many items its wordings are all compared; a larger one goes through the lists.
_SLICE = 60_000
# Slices kept: one takes 16 bytes a wording.
_SLICES = 64


@dataclass(frozen=True, slots=True)
class _Parts:
    columns: Columns
    texts: Strings
    norms: NDArray[np.float32]
    vectors: Vectors
    lexicon: Lexicon
    weights: Weights
    cutter: WordCutter
    foreign: ForeignSentences
    resident: Resident


class WideIndex:
    """An index folder opened for searching. Read-only and thread-safe; memory is what is touched of the mapped files."""

    def __init__(self, manifest: Manifest, parts: _Parts, embedding: Embedding) -> None:
        self.manifest = manifest
        self._parts, self._embedding = parts, embedding
        self._slice = lru_cache(maxsize=_SLICES)(parts.columns.within)
        self._cut = lru_cache(maxsize=16_384)(lambda number: Cut.unpacked(parts.texts[number]))

    @classmethod
    def open(cls, folder: Path, models_dir: Path, embedding: Embedding) -> WideIndex:
        """Open what ``build`` wrote.

        Raises:
            WideUnusable: the folder is missing or damaged, or of other models.
        """
        manifest = Manifest.load(folder, embedding.name, models_digest(models_dir))
        try:
            cutter = WordCutter((folder / "names.txt").read_text(encoding="utf-8").splitlines())
            sentences = foreign_sentences(models_dir)
            weights = Weights.open(folder, manifest.records, foreign_keys(sentences, cutter))
            foreign = ForeignSentences([Grams.of(text, cutter) for text in sentences],
                                       np.asarray(embedding.encode(sentences), dtype=np.float32), weights)
            columns, texts = Columns(folder), Strings(folder, "texts")
            of_guides = columns.wordings_of(columns.guides).tolist()
            resident = Resident((number, Grams.of(Cut.unpacked(texts[number]).text, cutter)) for number in of_guides)
            parts = _Parts(columns, texts, mapped(folder / "norms.npy"),
                           Vectors(folder, manifest.wordings, manifest.dimensions), Lexicon(folder / "lexicon"), weights, cutter,
                           foreign, resident)
        except (OSError, ValueError, RuntimeError, EOFError) as error:
            detail = (str(error) or type(error).__name__).splitlines()[0][:80]
            raise WideUnusable("damaged", t("knowledge.wide_damaged", folder=folder, file=detail)) from error
        return cls(manifest, parts, embedding)

    def holds(self, codes: Iterable[str]) -> bool:
        """Whether guides of all these codes are in it."""
        return all(code in self.manifest.guides for code in codes)

    def text(self, wording: int) -> str:
        """One of the wordings in it, as said."""
        return self._cut(wording).text

    def read(self, text: str, where: Where, wanted: Sequence[str] = ()) -> Found:
        """The items a sentence may mean, with their features.

        Args:
            wanted: codes of guides to be looked at whatever the indexes say, as far as ``where`` lets them in.
        """
        text = text[-_LONGEST:]
        said = Grams.of(text, self._parts.cutter)
        vector = np.asarray(self._embedding.encode([text])[0], dtype=np.float32)
        records = self.candidates(said, vector, where, wanted)
        if not len(records):
            return Found.nothing()
        held = self._gathered(records)
        reading = read(said, vector, held, self._parts.weights, self._parts.foreign)
        entries = [self._entry(int(record), held.cuts[first], held.cuts[first:first + int(self._parts.columns.names[record])])
                   for record, first in zip(records, held.starts[:-1], strict=True)]
        return Found(entries, reading, lambda place: held.cuts[int(reading.nearest[place])].text,
                     lambda place: {word for cut in held.cuts[held.starts[place]:held.starts[place + 1]]
                                    for word in cut.words.split()})

    def candidates(self, said: Grams, vector: NDArray[np.float32], where: Where, wanted: Sequence[str] = ()) -> Ints:
        """The records put forward by either index, at most ``_RECORDS`` of them and the wanted ones; in order of number."""
        columns, parts = self._parts.columns, self._parts
        chosen: dict[int, None] = {}
        pair: Sequence[list[int]]
        if said.parts:
            there = self._slice(where) if where.region is not None else None
            lexical = self._used(lambda count: parts.lexicon.find(said, parts.weights, count, where.regions), where, there)
            if there is not None and len(there.wordings) <= _SLICE:
                near = parts.vectors.nearest(vector, _WORDINGS, there.wordings).tolist()
                dense = [there.users(wording).tolist()[:_USERS] for wording in near]
            else:
                dense = self._used(lambda count: parts.vectors.nearest(vector, count).tolist(), where, there)
            for pair in zip_longest(lexical, dense, fillvalue=[]):
                chosen.update(dict.fromkeys(record for records in pair for record in records))
                if len(chosen) >= _RECORDS:
                    break
        asked = [self.manifest.guides[code] for code in wanted if code in self.manifest.guides]
        also = columns.admitted(np.array(asked, dtype=np.int64), where).tolist()
        return np.array(sorted({*list(chosen)[:_RECORDS], *also}), dtype=np.int64)

    def _used(self, find: Callable[[int], list[int]], where: Where, there: Slice | None) -> list[list[int]]:
        """The records called by the first wordings found, as far as they count; more wordings are asked for where few do."""
        count = _WORDINGS
        while True:
            found = find(count)
            used = [records for wording in found if (records := self._users(wording, where, there))]
            if len(used) >= _WORDINGS // 2 or len(found) < count or count >= _MOST_WORDINGS:
                return used[:_WORDINGS]
            count = min(4 * count, _MOST_WORDINGS)

    def _users(self, wording: int, where: Where, there: Slice | None) -> list[int]:
        """The records called so. Without a region, of those of the same official name only the one of the widest region."""
        if there is not None:
            return [int(record) for record in there.users(wording)[:_USERS]]
        columns = self._parts.columns
        first: dict[int, int] = {}
        for record in columns.users(wording, where)[:_ALIKE].tolist():
            first.setdefault(int(columns.wordings[columns.starts[record]]), record)
        return list(first.values())[:_USERS]

    def _gathered(self, records: Ints) -> Candidates:
        columns, resident = self._parts.columns, self._parts.resident
        said = [columns.wordings[columns.starts[r]:columns.starts[r + 1]][:_SAID] for r in records.tolist()]
        numbers = np.concatenate(said).astype(np.int64)
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum([len(one) for one in said])))
        names = columns.names[records].tolist()
        is_name = np.concatenate([np.arange(len(one)) < names[place] for place, one in enumerate(said)])
        rows, others = np.full(len(resident.places), -1, np.int32), []
        twice: set[int] = set()
        for row, number in enumerate(numbers.tolist()):
            place = resident.places.get(number)
            if place is None or place in twice:
                others.append(row)
            else:
                rows[place] = row
                twice.add(place)
        cuts = [self._cut(number) for number in numbers.tolist()]
        return Candidates(cuts, resident, rows, others, starts, is_name.astype(np.float32), self._parts.norms[numbers],
                          self._parts.vectors.rows(numbers))

    def _entry(self, record: int, first: Cut, names: Sequence[Cut]) -> Entry:
        columns = self._parts.columns
        kinds = int(columns.kinds[record])
        applicant = tuple(kind for place, kind in enumerate(KINDS) if kinds >> place & 1)
        expires = int(columns.expires[record])
        code = columns.code(record)
        effective = int(columns.effective[record])
        return Entry(code, first.text, f"{int(columns.regions[record]):06d}", applicant if len(applicant) < len(KINDS) else (),
                     date.fromordinal(effective) if effective else None, None if expires == NEVER else date.fromordinal(expires),
                     tuple(cut.folded for cut in names), code in self.manifest.guides)
