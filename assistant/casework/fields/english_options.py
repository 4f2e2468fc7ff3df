"""Choosing among options in English: by label, by other words for it, by a paraphrase of a few words, with a typo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.casework.fields import english
from knowledge.schema import Option

_EMPTY = frozenset(english.TABLES["empty"])
_NEGATED = re.compile(r"\b(?:not|no|never|none|without|isn't|aren't|don't|doesn't|didn't|haven't|hasn't|won't)\b|n't\b", re.I)
_CLOSE = 0.8
_ENOUGH = 0.5


def match(text: str, options: Sequence[Option]) -> Option | None:
    """The one option an English sentence means, or None when none or several fit."""
    said = _words(text)
    if not said:
        return None
    wordings = [(wording, option) for option in options for wording in _wordings(option)]
    exact = {option.value: option for wording, option in wordings if wording == said}
    if exact:
        return _only(exact.values())
    negated = bool(_NEGATED.search(text))
    # the longest wording said whole wins, if no other option is said as fully
    inside = [(len(w), o) for w, o in wordings if _contains(said, w) and (not negated or _NEGATED.search(" ".join(w)))]
    if inside:
        most = max(length for length, _ in inside)
        if longest := _only(o for length, o in inside if length == most):
            return longest
    # never registered is not what somebody means who says registered, nor registered what she means who says not
    telling_ones = [(w, o) for w, o in wordings if (_denying(w) if negated else not _denies(w, said))]
    if negated and not telling_ones:
        return None
    wordings = telling_ones or wordings
    core = [word for word in said if word not in _EMPTY] or said
    within = {o.value: o for w, o in wordings if all(_near(word, w) for word in core)}
    if within and (only := _only(within.values())):
        return only
    scores: dict[str, float] = {}
    for wording, option in wordings:
        telling = [word for word in wording if word not in _EMPTY] or list(wording)
        hits = sum(_near(word, said) for word in telling)
        share = 2 * hits / (len(telling) + len(core))
        scores[option.value] = max(scores.get(option.value, 0.0), share)
    best = max(scores.values(), default=0.0)
    fitting = [o for o in options if scores.get(o.value, 0.0) == best]
    rest = max((score for score in scores.values() if score < best), default=0.0)
    return fitting[0] if best >= _ENOUGH and len(fitting) == 1 and best - rest > 0.1 else None


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?|\d+", text.lower().replace("’", "'"))


def _wordings(option: Option) -> Iterable[list[str]]:
    """The option's English wordings as words; what stands in brackets may be left out."""
    for wording in (option.label, *option.aliases):
        if english.is_latin(wording):
            yield _words(wording)
            bare = re.sub(r"\(.*?\)", " ", wording)
            if bare != wording and _words(bare):
                yield _words(bare)


def _denies(wording: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a wording denies one of the words said: never *registered*."""
    return any(_NEGATED.fullmatch(word) and following in said for word, following in pairwise(wording))


def _denying(wording: Sequence[str]) -> bool:
    return bool(_NEGATED.search(" ".join(wording)))


def _contains(said: Sequence[str], wording: Sequence[str]) -> bool:
    size = len(wording)
    return size > 0 and any(list(said[at : at + size]) == list(wording) for at in range(len(said) - size + 1))


def _near(word: str, among: Sequence[str]) -> bool:
    return any(word == other or (len(word) > 3 and _stem(word) == _stem(other)) or (
        len(word) > 4 and SequenceMatcher(None, word, other).ratio() >= _CLOSE) for other in among)  # fmt: skip


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "er", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _only(found: Iterable[Option]) -> Option | None:
    by_value = {option.value: option for option in found}
    return next(iter(by_value.values())) if len(by_value) == 1 else None
