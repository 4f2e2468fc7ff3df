"""Until when: the clocks of one share in words, and what is not known said to be not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.casework.clocks.limits import Limits
from assistant.casework.clocks.reckoning import Level
from assistant.casework.clocks.running import RunningClock
from assistant.casework.clocks.standing import Standing
from assistant.casework.fields.dates import said
from assistant.casework.model import CaseStatus
from assistant.casework.progress.view import DueView
from assistant.foundation.messages import t

_S = CaseStatus


def dues(standing: Standing, clocks: Sequence[RunningClock], limits: Limits, correct_by: date | None) -> list[DueView]:
    """Until when the present step takes; a step without a limit has one entry that says so."""
    if standing.status is _S.CORRECTION_NEEDED:
        return [_correction(correct_by), *(_running(clock) for clock in clocks if clock.running)]
    found = [_running(clock) for clock in clocks if clock.running]
    if found:
        return found
    match standing.status:
        case _S.SUBMITTED if standing.received is None:
            return [DueView(kind="acceptance", label=_label("acceptance"), text=t("progress.due_unknown_sending"))]
        case _S.SUBMITTED if standing.accepted is None:
            return [_unknown("acceptance", "acceptance")]
        case _S.SUBMITTED | _S.ACCEPTED | _S.IN_REVIEW if limits.legal is None and limits.promised is None:
            return [_unknown("legal", "decision")]
        case _S.APPROVED:
            return [_unknown("delivery", "delivery")]
    return []


def _running(clock: RunningClock) -> DueView:
    reckoned, kind = clock.reckoned, clock.kind.value
    label = _label(kind)
    words = {"label": label, "date": said(reckoned.due), "remaining": _days(abs(reckoned.remaining), clock)}
    if reckoned.stopped is not None:
        why = t(f"progress.stopped_{reckoned.stopped.why.value}")
        since, used = said(reckoned.stopped.start), _days(reckoned.used, clock)
        text = t("progress.due_stopped", **words, since=since, why=why, used=used)
    elif reckoned.level is Level.OVERDUE:
        text = t(f"progress.due_over_{kind}", **words)
    else:
        left = t("progress.left", days=words["remaining"]) if reckoned.remaining else t("progress.left_none")
        text = t(f"progress.due_{kind}", **words, left=left)
    if reckoned.preliminary:
        text += t("progress.due_preliminary", year=reckoned.due.year)
    if not clock.limit.verified:
        text += t("progress.due_unverified")
    return DueView(
        kind=clock.kind.value,
        label=label,
        text=text,
        date=reckoned.due.isoformat(),
        days=clock.limit.days,
        unit=clock.limit.unit,
        used=reckoned.used,
        remaining=reckoned.remaining,
        level=reckoned.level.value,
        stopped_since=reckoned.stopped.start.isoformat() if reckoned.stopped else None,
        preliminary=reckoned.preliminary,
        verified=clock.limit.verified,
        basis=str(clock.article) if clock.article else clock.limit.basis,
    )


def _days(count: int, clock: RunningClock) -> str:
    return t("progress.days_working" if clock.limit.unit == "working_day" else "progress.days_calendar", days=count)


def _correction(until: date | None) -> DueView:
    label = _label("correction")
    if until is None:
        return DueView(kind="correction", label=label, text=t("progress.due_correction_unknown", label=label))
    text = t("progress.due_correction", label=label, date=said(until))
    return DueView(kind="correction", label=label, text=text, date=until.isoformat())


def _unknown(kind: str, what: str) -> DueView:
    return DueView.model_validate({"kind": kind, "label": _label(kind), "text": t(f"progress.due_unknown_{what}")})


def _label(kind: str) -> str:
    return t(f"progress.label_{kind}")
