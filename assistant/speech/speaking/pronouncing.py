"""Chinese text → the syllables that are said: words with several readings decided, tones changed as they change in speech."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pypinyin import Style, lazy_pinyin

from assistant.speech.speaking.syllables import NotPinyin, split

PAUSES = {"、": 1} | dict.fromkeys("，,：:—", 2) | dict.fromkeys("；;…。！!？?\n", 3)
"""How long one stops at a sign: 1 hardly, 3 at the end of a sentence."""

_HAN = re.compile(r"[\u3400-\u9fff〇]")
_PIECES = re.compile(r"[\u3400-\u9fff〇]+|[A-Za-z]+|.", re.DOTALL)
_TABLE = Path(__file__).with_name("readings.yaml")
_LEAN_BACK = frozenset("的了吗呢吧啊呀着过们地得")
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿两幺几〇")
_MUST = frozenset("去交来有办先带看等补填")
_ALWAYS = {"〇": "ling2", "幺": "yao1"}


@dataclass(frozen=True)
class Syllable:
    """One syllable as it is said. ``text`` is its character; ``word`` says that a word begins with it; ``pause`` how long one
    stops after it: 0 not at all, see ``PAUSES``."""

    text: str
    initial: str
    final: str
    tone: int
    word: bool = False
    pause: int = 0

    @property
    def pinyin(self) -> str:
        """``zh+uang1``, for comparing and logging."""
        return f"{self.initial}+{self.final}{self.tone}" if self.initial else f"{self.final}{self.tone}"


def pronounce(text: str) -> list[Syllable]:
    """The syllables of a text that has no digits left (``readable`` is for those); letters are said as their names.

    What cannot be said (signs, other scripts) is left out; signs one stops at become pauses.
    """
    said: list[Syllable] = []
    for piece in _PIECES.findall(text):
        if _HAN.match(piece):
            said += _words(piece)
        elif piece.isascii() and piece.isalpha():
            said += _letters(piece)
        elif said and (pause := PAUSES.get(piece, 0)) > said[-1].pause:
            said[-1] = replace(said[-1], pause=pause)
    return _sandhi(said)


def pinyin(text: str) -> list[str]:
    """The readings before tones change in speech, ``["yin2", "hang2"]``; what tests of polyphones compare."""
    return [reading for piece in _PIECES.findall(text) if _HAN.match(piece) for _, said in _read(piece) for reading in said]


def _words(run: str) -> list[Syllable]:
    words = _cut(run)
    begins = {sum(map(len, words[:place])) for place, word in enumerate(words) if not (len(word) == 1 and word in _LEAN_BACK)}
    given = [reading for _, said in _read(run) for reading in said]
    return [
        Syllable(character, *split(reading), word=place in begins)
        for place, (character, reading) in enumerate(zip(run, given, strict=True))
    ]


def _letters(word: str) -> list[Syllable]:
    names = readings()["letters"]
    said: list[Syllable] = []
    for letter in word.upper():
        for place, syllable in enumerate(names[letter].split()):
            initial, final, tone = split(syllable)
            said.append(Syllable(letter if place == 0 else "", initial, final, tone, word=place == 0))
    return said


def _read(run: str) -> list[tuple[str, list[str]]]:
    """Words of a run of characters with their readings. Phrases of the table come before everything, the longest first."""
    phrases = readings()["phrases"]
    longest = max(map(len, phrases))
    within = [place for place, word in enumerate(_cut(run)) for _ in word]
    found: list[tuple[str, list[str]]] = []
    begin = at = 0
    while at < len(run):
        for length in range(min(longest, len(run) - at), 1, -1):
            given = phrases.get(run[at : at + length])
            if given is not None and not _tears(within, at, at + length):
                found += _plain(run[begin:at])
                found.append((run[at : at + length], given.split()))
                begin = at = at + length
                break
        else:
            at += 1
    return found + _plain(run[begin:])


def _tears(within: list[int], begin: int, end: int) -> bool:
    """Whether a phrase takes a piece of a word that goes on beside it: the 工行 of 职工行为. Inside of one word it does not."""
    if within[begin] == within[end - 1]:
        return False
    return (begin > 0 and within[begin - 1] == within[begin]) or (end < len(within) and within[end - 1] == within[end])


def _plain(run: str) -> list[tuple[str, list[str]]]:
    """What no phrase of the table covers, as jieba cuts it and pypinyin reads it, with our readings of single characters."""
    if not run:
        return []
    alone = readings()["alone"]
    words = _cut(run)
    found = []
    for place, word in enumerate(words):
        if len(word) == 1:
            reading = _ALWAYS.get(word) or _by_neighbours(words, place) or alone.get(word) or _dictionary(word)[0]
            found.append((word, [reading]))
        else:
            found.append((word, _dictionary(word)))
    return found


def _by_neighbours(words: list[str], place: int) -> str | None:
    """Readings that follow from what stands beside a single character."""
    word = words[place]
    before = words[place - 1][-1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if word == "行" and before in _NUMERALS:
        return "hang2"
    if word == "得" and after[:1] in _MUST:
        return "dei3"
    return None


def _cut(run: str) -> list[str]:
    return list(_jieba().cut(run, HMM=False))


@lru_cache(maxsize=1)
def _jieba() -> Any:
    with warnings.catch_warnings():
        # Its source has invalid escapes, which Python complains of whenever it has no compiled copy.
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel("WARNING")
    return jieba


def _dictionary(word: str) -> list[str]:
    given = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    if len(given) != len(word):
        given = [(lazy_pinyin(one, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore") or [""])[0] for one in word]
    return [reading if _sayable(reading) else "en5" for reading in given]


def _sayable(reading: str) -> bool:
    """Whether it is a syllable. A character nobody has a reading for is hummed, so that sound and subtitle keep together."""
    try:
        split(reading)
    except NotPinyin:
        return False
    return True


@lru_cache(maxsize=1)
def readings() -> dict[str, dict[str, str]]:
    """The table of readings beside this module: ``phrases``, ``alone`` (single characters), ``letters``."""
    data: dict[str, dict[str, str]] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return data


def _sandhi(said: list[Syllable]) -> list[Syllable]:
    """Tones as they change beside each other: 一, 不, and one third tone before another."""
    out = list(said)
    for place, syllable in enumerate(out):
        after = out[place + 1] if place + 1 < len(out) and not syllable.pause else None
        if syllable.text == "不" and syllable.tone == 4 and after and after.tone == 4:
            out[place] = replace(syllable, tone=2)
        elif syllable.text == "一" and syllable.tone == 1 and after and not _counted(out, place):
            out[place] = replace(syllable, tone=2 if after.tone in (4, 5) else 4)
    # From the end: of 3-3-3 only the last keeps its tone within a word; across words where one of them is a single syllable.
    for place in range(len(out) - 2, -1, -1):
        here, after = out[place], out[place + 1]
        if here.tone == said[place].tone == 3 and said[place + 1].tone == 3 and not here.pause and _together(out, place):
            out[place] = replace(here, tone=2)
    return out


def _counted(said: list[Syllable], place: int) -> bool:
    """Whether this 一 is a digit or an ordinal, which keeps its tone: 第一, 一月, 二零二一, 十一."""
    before = said[place - 1].text if place and not said[place - 1].pause else ""
    after = said[place + 1].text if place + 1 < len(said) and not said[place].pause else ""
    if before and (before == "第" or before in _NUMERALS):
        return True
    return bool(after) and (after in "月号日楼层" or (after in _NUMERALS and after not in "百千万亿"))


def _together(said: list[Syllable], place: int) -> bool:
    if not said[place + 1].word:
        return True
    alone_here = said[place].word
    after = place + 2
    alone_after = after >= len(said) or said[after].word or bool(said[place + 1].pause)
    return alone_here or alone_after
