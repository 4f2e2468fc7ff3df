"""Signs of a code by what their names sound nearest to: 矮目A巴士 is MA84 more likely than MA83, and hardly anything else.

A recogniser that never learned letters said in Chinese writes them as whatever words sound so: 爱慕, I'm, AYMU for M. So what it
wrote is taken back to its sounds, and these are laid beside the names of the signs: what is left over, missing or another sound
costs, the less the more the two are taken for one another. For groups that are confirmed one by one.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from assistant.engine.components.patterns.codes import USCC_ALPHABET
from assistant.speech.hearing.sounds import strict_sounds

#: How signs are named in the Mandarin of every day, in syllables of pinyin.
_NAMES = {
    "0": "ling", "1": "yi|yao", "2": "er", "3": "san", "4": "si", "5": "wu", "6": "liu", "7": "qi", "8": "ba", "9": "jiu",
    "A": "ei|a", "B": "bi", "C": "xi|sei", "D": "di", "E": "yi", "F": "ai fu", "G": "ji|zhi", "H": "ei chi|ai chi", "I": "ai",
    "J": "zhei|jie", "K": "kei|kai", "L": "ai lou|ai le", "M": "ai mu|em", "N": "en", "O": "ou", "P": "pi", "Q": "kiu|kou",
    "R": "a er|ar|a", "S": "ai si", "T": "ti", "U": "you", "V": "wei", "W": "da bu liu", "X": "ai ke si", "Y": "wai", "Z": "zei",
}  # fmt: skip
_ENGLISH_DIGITS = ("ou", "uan", "tu", "sri", "fo", "faif", "siks", "sefen", "eit", "nain")
#: One letter for one sound. Z, C and S are zh, ch and sh, N is ng, I is the sound after s and sh.
_PINYIN = (
    (r"^yu", "v"), (r"^you$", "iou"), (r"^yi", "i"), (r"^y", "i"), (r"^wu", "u"), (r"^w", "u"), ("zh", "Z"), ("ch", "C"),
    ("sh", "S"), ("ng", "N"), ("iu", "iou"), ("ui", "uei"), ("un", "uen"), (r"(?<=[ZCSzcsr])i$", "I"),
)  # fmt: skip
_SPELT = (
    ("i'm", "aim"), ("igh", "ai"), ("ght", "t"), ("th", "d"), ("sh", "S"), ("ch", "C"), ("ck", "k"), ("ph", "f"), ("ee|ea", "i"),
    ("oo|ou", "u"), ("ow", "ou"), ("ay|ey", "ei"), ("ye", "ai"), ("ar", "a"), ("er|ur|ir", "e"), ("or", "o"), ("qu", "ku"),
    ("x", "ks"), ("[cq]", "k"), ("j", "Z"), ("y", "i"), ("w", "u"), ("v", "f"), ("[^a-zZCS]", ""),
)  # fmt: skip
_VOWELS = "aeoiuvI"
_SYLLABLE = re.compile(rf"[^{_VOWELS}]*[{_VOWELS}]+(?:[^{_VOWELS}](?![{_VOWELS}]))*|[^{_VOWELS}]+$")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[A-Za-z']+|[0-9]")
#: What it costs that one sound is heard as another, none being free and one being a sound of quite another kind.
_ALIKE = {
    0.2: "nN jZ", 0.3: "bp dt gk ZC Zj Zq Zz Zc Cj Cq Cz Cc jq jz jc qz qc zc xS xs Ss ou", 0.35: "ie",
    0.4: "jx cs ln lr nr fh ae uv iv iI eo eI", 0.5: "mn pf kh tC tq dj CS ao", 0.6: "bm dl Zd bd pt kt uI", 0.7: "gd lm",
}  # fmt: skip
_COSTS = {frozenset(pair): cost for cost, pairs in _ALIKE.items() for pair in pairs.split()}
_OTHER_VOWEL, _OTHER, _NO_VOWEL = 0.8, 1.0, 1.4
_SOFT, _HARD = 0.5, 0.8
"""A vowel, h, n or ng too few or too many, and any other sound."""
_INSIDE, _MOST_COST = 0.6, 1.5
"""A sign that ends inside a syllable, and what is no way to hear a sign any more."""
_TEMPERATURE, _BEAM, _MOST, _LONGEST = 0.25, 60, 60, 26
_KEPT = 16
"""Ways to hear one text: it is asked for more than once while she waits, and nothing of hers is kept longer than that."""
_DAMPED, _LEAST = 3.0, 0.02
"""How fast a text's say falls with what its likeliest signs cost, each at the mean; less than this is none."""


