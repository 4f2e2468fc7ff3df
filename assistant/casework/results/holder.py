"""Whose result it is, by the case's answers; and as strangers on the verification page may read it."""

from __future__ import annotations

from typing import Literal

from assistant.casework.model import Case
from assistant.foundation.masking import mask_value
from knowledge.schema import Guide

Kind = Literal["company_name", "person_name"]
_HEAD, _TAIL = 2, 4


def names_in(case: Case, guide: Guide) -> frozenset[str]:
    """Every name of a person or company that was answered."""
    fields = [field.key for field in guide.fields if field.type in ("company_name", "person_name")]
    return frozenset(case.answers[key].display for key in fields if key in case.answers and case.answers[key].display)


def holder_of(case: Case, guide: Guide) -> tuple[Kind, str]:
    """Whom the result is for: the company where the case is about one, else the first person asked for."""
    kinds: tuple[Kind, Kind] = ("company_name", "person_name")
    for kind in kinds:
        for field in guide.fields:
            answer = case.answers.get(field.key)
            if field.type == kind and answer is not None and answer.display:
                return kind, answer.display
    return "person_name", ""


def masked(kind: Kind, name: str) -> str:
    """Enough to compare with a paper in hand, too little to learn a name from: 张*, 上海******有限公司."""
    if kind == "person_name":
        return mask_value("person_name", name)
    if len(name) <= _HEAD + _TAIL:
        return name[:1] + "*" * max(len(name) - 1, 0)
    return name[:_HEAD] + "*" * (len(name) - _HEAD - _TAIL) + name[-_TAIL:]
