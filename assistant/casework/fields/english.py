"""English in answers: whether a sentence is English, numbers, yes and no, and the words that steer an interview."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_WORD = re.compile(rf"[{_LETTER}]+(?:['’][{_LETTER}]+)*")
_SMALL_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_SMALL = {word: place for place, word in enumerate(_SMALL_WORDS)}
_TENS_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TENS = {word: 10 * place for place, word in enumerate(_TENS_WORDS, 2)}
_SCALES = {
    "hundred": 100, "dozen": 12, "thousand": 10**3, "k": 10**3, "grand": 10**3, "million": 10**6, "mn": 10**6, "mil": 10**6,
    "m": 10**6, "billion": 10**9, "bn": 10**9, "wan": 10**4, "万": 10**4, "亿": 10**8,
}  # fmt: skip
_FIGURES = re.compile(
    r"(?<![\w.])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s*-?\s*(hundred|thousand|million|billion|dozen|grand|mil|mn|bn|k|m|wan|万|亿)(?![A-Za-z0-9²]))?",
    re.I,
)
_QUESTION = re.compile(
    r"^(?:(?:and|but|so|ok|okay|well|sorry|please|hi|hello|hey)[, ]+)*"
    r"(?:what|which|where|when|why|who|whose|how|do (?:i|we|you)|does|did|can (?:i|we|you|it)|could|should|would|"
    r"must (?:i|we)|may (?:i|we)|is (?:it|there|this|that|the)|are (?:there|you|these|those)|will (?:i|it|you)|have (?:i|to)|"
    r"tell me|explain)\b",
    re.I,
)


def _tables() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("english_words.yaml").read_text(encoding="utf-8"))
    return loaded


TABLES = _tables()
YES, NO = frozenset(TABLES["agreeing"]), frozenset(TABLES["declining"])
#: What an English speaker says to steer, by the Chinese word the engine knows best for it.
COMMANDS: dict[str, str] = {said: chinese for chinese, listed in TABLES["commands"].items() for said in listed}
_COMMON = frozenset(TABLES["common"])
SKIP = "跳过"
_POLITE = re.compile(
    r"^(?:(?:please|can you|could you|can we|could we|i want to|"
    r"i would like to|i'd like to|let me|let's|ok|okay|sorry)[, ]+)+|[, ]+please$"
)


def words(text: str) -> list[str]:
    """The Latin words of a text, in lower case."""
    return [word.lower().replace("’", "'") for word in _WORD.findall(text)]


def is_latin(text: str) -> bool:
    """Whether the text has Latin letters and no Chinese characters."""
    return bool(_WORD.search(text)) and not _HAN.search(text)


def is_english(text: str) -> bool:
    """Whether somebody is plainly talking English: two words or more, no Chinese, no code, and words English is made of.

    Pinyin typed without characters (``wo yao ban zheng``) has none of them.
    """
    said = words(text)
    if len(said) < 2 or not is_latin(text) or re.search(r"[@_/\\]|https?:|\d{5,}", text):
        return False
    letters = sum(map(len, said))
    visible = len(re.sub(r"[\s.,;:!?'\"’()\-]", "", text))
    common = sum(word in _COMMON for word in said)
    return letters >= 0.6 * visible and common >= max(1, len(said) // 4)


def asks(text: str) -> bool:
    """Whether an English sentence is a question."""
    return is_latin(text) and ("?" in text or bool(_QUESTION.search(text.strip())))


def plain(text: str) -> str:
    """Lower case, single spaces, no marks at the ends: what the tables here are looked up with."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip(' .,!?;:"').lower().replace(", ", " ")


def command(text: str) -> str | None:
    """The Chinese word for what the sentence asks of the interview (上一步, 跳过 …), where it says nothing else."""
    if not is_latin(text):
        return None
    said = plain(text)
    return COMMANDS.get(said) or COMMANDS.get(_POLITE.sub("", said).strip())


def yes_or_no(text: str) -> bool | None:
    """True, False, or None; whole sentences from a list, or one that begins with yes or no and goes on briefly."""
    said = plain(text)
    if said in YES:
        return True
    if said in NO:
        return False
    first, _, rest = said.partition(" ")
    if len(rest.split()) > 6 or re.search(r"\bbut\b", rest):
        return None
    if first in ("no", "nope", "nah"):
        return False
    return (
        True
        if first in ("yes", "yeah", "yep", "yup", "sure", "ok", "okay", "correct") and not re.search(r"\bnot\b|n't\b", rest)
        else None
    )


def ordinal(text: str, count: int) -> int | None:
    """0-based number of the option meant by ``2``, ``the second one``, ``option 2``, ``number two``, ``the last one``."""
    said = (
        re.sub(r"\b(?:the|one|option|number|no|choice|choose|pick|take|i|i'll|please|select)\b", " ", plain(text))
        if plain(text) != "one"
        else "one"
    )
    said = re.sub(r"\s+", " ", said).strip(" #.")
    if not said and re.search(r"\b(?:one|number one|option one)\b", plain(text)):
        return 0
    if said == "last":
        return count - 1
    names = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", said)
    place = int(match[1]) if match else names.index(said) + 1 if said in names else _SMALL.get(said, 0)
    return place - 1 if 1 <= place <= count else None


def number(text: str) -> Decimal | None:
    """The first number of an English sentence: ``500k``, ``1.5 million``, ``two hundred and fifty``; None if none.

    >>> number("two million yuan"), number("half a million")
    (Decimal('2000000'), Decimal('500000'))
    """
    match = _FIGURES.search(text)
    if match:
        return Decimal(match[1].replace(",", "")) * _SCALES.get((match[2] or "").lower(), 1)
    return _spelled(words(text.replace("-", " ")))


def _spelled(said: list[str]) -> Decimal | None:
    total = section = 0
    half = False
    seen = False
    for place, word in enumerate(said):
        if word in _SMALL or word in _TENS:
            section += _SMALL.get(word, _TENS.get(word, 0))
            seen = True
        elif word == "half" and not seen:
            half = seen = True
        elif (
            word in ("a", "an")
            and place + 1 < len(said)
            and said[place + 1] in ("hundred", "thousand", "million", "billion", "dozen")
        ):
            section, seen = section or (0 if half else 1), True
        elif word in ("hundred", "dozen") and seen:
            section = (section or 1) * _SCALES[word]
        elif word in ("thousand", "million", "billion") and seen:
            total += _SCALES[word] // 2 if half else (section or 1) * _SCALES[word]
            section, half = 0, False
        elif seen and word not in ("and", "a", "an"):
            break
    return Decimal(total + section) if seen and not half else None
