"""Answers that contradict each other, in one sentence or over turns: neither is taken before she says which is right."""

from __future__ import annotations

import re

from assistant.casework import interview
from assistant.casework.fields import english, extract, slips
from assistant.casework.fields.corrections import KINDS
from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import offering
from assistant.casework.flow.storing import store_more
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Source
from assistant.foundation.messages import t
from knowledge.schema import FieldType, GuideField

#: Kinds of answers that can be told apart from talk, so that two of them are two answers.
_PLAIN: tuple[FieldType, ...] = (
    "person_name",
    "company_name",
    "id_number",
    "uscc",
    "phone",
    "email",
    "address",
    "date",
    "area",
    "amount",
    "integer",
)
_SORRY = re.compile(r"\s*(?:哦|啊|哎呀?|等等|[，, ])*(?:不好意思|抱歉|对不起|sorry|oops|my mistake|actually)", re.I)
_CLAUSES = re.compile(r"[，,。;；!！\n]+")


def take(talk: Talk) -> bool:
    """Ask which of two answers is right, where the turn gives another one than before, or two; keep everything else it says."""
    found = _found(talk)
    if found is None:
        return False
    field, values = found
    case, guide, today = talk.case, talk.guide, talk.now.date()
    assert case is not None and guide is not None
    pending = guide.field(talk.asking or "")
    open_ones = [f for f in interview.applying_fields(guide, case) if f.key not in case.answers and f.key != field.key]
    beside = extract.by_name(talk.text, open_ones, today, case.values())
    if pending is not None and pending.key != field.key and pending.key not in case.answers and pending.key not in beside:
        answer = _bare(talk, pending, field)
        beside = {pending.key: answer, **beside} if answer is not None else beside
    store_more(talk, beside)
    held = case.answers.get(field.key)
    sources: list[Source | None] = [held.source if held is not None and value.value == held.value else None for value in values]
    said = t("fields.list_separator").join(offering.labels(field, [(v.value, v.display) for v in values]))
    talk.state.editing = field.key if held is not None else None
    offering.offer(
        talk, field, list(zip(values, sources, strict=True)), t("casework.contradicting", label=field.label, values=said)
    )
    return True


def _found(talk: Talk) -> tuple[GuideField, list[Accepted]] | None:
    """The field that was given two answers, and these."""
    case, guide, today = talk.case, talk.guide, talk.now.date()
    if case is None or guide is None or talk.tapped is not None or talk.attachments or slips.marked(talk.text) is not None:
        return None
    if _SORRY.match(talk.text) or (english.is_latin(talk.text) and talk.intent == "correct_info"):
        return None  # she puts right what she said
    pending = guide.field(talk.asking) if talk.asking else None
    if pending is None or len(talk.text) < 4:
        return None
    applying = interview.applying_fields(guide, case)
    fields = [f for f in applying if f.type in _PLAIN]
    others = [f for f in guide.fields if f not in applying]  # 代办人姓名李四 names nobody else, whether there is an agent or not
    values = case.values()
    said: dict[str, list[Accepted]] = {}
    for field, value, clause in extract.all_by_name(talk.text, [*applying, *others], today, values):
        if field not in fields:
            continue
        if field.key != pending.key and field.type == pending.type and _only_kind(clause):
            continue  # 电话139… is the answer to the telephone asked for
        if pending.in_words and field.key != pending.key and not clause.strip().startswith(field.label):
            continue  # 地上5层，建筑面积20000平方米 is told of the building that was asked about
        said.setdefault(field.key, []).append(value)
    if pending.type in _PLAIN and pending.key in said and (bare := _bare(talk, pending, None)) is not None:
        said[pending.key].insert(0, bare)
    for key, new in said.items():
        field = next(f for f in fields if f.key == key)
        held = case.answers.get(key)
        standing = held is not None and not held.skipped and not interview.follows(held) and key != pending.key
        before = [Accepted(held.value, held.display, held.warning)] if held is not None and standing else []
        different: list[Accepted] = []
        for value in [*before, *new]:
            if not any(_same(value, other) for other in different):
                different.append(value)
        if len(different) > 1:
            return field, different
    return None


def _bare(talk: Talk, pending: GuideField, but: GuideField | None) -> Accepted | None:
    """A clause that is nothing but an answer to the question asked: 张三 in 张三，法定代表人李四."""
    today = talk.now.date()
    for clause in _CLAUSES.split(talk.text):
        parsed = parse(pending, clause.strip(), today, {}) if clause.strip() else None
        whole = isinstance(parsed, Accepted) and parsed.warning is None and str(parsed.value) == re.sub(r"[\s-]", "", clause)
        if whole and isinstance(parsed, Accepted) and (but is None or not extract.all_by_name(clause, [but], today, {})):
            return parsed
    return None


def _only_kind(clause: str) -> bool:
    """Whether a clause says only what kind of thing it gives, not whose."""
    return any(clause.strip().startswith(word) for word in KINDS)


def _same(one: Accepted, other: Accepted) -> bool:
    """Whether two values are one, said in full or in short."""
    if one.value == other.value:
        return True
    if not isinstance(one.value, str) or not isinstance(other.value, str):
        return False
    a, b = (re.sub(r"[\s·,，]", "", text) for text in (one.value, other.value))
    return len(min(a, b, key=len)) > 4 and (a in b or b in a)
