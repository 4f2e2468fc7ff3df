"""The one door of hearing: what a recogniser wrote, as what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from assistant.casework.fields.result import Accepted
from assistant.speech.hearing import vocabulary as words
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.readback import ReadBack
from assistant.speech.hearing.repair import Repaired, repair
from assistant.speech.hearing.script import language_of, simplified
from assistant.speech.hearing.values import matters, prepared
from assistant.speech.hearing.vocabulary import Vocabulary

#: Answers in which a word that sounds like one of ours may well be another: names, and what is a number all through.
_NEVER_REPAIRED = frozenset(("person_name", "company_name", "email"))
_IN_WORDS = frozenset(("address", "text", "scope", "choice", "multi", "yes_no", "table"))
#: No answer to one question is longer; what is, is sent as it was written.
LONGEST = 300
_NUMBER_LIKE = re.compile(r"\d{3}")


@dataclass(frozen=True)
class Meaning:
    """What was meant.

    ``text`` goes to the conversation as if it had been typed. ``changed`` is whether it differs from what was written by more
    than script and spaces; ``certain`` whether nothing in it is a guess. ``readback`` is the sentence that reads a
    value back where a mistake would be costly; ``value`` is then what the form keeps, for ``ReadBack``.
    """

    text: str
    changed: bool
    certain: bool
    readback: str | None = None
    value: str | None = None
    language: Literal["zh", "en"] = "zh"
    changes: tuple[tuple[str, str], ...] = ()


def meant(
    text: str,
    asked: Asked,
    *,
    today: date,
    vocabulary: Vocabulary | None = None,
    language: Literal["zh", "en"] = "zh",
) -> Meaning:
    """What was meant by what a recogniser wrote.

    Args:
        text: the recogniser's text, in any script.
        asked: the question being answered; ``Asked()`` where none is.
        today: the day relative dates count from.
        vocabulary: the words to repair towards, ``vocabulary.of`` a catalogue; without it only the offices' own.
        language: the language of the utterances before, kept by one that does not tell.
    """
    plain = simplified(text)
    spoken = language_of(plain, language)
    if not plain:
        return Meaning("", False, False, language=spoken)
    if len(plain) > LONGEST:
        return Meaning(plain, False, False, language=spoken)
    value = prepared(plain, asked, today)
    read = asked.read(value, today)
    taken = isinstance(read, Accepted) and asked.kind not in _IN_WORDS
    if isinstance(read, Accepted) and (taken or (matters(asked) and asked.kind != "address")):
        readback = ReadBack(asked, str(read.value), today).say if matters(asked) else None
        return Meaning(value, value != plain, read.warning is None, readback, str(read.value) if readback else None, spoken)
    if asked.kind in _NEVER_REPAIRED or spoken == "en" or (asked.kind not in (None, *_IN_WORDS) and _NUMBER_LIKE.search(value)):
        return Meaning(value, value != plain, False, language=spoken)
    mended = _repaired(plain, asked, vocabulary)
    final = prepared(mended.text, asked, today) if asked.kind in _IN_WORDS else mended.text
    kept = asked.read(final, today) if matters(asked) else None
    held = str(kept.value) if isinstance(kept, Accepted) else None
    readback = ReadBack(asked, held, today).say if held else None
    return Meaning(final, final != plain, not mended.changes, readback, held, spoken, mended.changes)


def _repaired(plain: str, asked: Asked, vocabulary: Vocabulary | None) -> Repaired:
    return repair(plain, _of_question(asked), vocabulary or _office())


@lru_cache(maxsize=256)
def _of_question(asked: Asked) -> Vocabulary:
    return words.for_question(asked.options, asked.label)


@lru_cache(maxsize=1)
def _office() -> Vocabulary:
    return words.office_words()
