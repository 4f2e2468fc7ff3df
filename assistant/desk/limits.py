"""Limits of service (SLA): first answer, next answers, resolution, counted in the opening time of the group's shifts.

Nothing here is stored: the state of every limit follows from the moments recorded of a stay, the targets and the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.desk.hours import after_open_seconds, open_seconds

State = Literal["active", "met", "missed"]
Name = Literal["first_answer", "next_answer", "resolution"]

GRAVER = "graver"
"""It became more urgent: ``detail`` is the reason it had until then."""
QUEUED, CLAIMED, ASKED, ANSWERED, REQUEUED, TRANSFERRED = "queued", "claimed", "asked", "answered", "requeued", "transferred"
RELEASED, LEFT = "released", "left"
_OVER = frozenset({RELEASED, LEFT})


@dataclass(frozen=True)
class Moment:
    """Something that happened in a stay at the desk; ``kind`` is one of the words above or one no limit looks at.

    ``detail`` is a code: the group it went to, the limit that was near, why it ended.
    """

    kind: str
    at: datetime
    staff_id: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Targets:
    """Seconds of opening time; 0 is no limit. ``warn`` is the share of a target at which it is near."""

    first_answer: int = 60
    next_answer: int = 180
    resolution: int = 3600
    warn: float = 0.75


@dataclass(frozen=True)
class Limit:
    """One limit. ``due`` is the last moment that keeps it, ``ended`` when what it waits for happened (None: not yet).

    ``used`` is opening time in seconds; ``near`` says that an active one has used the share of ``Targets.warn``.
    """

    name: Name
    target: int
    began: datetime
    due: datetime
    ended: datetime | None
    used: float
    state: State
    near: bool


def limits(moments: Sequence[Moment], targets: Targets, hours: str, now: datetime) -> list[Limit]:
    """Every limit of a stay as it stands at ``now``, in the order they began; of next answers there may be any number.

    A stay the citizen left unanswered counts against the desk only where the limit had run out by then.
    """
    found = [
        limit
        for name, began, ended, given_up in _spans(moments)
        if (limit := _limit(name, getattr(targets, name), began, ended, given_up, targets.warn, hours, now)) is not None
    ]
    return sorted(found, key=lambda one: (one.began, one.name))


def worst(found: Sequence[Limit]) -> Limit | None:
    """The limit to be looked at first: one that is missed and still waits, else the one that runs out next."""
    waiting = [one for one in found if one.ended is None]
    return min(waiting, key=lambda one: one.due, default=None)


def _spans(moments: Sequence[Moment]) -> Iterator[tuple[Name, datetime, datetime | None, datetime | None]]:
    """(limit, begin, end, given up): what was waited for from when, and until when it came or the waiting ended without it."""
    began = next((one.at for one in moments if one.kind == QUEUED), None)
    if began is None:
        return
    over = next((one for one in reversed(moments) if one.kind in _OVER), None)
    first = next((one.at for one in moments if one.kind == ANSWERED), None)
    yield "first_answer", began, first, over.at if over and first is None else None
    asked: datetime | None = None
    for one in moments:
        if one.kind == ASKED and first is not None and one.at >= first and asked is None:
            asked = one.at
        elif one.kind == ANSWERED and asked is not None:
            yield "next_answer", asked, one.at, None
            asked = None
        elif one.kind in _OVER and asked is not None:
            # 好的，谢谢 before she is handed back wants no answer
            yield "next_answer", asked, None, one.at
            asked = None
    if asked is not None:
        yield "next_answer", asked, None, None
    solved = over.at if over and over.kind == RELEASED else None
    yield "resolution", began, solved, over.at if over and solved is None else None


def _limit(
    name: Name, target: int, began: datetime, ended: datetime | None, given_up: datetime | None, warn: float, hours: str,
    now: datetime,
) -> Limit | None:  # fmt: skip
    if not target:
        return None
    used = open_seconds(hours, began, ended or given_up or now)
    if given_up is not None and used <= target:
        return None
    due = after_open_seconds(hours, began, target)
    state: State = "missed" if used > target else "active" if ended is None else "met"
    return Limit(name, target, began, due, ended or given_up, used, state, state == "active" and used >= warn * target)
