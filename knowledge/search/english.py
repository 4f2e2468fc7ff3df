"""Search in English: which item an English sentence means, by the names, samples and summaries of the guides' translations.

It stands beside the Chinese search rather than in it. The score of the Chinese search is calibrated on Chinese documents and
counts them, so English ones among them would change what Chinese sentences find; and an English sentence shares neither
characters nor sounds with a Chinese document. What is compared is words without their endings, weighted by how few items
use them. With it stands a linear model over labelled English sentences (``wordings.py``), which knows what a name never says.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from knowledge.schema import Faq, Guide
from knowledge.translation import Translation, called

Counters = dict[str, Counter[str]]
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDINGS = ("izations", "ization", "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "als", "ers", "ed",
            "es", "al",
            "er", "y", "s", "e")
_STEM = 6
_SPELLED = {"licence": "license", "licences": "license", "centre": "center", "cheque": "check", "labour": "labor"}
# A name said whole is worth as much as this share of a sentence that is one of the samples.
_NAMED = 0.75
_ONE_WORD = 0.6
# The share of how much of a sentence an item knows at all, from whichever of its wordings.
_KNOWN = 0.4
# How sharply the best item stands out, and from which likeness on a sentence is about our items at all.
_SHARP = 14.0
_OURS_AT = 0.42
_OURS_SLOPE = 16.0
_TYPO = 0.82
FAQ_CLOSE = 0.5

WORDINGS = "wordings-english"
"""Name of the files that hold the model over labelled English sentences."""
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 4


@cache
def frame() -> frozenset[str]:
    """Words English puts around an item whatever the item is (``english_frame.txt``)."""
    return frozenset((Path(__file__).with_name("english_frame.txt")).read_text(encoding="utf-8").split())


def is_english(text: str) -> bool:
    """Whether a query is for this search: Latin words and no Chinese characters."""
    return not _HAN.search(text) and any(len(word) > 1 and not word.isdigit() for word in _WORD.findall(text.lower()))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its endings, and of a long one its beginning: registration, registering and register are one.

    >>> stem("registration") == stem("registering") == stem("register"), stem("companies") == stem("company")
    (True, True)
    """
    word = _SPELLED.get(word, word)
    while ending := next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 3), ""):
        word = word[: -len(ending)]
    return word[:_STEM]


def terms(text: str) -> list[str]:
    """The stems of a sentence without its frame; all of its stems where nothing else is left."""
    words = _WORD.findall(text.lower().replace("’", "'"))
    telling = [word.removesuffix("'s") for word in words if word not in frame()]
    return [stem(word) for word in telling]


def in_english(text: str) -> Counters | None:
    """What the model over labelled sentences looks at: stems, pairs of them, and pieces of words, which outlive typing errors.

    None where the sentence is not English.
    """
    if not is_english(text):
        return None
    words = [word.removesuffix("'s") for word in _WORD.findall(text.lower().replace("’", "'"))]
    stems = ["^", *map(stem, words), "$"]
    pieces = Counter(marked[start : start + length] for marked in (f"^{word}$" for word in words)
                     for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1) for start in range(len(marked) - length + 1))
    return {"c": pieces, "w": Counter([*stems[1:-1], *(" ".join(pair) for pair in pairwise(stems))])}


