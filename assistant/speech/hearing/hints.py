"""What a recogniser may be told to expect: few words, the likeliest first, in simplified characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

from assistant.casework.fields.agreeing import yes_or_no
from assistant.casework.fields.result import Accepted
from assistant.foundation.messages import t
from assistant.speech.engines.base import Expected, Taken
from assistant.speech.hearing import dictating
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.dictating import Dictation
from assistant.speech.hearing.readback import ReadBack
from assistant.speech.hearing.script import simplified
from assistant.speech.hearing.values import is_card, matters, prepared
from assistant.speech.hearing.vocabulary import places
from knowledge.catalogue import Catalogue

#: Whisper keeps the last 224 tokens of a prompt, and a Chinese character may take two.
MOST_CHARACTERS = 100
_LONGEST = 12
_AGREEING = ("对", "对的", "是的", "没错", "不对", "不是", "好的", "可以")
#: Whose form tells a number from something else.
_NUMBERS = frozenset(("id_number", "phone", "uscc", "date", "amount", "area", "integer"))
_CHECKED = frozenset(("id_number", "uscc"))
"""Of which a check digit tells whether it was heard right."""
_SURE = 3.0
_BANKS = (
    "工商银行", "农业银行", "中国银行", "建设银行", "交通银行", "邮储银行", "招商银行", "浦发银行",
    "上海银行", "农商银行", "兴业银行", "中信银行", "光大银行", "民生银行", "平安银行",
)  # fmt: skip
"""Where a bank is asked for by its name."""
_HEARD_BEST = ("zh", "en")
#: Codes recognisers give for what is spoken in China and not Mandarin.
_DIALECTS = frozenset(("yue", "wuu", "nan", "hak", "gan", "hsn", "cjy", "cdo", "dialect"))


class Hints:
    """Hints for one office: made once of its catalogue, asked for at every utterance."""

    def __init__(self, catalogue: Catalogue, region: str = "310000") -> None:
        self._items = _tidied(guide.name for guide in catalogue.all())
        self._aliases = _tidied(alias for guide in catalogue.all() for alias in guide.names.aliases)
        self._places = _tidied(places(region))

    def of(self, asked: Asked, today: date | None = None, most: int = MOST_CHARACTERS) -> Expected:
        """The words to expect now: the question's own, then places or items; ``most`` characters in all, none twice.

        With ``today`` it can be told of a number whether it is one (`answers`); of a yes or a no it always can.
        """
        number = asked.kind in _NUMBERS or is_card(asked)
        taken = partial(answers, asked, today) if today and number else partial(agrees, asked) if asked.kind == "yes_no" else None
        return Expected(self._words(asked, most), taken, dictating.signs(asked) if taken else "")

    def confirming(self, held: ReadBack) -> Expected:
        """The words to expect while a value is read back."""
        return Expected(_AGREEING, partial(settles, held))

    def dictating(self, held: Dictation) -> Expected:
        """The words to expect while a number is taken down group by group."""
        return Expected((), held.takes, dictating.signs(held.asked))

    def _words(self, asked: Asked, most: int) -> tuple[str, ...]:
        own = _tidied([*asked.options, asked.label])
        if asked.kind in ("choice", "multi", "yes_no"):
            return _within([*own, *(_AGREEING if asked.kind == "yes_no" else ())], most)
        if asked.kind == "address":
            return _within([*own, *self._places], most)
        if asked.kind == "text" and "银行" in asked.label and not matters(asked):
            return _within([*_BANKS, *own], most)
        if asked.kind is None:
            return _within([*own, *self._items, *self._aliases], most)
        return _within([*own], most)

    def hotwords(self, most: int = 4000) -> tuple[str, ...]:
        """Every name of every item and the places near, for a recogniser that takes a list once and for all."""
        return _within([*self._items, *self._aliases, *self._places], most)


def answers(asked: Asked, today: date, text: str) -> tuple[Taken, ...]:
    """What the form takes a text for, where it takes it without a doubt; likeliest where a check digit agrees."""
    read = asked.read(prepared(simplified(text), asked, today), today)
    if not isinstance(read, Accepted) or read.warning is not None:
        return ()
    return (Taken(str(read.value), _SURE if asked.kind in _CHECKED or is_card(asked) else 1.0),)


def agrees(asked: Asked, text: str) -> tuple[Taken, ...]:
    """What a text says of a question of yes or no, in general words or in the question's own: 打过电话了."""
    plain = simplified(text).strip(" ，,。.！!")
    said = yes_or_no(plain)
    own = next((option for option in asked.options if option in plain), None)
    return (Taken(str(said if said is not None else own), _SURE),) if said is not None or own is not None else ()


def settles(held: ReadBack, text: str) -> tuple[Taken, ...]:
    """What a text says of what is read back: yes, no, or another value."""
    after = held.hear(text)
    if after.over or after.state == "wrong" or (after.state == "asking" and after.value != held.value):
        return (Taken(f"{after.state} {after.value}", _SURE),)
    return ()


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
