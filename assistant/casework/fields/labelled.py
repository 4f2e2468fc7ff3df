"""A form pasted into the talk: 公司名称：示例商贸有限公司; every label of the guide, in any order, one a line or several on one.

A form card of a channel sends the same: one line for each field, its label, a colon, the value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.foundation.messages import simplify
from knowledge.schema import GuideField

_SEPARATORS = " \t\r\n,，;；、|"
#: What stands between two answers, or before a label: the end of the last one, a number, a bullet.
_BEFORE = (
    r"(?:^|(?<=[\n\r\t;；,，。、|！!?？:：])|(?<=\s))[ \t]*(?:[0-9]{1,2}[.、)）][ \t]*|"
    r"[（(][0-9]{1,2}[)）][ \t]*|[-*•·●][ \t]*)?[【\[“\"]?"
)
_AFTER = r"[】\]”\"]?[ \t]*[:：=][ \t]*"


@dataclass(frozen=True)
class Form:
    """What was said under which label, in the order said; ``lead`` is what stands before the first label."""

    lines: list[tuple[list[GuideField], str]] = field(default_factory=list)
    lead: str = ""


def read(text: str, fields: Sequence[GuideField]) -> Form:
    """The labelled values of a text. A label several fields have names all of them: which one applies is for the case to say.

    A field's other names are labels as well, where no field has that name as its label. Labels may be in Traditional characters,
    as who reads those is shown them; values stay as they were written.
    """
    known = _labels(fields)
    if not known or not re.search(r"[:：=]", text):
        return Form(lead=text)
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    plain = simplify(text)
    same = plain if len(plain) == len(text) else text  # or nothing would stand where it is found
    found = list(re.finditer(rf"{_BEFORE}(?P<name>{names}){_AFTER}", same, re.I))
    if not found:
        return Form(lead=text)
    ends = [match.start() for match in found[1:]] + [len(text)]
    lines = [
        (known[match["name"].lower()], text[match.end() : end].strip(_SEPARATORS)) for match, end in zip(found, ends, strict=True)
    ]
    return Form(lines, text[: found[0].start()].strip(_SEPARATORS))


def _labels(fields: Sequence[GuideField]) -> dict[str, list[GuideField]]:
    known: dict[str, list[GuideField]] = {}
    for one in fields:
        known.setdefault(one.label.lower(), []).append(one)
    named: dict[str, list[GuideField]] = {}
    for one in fields:
        for name in one.names:
            if len(name) > 1 and name.lower() not in known:
                named.setdefault(name.lower(), []).append(one)
    return {**named, **known}
