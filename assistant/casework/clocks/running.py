"""Which clocks a share of a case has, and how each stands today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.casework.clocks.limits import Limit, Limits
from assistant.casework.clocks.reckoning import Reckoned, reckon
from assistant.casework.clocks.standing import OVER, Standing
from assistant.casework.clocks.statutes import ACCEPTANCE, ACCEPTANCE_DAYS, DELIVERY, DELIVERY_DAYS, Article
from assistant.casework.model import CaseStatus


class ClockKind(StrEnum):
    """What is being waited for: acceptance, the decision by law or as promised, the result in hand."""

    ACCEPTANCE = "acceptance"
    LEGAL = "legal"
    PROMISED = "promised"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class RunningClock:
    """One clock. ``running`` is false once what it waits for has happened. ``article`` is the law that sets it; the limits of an
    item have their evidence in its guide. ``extended``: days the office added, as far as the law lets it; only to the legal
    limit, for what was promised stays promised."""

    kind: ClockKind
    start: date
    limit: Limit
    reckoned: Reckoned
    running: bool
    article: Article | None = None
    extended: int = 0


def clocks_of(standing: Standing, limits: Limits, today: date) -> list[RunningClock]:
    """The clocks that have begun, in the order of the stages. One whose start is not known is not there."""
    found: list[RunningClock] = []
    over = standing.status in OVER
    if limits.licence and standing.received is not None and (standing.accepted is None or standing.deemed):
        answered = standing.asked or (standing.since if standing.status is CaseStatus.REFUSED else None)
        ended = answered or (today if over else None)
        reckoned = reckon(ACCEPTANCE_DAYS, "working_day", standing.received, [], today, ended=ended)
        running = ended is None and not standing.deemed
        found.append(_clock(ClockKind.ACCEPTANCE, standing.received, ACCEPTANCE_DAYS, reckoned, running, ACCEPTANCE))
    for kind, limit in ((ClockKind.PROMISED, limits.promised), (ClockKind.LEGAL, limits.legal)):
        start = _start(standing, limit) if limit is not None else None
        if limit is None or start is None:
            continue
        ended = standing.decided or (standing.since if over else None)
        stops = [stop for stop in standing.stops if kind is ClockKind.PROMISED or stop.why.legal]
        added = standing.extension.days if standing.extension is not None and kind is ClockKind.LEGAL else 0
        more = min(added, limit.extension)
        reckoned = reckon(limit.days, limit.unit, start, stops, today, extension=more, ended=ended)
        found.append(RunningClock(kind, start, limit, reckoned, ended is None, extended=more))
    if limits.licence and standing.decided is not None and standing.status is not CaseStatus.DENIED:
        ended = standing.delivered
        reckoned = reckon(DELIVERY_DAYS, "working_day", standing.decided, [], today, ended=ended)
        found.append(_clock(ClockKind.DELIVERY, standing.decided, DELIVERY_DAYS, reckoned, ended is None and not over, DELIVERY))
    return found


def deemed_from(standing: Standing, limits: Limits, today: date) -> date | None:
    """The day the application counts as accepted from, because nobody answered within five working days (第三十二条).

    None while the office still has time or has answered, and for what is no licence: the law says it of licences only.
    """
    if not limits.licence or standing.status is not CaseStatus.SUBMITTED or standing.received is None:
        return None
    if standing.accepted is not None:
        return None
    reckoned = reckon(ACCEPTANCE_DAYS, "working_day", standing.received, [], today)
    return standing.received if today > reckoned.due else None


def _start(standing: Standing, limit: Limit) -> date | None:
    """The day a limit for the decision begins with; None while it has not begun, or what was received is with her again."""
    if limit.from_receipt and standing.accepted is None:
        return standing.received if standing.asked is None else None
    return standing.received if limit.from_receipt else standing.accepted


def _clock(kind: ClockKind, start: date, days: int, reckoned: Reckoned, running: bool, article: Article) -> RunningClock:
    return RunningClock(kind, start, Limit(days, "working_day", "", True), reckoned, running, article)
