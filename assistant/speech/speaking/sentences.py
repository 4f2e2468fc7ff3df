"""Cut what is to be said into sentences, so that the first is heard while the others are still being made."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST = 60
"""Characters of one sentence; a longer one is cut at a comma, or in the end wherever it must be."""

SHORTEST = 4
"""Fewer characters are no sentence of their own: 好的。 goes with what follows it."""

_END = re.compile(r"(?<=[。！？!?；;\n])|(?<=[a-z]\.)(?=\s+[A-Z])")
_COMMA = re.compile(r"(?<=[，,、：])(?![^（(]*[）)])")


def sentences(text: str) -> list[str]:
    """``text`` in sentences without blanks around them; nothing is lost but blanks, nothing is said twice."""
    cut: list[str] = []
    for sentence in _END.split(text):
        for piece in _shortened(sentence.strip()):
            if cut and len(cut[-1]) < SHORTEST and len(cut[-1]) + len(piece) <= LONGEST:
                cut[-1] += piece
            elif piece:
                cut.append(piece)
    return cut


def _shortened(sentence: str) -> Iterable[str]:
    if len(sentence) <= LONGEST:
        yield sentence
        return
    held = ""
    for part in _COMMA.split(sentence):
        if held and len(held) + len(part) > LONGEST:
            yield held.strip()
            held = ""
        held += part
        while len(held) > LONGEST:
            cut = held.rfind(" ", 1, LONGEST) + 1 or LONGEST
            yield held[:cut].strip()
            held = held[cut:]
    if held.strip():
        yield held.strip()
