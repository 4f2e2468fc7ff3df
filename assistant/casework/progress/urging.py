"""Asking the office to hurry (催办): whether there is anybody to ask, and what came of it."""

from __future__ import annotations

from datetime import datetime

from assistant.casework.clocks import standing as standings
from assistant.casework.clocks.standing import OVER, Standing, day_of
from assistant.casework.model import Case, Urging
from assistant.casework.progress.telling import HERS
from assistant.casework.progress.view import UrgingView
from assistant.foundation.messages import t


def urging(case: Case, now: datetime) -> UrgingView:
    """Whether she may ask to hurry now. Once a day is enough: whoever reads it is the same person."""
    last = max((urged.at for urged in case.urgings), default=None)
    why = _not_now(standings.of_case(case), last, now)
    text = t(f"progress.urge_{why}") if why else t("progress.urge_possible")
    return UrgingView(possible=why is None, text=text, last=last.isoformat() if last else None)


def urge(case: Case, now: datetime) -> str | None:
    """Note that she asks to hurry; the reason in words where there is nobody to ask, and then nothing is noted."""
    asked = urging(case, now)
    if not asked.possible:
        return asked.text
    case.urgings.append(Urging(at=now))
    return None


def _not_now(held: list[Standing], last: datetime | None, now: datetime) -> str | None:
    going = [stands for stands in held if stands.status not in OVER]
    if not going:
        return "over"
    theirs = [stands for stands in going if stands.status not in HERS]
    if not theirs:
        return "yours"
    if all(stands.received is None and stands.accepted is None for stands in theirs):
        return "not_sent"
    return "done_today" if last is not None and day_of(last) == day_of(now) else None
