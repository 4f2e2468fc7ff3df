"""Turning a sentence into what search compares: folded characters, content without its frame, words, fuzzy syllables.

Everything here is deterministic and quick (microseconds to a fraction of a millisecond a sentence), because the guides'
names and the citizen's sentence pass through the same functions.
"""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_SPACES = re.compile(r"\s+")
_SEGMENT = re.compile(r"[\u3400-\u9fff〇]+|[a-z0-9]+(?:[.\-+][a-z0-9]+)*")
_HAN = re.compile(r"[\u3400-\u9fff〇]")
SOUND = "~"
"""Stands before what is a syllable where characters stand beside it."""

# Sounds that speech recognition and southern speakers merge (模糊音), and endings heard alike.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def fold(text: str) -> str:
    """Simplified characters, half-width forms, lower case, single spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return str(_simplifier().convert(_SPACES.sub(" ", folded).strip()))


def segments(folded: str) -> list[str]:
    """The runs of Chinese characters, and the Latin words or numbers, of a folded text, in order."""
    return _SEGMENT.findall(folded)


def content(folded: str) -> list[str]:
    """The segments of a folded text with the frame (请问, 怎么办, 要什么材料 …) cut out.

    >>> content("请问公司住所变更登记怎么办理呀")
    ['公司住所变更登记']
    """
    return segments(_frame().sub(" ", folded))


@cache
def _frame() -> re.Pattern[str]:
    """What people put around an item whatever the item is (``search/frame.txt``, ``search/english_frame.txt``).

    Cutting it from names and sentences alike keeps 怎么办 from being evidence for the one guide whose samples happen to
    say it. Longest first, so that 怎么办理 is not left with 理.
    """
    folder = Path(__file__).parent / "search"
    phrases = (folder / "frame.txt").read_text(encoding="utf-8").split()
    chinese = "|".join(re.escape(phrase) for phrase in sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase)))
    # English words around a Chinese name (I want to apply for 居住证): whole words only, and not the A of A座
    english = sorted(word for word in (folder / "english_frame.txt").read_text(encoding="utf-8").split() if word != "a")
    words = "|".join(map(re.escape, english))
    return re.compile(f"{chinese}|(?<![a-z0-9'])(?:{words})(?![a-z0-9'])")


def is_han(segment: str) -> bool:
    """Whether a segment is Chinese rather than a Latin word or a number."""
    return bool(_HAN.match(segment))


def has_han(text: str) -> bool:
    """Whether there is any Chinese in a text."""
    return bool(_HAN.search(text))


def char_ngrams(parts: Iterable[str], smallest: int = 1, largest: int = 3) -> list[str]:
    """Character n-grams inside each segment; a Latin word or a number is one gram of its own."""
    grams: list[str] = []
    for part in parts:
        if not is_han(part):
            grams.append(part)
            continue
        for size in range(smallest, largest + 1):
            grams += [part[i:i + size] for i in range(len(part) - size + 1)]
    return grams


@lru_cache(maxsize=8192)
def _fuzzy(syllable: str) -> str:
    for written, heard in _INITIALS:
        if syllable.startswith(written) and len(syllable) > len(written):
            syllable = heard + syllable[len(written):]
            break
    for written, heard in _FINALS:
        if syllable.endswith(written):
            return syllable[: -len(written)] + heard
    return syllable


@lru_cache(maxsize=4096)
def syllables(part: str) -> tuple[str, ...]:
    """Toneless fuzzy pinyin of a Chinese segment: 助所便更 and 住所变更 give the same syllables."""
    from pypinyin import Style, lazy_pinyin

    return tuple(_fuzzy(syllable) for syllable in lazy_pinyin(part, style=Style.NORMAL, errors="ignore"))


def pinyin_ngrams(parts: Iterable[str], smallest: int = 1, largest: int = 3) -> list[str]:
    """Syllable n-grams inside each segment, written ``zu_suo``; a Latin word is one gram of its own."""
    grams: list[str] = []
    for part in parts:
        sounds = syllables(part) if is_han(part) else (part,)
        for size in range(smallest, largest + 1):
            grams += ["_".join(sounds[i:i + size]) for i in range(len(sounds) - size + 1)]
    return grams


@cache
def _jieba() -> Any:
    with warnings.catch_warnings():
        # Its source has invalid escapes, which Python complains of whenever it has no compiled copy.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel("WARNING")
    return jieba


def dictionary() -> Iterator[tuple[str, int]]:
    """jieba's words and how often each is found in general Chinese, read line by line: as a mapping they take 60 MB."""
    with _jieba().get_dict_file() as lines:
        for line in lines:
            word, count, _ = line.decode("utf-8").split(" ")
            yield word, int(count)


