"""What a sentence tells besides the answer or wish it is: 我要办住所变更，公司叫…，法人张三; labelled lines count, too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.casework import interview
from assistant.casework.fields import extract, labelled, slips
from assistant.casework.fields.result import Accepted
from assistant.casework.flow import forms
from assistant.casework.flow.storing import store_more
from assistant.casework.flow.talk import Talk
from knowledge.schema import Guide, GuideField

#: A shorter sentence holds no value beside the wish that its shape alone would tell.
_SHORT = 12


def opening(talk: Talk) -> bool:
    """Keep what a first sentence tells; False where one line of it has to be asked again, which is asked now."""
    case, guide, today = talk.case, talk.guide, talk.now.date()
    assert case is not None and guide is not None
    form = labelled.read(talk.text, guide.fields)
    lines = form.lines if len(form.lines) > 1 or "\n" in talk.text else []
    told = _without_wish(form.lead if lines else talk.text, guide)
    for _ in guide.fields:  # an answer may open further questions the sentence answers as well
        waiting = [f for f in interview.applying_fields(guide, case) if f.key not in case.answers]
        found = {**extract.by_option(told, waiting, today, guide.fields), **by_name(talk, told, waiting)}
        if not found:
            break
        store_more(talk, found)
    done = forms.fill(talk, lines) if lines else True
    if len(told) > _SHORT:
        waiting = [f for f in interview.applying_fields(guide, case) if f.key not in case.answers]
        store_more(talk, extract.by_shape(_unnamed(told, guide.fields), waiting, today, case.values()))
    return done


def _without_wish(told: str, guide: Guide) -> str:
    """The sentence without the item's own names: in 我要办经营范围变更登记 nothing is said of what the scope is to be."""
    for name in sorted((guide.name, *guide.names.aliases, *guide.names.colloquial), key=len, reverse=True):
        told = told.replace(name, "〔〕") if len(name) > 3 else told
    return told


def by_name(talk: Talk, told: str, wanted: Sequence[GuideField]) -> dict[str, Accepted]:
    """The values said with the names of ``wanted`` fields. One said with the name of a question that does not apply is laid
    aside for when it does: 代办人姓名李四 is not the applicant's name where nobody knows yet that there is an agent.
    """
    case, guide = talk.case, talk.guide
    assert case is not None and guide is not None
    applying = {field.key for field in interview.applying_fields(guide, case)}
    keys = {field.key for field in wanted}
    others = sorted((f for f in guide.fields if f.key not in keys), key=lambda f: f.key not in applying)
    found: dict[str, Accepted] = {}
    for field, value, _ in extract.all_by_name(told, [*wanted, *others], talk.now.date(), case.values()):
        if field.key in keys:
            found.setdefault(field.key, value)
        elif field.key not in applying and field.key not in case.fallen and field.type != "table":
            interview.lay_aside(case, field, talk.on_paper(field, value), talk.source(), talk.now)
    return found


def names_what_it_tells(talk: Talk, asked: GuideField) -> bool:
    """Whether the turn is nothing but values under the names of questions, and one of these is still to be answered.

    代办人身份证号码是… is then the agent's, however much like a correction of the applicant's it sounds.
    """
    case, guide = talk.case, talk.guide
    if case is None or guide is None or slips.marked(talk.text) is not None:
        return False
    others = [f for f in interview.applying_fields(guide, case) if f.key != asked.key]
    named = extract.labelled(talk.text, [asked, *others], talk.now.date())
    return any(field is asked or field.key not in case.answers for field in named)


def unnamed(talk: Talk, answer: str | list[str]) -> str:
    """What is left of an answer without the clauses under another question's name; empty where that is all or nothing of it."""
    if not isinstance(answer, str) or talk.guide is None:
        return ""
    rest = _unnamed(answer, talk.guide.fields)
    return rest if rest != "，".join(_clauses(answer)) else ""


def _unnamed(told: str, fields: Sequence[GuideField]) -> str:
    """The clauses that name no question, so that no value is taken for another than was said."""
    return "，".join(clause for clause in _clauses(told) if not extract.names_one(clause, fields))


def _clauses(told: str) -> list[str]:
    return [clause for clause in re.split(r"[，,。;；\n!！?？]+", told) if clause.strip()]
