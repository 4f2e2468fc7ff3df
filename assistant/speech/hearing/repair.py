"""Words heard as others that sound the same, put right: 公司助所便更 is 公司住所变更.

A window of the sentence gives way to a term that sounds like it only where leaving it is worse: what is right already, digits and
names stay, and so do good words, unless the term is long enough that chance cannot have made its syllables. Two passes
give what one gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.engine.components.patterns.numerals import DIGITS, UNITS
from assistant.engine.components.patterns.people import SURNAMES
from assistant.speech.hearing.sounds import sounds, strict_sounds
from assistant.speech.hearing.vocabulary import Vocabulary
from knowledge.text import common_words, syllables

_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_NUMERALS = frozenset(DIGITS) | frozenset(UNITS) | frozenset("万亿")
#: What follows is somebody's or something's name.
_NAMED = re.compile(
    r"(?:我叫|(?<!公司)名叫|叫做?|姓名是?|名字是?|我姓|姓|法人是|法人叫|代表人是|负责人是|名称是|名称叫|变更为|改为|改成)"
    r"(?P<name>[\u3400-\u9fff]{1,12}?(?=[,，。、的吧!！?？\s]|$|有限|公司|[要想来办])|[\u3400-\u9fff]{2,3})"
)
_PASSES = 4
#: Words found at least so often are good ones for short windows and for long ones.
_KNOWN, _COMMON = 10, 200
#: Words of grammar: they are hardly ever what a term was heard as.
_GRAMMAR = frozenset("的了是不有在和我你他她要就先后都也还这那哪上下行能会到把被给去来吗呢吧没跟与怎什么成叫另")
_ALIKE = ("bp", "dt", "gkh", "jqx", "zcs", "nlr", "fhw", "zj", "cq", "sx")


@dataclass(frozen=True)
class Repaired:
    """The text after repair, and what was replaced by what."""

    text: str
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Change:
    start: int
    term: str
    old: str
    exact: bool

    @property
    def end(self) -> int:
        return self.start + len(self.term)


def repair(text: str, *vocabularies: Vocabulary) -> Repaired:
    """The text with misheard terms put right. The first vocabulary that has a term for a window is believed.

    Deterministic; what it gives, it leaves as it is when given again.
    """
    mended = text
    changes: tuple[tuple[str, str], ...] = ()
    for _ in range(_PASSES):
        again, made = _pass(mended, vocabularies)
        if again == mended:
            return Repaired(mended, changes)
        mended, changes = again, (*changes, *made)
    return Repaired(text)


def _pass(text: str, vocabularies: Sequence[Vocabulary]) -> tuple[str, tuple[tuple[str, str], ...]]:
    pieces: list[str] = []
    changes: list[tuple[str, str]] = []
    at = 0
    names = [match.span("name") for match in _NAMED.finditer(text)]
    for match in _RUN.finditer(text):
        kept = {place - match.start() for start, end in names for place in range(start, end)}
        chosen = _chosen(match[0], text, kept, vocabularies)
        pieces.append(text[at : match.start()])
        run, done = match[0], 0
        for change in chosen:
            pieces += [run[done : change.start], change.term]
            done = change.end
            changes.append((change.old, change.term))
        pieces.append(run[done:])
        at = match.end()
    return "".join([*pieces, text[at:]]), tuple(changes)


def _chosen(run: str, text: str, kept: set[int], vocabularies: Sequence[Vocabulary]) -> list[_Change]:
    """The changes to make in one run of Chinese: the longest first, none over another."""
    sound = _sounds(run)
    if len(sound) != len(run):
        return []
    right = kept | _right(run, vocabularies)
    found = [change for change in _found(run, sound, vocabularies) if _safe(change, run, text, right, vocabularies)]
    found.sort(key=lambda change: (-len(change.term), not change.exact, change.start))
    chosen: list[_Change] = []
    for change in found:
        if all(change.end <= other.start or change.start >= other.end for other in chosen):
            chosen.append(change)
    return sorted(chosen, key=lambda change: change.start)


@lru_cache(maxsize=512)
def _strict(run: str) -> tuple[str, ...]:
    return strict_sounds(run)


@lru_cache(maxsize=512)
def _sounds(run: str) -> tuple[str, ...]:
    return sounds(run)


def _right(run: str, vocabularies: Sequence[Vocabulary]) -> set[int]:
    """The places of terms that are written as they should be."""
    places: set[int] = set()
    for vocabulary in vocabularies:
        for start in range(len(run) - 1):
            for end in range(start + 2, min(len(run), start + vocabulary.longest) + 1):
                if run[start:end] in vocabulary.terms:
                    places.update(range(start, end))
    return places


def _found(run: str, sound: tuple[str, ...], vocabularies: Sequence[Vocabulary]) -> Iterator[_Change]:
    for vocabulary in vocabularies:
        for start in range(len(run) - 1):
            for end in range(start + 2, min(len(run), start + vocabulary.longest) + 1):
                old, window = run[start:end], sound[start:end]
                if old in vocabulary.terms:
                    continue
                if term := vocabulary.sounding(window):
                    yield _Change(start, term, old, True)
                    continue
                if len(window) < 4:
                    continue
                for place in range(len(window)):
                    term = vocabulary.nearly(window, place)
                    if term and _similar(window[place], sounds(term)[place]):
                        yield _Change(start, term, old, False)


def _similar(one: str, other: str) -> bool:
    """Whether two syllables share a final, with initials that are close: bian and pian, zu and ju."""
    first, second = _split(one), _split(other)
    return first[1] == second[1] and any(first[0] in group and second[0] in group for group in _ALIKE if first[0] and second[0])


def _split(sound: str) -> tuple[str, str]:
    return (sound[:1], sound[1:]) if sound[:1] not in "aeiou" else ("", sound)


def _safe(change: _Change, run: str, text: str, right: set[int], vocabularies: Sequence[Vocabulary]) -> bool:
    places = [change.start + i for i, sign in enumerate(change.term) if run[change.start + i] != sign]
    if any(place in right for place in places):
        return False
    if any((run[place] in _NUMERALS) or (change.term[place - change.start] in _NUMERALS) for place in places):
        return False
    confused = next((v.confused[change.term] for v in vocabularies if change.term in v.confused), None)
    if confused and change.old in confused.heard:
        near = rf"(?:{'|'.join(confused.beside)}).?{change.old}|{change.old}.?(?:{'|'.join(confused.beside)})"
        return re.search(near, run) is not None
    length = len(change.term)
    inside = all(change.start < place < change.end - 1 for place in places)
    if any(run[place] in _GRAMMAR for place in places) and not (length >= 5 and change.exact and inside):
        return False
    if any(_crosses(run, place, change) for place in places) or (length <= 3 and not _short_is_safe(change, places, run, right)):
        return False
    if length >= 5 and change.exact:
        return True
    if any(_written(run, place, change, vocabularies) for place in places):
        return False
    covered = [place for place in places if _covered(run, place, _COMMON if length == 4 and change.exact else _KNOWN)]
    if change.exact and length >= 3:
        return len(covered) < len(places)
    return not covered and (change.exact or inside)


def _short_is_safe(change: _Change, places: Sequence[int], run: str, right: set[int]) -> bool:
    """Two and three syllables are often alike by chance: one character must be as it should, the others sound just so."""
    window = range(change.start, change.end)
    if len(places) == len(change.term) or (change.end - 1 in places and change.old[-1] in SURNAMES):
        return False
    heard, meant = _strict(run)[change.start : change.end], strict_sounds(change.term)
    if len(change.term) == 2:
        inside = any(place in right or _crosses(run, place, change) for place in window)
        return heard == meant and not inside
    return syllables(change.old) == syllables(change.term)


def _words_over(run: str, place: int, least: int) -> Iterator[tuple[int, int]]:
    """The good words that stand over a place."""
    words = common_words(least)
    for start in range(max(0, place - 3), place + 1):
        for end in range(max(start + 2, place + 1), min(len(run), start + 4) + 1):
            if run[start:end] in words:
                yield start, end


def _covered(run: str, place: int, least: int) -> bool:
    return next(_words_over(run, place, least), None) is not None


def _crosses(run: str, place: int, change: _Change) -> bool:
    """Whether a good word over the place goes on beyond the window: the 怎 of 卫生许可怎么办."""
    return any(start < change.start or end > change.end for start, end in _words_over(run, place, _KNOWN))


def _written(run: str, place: int, change: _Change, vocabularies: Sequence[Vocabulary]) -> bool:
    """Whether the guides themselves have this character beside a neighbour in the window; in a long window beside both."""
    pairs = [run[start : start + 2] for start in (place - 1, place) if change.start <= start and start + 2 <= change.end]
    seen = [any(pair in vocabulary.pairs for vocabulary in vocabularies) for pair in pairs]
    return all(seen) if len(change.term) >= 4 and change.exact else any(seen)
