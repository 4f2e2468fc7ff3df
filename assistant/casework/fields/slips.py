"""Noticing that something said before is being put right, wherever it comes: 三十二号，哦对了刚才电话写错了，是139….

Which field is meant, and its new value, is for ``corrections`` to read; here is only whether there is a correction, where in
the sentence it begins, and what it says is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from assistant.casework.fields.english_dates import WRONG
from assistant.casework.fields.meaning import not_but
from assistant.casework.fields.parse import field_options, parse
from assistant.casework.fields.result import Accepted
from assistant.engine.components.patterns.numerals import normalise
from knowledge.schema import GuideField

__all__ = ["LOOKING_BACK", "holding", "marked", "not_but", "parted"]

#: She looks back: what follows is about something already said.
LOOKING_BACK = re.compile(
    r"刚才|刚刚|刚说|刚填|前面|之前|上面|上一[个项条步]|\b(?:earlier|before|just now|previous(?:ly)?)\b", re.I
)
_STRONG = re.compile(
    r"(?:写|说|填|输|打|搞|弄|报|记|选|点|按|念|讲|发|留|给)(?:得|的)?(?:错|反|串|漏|混)(?!误)|错了|错啦|有误|"
    r"^(?:啊|哦|哎|等等|等一下|等下)*[，, ]*(?:不对|不是)[，,。 ]|(?:不对|不准)(?:[，,。！!的了啊]|$)|更正"
)
_WEAK = re.compile(r"改[成为到]|换成|变成|应该是|应该填|应为|其实是|才对|[要想]改|改一?下|重新?填|重填|换一?[个下]")
_ASKS = re.compile(
    r"[?？]|吗|怎么|咋|多少|什么|哪[里儿个]|几天|多久|要不要|能不能|可不可以|可以.{0,6}么|来得及|会不会|有没有影响"
)
_FILLER = re.compile(
    r"^(?:不好意思|抱歉|对不起|等等|等一下|等下|稍等|哎呀?|啊|哦|噢|喔|嗯+|呃|那个|对了|不对|不是|哦?对了|"
    r"你好|您好|sorry|wait|oops|oh|hold on|um+|no)[，, ]*$",
    re.I,
)
_BOUNDARY = re.compile(r"(?:[，,。；;、!！\n]|(?<![A-Za-z,.;]) )+")
_LEAD = re.compile(r"^(?:哦|啊|噢|嗯|诶|哎|对了|不好意思|等等|等一下|另外|还有|[，, ])+")


def marked(text: str) -> Literal["strong", "weak"] | None:
    """How plainly a sentence puts something right; None for questions and for all that does not."""
    plain = normalise(text)
    if _ASKS.search(plain):
        return None
    if _STRONG.search(plain) or WRONG.search(plain) or (LOOKING_BACK.search(plain) and _WEAK.search(plain)):
        return "strong"
    return "weak" if _WEAK.search(plain) or not_but(plain) else None


def parted(text: str) -> tuple[str, str]:
    """An answer and the correction that comes with it; the answer is empty where the sentence is a correction only."""
    plain = normalise(text)
    best = ("", plain)
    for boundary in _BOUNDARY.finditer(plain):
        head, tail = plain[: boundary.start()].strip(), _LEAD.sub("", plain[boundary.end() :])
        if not head or _FILLER.match(head) or marked(head) or not_but(head + "," + re.split("[，,]", tail)[0]):
            continue
        if marked(tail) and (LOOKING_BACK.search(tail) or marked(tail) == "strong"):
            best = (head, tail)
    return best


def holding(old: str, answered: Sequence[GuideField], values: Mapping[str, Any], today: date) -> GuideField | None:
    """The latest answered field whose value is, or contains, what is said to be wrong."""
    return next((field for field in reversed(answered) if _holds(field, values.get(field.key), old, today)), None)


def _holds(field: GuideField, value: Any, old: str, today: date) -> bool:
    if value is None or value == "":
        return False
    if field.type in ("choice", "yes_no", "multi"):
        taken = value if isinstance(value, list) else [value]
        return any(old in (o.label, *o.aliases) for o in field_options(field) if o.value in taken)
    parsed = parse(field, old, today, {})
    if isinstance(parsed, Accepted) and parsed.value == value:
        return True
    if not isinstance(value, str):
        return False
    return bool(re.search(rf"(?<![0-9]){re.escape(old)}(?![0-9])", value) if old[:1].isdigit() else old in value)
