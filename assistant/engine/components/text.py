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
    folded = unicodedata.normalize("NFKC", character).lower()
    if len(folded) != 1:
        return character
    return " " if folded.isspace() else folded


def normalise(text: str) -> str:
    """Full-width to half-width, lower case, every white space a blank. The result has as many characters as ``text``."""
    return "".join(map(_one, text))


def is_han(character: str) -> bool:
    """Whether ``character`` is a Chinese character of the basic block or extension A."""
    return "\u3400" <= character <= "\u9fff"
