"""The features of the exact index (``features.py``), computed for a few hundred wordings out of millions.

Everything that depends on the whole catalogue, how rare a gram is and how long a wording is as a bag of grams, was settled at
build time; so a candidate's figures are those it would have among all, and the calibration holds for them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from knowledge.search.features import ALONE, FOREIGN, SHORT_NAME, Reading
from knowledge.search.lexical import Floats, TermIndex
from knowledge.search.wide.cutting import Cut, Grams, needle, sounded
from knowledge.search.wide.resident import Resident
from knowledge.search.wide.weights import Weights
from knowledge.text import is_han


@dataclass(frozen=True, slots=True)
class Candidates:
    """Wordings by record: those of record n are ``cuts[starts[n]:starts[n + 1]]``; ``norms`` and ``vectors`` have a row each.

    ``rows`` has for each wording of ``resident`` its row, or -1; ``others`` are the rows of those it does not hold.
    """

    cuts: list[Cut]
    resident: Resident
    rows: NDArray[np.int32]
    others: list[int]
    starts: NDArray[np.int64]
    is_name: NDArray[np.float32]
    norms: Floats
    vectors: Floats


class ForeignSentences:
    """Sentences about other things, held in memory; they are one more item that is never found."""

    def __init__(self, sentences: Sequence[Grams], vectors: Floats, weights: Weights) -> None:
        self._vectors = vectors
        self._kinds = [TermIndex([grams.bags[kind] for grams in sentences], [0] * len(sentences), 1,
                                 lambda _: 1.0, partial(_weight, weights, kind)) for kind in range(3)]

    def likeness(self, said: Grams, vector: Floats) -> Floats:
        """How like the nearest of them a sentence is: by words, characters, syllables and vectors."""
        found = np.zeros(FOREIGN, dtype=np.float32)
        for kind, index in enumerate(self._kinds):
            found[kind] = max(0.0, float(index.cosines(list(said.bags[kind].elements()))[0].max(initial=0)))
        found[3] = max(0.0, float((self._vectors @ vector).max(initial=0)))
        return found


def read(said: Grams, vector: Floats, held: Candidates, weights: Weights, foreign: ForeignSentences) -> Reading:
    """The reading of a sentence against the candidates' records."""
    starts = held.starts[:-1]
    kinds = [_Kind(kind, said, held, weights) for kind in range(3)]
    word, char, sound = (kind.cosines() for kind in kinds)
    dense = np.maximum(held.vectors @ vector, 0).astype(np.float32)
    middles = np.add.reduceat(held.vectors, starts, axis=0)
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)

    def best(per_wording: Floats) -> Floats:
        return np.asarray(np.maximum.reduceat(per_wording, starts), dtype=np.float32)

    table = np.stack([best(word), best(char), best(sound), best(dense), kinds[1].known(starts), kinds[2].known(starts),
                      best(kinds[1].share_held() * held.is_name), best(kinds[2].share_held() * held.is_name),
                      np.maximum(middles @ vector, 0), np.log1p(np.diff(held.starts))], axis=1).astype(np.float32)
    cover, heard, telling = _cover(said, kinds[1], kinds[2], starts, weights.unknown)
    together = char + sound + dense
    nearest = np.array([first + int(together[first:last].argmax()) for first, last in zip(starts, held.starts[1:], strict=True)])
    return Reading(table, foreign.likeness(said, vector), nearest, kinds[1].unknown, said.words, not said.parts,
                   _naming(said, held), cover, heard, telling)


