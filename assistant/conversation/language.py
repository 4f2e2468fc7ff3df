"""Which language a conversation is held in: chosen at its opening, asked for in words, or simply spoken."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from assistant.casework.fields import english, english_dates
from assistant.casework.flow import acts, asking, situations
from assistant.casework.flow.talk import Talk
from assistant.conversation.model import Conversation
from assistant.foundation.messages import CHINESE, ENGLISH, language, language_of, render, simplify, t, use_language

_ASKED = r"(?:请|能不能|可以|能|我(?:想|要)|换|改|切换?)*(?:回|成|到|为)?(?:说|讲|用|会|换成?|切换[到成]?)?"
_ASKED_IN_ENGLISH = (
    r"(?:(?:do|can|could|would|may) (?:you|we|i) )?(?:please )?"
    r"(?:speak|use|switch (?:back )?to|change to|back to|talk|continue|answer|reply)?(?: to me)?(?: ?in| ?to)? ?"
)
_ENDING = r"(?:版)?(?:吗|吧|可以吗|行吗|回答|说)?"
_TO_ENGLISH = re.compile(rf"{_ASKED}(?:英文|英语|english){_ENDING}|{_ASKED_IN_ENGLISH}english(?: version)?(?: please)?", re.I)
_TO_CHINESE = re.compile(
    rf"{_ASKED}(?:中文|汉语|普通话|国语){_ENDING}|{_ASKED_IN_ENGLISH}(?:chinese|mandarin)(?: version)?(?: please)?", re.I
)
_LEAVE_QUEUE = "取消排队"
_MARKS = re.compile(r"[\s\"“”'‘’,，.。!！?？]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PLAINLY = 4
"""Characters of a sentence; fewer may be a word of an answer."""
TRADITIONAL = "zh-Hant"
#: Characters that people who write simplified ones use as well: 著作, 乾隆, 什麽.
_IN_BOTH = frozenset("著乾瞭於徵藉覆麼麽摺鍾儘昇祕菸甦")
#: Answers in Latin letters that say nothing about the language: names, codes, addresses, free words.
_ANY_LETTERS = frozenset({"text", "company_name", "person_name", "id_number", "uscc", "email", "address", "phone"})


def settle(conv: Conversation, talk: Talk, typed: str | None, spoken: Literal["zh", "en"] | None = None) -> bool:
    """Find the language of a turn and speak it: changes the locale, the talk and the pending question where it is another.

    Args:
        typed: what the citizen typed; None where she tapped or sent files.
        spoken: the language it was heard in, where she said it aloud: she is answered in that.

    Returns:
        Whether changing the language is all the turn was about; it is then answered.
    """
    talk.language = language_of(conv.locale)
    if typed is None or talk.owner == "staff" or len(typed) > 400:
        return False
    wanted = wanted_locale(typed)
    if wanted is not None:
        talk.state.locale_chosen = True
        _change(conv, talk, wanted)
        with use_language(talk.language):
            talk.say(t("conversation.language_changed"))
            asking.repeat_question(talk)
        talk.intent, talk.confidence = "chitchat", 1.0
        talk.status = "collecting" if talk.asking else "answered"
        return True
    if spoken == "zh" and conv.locale == ENGLISH and speaks_chinese(typed, talk):
        _change(conv, talk, CHINESE)
    elif (conv.locale == CHINESE or (spoken == "en" and conv.locale == TRADITIONAL)) and speaks_english(typed, talk):
        _change(conv, talk, ENGLISH)
        with use_language(CHINESE):
            talk.notice("info", t("conversation.language_noticed"))
    elif conv.locale == CHINESE and not talk.state.locale_chosen and writes_traditional(typed, talk):
        _change(conv, talk, TRADITIONAL)
        talk.notice("info", t("conversation.script_noticed"))
    return False


def wanted_locale(text: str) -> str | None:
    """The locale a sentence asks for and nothing else: 说英文, English please, 中文, speak Chinese; None for all others."""
    said = _MARKS.sub(" ", text).strip()
    if _TO_ENGLISH.fullmatch(said):
        return ENGLISH
    if re.fullmatch(r"(?:[說说讲講用換换]|切[換换][到成]?)?(?:繁[體体](?:中文|字)?|[說講換]中文)", said):
        return TRADITIONAL
    if re.fullmatch(r"(?:[說说讲講用換换]|切[換换][到成]?)?(?:简体|簡體)(?:中文|字)?", said):
        return CHINESE
    return CHINESE if _TO_CHINESE.fullmatch(said) else None


def speaks_english(text: str, talk: Talk) -> bool:
    """Whether somebody who was spoken to in Chinese talks English, rather than answering in Latin letters."""
    if not english.is_english(text):
        return english.asks(text) and len(english.words(text)) > 1 and english.command(text) is not None
    field = talk.official.field(talk.asking) if talk.official and talk.asking else None
    if field is not None and field.type in _ANY_LETTERS:
        return english.asks(text) or english.command(text) is not None
    return True


def speaks_chinese(text: str, talk: Talk) -> bool:
    """Whether somebody who was spoken to in English speaks Chinese, rather than answering with a name or an address."""
    field = talk.official.field(talk.asking) if talk.official and talk.asking else None
    return len(_HAN.findall(text)) >= _PLAINLY and (field is None or field.type not in _ANY_LETTERS)


def writes_traditional(text: str, talk: Talk) -> bool:
    """Whether somebody writes Traditional characters, rather than a name or an address that has some."""
    simple, traditional = simplify(text), render(text, TRADITIONAL)
    if not len(simple) == len(text) == len(traditional):
        return False
    hers = sum(a != b and a not in _IN_BOTH for a, b in zip(text, simple, strict=True))
    simplified = sum(a != b and a == c for a, b, c in zip(text, traditional, simple, strict=True))
    field = talk.official.field(talk.asking) if talk.official and talk.asking else None
    return hers > simplified and (field is None or field.type not in _ANY_LETTERS)


def for_engine(text: str) -> str:
    """What the engine reads: words that steer the talk (back, skip, leave the queue …) as the Chinese ones it was trained on."""
    return _LEAVE_QUEUE if acts.leaves_queue(text) else english.command(text) or text


def moment(at: datetime) -> str:
    """A day of this year and a time, in words."""
    return (
        f"{at.day} {english_dates.MONTHS[at.month - 1]}, {at:%H:%M}"
        if language() == ENGLISH
        else f"{at.month}月{at.day}日{at:%H:%M}"
    )


def _change(conv: Conversation, talk: Talk, locale: str) -> None:
    conv.locale = locale
    talk.language = language_of(locale)
    with use_language(talk.language):
        asking.reword(talk, situations.reworded(talk))
