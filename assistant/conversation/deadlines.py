"""What has a last day in a case, for whoever takes over: the office's limits, legal and promised, and what the applicant owes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel

from assistant.casework import interview
from assistant.casework.clocks.standing import day_of
from assistant.casework.fields.dates import said
from assistant.casework.model import Case, CaseStatus
from assistant.casework.progress.build import progress
from assistant.foundation.messages import t
from knowledge.schema import Guide

_BEFORE = (CaseStatus.DRAFT, CaseStatus.READY)


class Deadline(BaseModel):
    """One day something is due. ``date`` is ISO 8601; ``level`` is normal, yellow, red or overdue.

    ``kind``: acceptance, legal, promised and delivery are the office's, correction and material the applicant's. ``verified`` is
    false where nobody has checked the limit. ``text`` says all of it in words.
    """

    kind: str
    label: str
    text: str
    date: str
    level: str
    verified: bool = True


def deadlines(case: Case, guide: Guide, guide_for: Callable[[str], Guide | None], now: datetime) -> list[Deadline]:
    """Everything of a case that has a last day, the soonest first; a limit nobody knows the day of is not there.

    Args:
        guide_for: the guide of a department's share, by its code.
    """
    lines = [] if case.status in _BEFORE else progress(case, guide, now, guide_for).lines
    found = [
        Deadline(
            kind=due.kind, label=due.label if len(lines) == 1 else t("handing.due_of", name=line.name, label=due.label),
            text=due.text, date=due.date, level=due.level, verified=due.verified,
        )
        for line in lines for due in line.until if due.date is not None
    ]  # fmt: skip
    found += _materials(case, guide, now)
    return sorted(found, key=lambda one: one.date)


def _materials(case: Case, guide: Guide, now: datetime) -> list[Deadline]:
    """Papers she may hand in later, as 容缺受理 or by promise: each has its day."""
    made = []
    for material in interview.applying_materials(guide, case):
        state = case.materials.get(material.code)
        if state is not None and state.due is not None:
            late = day_of(now) > state.due
            words = {"name": material.name, "date": said(state.due)}
            made.append(
                Deadline(
                    kind="material", label=t("handing.due_material"),
                    text=t("handing.due_material_late" if late else "handing.due_material_by", **words),
                    date=state.due.isoformat(), level="overdue" if late else "normal",
                )
            )  # fmt: skip
    return made
