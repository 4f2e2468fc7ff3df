"""How one department's share of a case stands, as days: what its clocks are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache

from assistant.casework.clocks.stops import Stop, StopKind, kind_of
from assistant.casework.model import Case, CasePart, CaseStatus, OfficeExtension, TimelineEntry
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import CHINESE, ENGLISH, t, use_language

_S = CaseStatus
#: Statuses that say that the office has accepted the application, one way or the other.
_ACCEPTED = frozenset({_S.ACCEPTED, _S.IN_REVIEW, _S.APPROVED, _S.DENIED, _S.DELIVERED})
_DECIDED = frozenset({_S.APPROVED, _S.DENIED, _S.DELIVERED})
#: Where no clock runs any more.
OVER = frozenset({_S.REFUSED, _S.DENIED, _S.DELIVERED, _S.CLOSED, _S.WITHDRAWN, _S.EXPIRED})


@dataclass(frozen=True)
class Standing:
    """One share; ``part`` is its item's code, "" for a plain case. Days are Shanghai's.

    ``received``: the office has the papers, of a corrected application since the correction. ``accepted``: said by the office
    or, where ``deemed``, by the law. ``asked``: the day a correction was asked for that has not come yet.
    ``extension``: the days the office says it added to its time for the decision. ``correct_by``: the last day for the correction
    asked for, where the office named one.
    """

    part: str
    status: CaseStatus
    sent: date | None = None
    received: date | None = None
    accepted: date | None = None
    deemed: bool = False
    asked: date | None = None
    decided: date | None = None
    delivered: date | None = None
    since: date | None = None
    office_ref: str | None = None
    stops: Sequence[Stop] = field(default=())
    extension: OfficeExtension | None = None
    correct_by: date | None = None


def day_of(at: datetime) -> date:
    """The day of a moment, where the offices are."""
    return at.astimezone(SHANGHAI).date()


def of_case(case: Case) -> list[Standing]:
    """How each department's share stands; a plain case, and one not sent yet, has one."""
    if case.parts:
        return [of_part(case, part) for part in case.parts]
    stands = _read("", case.status, case.timeline, case.office_ref, case.deemed)
    return [replace(stands, correct_by=case.correction.due if case.correction and stands.asked else None)]


def of_part(case: Case, part: CasePart) -> Standing:
    """How one share stands, read off what the timeline has of it and of the whole case."""
    lines = [entry for entry in case.timeline if entry.part in ("", part.item)]
    # A share that waits for others was not sent with the rest, and a case that was closed or withdrawn took its share with it.
    waiting = part.status is _S.READY and case.status not in (_S.WITHDRAWN, _S.EXPIRED)
    status = part.status if part.item or case.status is not _S.CLOSED else case.status
    stands = _read(part.item, status, [] if waiting else lines, part.office_ref, case.deemed)
    if part.received_at is not None and (stands.sent is None or day_of(part.received_at) >= stands.sent):
        stands = replace(stands, received=day_of(part.received_at))
    if part.handing is not None and part.handing.awaited and stands.accepted is None:
        stands = replace(stands, received=None)  # the office knows of it; it has not got it
    if status is _S.CORRECTION_NEEDED and part.correction is not None:
        asked = stands.asked or (day_of(part.correction.asked_at) if part.correction.asked_at else None)
        stands = replace(stands, asked=asked, correct_by=part.correction.due)
    return replace(stands, stops=[*stands.stops, *_excluded(part)], extension=part.extension)


def _excluded(part: CasePart) -> list[Stop]:
    """What the office says it does not count, as far as there is a ground for it."""
    return [
        Stop(day_of(stop.start), day_of(stop.until) if stop.until else None, why)
        for stop in part.stops
        if (why := kind_of(stop.why)) is not None
    ]


@cache
def _citizen() -> frozenset[str]:
    """What the timeline calls the citizen, in whichever language she submitted."""
    found = set()
    for spoken in (CHINESE, ENGLISH):
        with use_language(spoken):
            found.add(t("casework.who_citizen"))
    return frozenset(found)


def _read(
    part: str, status: CaseStatus, timeline: Sequence[TimelineEntry], office_ref: str | None, by_law: Mapping[str, date]
) -> Standing:
    deemed = by_law.get(part)
    citizen = _citizen()
    sent = received = accepted = asked = decided = delivered = since = None
    stops: list[Stop] = []
    for entry in timeline:
        day = day_of(entry.at)
        hers = entry.status is _S.SUBMITTED and entry.who in citizen
        if part and not entry.part and not (hers and (sent is None or asked is not None)):
            continue  # about the whole case, or what she corrected for another department
        if entry.status is status and since is None:
            since = day
        elif entry.status is not status:
            since = None
        if hers:
            sent, received = day, None
            if asked is not None:
                stops.append(Stop(asked, day, StopKind.CORRECTION))
                asked = None
        elif entry.status is _S.SUBMITTED:
            received = day
        elif entry.status is _S.CORRECTION_NEEDED:
            asked = asked or day
        if entry.status in _ACCEPTED:
            received = received or day
            accepted = accepted or day
        if entry.status in _DECIDED:
            decided = decided or day
        if entry.status is _S.DELIVERED:
            delivered = delivered or day
    if asked is not None and status is _S.CORRECTION_NEEDED:
        stops.append(Stop(asked, None, StopKind.CORRECTION))
    elif status is not _S.CORRECTION_NEEDED:
        asked = None
    accepted = deemed or accepted
    # What was corrected before acceptance does not stop a limit that begins with it.
    counted = [stop for stop in stops if accepted is not None and (stop.end is None or stop.end > accepted)]
    return Standing(
        part=part,
        status=status,
        sent=sent,
        received=received,
        accepted=accepted,
        deemed=deemed is not None,
        asked=asked,
        decided=decided,
        delivered=delivered,
        since=since,
        office_ref=office_ref,
        stops=counted,
    )
