"""The parts of a case, one for each department, and the case's own status as it follows from theirs.

Values in, values out: nothing here knows of offices, rows or time. A plain case has one part, so its status is its part's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assistant.casework.model import Case, CasePart, CaseStatus, Correction, IllegalTransition, PackageRef, Verdict
from assistant.casework.submission.statuses import way, way_said

_C = CaseStatus
GRANTED = frozenset({_C.APPROVED, _C.DELIVERED})
"""Statuses of a part that was decided for the citizen."""

FAILED = frozenset({_C.REFUSED, _C.DENIED, _C.WITHDRAWN})
"""Statuses of a part that will not be granted any more."""

WITHDRAWABLE = frozenset({_C.READY, _C.SUBMITTED, _C.ACCEPTED, _C.CORRECTION_NEEDED, _C.IN_REVIEW})
"""Statuses of a part that may still be taken back: nothing has been decided."""

NEWS = frozenset(
    {_C.ACCEPTED, _C.CORRECTION_NEEDED, _C.REFUSED, _C.IN_REVIEW, _C.APPROVED, _C.DENIED, _C.DELIVERED, _C.WITHDRAWN}
)
"""Statuses a part gets by an office's word. Sending is ours to say, closing the case's."""

_SENT = frozenset(_C) - {_C.DRAFT, _C.READY, _C.EXPIRED, _C.CLOSED, _C.WITHDRAWN}
_SO_FAR = {_C.READY: 0, _C.SUBMITTED: 0, _C.ACCEPTED: 1, _C.IN_REVIEW: 2}
_WHOLE = (_C.SUBMITTED, _C.ACCEPTED, _C.IN_REVIEW)


def held(case: Case) -> list[CasePart]:
    """The parts of a case that was sent; one saved before cases had parts gets its one."""
    if not case.parts and case.status in _SENT:
        case.parts = [
            CasePart(status=case.status, office_ref=case.office_ref, package=case.package, correction=case.correction)
        ]
    return case.parts


def named(case: Case, item: str) -> CasePart | None:
    """The part with this item's code."""
    return next((part for part in held(case) if part.item == item), None)


def withdrawable(case: Case) -> list[CasePart]:
    """The parts that can still be taken back; none of a case that was never sent."""
    sent = case.parts or [CasePart(status=case.status)] if case.status in _SENT else []
    out = blocked(sent)
    return [part for part in sent if part.status in WITHDRAWABLE and not part.withdrawing and part.item not in out]


def blocked(parts: Sequence[CasePart]) -> set[str]:
    """Items of the parts that can never be sent, because one they wait for will not be granted."""
    out = {part.item for part in parts if part.status in FAILED}
    while True:
        behind = {part.item for part in parts if part.status is _C.READY and out & set(part.after)} - out
        if not behind:
            return out - {part.item for part in parts if part.status in FAILED}
        out |= behind


def derive(parts: Sequence[CasePart]) -> CaseStatus:
    """The status of a case with these parts.

    - 待补正 as long as any part needs correcting, whatever the others do;
    - otherwise as far as the part that is least far: 已提交 until all are accepted, 审核中 when all are being examined;
    - 准予 and 已送达 when every part that could still be granted is: what others were denied is named beside it;
    - when nothing was granted: 不予 if any was denied, 不予受理 if all were refused, else 已撤回.

    Parts that wait for others are counted as not yet accepted; those that wait for one that failed no longer count.
    """
    dead = blocked(parts)
    going = [part.status for part in parts if part.status not in FAILED and part.item not in dead]
    if _C.CORRECTION_NEEDED in going:
        return _C.CORRECTION_NEEDED
    undecided = [status for status in going if status not in GRANTED]
    if undecided:
        return _WHOLE[min(_SO_FAR[status] for status in undecided)]
    if going:
        return _C.DELIVERED if set(going) == {_C.DELIVERED} else _C.APPROVED
    ended = {part.status for part in parts if part.item not in dead}
    if _C.DENIED in ended:
        return _C.DENIED
    return _C.REFUSED if ended == {_C.REFUSED} else _C.WITHDRAWN


def submit(case: Case, at: datetime) -> None:
    """She sends the package: every part that waits for nothing, or, after a correction, those it was made for.

    Raises:
        IllegalTransition: there is nothing to send.
    """
    if case.package is None:
        raise IllegalTransition(f"{case.case_no}: no package")
    if case.status is _C.READY:
        case.parts = _new(case)
    for part in held(case):
        corrected = part.status is _C.CORRECTION_NEEDED and _met(case, part)
        if corrected or (part.status is _C.READY and not _waits(case.parts, part)):
            _reach(case, part, _C.SUBMITTED, at)
            part.correction = None
            if part.handing is not None and part.handing.way != "originals":  # what was corrected gets there as the first did
                part.handing = part.handing.model_copy(update={"booking": None, "received_at": None})
        elif part.status is not _C.READY:
            continue
        part.package = _package(case, part)
    _settle(case, at)


