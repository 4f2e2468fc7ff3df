"""What must be stopped or answered with care before anything else reads it: danger to life, crime, other people's data,
attempts to take the bot over, abuse. The wordings are data (``guard_terms.yaml``); a match decides the turn's status."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

from assistant.engine.components.patterns.numerals import normalise

LONGEST = 4000
Verdict = Literal["care", "refused_injection", "refused_illegal", "refused_privacy", "refused_abuse"]
Alarm = Literal["danger", "distress"]
ALARMS: tuple[Alarm, ...] = ("danger", "distress")
#: Danger to life is looked for before all these: somebody in distress may also swear.
ORDER: tuple[Verdict, ...] = ("refused_injection", "refused_illegal", "refused_privacy", "refused_abuse")
_TERMS = Path(__file__).with_name("guard_terms.yaml")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    listed = yaml.safe_load(_TERMS.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(f"(?:{p})" for p in words), re.IGNORECASE) for name, words in listed.items()}


def judge(text: str) -> Verdict | None:
    """The verdict on a sentence, or None where nothing is the matter."""
    if alarm(text) is not None:
        return "care"
    plain = _plain(text)
    return next((name for name in ORDER if _patterns()[name].search(plain)), None)


def alarm(text: str) -> Alarm | None:
    """What makes a sentence one to be answered with care: she or somebody is in danger, or wants to die."""
    plain = _plain(text)
    return next((name for name in ALARMS if _patterns()[name].search(plain)), None)


def _plain(text: str) -> str:
    return re.sub(r"[\s*_~·]+", "", normalise(text)) if not text.isascii() else normalise(text)


def readable(text: str) -> bool:
    """Whether there is a letter, digit or character to read; white space, emoji and control characters alone are not."""
    return any(ch.isalnum() for ch in normalise(text))
