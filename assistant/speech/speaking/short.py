"""A turn as it is said: what matters of it in a few short sentences; everything else is on the screen.

Nobody listens to a card being read out. Of a card she hears its title and one sentence; of a list that it is there; of four or
fewer choices their numbers; then the question, last, because that is what she answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from assistant.foundation.messages import t
from assistant.speech.speaking.sentences import sentences
from knowledge.replies import Ask, Card, Choices, File, Notice, Option, Reply, Text

MOST_CHOICES = 4
"""Choices read aloud; more than these nobody remembers."""

TEXT_LONGEST = 110
"""Characters of one text that are said; at least its first sentence is."""

ALL_LONGEST = 160
"""Characters of a whole turn that asks nothing: half a minute."""

BEFORE_QUESTION = 60
"""Characters of a turn before its question: she waits for that, and the rest stands on the screen."""

_LIST_LINE = re.compile(r"^\s*(?:[-•·*]|\d{1,2}[.、)）]|[（(]\d{1,2}[）)])\s*")
_SOURCE = re.compile(
    r"[（(](?:依据|来源|出处|见|Source|Basis)[^（）()]*[）)]|(?:依据|来源|出处|Source|Basis)[：:][^。\n]*[。\n]?"
)
_ASIDE = re.compile(r"[（(][^（）()]{16,}[）)]")
_EXAMPLE = re.compile(r"\s*(?:例如|比如|For example|e\.g\.)[：:,]?\s*[^。？！?!]*[。]?$")
_CASE_NO = re.compile(r"[A-Z]{2}\d{8}[0-9A-Z]{4,}")
"""Seventeen signs that nobody keeps by ear; they are on the screen and on the receipt."""
_SECRET = re.compile(r"(?:恢复码|续办码|取件码|验证码|密码|(?:resume|recovery|pickup) code)[^0-9A-Za-z]{0,4}[0-9A-Z]{4,}", re.I)
"""What opens something is for her eyes: a hall has ears."""
_MARKS = re.compile(r"[\W_]+")
_REPLIES: TypeAdapter[list[Reply]] = TypeAdapter(list[Reply])


def spoken_text(replies: Sequence[Reply | Mapping[str, Any]], ask: Ask | Mapping[str, Any] | None = None) -> list[str]:
    """What is said of a turn, sentence by sentence, the question last; empty when there is nothing to say.

    ``replies`` and ``ask`` are the turn's, as models or as the API's JSON. The texts are as shown: ``readable`` makes words of
    their numbers.
    """
    question = ask if isinstance(ask, Ask) or ask is None else Ask.model_validate(ask)
    told: list[str] = []
    asking = ""
    at = -1
    files: list[str] = []
    offered: list[Option] = []
    for reply in _REPLIES.validate_python(list(replies)):
        match reply:
            case Text():
                at = len(told)
                told.append(_brief(_without_example(reply.text, question)))
            case Notice():
                told.append(_brief(_EXAMPLE.sub("", reply.text)))
            case Card():
                told.append(_card(reply))
            case Choices():
                offered = reply.options
                at = len(told)
                told.append(_brief(reply.text) + _choices(reply.options))
            case File():
                files.append(reply.name)
    if files:
        told.append(t("speech.say_file", name=_stem(files[0])) if len(files) == 1 else t("speech.say_files", count=len(files)))
    if question is not None and at >= 0 and re.search("[？?]", told[at]):
        asking = told.pop(at)
    said = _fitting([part for part in told if part], ALL_LONGEST if question is None else BEFORE_QUESTION)
    said += sentences(asking)
    return _once([*said, *sentences(_asked(question, said, offered, put=bool(asking)))])


def _brief(text: str) -> str:
    """The beginning of a text, up to ``TEXT_LONGEST``; that there is more is said."""
    bare = _ASIDE.sub("", _SOURCE.sub("", text)).strip()
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    if not lines:
        return ""
    listed = [line for line in lines if _LIST_LINE.match(line)]
    cut = len(listed) > 2
    said = ""
    told = [s for line in lines if not cut or line not in listed for s in sentences(_closed(line))]
    cut |= any(_SECRET.search(sentence) for sentence in told)
    told = [sentence for sentence in told if not _SECRET.search(sentence)]
    for sentence in [s for s in told if not _CASE_NO.search(s)] or told:
        if said and len(said) + len(sentence) > TEXT_LONGEST:
            cut = True
            break
        said += sentence
    if not said and listed:  # nothing but a list
        return t("speech.say_list", count=len(listed))
    return said + (t("speech.say_more") if cut else "")


def _card(card: Card) -> str:
    """Its title, and the first sentence of its text, or of its rows the only one."""
    first = next(iter(sentences(_closed(_SOURCE.sub("", card.text).strip()))), "")
    if not first and len(card.rows) == 1:
        first = _closed(t("speech.say_row", label=card.rows[0].label, value=card.rows[0].value))
    title = "" if _same(card.title, first) else _closed(card.title)
    more = len(card.rows) > 1 or len(sentences(card.text)) > 2
    return title + first + (t("speech.say_card") if more else "")


def _choices(options: Sequence[Option]) -> str:
    if not options:
        return ""
    if len(options) > MOST_CHOICES:
        return t("speech.say_many_choices", count=len(options))
    listed = [t("speech.say_choice", number=number, label=option.label) for number, option in enumerate(options, 1)]
    return _closed(t("speech.say_between").join(listed))


def _asked(ask: Ask | None, said: Sequence[str], offered: Sequence[Option], *, put: bool) -> str:
    """What is asked, unless the question was ``put`` already; then its choices, unless they have been said."""
    if ask is None:
        return ""
    parts = [] if put or any(_same(ask.label, sentence) for sentence in said) else [_closed(ask.label)]
    options = ask.options or []
    if ask.kind in ("choice", "multi") and [o.value for o in options] != [o.value for o in offered]:
        parts.append(_choices(options))
    if ask.kind == "file":
        parts.append(t("speech.say_upload"))
    if ask.columns:
        parts.append(t("speech.say_table"))
    return "".join(parts)


def _fitting(parts: Sequence[str], room: int) -> list[str]:
    """Sentences of these parts, as long as there is room; a part is said whole or not at all, but the first always."""
    out: list[str] = []
    for part in parts:
        if out and len(part) > room:
            out += [] if out[-1] == t("speech.say_card") else [t("speech.say_more")]
            break
        out += sentences(part)
        room -= len(part)
    return out


def _once(parts: Sequence[str]) -> list[str]:
    """Nothing is said twice in one turn."""
    out: list[str] = []
    for part in parts:
        if part and part not in out:
            out.append(part)
    return out


def _without_example(text: str, ask: Ask | None) -> str:
    """A question is shown with an example; an example read aloud sounds like an answer."""
    if ask is not None and ask.example and ask.example in text:
        return _EXAMPLE.sub("", text)
    return text


def _closed(text: str) -> str:
    """With a full stop, so that the voice falls."""
    bare = text.strip()
    if not bare or bare[-1] in "。！？!?.；":
        return bare
    return bare.rstrip("：:，,、") + ("。" if re.search(r"[\u3400-\u9fff]", bare) else ". ")


def _same(one: str, other: str) -> bool:
    """Whether the one is said with the other already, marks aside."""
    first, second = (_MARKS.sub("", text) for text in (one, other))
    return bool(first) and first in second


def _stem(name: str) -> str:
    return re.sub(r"\.[A-Za-z0-9]{2,4}$", "", name)
