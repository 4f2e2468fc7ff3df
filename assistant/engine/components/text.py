"""Text as the engine reads it: one form for full-width and half-width, upper and lower case. Lengths never change, so
offsets stay true.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Marks that NFKC leaves alone but that mean the same in a sentence typed by hand.
_SAME = {
    "。": ".",
    "、": ",",
    "《": "<",
    "》": ">",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "【": "[",
    "】": "]",
    "～": "~",
    "—": "-",
    "\u200b": " ",
    "\ufeff": " ",
}


@lru_cache(maxsize=8192)
def _one(character: str) -> str:
    if character in _SAME:
        return _SAME[character]
    folded = _half(character).lower()
    return folded if len(folded) == 1 else character


@lru_cache(maxsize=8192)
def _half(character: str) -> str:
    folded = " " if character in "\u200b\ufeff" else unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    return " " if folded.isspace() else folded


def half_width(text: str) -> str:
    """Full-width to half-width and every white space a blank; case and Chinese marks stay, and so does the length."""
    return text if text.isascii() and text.isprintable() else "".join(map(_half, text))


def normalise(text: str) -> str:
    """Full-width to half-width, lower case, every white space a blank. The result has as many characters as ``text``."""
    return "".join(map(_one, text))


def is_han(character: str) -> bool:
    """Whether ``character`` is a Chinese character of the basic block or extension A."""
    return "\u3400" <= character <= "\u9fff"
