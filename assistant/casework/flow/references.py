"""What the words of an aside mean in the case in hand: the field they are about, and the answer they compare it with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.casework import interview
from assistant.casework.fields import people
from assistant.casework.fields.asides import LATEST, MYSELF
from assistant.casework.fields.corrections import KINDS
from assistant.casework.fields.extract import names_of
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Case
from knowledge.schema import FieldType, GuideField

#: Words a field may be asked in: any of these texts answers it.
_TEXTS: tuple[FieldType, ...] = ("text", "company_name", "person_name", "address")
#: Kinds of which one value of an earlier case may serve another question.
_SERVES: tuple[FieldType, ...] = ("person_name", "id_number", "phone", "email", "address", "uscc", "company_name")
_CHOSEN: tuple[FieldType, ...] = ("choice", "multi", "yes_no", "table")
_MYSELF = ("self", "legal_representative", "operator")


@dataclass(frozen=True)
class Earlier:
    """An answer of an earlier case."""

    answer: Answer
    case_no: str


def target(talk: Talk, words: str, asked: GuideField) -> GuideField | str | None:
    """The field these words are about, or the person (``owner``); the one asked where they name none; None if unclear."""
    plain = words.strip(" 的我他她它这那")
    if not plain or plain in (asked.label, *asked.names):
        return asked
    assert talk.case is not None and talk.guide is not None
    fields = interview.applying_fields(talk.guide, talk.case)
    kind = KINDS.get(plain) or KINDS.get(re.sub(r"号码?$|号$", "", plain)) or KINDS.get(plain + "号")
    if kind is not None and asked.type == kind:
        return asked
    of_kind = [f for f in fields if f.type == kind]
    waiting = [f for f in of_kind if f.key not in talk.case.answers]
    hers = [f for f in waiting if people.owner(f) == people.owner(asked)]
    exact = [f for f in fields if plain.lower() in map(str.lower, names_of(f))]
    if exact and not hers:
        return _open_first(exact, talk.case)
    if kind is not None:
        return next(iter([*hers, *waiting, *of_kind]), None)
    whom = people.meant(plain, fields)
    if whom is not None and people.owner(asked) == whom:
        return asked
    return whom


def source(talk: Talk, ref: str, wanted: GuideField) -> GuideField | None:
    """The field whose answer is meant, answered or not; None where the words mean none that would answer ``wanted``."""
    assert talk.case is not None and talk.guide is not None
    fields = interview.applying_fields(talk.guide, talk.case)
    fitting = [f for f in fields if f.key != wanted.key and _fits(f, wanted)]
    if ref == LATEST:
        order = {key: place for place, key in enumerate(talk.case.asked)}
        given = [f for f in fitting if f.key in order and not talk.case.answers[f.key].skipped]
        return max(given, key=lambda f: order[f.key], default=None)
    plain = ref.strip(" 的")
    if ref == MYSELF:
        whom: str | None = myself(talk.case, fields)
    else:
        named = [f for f in fitting if plain.lower() in map(str.lower, names_of(f))]
        if named:
            return _answered_first(named, talk.case)
        whom = people.meant(plain, fields)
    if whom is not None:
        hers = [f for f in people.of(whom, fitting if people.principal(fitting) == people.principal(fields) else fields)]
        return next((f for f in hers if f.key != wanted.key and _fits(f, wanted)), None)
    loosely = [f for f in fitting if len(plain) > 1 and any(plain in name for name in names_of(f))]
    answered = [f for f in loosely if f.key in talk.case.answers]
    return answered[0] if len(answered) == 1 else loosely[0] if len(loosely) == 1 else None


def myself(case: Case, fields: Sequence[GuideField]) -> str:
    """Who is talking: the agent where one files, or else the person the item is for."""
    filer = next((case.answers.get(f.key) for f in fields if f.key in ("filer", "role") and f.type == "choice"), None)
    helper = people.agent(fields)
    acts = filer is not None and not filer.skipped and filer.value not in _MYSELF
    return helper if acts and helper is not None else people.principal(fields)


def person_pairs(talk: Talk, whom: str, other: str) -> list[tuple[GuideField, GuideField]]:
    """The open questions about one person, each with the one that has the same of another."""
    assert talk.case is not None and talk.guide is not None
    fields = interview.applying_fields(talk.guide, talk.case)
    theirs = people.of(other, fields)
    pairs = []
    for field in people.of(whom, fields):
        same = next((f for f in theirs if f.type == field.type and f.type != "address" and f.key != field.key), None)
        if same is not None and field.key not in talk.case.answers:
            pairs.append((field, same))
    return pairs


def earlier(talk: Talk, field: GuideField) -> list[Earlier]:
    """What earlier cases hold for this field, or, where none has it, of the same kind; each value once, the latest first."""
    same: list[Earlier] = []
    kin: list[Earlier] = []
    mine = people.owner(field)
    for case in sorted(talk.other_cases, key=lambda c: c.updated_at, reverse=True):
        try:
            guide = talk.services.guide_of(case)
        except KeyError:  # its guide is no longer kept
            continue
        for other in guide.fields:
            answer = case.answers.get(other.key)
            if answer is None or answer.skipped or other.type != field.type:
                continue
            offered = {option.value for option in field.offered}
            held = answer.value if isinstance(answer.value, list) else [answer.value]
            if field.type in ("choice", "multi") and not offered.issuperset(held):
                continue
            if other.key == field.key or other.label == field.label:
                same.append(Earlier(answer, case.case_no))
            elif field.type in _SERVES and (field.type not in ("person_name", "id_number") or people.owner(other) == mine):
                kin.append(Earlier(answer, case.case_no))
    distinct: dict[str, Earlier] = {}
    for one in same or kin:
        distinct.setdefault(str(one.answer.value), one)
    return list(distinct.values())


def _fits(field: GuideField, wanted: GuideField) -> bool:
    """Whether an answer to one question may answer the other."""
    if wanted.type in _CHOSEN or field.type in _CHOSEN:
        return False
    return field.type == wanted.type or (wanted.type == "text" and field.type in _TEXTS)


def _answered_first(fields: Sequence[GuideField], case: Case) -> GuideField:
    return next((f for f in fields if f.key in case.answers), fields[0])


def _open_first(fields: Sequence[GuideField], case: Case) -> GuideField:
    return next((f for f in fields if f.key not in case.answers), fields[0])