def to_send(case: Case) -> list[tuple[str, bool]]:
    """The parts of the present package to be handed over: item, and whether it has to wait for others first."""
    version = case.package.version if case.package else 0
    dead = blocked(held(case))
    return [
        (part.item, part.status is _C.READY)
        for part in case.parts
        if part.package is not None and part.package.version == version and part.item not in dead
        and part.status in (_C.READY, _C.SUBMITTED)
    ]  # fmt: skip


def received(case: Case, item: str, office_ref: str, at: datetime) -> CasePart:
    """The office has a part under this number; of one whose papers are awaited only that it is to come.

    Raises:
        IllegalTransition: the case has no such part.
    """
    part = _part(case, item)
    awaited = part.handing is not None and part.handing.awaited
    part.office_ref, part.received_at, part.stuck = office_ref, None if awaited else at, False
    if not item:
        case.office_ref = office_ref
    return part


def move(
    case: Case,
    item: str,
    status: CaseStatus,
    at: datetime,
    *,
    correction: Correction | None = None,
    verdict: Verdict | None = None,
) -> list[CasePart]:
    """A part moves on at its office, and the case with it; the parts that need no longer wait and are to be sent now.

    ``correction`` is what 待补正 asks for, ``verdict`` why it was refused or denied.

    Raises:
        IllegalTransition: the part does not exist or cannot get there from where it is.
    """
    part = _part(case, item)
    follows = status is part.status or (status in NEWS and part.item not in blocked(case.parts))
    steps = way_said(part.status, status) if follows else None
    if steps is None:
        raise IllegalTransition(f"{case.case_no} {item}: {part.status} cannot become {status}")
    if status is _C.CORRECTION_NEEDED and part.status is not status:  # saying the same again is no further round
        part.corrections += 1
    for step in steps:
        _reach(case, part, step, at)
    part.correction = correction if part.status is _C.CORRECTION_NEEDED else None
    part.verdict = verdict if part.status in FAILED else None
    if part.status not in WITHDRAWABLE:
        part.withdrawing = False
    released = [other for other in case.parts if other.status is _C.READY and not _waits(case.parts, other)]
    for other in released:
        _reach(case, other, _C.SUBMITTED, at)
    _settle(case, at)
    return released


def mark_met(case: Case, version: int) -> None:
    """The package of this version answers every correction asked for so far."""
    for part in held(case):
        if part.status is _C.CORRECTION_NEEDED and part.correction is not None:
            part.correction.met_in = version
    _show_correction(case)


def _new(case: Case) -> list[CasePart]:
    if not case.packages:
        return [CasePart()]
    return [CasePart(item=p.item, name=p.name, department=p.department, after=list(p.after)) for p in case.packages]


def _package(case: Case, part: CasePart) -> PackageRef | None:
    """What this department is sent: its own package of a 一件事, else the whole."""
    own = next((package for package in case.packages if package.item == part.item), None) if part.item else case.package
    return PackageRef(**own.model_dump(include=set(PackageRef.model_fields))) if own is not None else part.package


def _met(case: Case, part: CasePart) -> bool:
    version = case.package.version if case.package else 0
    return part.correction is None or part.correction.met_in == version


def _waits(parts: Sequence[CasePart], part: CasePart) -> bool:
    """Whether a part it comes after is not yet granted."""
    return any(other.item in part.after and other.status not in GRANTED for other in parts)


def _part(case: Case, item: str) -> CasePart:
    part = named(case, item)
    if part is None:
        raise IllegalTransition(f"{case.case_no}: no part {item}")
    return part


def _reach(case: Case, part: CasePart, status: CaseStatus, at: datetime) -> None:
    part.status = status
    if part.item:
        case.record(part.item, status, at)


def _settle(case: Case, at: datetime) -> None:
    """Bring the case to where its parts are."""
    if case.status is not _C.CLOSED:
        target = derive(case.parts)
        steps = way(case.status, target)
        if steps is None:
            raise IllegalTransition(f"{case.case_no}: {case.status} cannot become {target}")
        for step in steps:
            case.move(step, at)
    _show_correction(case)


def _show_correction(case: Case) -> None:
    """The case's correction is the first that some department waits for."""
    asked = [part.correction for part in case.parts if part.status is _C.CORRECTION_NEEDED and part.correction is not None]
    case.correction = asked[0] if asked else None