def nearest(text: str, allowed: Sequence[str]) -> dict[str, float]:
    """The signs a text may stand for, one from each of ``allowed``, and how likely each is: in all 1 at most, less the less
    the text sounds like signs at all. Empty where it hardly does."""
    costs: dict[str, float] = {}
    for syllables in _heard(text):
        for signs, cost in _decoded(syllables, tuple(allowed)):
            costs[signs] = min(cost, costs.get(signs, cost))
    best = sorted(costs, key=lambda signs: costs[signs])[:_MOST]
    if not best:
        return {}
    weights = {signs: math.exp((costs[best[0]] - costs[signs]) / _TEMPERATURE) for signs in best}
    say = math.exp(-_DAMPED * costs[best[0]] / len(allowed)) / sum(weights.values())
    return {signs: say * weight for signs, weight in weights.items() if say * weight >= _LEAST}


def _heard(text: str) -> Iterator[tuple[str, ...]]:
    """The syllables of a text: figures by their Chinese or English names, capitals as letters or as a word that is spelt."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text))
    ways = {tuple(_syllables(tokens, english, word)) for english in (False, True) for word in (False, True)}
    yield from (way for way in ways if way)


def _syllables(tokens: Sequence[str], english: bool, word: bool) -> Iterator[str]:
    for token in tokens:
        if token.isdigit():
            yield _ENGLISH_DIGITS[int(token)] if english else _sounds_of(token)[0]
        elif not token.isascii():
            yield from (_sound(syllable) for syllable in strict_sounds(token))
        elif len(token) == 1 or (token.isupper() and not (word and len(token) > 2)):
            yield from (_sounds_of(letter)[0] for letter in token.upper() if letter in _NAMES)
        else:
            spelt = token.lower()
            for written, spoken in _SPELT:
                spelt = re.sub(written, spoken, spelt)
            yield from _SYLLABLE.findall(spelt)


@lru_cache(maxsize=2048)
def _sound(syllable: str) -> str:
    for written, spoken in _PINYIN:
        syllable = re.sub(written, spoken, syllable)
    return syllable


@lru_cache(maxsize=64)
def _sounds_of(sign: str) -> tuple[str, ...]:
    return tuple("".join(map(_sound, name.split())) for name in _NAMES[sign].split("|"))


@lru_cache(maxsize=1024)
def _instead(one: str, other: str) -> float:
    if one == other:
        return 0.0
    vowels = (one in _VOWELS) + (other in _VOWELS)
    return _COSTS.get(frozenset((one, other)), (_OTHER, _NO_VOWEL, _OTHER_VOWEL)[vowels])


def _alone(sound: str) -> float:
    return _SOFT if sound in _VOWELS or sound in "hnN" else _HARD


def _aligned(name: str, heard: str) -> list[float]:
    """What it costs to hear a name as nothing, as the first sound of what was heard, as the first two …"""
    row = [0.0]
    for sound in heard:
        row.append(row[-1] + _alone(sound))
    for said in name:
        missing = _alone(said)
        after = [row[0] + missing]
        for at, sound in enumerate(heard):
            after.append(min(row[at] + _instead(said, sound), row[at + 1] + missing, after[-1] + _alone(sound)))
        row = after
    return row


@lru_cache(maxsize=_KEPT)
def _decoded(syllables: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """The cheapest groups of signs, by a beam over the places at which the next sign can begin."""
    heard = "".join(syllables)
    if len(heard) > _LONGEST:
        return ()
    steps = _all_steps(syllables)
    beams: dict[int, dict[str, float]] = {0: {"": 0.0}}
    for signs in allowed:
        further: dict[int, dict[str, float]] = {}
        for place, beam in beams.items():
            kept = sorted(beam.items(), key=lambda one: one[1])[:_BEAM]
            for sign, end, cost in steps[place] if place < len(heard) else ():
                if sign in signs:
                    to = further.setdefault(end, {})
                    for before, paid in kept:
                        to[before + sign] = min(paid + cost, to.get(before + sign, math.inf))
        beams = further
    found: dict[str, float] = {}
    for place, beam in beams.items():
        left = sum(map(_alone, heard[place:]))
        for group, paid in beam.items():
            found[group] = min(paid + left, found.get(group, math.inf))
    return tuple(sorted(found.items(), key=lambda one: one[1])[:_MOST])


@lru_cache(maxsize=_KEPT)
def _all_steps(syllables: tuple[str, ...]) -> tuple[tuple[tuple[str, int, float], ...], ...]:
    heard, ends = "".join(syllables), set(accumulate(map(len, syllables), initial=0))
    return tuple(tuple(_steps(heard, place, ends)) for place in range(len(heard)))


def _steps(heard: str, place: int, ends: set[int]) -> Iterator[tuple[str, int, float]]:
    """The signs that may begin at a place: which, where each ends, and its cost."""
    cheapest: dict[tuple[str, int], float] = {}
    for sign in USCC_ALPHABET:
        for name in _sounds_of(sign):
            row = _aligned(name, heard[place : place + len(name) + 3])
            for length, cost in enumerate(row[1:], start=1):
                whole = cost + (0.0 if place + length in ends else _INSIDE)
                if whole <= min(_MOST_COST, cheapest.get((sign, place + length), math.inf)):
                    cheapest[sign, place + length] = whole
    yield from ((sign, end, cost) for (sign, end), cost in cheapest.items())
