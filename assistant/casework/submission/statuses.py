"""The office's statuses as case statuses: one table, and the way over statuses an office skips."""

from __future__ import annotations

from types import MappingProxyType

from assistant.casework.model import TRANSITIONS, CaseStatus

_C = CaseStatus

OFFICE_STATUS = MappingProxyType(
    {
        "expected": _C.SUBMITTED,
        "received": _C.SUBMITTED,
        "accepted": _C.ACCEPTED,
        "correction_needed": _C.CORRECTION_NEEDED,
        "refused": _C.REFUSED,
        "in_review": _C.IN_REVIEW,
        "approved": _C.APPROVED,
        "denied": _C.DENIED,
        "delivered": _C.DELIVERED,
        "withdrawn": _C.WITHDRAWN,
    }
)
"""The receiving office's word → the status of the case."""

FINAL = frozenset({"refused", "denied", "delivered", "withdrawn"})
"""Office statuses after which nothing more is to come: the submission is no longer followed."""

# Only what an office may pass through without saying so: never a decision against the citizen, never back to her.
_PASSABLE = frozenset({_C.ACCEPTED, _C.IN_REVIEW, _C.APPROVED})


def way_said(present: CaseStatus, target: CaseStatus) -> list[CaseStatus] | None:
    """The way an office's word takes a part; None where it says what cannot follow.

    Acceptance and review may go unsaid: where papers are complete and in order an authority decides on the spot
    (行政许可法 第三十四条, 秒批). The decision may not: what is delivered is a written one (第三十八条, 第四十四条), and on it
    hang the result, the reasons and the limits. 送达 after anything but 准予 is no news but a mistake.
    """
    if target is _C.DELIVERED and present not in (_C.APPROVED, _C.DELIVERED):
        return None
    return way(present, target)


def way(present: CaseStatus, target: CaseStatus) -> list[CaseStatus] | None:
    """The statuses a case has to go through to come from ``present`` to ``target``, ``target`` last.

    Empty when it is there already; None when there is no way, so that the news is out of order. Offices skip steps: one
    that reports 准予 straight after 收件 has accepted the case in between.
    """
    if present is target:
        return []
    ways: list[list[CaseStatus]] = [[]]
    seen = {present}
    while ways:
        extended: list[list[CaseStatus]] = []
        for done in ways:
            following = TRANSITIONS[done[-1] if done else present]
            if target in following:
                return [*done, target]
            for status in sorted((following & _PASSABLE) - seen):
                seen.add(status)
                extended.append([*done, status])
        ways = extended
    return None
