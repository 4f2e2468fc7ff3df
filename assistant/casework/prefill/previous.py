"""Cases this citizen made before: those of the same conversation, and those she took up here with her resume code.

What was filled in for one enterprise or person is never used for another: a case counts only where its own subject is the
same, by number, or for an enterprise by name. Before the subject is known it counts only where all of them have the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from assistant.casework.model import Answer, Case, CaseStatus
from assistant.casework.prefill.provider import Found, Subject, SubjectKind, same_name
from knowledge.schema import Guide, GuideField

PATH = "previous"
_NUMBERS = {"enterprise": "uscc", "person": "id_number"}


class PreviousCases:
    """Answers ``previous.<key>`` from the latest case of the same subject that has the field."""

    remote = False

    def __init__(self, cases: Sequence[Case], guide_of: Callable[[Case], Guide]) -> None:
        self._cases = [case for case in cases if case.status not in (CaseStatus.WITHDRAWN, CaseStatus.EXPIRED)]
        self._guide_of = guide_of

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """The answers of earlier cases, one entry a case, the latest first."""
        held = [(case, guide) for case in self._cases if (guide := self._read(case)) is not None]
        about = [(case, guide, _identified(guide, case, subject.kind)) for case, guide in held]
        mine = [(case, guide) for case, guide, whom in about if _same(whom, subject)]
        if not subject.complete and not subject.number and not subject.name:
            whose = {whom.number for _, _, whom in about if whom.number}
            mine = [(case, guide) for case, guide, whom in about if whom.number and len(whose) == 1]
        latest = sorted(mine, key=lambda one: one[0].updated_at, reverse=True)
        return [Found(PATH, "previous_case", case.case_no, _values(guide, case), guide) for case, guide in latest]

    def _read(self, case: Case) -> Guide | None:
        try:
            return self._guide_of(case)
        except KeyError:  # its guide is no longer kept
            return None


def subject_of(guide: Guide, case: Case, kind: SubjectKind) -> Subject:
    """The enterprise or person a case is about, as its answers have it.

    A code that a register gave for a name the citizen said does not stand for itself: the name does.
    """
    number: Answer | None = None
    name: Answer | None = None
    for field in guide.fields:
        answer = case.answers.get(field.key)
        if field.subject != kind or answer is None or answer.skipped or not answer.value:
            continue
        if field.type == _NUMBERS[kind]:
            number = number or answer
        else:
            name = name or answer
    if kind == "enterprise" and number and name and number.source.kind == "register" and name.source.kind in ("said", "tapped"):
        number = None
    return Subject(kind, str(number.value) if number else None, str(name.value) if name else None)


def finds_subject(field: GuideField) -> bool:
    """Whether a field's answer is the number of its subject, rather than the name."""
    return field.subject is not None and field.type == _NUMBERS[field.subject]


def _identified(guide: Guide, case: Case, kind: SubjectKind) -> Subject:
    """The subject of an earlier case, whoever gave the number."""
    values = case.values()
    numbers = [field.key for field in guide.fields if field.subject == kind and finds_subject(field) and values.get(field.key)]
    return Subject(kind, str(values[numbers[0]]) if numbers else None, subject_of(guide, case, kind).name)


def _same(whom: Subject, subject: Subject) -> bool:
    if whom.number and subject.number:
        return whom.number.upper() == subject.number.upper()
    return subject.kind == "enterprise" and same_name(whom.name, subject.name)


def _values(guide: Guide, case: Case) -> dict[str, Any]:
    """Answers by field key; numbers and dates as texts, which every parser reads."""
    return {
        key: value if isinstance(value, list) else str(value)
        for key, value in case.values().items()
        if value not in ("", [], None) and guide.field(key) is not None
    }