class _Kind:
    """One kind of gram: which candidate holds which of the sentence's, and what each weighs."""

    def __init__(self, kind: int, said: Grams, held: Candidates, weights: Weights) -> None:
        bag = said.bags[kind]
        self.grams = {gram: place for place, gram in enumerate(bag)}
        looked_up = weights.all_of(kind, bag)
        self.weights = np.array([weight for weight, _ in looked_up], dtype=np.float64)
        times = np.array([1 + math.log(count) for count in bag.values()])
        self._said = self.weights * times
        self._length = float(np.linalg.norm(self._said)) or 1.0
        needles = [needle(kind, gram) for gram in bag]
        self.counts = np.zeros((len(held.cuts), len(needles)), dtype=np.float32)
        held.resident.fill(kind, bag, held.rows, self.counts)
        for row in held.others:
            string = held.cuts[row].strings[kind]
            for place in [place for place, wanted in enumerate(needles) if wanted in string]:
                self.counts[row, place] = 1 + math.log(string.count(needles[place]))
        total = float(self.weights.sum()) or 1.0
        self.unknown = float(self.weights[[not known for _, known in looked_up]].sum()) / total if looked_up else 0.0
        self._shares = (self.weights / total).astype(np.float32)
        self._held = self.counts * self.weights.astype(np.float32) / held.norms[:, kind, None]

    def cosines(self) -> Floats:
        return np.asarray(self._held @ (self._said / self._length), dtype=np.float32)

    def share_held(self) -> Floats:
        """The share of each wording's own weight that the sentence holds."""
        return np.asarray((self._held ** 2).sum(axis=1), dtype=np.float32)

    def known(self, starts: NDArray[np.int64]) -> Floats:
        """For each record the share of the sentence's weight it knows."""
        return np.asarray(self.by_record(starts) @ self._shares, dtype=np.float32)

    def by_record(self, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which record holds which gram."""
        return np.asarray(np.logical_or.reduceat(self.counts > 0, starts, axis=0))


def _weight(weights: Weights, kind: int, gram: str) -> float:
    return weights.of(kind, gram)[0]


def _cover(said: Grams, char: _Kind, sound: _Kind, starts: NDArray[np.int64], heaviest: float) -> tuple[Floats, Floats, Floats]:
    """See ``FeatureIndex``: how surely each record knows each character said, and its sound; and what each matters."""
    units = [unit for part in said.parts for unit in (part if is_han(part) else [part])]
    written, voiced = char.by_record(starts), sound.by_record(starts)
    cover = np.zeros((len(starts), len(units)), dtype=np.float32)
    heard = np.zeros_like(cover)
    telling = np.array([char.weights[char.grams[unit]] for unit in units], dtype=np.float32) / np.float32(heaviest)
    start = 0
    for part in said.parts:
        if not is_han(part):
            _raise(cover, written[:, char.grams[part]], start, 1, 1.0)
            start += 1
            continue
        sounds = sounded([part]).strip("|").split("|")
        for size, sure in ((1, ALONE if len(part) > 1 else 1.0), (2, 1.0), (3, 1.0)):
            for at in range(len(part) - size + 1):
                _raise(cover, written[:, char.grams[part[at:at + size]]], start + at, size, sure)
                if size > 1 and len(sounds) == len(part):
                    _raise(heard, voiced[:, sound.grams["_".join(sounds[at:at + size])]], start + at, size, 1.0)
        start += len(part)
    return cover, heard, telling


def _raise(cover: Floats, knowing: NDArray[np.bool_], start: int, size: int, sure: float) -> None:
    place = cover[:, start:start + size]
    np.maximum(place, knowing[:, None] * np.float32(sure), out=place)


def _naming(said: Grams, held: Candidates) -> NDArray[np.int8]:
    """3 where a record is called exactly this, 2 where it sounds so, 1 where a name of it was said."""
    text, sound = " ".join(said.parts), sounded(said.parts)
    called = np.zeros(len(held.starts) - 1, dtype=np.int8)
    for record, (first, last) in enumerate(zip(held.starts[:-1], held.starts[1:], strict=True)):
        for number in range(first, last):
            if not held.is_name[number]:
                break  # names stand first
            cut = held.cuts[number]
            if not cut.said:
                continue
            found = 3 if cut.said == text else 2 if cut.sounds == sound else \
                int(len(cut.sounds) > SHORT_NAME and cut.sounds in sound)
            called[record] = max(called[record], found)
    return called