@cache
def common_words(least: int, longest: int = 4) -> frozenset[str]:
    """General words of two to ``longest`` characters that are found at least so often in the corpus jieba was counted on."""
    return frozenset(word for word, count in dictionary() if count >= least and 2 <= len(word) <= longest)


@cache
def _rarity() -> dict[str, float]:
    """What characters and (after a ``~``) syllables tell by themselves: 0.1 for the commonest, 1 for one in a million.

    By the logarithm of their frequency in general Chinese, which ``search/general.tsv`` has; see ``search/general.py``. What is
    not in it is rarer still.
    """
    head, *lines = (Path(__file__).parent / "search" / "general.tsv").read_text(encoding="utf-8").splitlines()
    of_chars, of_sounds = map(int, head.split("\t"))
    counted = (line.split("\t") for line in lines)
    return {unit: rarity(int(count), of_sounds if unit[0] == SOUND else of_chars) for unit, count in counted}


def rarity(count: int, total: int) -> float:
    """How much something tells that is found ``count`` times among ``total``, from 0.1 to 1."""
    return min(1.0, max(0.1, math.log10(total / count) / 5 - 0.2))


def char_weight(gram: str) -> float:
    """How much a character n-gram says by itself, from 0.1 (的) to 1 (a rare character): the mean over its characters."""
    known = _rarity()
    return sum(known.get(char, 1.0) for char in gram) / len(gram)


def sound_weight(gram: str) -> float:
    """The same of an n-gram of syllables."""
    known = _rarity()
    sounds = gram.split("_")
    return sum(known.get(SOUND + sound, 1.0) for sound in sounds) / len(sounds)


def _general_words() -> tuple[dict[str, int], int]:
    """jieba's dictionary as its tokenizer holds it, and the sum of its counts: words, and at 0 the beginnings of words.

    Made of its text each time: its own way is half as fast, and so is the copy it keeps where anybody may put another.
    """
    with _jieba().get_dict_file() as file:
        parts = file.read().decode("utf-8").split()
    words, counts = parts[::3], list(map(int, parts[1::3]))
    found = dict(zip(words, counts, strict=True))
    for word in words:
        for end in range(1, len(word)):
            found.setdefault(word[:end], 0)
    return found, sum(counts)


class WordCutter:
    """jieba with the catalogue's names added, so that 法定代表人 stays one word; its own dictionary, never the global one."""

    def __init__(self, names: Iterable[str] = (), like: WordCutter | None = None) -> None:
        """A cutter for a catalogue.

        Args:
            names: what its items are called.
            like: a cutter made before: its dictionary is copied, which takes a twentieth of reading it again.
        """
        self.added = self.parts_of(names)
        self._jieba: Any = _jieba().Tokenizer()
        # what adding a word changes: its own frequency, and an entry for each of its beginnings that is not there yet
        self._before: dict[str, int | None] = {}
        if like is None:
            self._jieba.FREQ, self._jieba.total = _general_words()
            self._jieba.initialized = True
        else:
            self._copy(like)
        self._total = self._jieba.total
        for part in self.added:
            for end in range(1, len(part) + 1):
                self._before.setdefault(part[:end], self._jieba.FREQ.get(part[:end]))
            self._jieba.add_word(part)

    @staticmethod
    def parts_of(names: Iterable[str]) -> list[str]:
        """The words that go into the dictionary for these names."""
        return [part for name in names for part in segments(fold(name)) if 1 < len(part) <= 8 and is_han(part)]

    def _copy(self, like: WordCutter) -> None:
        """Take over the dictionary of another cutter as it was before that one's names went in."""
        self._jieba.FREQ = like._jieba.FREQ.copy()
        for word, frequency in like._before.items():
            if frequency is None:
                del self._jieba.FREQ[word]
            else:
                self._jieba.FREQ[word] = frequency
        self._jieba.total, self._jieba.initialized = like._total, True

    def cuts_otherwise(self, other: WordCutter) -> Callable[[Iterable[str]], bool]:
        """Tells of segments whether this cutter may cut them in another way than ``other``: a word in them counts otherwise."""
        touched = self._before.keys() | other._before.keys()
        words = [word for word in touched if (self._jieba.FREQ.get(word) or 0) != (other._jieba.FREQ.get(word) or 0)]
        if not words:
            return lambda parts: False
        pattern = re.compile("|".join(map(re.escape, sorted(words))))
        return lambda parts: any(pattern.search(part) for part in parts)

    def words(self, parts: Iterable[str]) -> list[str]:
        """Words of each segment, long words also cut into the dictionary words inside them; no single particles."""
        found: list[str] = []
        for part in parts:
            found += [part] if not is_han(part) else [word for word in self._jieba.cut_for_search(part) if word.strip()]
        return found
