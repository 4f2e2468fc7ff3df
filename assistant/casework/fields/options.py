"""Choosing among options by tapping, number, label, other words for it, or a close paraphrase."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from assistant.casework.fields import english, english_options
from assistant.casework.fields.agreeing import NO, PARTICLES, YES, whole, yes_or_no
from assistant.casework.fields.meaning import asks, now, unsettled
from assistant.casework.fields.ordinals import ordinal, ordinals
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.casework.fields.wordings import named, squeezed, words_of
from assistant.engine.components.patterns.numerals import chinese_to_decimal, normalise
from assistant.foundation.messages import t
from knowledge.schema import Option

__all__ = ["NO", "PARTICLES", "YES", "leaning", "match_option", "ordinal", "parse_choice", "parse_multi", "yes_or_no"]

_CLOSE = 0.62
#: Signs that tell no option from another.
_EMPTY = frozenset("的了是有不没无在我你他要一个人家里上下来去这那和与或都也还就已到过办用可以")
_DENIAL = re.compile("[不没未无非别]")
_EITHER_OR = re.compile(r"还是|或者?")
_EXCEPT = re.compile(r"除了|除开|除|不要|去掉")
_MAYBE = re.compile(r"可能|也许|以后|将来|说不定|或许")
_EVERY = re.compile(r"全部|全都|所有|全选|统统|都")
_ALL_WORDS = re.compile(
    r"^(?:样样|每[个样项]|我|我们|这|上面|以上|里面|它们|们)*(?P<count>[0-9一二两三四五六七八九十俩仨]*)(?:个|项|种|样|本|类|份|张|块|者)?(?:全部?|都|所有的?|统统|通通|全选|正副本)+"
    r"(?:要|有|选|是|做|卖|办|补|参加|包括|涉及|可以|勾|上|换|改|转|申请)*[的了吧。！!]*$"
)
_NONE_OF_THEM = re.compile(
    r"^(?:这些?|以上|上面|家里)*(?:[全都]|一[个样项种]都|什么都|哪个都)*(?:没有?|不要|不是|不做|不卖|无|不涉及|不选)[的了啊。]*$"
)
_PARTS = re.compile(r"[，,、;；/\s]|和|跟|还有|以及|加上|加")
_PARTS_ENGLISH = re.compile(r"[,;/]|\band\b|\bplus\b|&")
_EVERY_ENGLISH = re.compile(r"^(?:all(?: of (?:them|these))?|everything|every one)[.! ]*$", re.I)


@lru_cache(maxsize=4096)
def _syllables(text: str) -> list[str]:
    return lazy_pinyin(text, style=Style.NORMAL)


@lru_cache(maxsize=4096)
def _sound(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.NORMAL))


def match_option(text: str, options: Sequence[Option]) -> Option | None:
    """The one option these words mean, or None when none or several fit, or the one named is denied (不是租的)."""
    raw = text.strip()
    for option in options:
        if raw in (option.value, option.label):
            return option
    index = ordinal(raw, len(options))
    if index is not None:
        return options[index]
    if english.is_latin(raw) and any(english.is_latin(word) for o in options for word in words_of(o)):
        return english_options.match(raw, options)
    plain = squeezed(text)
    if not plain:
        return None
    exact = [o for o in options if plain in map(squeezed, words_of(o))]
    if exact:
        return exact[0]
    if (numbered := re.match(r"\s*[(（]?([0-9A-Ha-h])[.、)）]\s*(?=\S)(.*)", raw)) and (
        index := ordinal(numbered[1], len(options))
    ) is not None:
        rest = named(numbered[2], options)
        return options[index] if rest.options in ([], [options[index]]) else None
    found = named(text, options)
    if found.options:
        return found.options[0] if len(found.options) == 1 else None
    if found.denied:
        return None
    return _near(plain, options)


def _near(plain: str, options: Sequence[Option]) -> Option | None:
    """The one option whose words hold these, sound like them or are close to them."""
    words = {option.value: [squeezed(word) for word in words_of(option)] for option in options}
    telling = len(plain) >= 2 or (whole(plain) is None and not plain.isascii())
    inside = [o for o in options if telling and any(plain in word for word in words[o.value])]
    if len(inside) == 1:
        return inside[0]
    sounds = [o for o in options if any(_sound(plain) == _sound(word) for word in words[o.value])]
    if len(sounds) == 1:
        return sounds[0]
    if {o.value for o in options} == {"yes", "no"}:
        return None  # 结过婚，离了 is near to 结婚了
    if (spoken := _by_sound(plain, options, words)) is not None:
        return spoken
    if (telling_sign := _by_sign(plain, options, words)) is not None:
        return telling_sign
    # one character more or less turns short words into others: 木有 is not 有
    denies = bool(_DENIAL.search(plain))  # 户口不在这 is near to 户口就在这里, and says the opposite
    scores = {
        o.value: max(
            (SequenceMatcher(None, plain, w).ratio() for w in words[o.value] if len(w) > 2 and bool(_DENIAL.search(w)) == denies),
            default=0.0,
        )
        for o in options
    }
    close = sorted(options, key=lambda option: -scores[option.value])
    if close and scores[close[0].value] >= _CLOSE and (len(close) == 1 or scores[close[0].value] - scores[close[1].value] > 0.1):
        return close[0]
    return None


def _by_sound(plain: str, options: Sequence[Option], words: Mapping[str, Sequence[str]]) -> Option | None:
    """The one option a word of which is in the text by its sound: 组的房子 holds 租的, typed by ear. A denial is none."""
    said = _syllables(plain)
    if _DENIAL.search(plain):
        return None
    meant = [
        option
        for option in options
        if any(_within(_syllables(word), said) for word in words[option.value] if len(word) > 1 and not _DENIAL.search(word))
    ]
    return meant[0] if len(meant) == 1 else None


def _within(part: Sequence[str], whole_: Sequence[str]) -> bool:
    return any(whole_[place : place + len(part)] == part for place in range(len(whole_) - len(part) + 1))


def _by_sign(plain: str, options: Sequence[Option], words: Mapping[str, Sequence[str]]) -> Option | None:
    """The option two of whose words begin with a sign of its own that is in the text: 租房子 holds the 租 of 租赁, 租的."""
    meant = set()
    for option in options:
        others = "".join(word for other in options if other is not option for word in words[other.value])
        signs = {
            sign for sign in "".join(words[option.value]) if sign not in others and sign not in _EMPTY and not sign.isascii()
        }
        telling = [sign for sign in signs if sum(word.startswith(sign) for word in words[option.value]) >= 2]
        if any(sign in plain for sign in telling):
            meant.add(option.value)
        if any(re.search(rf"[不没未无别非][^，,]{{0,2}}{sign}", plain) for sign in telling):
            return None
    return next((option for option in options if option.value in meant), None) if len(meant) == 1 else None


def leaning(text: str, choices: Sequence[Option]) -> Option | None:
    """Which of two answers the guide's own words for them speak for: 有大车, or 没有大车, which speaks for the other one.

    Words that are a plain yes or no in any question (有, 没有) say nothing here.
    """
    telling = [
        option.model_copy(update={"label": "", "aliases": [word for word in words_of(option) if whole(word) is None]})
        for option in choices
    ]
    found = named(text, telling, stems=True)
    meant = {option.value for option in found.options}
    if len(choices) == 2:
        denied = {option.value for option in found.denied}
        meant |= {option.value for option in choices if {other.value for other in choices} - {option.value} <= denied}
    if not meant and whole(squeezed(text)) is None and len(squeezed(text)) >= 2:
        # 不超 is the beginning of 不超过
        meant = {option.value for option in choices if any(squeezed(text) in squeezed(word) for word in words_of(option))}
    return next((option for option in choices if option.value in meant), None) if len(meant) == 1 else None


def _unknown(options: Sequence[Option]) -> Rejected:
    labels = t("fields.list_separator").join(o.label for o in options)
    return Rejected("choice_unknown", t("fields.choice_unknown", options=labels))


def _said_whole(text: str, options: Sequence[Option]) -> Option | None:
    plain = squeezed(text)
    return next((o for o in options if plain and (text.strip() == o.value or plain in map(squeezed, words_of(o)))), None)


def parse_choice(text: str, options: Sequence[Option]) -> Parsed:
    """One option; ``value`` is the option's value, ``display`` its label. A question, or one of two left open, chooses none."""
    option = _said_whole(text, options)
    if option is None and (english.is_latin(text) or not asks(text)):
        option = match_option(now(text), options)
        if option is not None and unsettled(text) and not named(text, options).options:
            option = None
    return Accepted(option.value, option.label) if option else _unknown(options)