class EnglishIndex:
    """The English wordings of a catalogue. Read-only and thread-safe."""

    def __init__(self, guides: Sequence[Guide], translations: Mapping[str, Translation]) -> None:
        self.size = len(guides)
        self._documents: list[tuple[int, str, Counter[str], bool]] = []
        held_by: dict[str, set[int]] = defaultdict(set)
        for number, guide in enumerate(guides):
            translation = translations.get(guide.code)
            if translation is None:
                continue
            summary = translation.texts.get(guide.summary or "", "")
            title = translation.texts.get(guide.name, "")
            called = [(name, True) for name in [*translation.names, title]]
            for text, is_name in [*called, *((said, False) for said in [*translation.samples, summary])]:
                said = terms(text)
                if said:
                    self._documents.append((number, text, Counter(said), is_name))
                    for term in said:
                        held_by[term].add(number)
        owners = max(1, len({number for number, *_ in self._documents}))
        self._rarity = {term: math.log(1 + owners / len(holders)) for term, holders in held_by.items()}
        self._unknown = math.log(1 + 2 * owners)
        self._holders = held_by
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for term in sorted(held_by):
            self._by_letter[term[:1]].append(term)
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, (_, _, bag, _) in enumerate(self._documents):
            for term in bag:
                self._postings[term].append(place)
        self._lengths = [self._length(bag) for _, _, bag, _ in self._documents]

    def find(self, text: str) -> list[tuple[int, float, str]]:
        """Guide number, probability and nearest wording of the guides a sentence may mean, best first."""
        said = Counter(self._known(term) for term in terms(text))
        if not said or not self._documents:
            return []
        length = self._length(said)
        best: dict[int, tuple[float, str]] = {}
        shared: dict[int, float] = defaultdict(float)
        common: dict[int, int] = defaultdict(int)
        for term in said:
            for place in self._postings.get(term, ()):
                shared[place] += self._weight(term) ** 2
                common[place] += 1
        for place, weight in shared.items():
            number, wording, bag, is_name = self._documents[place]
            likeness = weight / (length * self._lengths[place])
            if not is_name and common[place] == 1:
                likeness *= _ONE_WORD  # one word in common with a sentence is often chance
            if is_name and common[place] == len(bag):
                likeness = max(likeness, _NAMED + (1 - _NAMED) * likeness)
            if likeness > best.get(number, (0.0, ""))[0]:
                best[number] = likeness, wording
        if not best:
            return []
        # the items' other wordings speak too: what of the sentence is known at all
        total = sum(self._weight(term) for term in said)
        for number, (likeness, wording) in best.items():
            known = sum(self._weight(term) for term in said if number in self._holders.get(term, ()))
            best[number] = (1 - _KNOWN) * likeness + _KNOWN * known / total, wording
        top = max(likeness for likeness, _ in best.values())
        ours = 1 / (1 + math.exp(-_OURS_SLOPE * (top - _OURS_AT)))
        raised = {number: math.exp(_SHARP * (likeness - top)) for number, (likeness, _) in best.items()}
        whole = sum(raised.values())
        ranked = sorted(raised, key=lambda number: (-raised[number], number))
        return [(number, ours * raised[number] / whole, best[number][1]) for number in ranked]

    def _known(self, term: str) -> str:
        """The term, or the one it is a slip of the keys for."""
        if term in self._rarity or len(term) < 4:
            return term
        alike = [other for other in self._by_letter.get(term[:1], ()) if abs(len(term) - len(other)) < 3]
        close = [(SequenceMatcher(None, term, other).ratio(), other) for other in alike]
        best = max(close, default=(0.0, term))
        return best[1] if best[0] >= _TYPO else term

    def _weight(self, term: str) -> float:
        return self._rarity.get(term, self._unknown)

    def _length(self, bag: Iterable[str]) -> float:
        return math.sqrt(sum(self._weight(term) ** 2 for term in set(bag))) or 1.0


_SAYS_LITTLE = frozenset({"bring", "carry", "person", "personally", "people", "work", "good", "happen", "use", "case", "mean"})
"""Words that any question about any item may hold, beyond the frame; that a frequent question holds one too is chance."""
_DENYING = re.compile(r"\b(?:not|no|never|none|without)\b|n't\b")


def closest_faq(guide: Guide, question: str) -> Faq | None:
    """The frequently asked question of a translated guide that an English question is, or None.

    Two telling words must be common to both, or all that the question holds; and what if I rent is not what if I have not rented.
    """
    named = {term for name in (called(guide), guide.name) for term in terms(name)} | {stem(word) for word in _SAYS_LITTLE}
    asked = set(terms(question)) - named
    denies = _denies(question)
    texts = {place: set(terms(faq.question)) - named for place, faq in enumerate(guide.faqs) if is_english(faq.question)}
    common = Counter(term for said in texts.values() for term in said)
    shared_by = {place: len(said & asked) for place, said in texts.items()}
    fitting = [place for place, shared in shared_by.items() if shared >= min(2, len(asked)) > 0
               and (shared > 1 or _denies(guide.faqs[place].question) == denies)]

    def weight(term: str) -> float:
        return math.log(1 + (1 + len(texts)) / (1 + common[term]))

    def likeness(said: set[str]) -> float:
        shared = sum(weight(term) ** 2 for term in said & asked)
        return shared / (math.sqrt(sum(weight(term) ** 2 for term in said) * sum(weight(term) ** 2 for term in asked)) or 1.0)

    best = max(fitting, key=lambda place: likeness(texts[place]), default=None)
    return guide.faqs[best] if best is not None and likeness(texts[best]) >= FAQ_CLOSE else None


def _denies(text: str) -> bool:
    return bool(_DENYING.search(text.lower().replace("’", "'")))
