"""Until when: the clocks of one share in words, and what is not known said to be not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.casework.clocks.limits import Limits
from assistant.casework.clocks.reckoning import Level
from assistant.casework.clocks.running import ClockKind, RunningClock
from assistant.casework.clocks.standing import Standing
from assistant.casework.fields.dates import said
from assistant.casework.model import CaseStatus
from assistant.casework.progress.view import DueView
from assistant.foundation.messages import t

_S = CaseStatus


def dues(
    standing: Standing, clocks: Sequence[RunningClock], limits: Limits, correct_by: date | None, today: date, *,
    by_hand: bool = False,
) -> list[DueView]:  # fmt: skip
    """Until when the present step takes; one without a limit says so. ``by_hand``: her papers are still to be handed in."""
    if standing.status is _S.CORRECTION_NEEDED:
        return [_correction(correct_by, today), *(_running(clock, standing) for clock in clocks if clock.running)]
    found = [_running(clock, standing) for clock in clocks if clock.running]
    if found:
        return found
    match standing.status:
        case _S.SUBMITTED if standing.received is None:
            return [
                DueView(
                    kind="acceptance",
                    label=_label("acceptance"),
                    text=t(f"progress.due_unknown_{'hand' if by_hand else 'sending'}"),
                )
            ]
        case _S.SUBMITTED if standing.accepted is None:
            return [_unknown("acceptance", "acceptance")]
        case _S.SUBMITTED | _S.ACCEPTED | _S.IN_REVIEW if limits.legal is None and limits.promised is None:
            return [_unknown("legal", "decision")]
        case _S.APPROVED:
            return [_unknown("delivery", "delivery")]
    return []


def _running(clock: RunningClock, standing: Standing) -> DueView:
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
    if standing.extension is not None and clock.kind is ClockKind.LEGAL:
        more = standing.extension
        lawful = "due_extended" if clock.extended == more.days else "due_extended_beyond"
        text += t(f"progress.{lawful}", days=more.days, reason=more.reason or t("progress.due_extended_why_not"))
    if reckoned.preliminary:
        text += t("progress.due_preliminary", year=reckoned.due.year)
    if not clock.limit.verified:
        text += t("progress.due_unverified")
    return DueView(
        kind=clock.kind.value,
        label=label,
        text=text,
        date=reckoned.due.isoformat(),
        days=clock.limit.days + clock.extended,
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


def _correction(until: date | None, today: date) -> DueView:
    label = _label("correction")
    if until is None:
        return DueView(kind="correction", label=label, text=t("progress.due_correction_unknown", label=label))
    text = t("progress.due_correction_late" if today > until else "progress.due_correction", label=label, date=said(until))
    level = Level.OVERDUE if today > until else Level.NORMAL
    return DueView(kind="correction", label=label, text=text, date=until.isoformat(), level=level.value)


def _unknown(kind: str, what: str) -> DueView:
    return DueView.model_validate({"kind": kind, "label": _label(kind), "text": t(f"progress.due_unknown_{what}")})


def _label(kind: str) -> str:
    return t(f"progress.label_{kind}")
