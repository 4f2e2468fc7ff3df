"""What to ask next, from the guide and what is known. Pure: nothing here speaks, saves or waits."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.casework.model import Case
from knowledge.conditions import holds
from knowledge.schema import Check, Guide, GuideField, Judgement, condition_fields
from knowledge.settling import awaited


@dataclass(frozen=True)
class Progress:
    """Counts over the fields that apply now. ``missing`` is in asking order: what was put off comes last."""

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
    open_ones = [f for f in fields if f.key not in case.answers and f.key not in waiting]
    late = _put_off(guide, case, open_ones)
    missing = sorted(open_ones, key=lambda f: late.get(f.key, (0, 0)))
    return Progress(len(answered), len(fields), len(prefilled), missing)


def _put_off(guide: Guide, case: Case, open_ones: list[GuideField]) -> dict[str, tuple[int, int]]:
    """The places of the questions put off, and right behind each of those its answer may spare or shape."""
    places = {key: place for place, key in enumerate(case.deferred, 1)}
    late = {field.key: (places[field.key], 0) for field in open_ones if field.key in places}
    waiting = [(field.key, _hangs_on(guide, field)) for field in open_ones if field.key not in late] if late else []
    for step in range(1, len(waiting) + 1):  # what hangs on one that waits waits behind it
        found = {
            key: (max(late[on][0] for on in hangs_on & late.keys()), step)
            for key, hangs_on in waiting
            if key not in late and hangs_on & late.keys()
        }
        if not found:
            break
        late |= found
    return late


def _hangs_on(guide: Guide, field: GuideField) -> set[str]:
    """The questions whose answers may settle or spare this one, or decide the columns of its table."""
    conditions = [field.when, *(entry.when for entry in guide.settled if entry.field == field.key)]
    conditions += [column.when for column in field.columns] + [field.rows.one_when if field.rows else None]
    return {key for condition in conditions if condition is not None for key in condition_fields(condition)}


def next_field(guide: Guide, case: Case) -> GuideField | None:
    """The first applying field not answered yet; those put off come back last."""
    missing = progress(guide, case).missing
    return missing[0] if missing else None


def defer(guide: Guide, case: Case, field: GuideField) -> bool:
    """Put a question off until all others are answered; False where nothing is left that could be asked before it."""
    before = case.deferred
    case.deferred = [*(key for key in before if key != field.key), field.key]
    if all(f.key == field.key for f in progress(guide, case).missing[:1]):
        case.deferred = before
        return False
    return True


def deferred_fields(guide: Guide, case: Case) -> list[GuideField]:
    """The questions put off that are still to be answered, in the order they come back in."""
    return [field for field in progress(guide, case).missing if field.key in case.deferred]


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


def to_judge(guide: Guide, case: Case) -> list[Judgement]:
    """What of the answers so far no rule can settle, so that a person has to judge it."""
    values = case.values()
    return [judgement for judgement in guide.judgements if holds(judgement.when, values)]


def previous_field(guide: Guide, case: Case, asking: str | None) -> GuideField | None:
    """The field answered before the one being asked; None at the first."""
    order = [key for key in case.asked if key in case.answers and guide.field(key)]
    before = order[: order.index(asking)] if asking in order else order
    before = [key for key in before if case.answers[key].looked_up_on is None]  # nobody was asked for these
    return guide.field(before[-1]) if before else None