def parse_multi(text: str | Sequence[str], options: Sequence[Option]) -> Parsed:
    """Several options, from an array of values or from one sentence naming them; kept in the order of ``options``."""
    if isinstance(text, str):
        chosen = (
            _english_several(text, options)
            if english.is_latin(text) and ordinals(text, len(options)) is None
            else _several(text, options)
        )
    else:
        chosen = set(text)
        if chosen - {o.value for o in options}:
            return _unknown(options)
    picked = [o for o in options if o.value in chosen]
    if not picked:
        return _unknown(options)
    return Accepted([o.value for o in picked], t("fields.list_separator").join(o.label for o in picked))


def _several(text: str, options: Sequence[Option]) -> set[str]:
    """The values a Chinese sentence chooses; none where it asks, wavers, or names a place there is not."""
    if (whole := _said_whole(text, options)) is not None:
        return {whole.value}
    if _NONE_OF_THEM.match(squeezed(text)):
        none = next((o for o in options if re.search(r"^(?:都|以上)*(?:没有|无|不)", o.label)), None)
        return {none.value} if none else set()
    found = named(text, options)
    if _MAYBE.search(text) or re.fullmatch(r"(?:\d|[一二两三四五六七八九十])[个项样种]", squeezed(text)):
        return set()
    if asks(text) or (unsettled(text) and not found.options) or (_EITHER_OR.search(text) and len(found.options) > 1):
        return set()
    if _EXCEPT.search(text) and _EVERY.search(text):
        return _all_but(text, options)
    if not found.options or "正副" in text:
        if (places := ordinals(text, len(options))) is not None:
            return {options[place].value for place in places}
        if every := _ALL_WORDS.match(squeezed(text)):
            count = {"俩": 2, "仨": 3}.get(every["count"]) or int(chinese_to_decimal(every["count"]) or 0)
            return {o.value for o in options} if count in (0, len(options)) else set()
    chosen = {option.value for option in found.options}
    parts = [part for part in _PARTS.split(normalise(text)) if part.strip()]
    numbered = False
    for part in parts:
        if named(part, options).options or named(part, options).denied:
            continue
        if re.match(r"\s*(?:不要|不选|别选|不做|不是)", part) and ordinals(re.sub(r"^\s*(?:不|别).", "", part), len(options)):
            continue  # 要第一个，不要第二个
        option = match_option(part, options)
        if option is not None:
            chosen.add(option.value)
        numbered = numbered or (option is None and re.search(r"[0-9]|第[一二三四五六七八九十]", part) is not None)
    return set() if numbered else chosen - {option.value for option in found.denied}


def _all_but(text: str, options: Sequence[Option]) -> set[str]:
    """除了刺身都有, 都要，除了蛋糕: everything but what is named behind 除了."""
    tail = _EXCEPT.split(text, maxsplit=1)[1]
    tail = re.split(r"以?外|之外|[，,]?(?:其他|其余|剩下|别的)|[，,]?(?:全|都|统统)(?=[要有做卖选是办])", tail)[0]
    left_out = {option.value for option in (*named(tail, options).options, *named(tail, options).denied)}
    if not left_out and (places := ordinals(tail, len(options))):
        left_out = {options[place].value for place in places}
    return {o.value for o in options} - left_out if left_out else set()


def _english_several(text: str, options: Sequence[Option]) -> set[str]:
    if _EVERY_ENGLISH.match(text):
        return {o.value for o in options}
    found = (match_option(part, options) for part in _PARTS_ENGLISH.split(normalise(text)) if part.strip())
    return {option.value for option in found if option is not None}
