"""What to ask next, from the guide and what is known. Pure: nothing here speaks, saves or waits."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.casework.model import Case
from knowledge.conditions import holds
from knowledge.schema import Check, Guide, GuideField, condition_fields
from knowledge.settling import awaited


@dataclass(frozen=True)
class Progress:
    """Counts over the fields that apply now."""

    filled: int
    total: int
    prefilled: int
    missing: list[GuideField]


def applying_fields(guide: Guide, case: Case) -> list[GuideField]:
    """The fields that apply to the values known so far, situations first, each in the guide's order."""
    values = case.values()
    fields = [field for field in guide.fields if holds(field.when, values)]
    return sorted(fields, key=lambda field: not field.situation)


def progress(guide: Guide, case: Case) -> Progress:
    """How far the interview is."""
    fields = applying_fields(guide, case)
    answered = [field for field in fields if field.key in case.answers]
    prefilled = [f for f in answered if case.answers[f.key].source.kind in ("licence", "register", "previous_case", "computed")]
    waiting = awaited(guide, case.values(), case.answers)
    missing = [f for f in fields if f.key not in case.answers and f.key not in waiting]
    return Progress(len(answered), len(fields), len(prefilled), missing)


def next_field(guide: Guide, case: Case) -> GuideField | None:
    """The first applying field not answered yet."""
    missing = progress(guide, case).missing
    return missing[0] if missing else None


def broken_checks(guide: Guide, case: Case) -> list[Check]:
    """The checks the answers taken together do not pass; none before everything that applies is answered."""
    if next_field(guide, case) is not None:
        return []
    values = case.values()
    return [check for check in guide.checks if holds(check.when, values) and not holds(check.must, values)]


def must_mend(guide: Guide, case: Case) -> tuple[Check, GuideField] | None:
    """The first broken check that may not stay, and the question to put again; None if there is none."""
    answered = [field for field in applying_fields(guide, case) if field.key in case.answers]
    for check in broken_checks(guide, case):
        wanted = [check.ask, *condition_fields(check.must)]
        again = next((field for key in wanted for field in answered if field.key == key), None)
        if not check.soft and again is not None:
            return check, again
    return None


def previous_field(guide: Guide, case: Case, asking: str | None) -> GuideField | None:
    """The field answered before the one being asked; None at the first."""
    order = [key for key in case.asked if key in case.answers and guide.field(key)]
    before = order[: order.index(asking)] if asking in order else order
    return guide.field(before[-1]) if before else None
