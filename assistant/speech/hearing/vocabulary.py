"""The words repair looks for, indexed by their syllables: what items, places, questions and offices are called.

Terms come in ranks: where several sound the same, the one of the first rank is meant, and within one rank none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from assistant.speech.hearing.sounds import sounds
from knowledge.catalogue import Catalogue
from knowledge.regions import within
from knowledge.schema import Guide

_OFFICE = Path(__file__).with_name("office_words.tsv")
_HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST = 14
#: A word of two characters is looked for only where it is one of the office's, the question's or a keyword.
_SHORTEST_NAME = 3
_NEAR = 4


@dataclass(frozen=True)
class Confused:
    """A word that is heard as another right one (时限 as 实现), and what must be beside it to be mended."""

    heard: frozenset[str]
    beside: tuple[str, ...]


@dataclass
class Vocabulary:
    """Terms of several ranks by sound. ``terms`` are all of them; ``pairs`` are any two characters beside one another in
    what the guides themselves say: right, whatever they sound like."""

    terms: set[str] = field(default_factory=set)
    pairs: frozenset[str] = frozenset()
    confused: dict[str, Confused] = field(default_factory=dict)
    _by_sound: dict[tuple[str, ...], list[tuple[int, str]]] = field(default_factory=dict)
    _less_one: dict[tuple[int, tuple[str, ...]], list[tuple[int, str]]] = field(default_factory=dict)
    longest: int = 0

    def add(self, rank: int, words: Iterable[str], shortest: int = 2) -> Vocabulary:
        """Add the Chinese parts of some words, at most ``LONGEST`` characters each."""
        for word in words:
            for part in _HAN.findall(word):
                if shortest <= len(part) <= LONGEST and part not in self.terms:
                    self._index(rank, part)
        return self

    def _index(self, rank: int, term: str) -> None:
        sound = sounds(term)
        if len(sound) != len(term):
            return
        self.terms.add(term)
        self.longest = max(self.longest, len(term))
        self._by_sound.setdefault(sound, []).append((rank, term))
        if len(term) >= _NEAR:
            for place in range(len(sound)):
                self._less_one.setdefault((place, (*sound[:place], *sound[place + 1 :])), []).append((rank, term))

    def sounding(self, sound: tuple[str, ...]) -> str | None:
        """The term of exactly these syllables; None where there is none, or two that rank the same."""
        return _first(self._by_sound.get(sound, ()))

    def nearly(self, sound: tuple[str, ...], place: int) -> str | None:
        """The term that differs in the syllable at ``place`` only, by the same rule."""
        return _first(self._less_one.get((place, (*sound[:place], *sound[place + 1 :])), ()))


def _first(found: Sequence[tuple[int, str]]) -> str | None:
    best = min((rank for rank, _ in found), default=None)
    alike = {term for rank, term in found if rank == best}
    return next(iter(alike)) if len(alike) == 1 else None


def of(catalogue: Catalogue, region: str = "310000") -> Vocabulary:
    """The vocabulary of a city's office: its items, its questions, its places and the words of every counter.

    Args:
        catalogue: the guides in service.
        region: six digits of GB/T 2260; its own districts and the nation's cities are the places listened for.
    """
    guides = [*catalogue.guides.values(), *catalogue.components.values()]
    made = office_words()
    made.add(1, (name for guide in guides for name in (guide.name, *guide.names.aliases, *guide.names.keywords)))
    made.add(2, (f.label for guide in guides for f in guide.fields), _SHORTEST_NAME)
    made.add(2, (material.name for guide in guides for material in guide.materials), _SHORTEST_NAME)
    made.add(3, places(region), _SHORTEST_NAME)
    made.pairs = frozenset(pair for guide in guides for text in _texts(guide) for pair in _pairs(text))
    return made


def _texts(guide: Guide) -> Iterator[str]:
    """What a guide says and what is said of it."""
    yield from (guide.name, guide.summary or "", *guide.names.aliases, *guide.names.colloquial)
    yield from (sample for said in guide.names.samples.values() for sample in said)
    for asked in guide.fields:
        yield from (asked.label, asked.question, asked.why)
        yield from (word for option in asked.options for word in (option.label, *option.aliases))
    for material in guide.materials:
        yield from (material.name, material.note or "")
    for faq in guide.faqs:
        yield from (faq.question, faq.answer)


def _pairs(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        yield from map("".join, pairwise(run))


def office_words() -> Vocabulary:
    """Only the words every counter uses, from ``office_words.tsv``."""
    made = Vocabulary()
    made.add(0, (word for word, _ in _office()))
    made.confused.update({word: confused for word, confused in _office() if confused.heard})
    return made


@cache
def _office() -> tuple[tuple[str, Confused], ...]:
    rows = []
    for line in _OFFICE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, heard, beside = (*line.split("\t"), "", "")[:3]
            rows.append((word, Confused(frozenset(heard.split()), tuple(beside.split()))))
    return tuple(rows)


@cache
def places(region: str) -> tuple[str, ...]:
    """The provinces and cities of the nation and the districts of the region's cities, nearest first."""
    province = f"{region[:2]}0000"
    own = within(province)
    districts = [name for code, _ in own for name in [*(n for _, n in within(code) if code.endswith("00"))]]
    nation = [name for code, name in within("000000")]
    cities = [name for code, _ in within("000000") for inside, name in within(code) if inside.endswith("00")]
    return tuple(dict.fromkeys([*(name for _, name in own), *districts, *nation, *cities]))


def for_question(options: Iterable[str], label: str) -> Vocabulary:
    """The words of the one question asked: its options and what it is called."""
    return Vocabulary().add(0, options).add(0, [label])
