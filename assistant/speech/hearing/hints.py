"""What a recogniser may be told to expect: few words, the likeliest first, in simplified characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.foundation.messages import t
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.vocabulary import places
from knowledge.catalogue import Catalogue

#: Whisper keeps the last 224 tokens of a prompt, and a Chinese character may take two.
MOST_CHARACTERS = 100
_LONGEST = 12
_HEARD_BEST = ("zh", "en")
#: Codes recognisers give for what is spoken in China and not Mandarin.
_DIALECTS = frozenset(("yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "cdo", "dialect"))


class Hints:
    """Hints for one office: made once of its catalogue, asked for at every utterance."""

    def __init__(self, catalogue: Catalogue, region: str = "310000") -> None:
        self._items = _tidied(guide.name for guide in catalogue.all())
        self._aliases = _tidied(alias for guide in catalogue.all() for alias in guide.names.aliases)
        self._places = _tidied(places(region))

    def of(self, asked: Asked, most: int = MOST_CHARACTERS) -> tuple[str, ...]:
        """The words to expect now: the question's own, then places or items; ``most`` characters in all, none twice."""
        own = _tidied([*asked.options, asked.label])
        if asked.kind in ("choice", "multi", "yes_no"):
            return _within([*own], most)
        if asked.kind == "address":
            return _within([*own, *self._places], most)
        if asked.kind is None:
            return _within([*own, *self._items, *self._aliases], most)
        return _within([*own], most)

    def hotwords(self, most: int = 4000) -> tuple[str, ...]:
        """Every name of every item and the places near, for a recogniser that takes a list once and for all."""
        return _within([*self._items, *self._aliases, *self._places], most)


def _tidied(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word.strip() for word in words if 1 < len(word.strip()) <= _LONGEST))


def _within(words: Sequence[str], most: int) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    left = most
    for word in words:
        if word not in kept and len(word) <= left:
            kept[word] = None
            left -= len(word)
    return tuple(kept)


def prompt(hints: Sequence[str]) -> str:
    """A prompt for whisper in simplified characters; the punctuation in it makes it write punctuation."""
    return f"以下是普通话的政务咨询，用简体中文。{'、'.join(hints)}。" if hints else "以下是普通话的政务咨询，用简体中文。"


def language_note(code: str | None) -> str | None:
    """What to tell somebody whose language is not heard well; None for Mandarin, English, and where no code is given.

    Args:
        code: the language the recogniser says it was: zh, en, yue, ja …
    """
    if not code or code.lower().split("-")[0] in _HEARD_BEST:
        return None
    return t("speech.hear_dialect" if code.lower() in _DIALECTS else "speech.hear_other_language")
