"""Simplified characters and half-width signs, whatever script a recogniser writes; and which language was spoken."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from assistant.engine.components.patterns.numerals import normalise

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z]{2,}(?:'[a-z]+)?")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters, normalised; Latin capitals stay as they are."""
    return str(_converter().convert(normalise(text)))


def language_of(text: str, before: Literal["zh", "en"] = "zh") -> Literal["zh", "en"]:
    """The language of one utterance: English where words of it outnumber the characters; without either, ``before``.

    A code or a single letter (沪A12345, OK) says nothing: the language stays what it was.
    """
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if han == 0 and words == 0:
        return before
    if han == 0:
        return "en" if words > 1 or _telling(text) else before
    return "en" if words > han else "zh"


def _telling(text: str) -> bool:
    return (
        re.fullmatch(
            r"\W*(?:yes|no|hello|hi|thanks|help|sorry|please|sure|english|cancel|back|next|stop|correct|wrong|right)\W*",
            text,
            re.I,
        )
        is not None
    )
