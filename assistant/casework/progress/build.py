"""Putting the view together from a case and its guide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from assistant.casework.clocks import standing as standings
from assistant.casework.clocks.limits import limits_of
from assistant.casework.clocks.running import clocks_of
from assistant.casework.clocks.standing import OVER, Standing, day_of
from assistant.casework.model import Case, CasePart, CaseStatus
from assistant.casework.progress.dues import dues
from assistant.casework.progress.receiving import receiving
from assistant.casework.progress.stages import stages
from assistant.casework.progress.telling import Told
from assistant.casework.progress.urging import urging
from assistant.casework.progress.view import ContactView, LineView, ProgressView
from assistant.casework.shipping.store import Shipment
from assistant.casework.submission.parts import withdrawable
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.conditions import holds
from knowledge.schema import Guide
from knowledge.translation import called


def _none(_code: str) -> Guide | None:
    return None


def progress(
    case: Case,
    guide: Guide,
    now: datetime,
    guide_for: Callable[[str], Guide | None] = _none,
    parcels: Sequence[Shipment] = (),
) -> ProgressView:
    """The view of a case.

    Args:
        guide: the one the case is on, as the reader reads it.
        guide_for: the guide of a department's share by its code, in the same language; where there is none, the case's counts.
        parcels: what was sent by post, oldest first.
    """
    held = standings.of_case(case)
    parts = {part.item: part for part in case.parts}
    lines = [
        _line(case, parts.get(stands.part), guide_for(stands.part) or guide if stands.part else guide, stands, now)
        for stands in held
    ]
    title = called(guide)
    summary = "\n".join(paragraph(line) for line in lines)
    nothing = "todo_no_must" if any(line.verdict for line in lines) else "todo_nothing"
    return ProgressView(
        case_no=case.case_no,
        title=title,
        status=case.status.value,
        status_text=_status(case.status),
        summary=summary,
        todo=list(dict.fromkeys(words for line in lines for words in line.todo)) or [t(f"progress.{nothing}")],
        lines=lines,
        urging=urging(case, now),
        receiving=receiving(case, parcels),
        withdrawable=bool(withdrawable(case)),
        at=now.isoformat(),
    )


def paragraph(line: LineView, *, limits: bool = True) -> str:
    """A share in one paragraph that makes sense read aloud; ``limits``: with the days until when."""
    told = [t("progress.summary_line", name=line.name, now=line.now), *(due.text for due in line.until if limits)]
    return (" " if language() == ENGLISH else "").join(told)  # Chinese sentences stand side by side


def _line(case: Case, part: CasePart | None, guide: Guide, stands: Standing, now: datetime) -> LineView:
    department = (part.department if part else "") or guide.department or t("progress.department_unknown")
    limits = limits_of(guide, case.values())
    clocks = clocks_of(stands, limits, day_of(now))
    correction = (part.correction if part else None) or (case.correction if not stands.part else None)
    before = [other.name for other in case.parts if part and other.item in part.after]
    told = Told(stands, department, part, correction, before, guide)
    who = told.who()
    over = stands.status in OVER
    return LineView(
        part=stands.part,
        name=called(guide) if not stands.part or language() == ENGLISH else part.name if part else guide.name,
        department=department,
        status=stands.status.value,
        status_text=_status(stands.status),
        office_ref=None if told.by_hand else stands.office_ref,  # a number before the papers are there looks like a receipt
        who=who,
        since=stands.since.isoformat() if stands.since else None,
        now=told.now(),
        next=told.next(),
        todo=told.todo(),
        verdict=told.verdict(case),
        until=[]
        if over or told.waits
        else dues(stands, clocks, limits, correction.due if correction else None, day_of(now), by_hand=told.by_hand),
        stages=stages(stands, department, who),
        after=told.after if told.waits else [],
        contacts=contacts(guide, case),
    )


def contacts(guide: Guide, case: Case) -> list[ContactView]:
    """Whom to ask, to complain to, and the first window that serves this situation."""
    found = [
        ContactView(kind=one.kind, name=one.name, phone=one.phone, verified=_checked(guide, one.evidence))
        for one in guide.contacts
    ]
    window = next((place for place in guide.places if holds(place.when, case.values())), None)
    if window is not None:
        found.append(
            ContactView(
                kind="window",
                name=window.name,
                phone=window.phone,
                address=window.address,
                hours=window.hours,
                verified=_checked(guide, window.evidence),
            )
        )
    return found


def _checked(guide: Guide, keys: Sequence[str]) -> bool:
    return all(guide.evidence[key].verified for key in keys if key in guide.evidence)


def _status(status: CaseStatus) -> str:
    return t(f"casework.status_{status.value}")
