"""The figures of a period, each defined once, here; ``docs/desk.md`` repeats these words.

Everything counts in the period in which it happened. What happened before is looked at where a figure needs it, what
happened after its end never, so a figure of a closed period stays what it was. One exception: an office may date what it
decided back; that counts on the day it names (``decided`` and ``right_first`` may still grow then).

* ``conversations``: conversations in which the citizen said something. ``contained``: those of them in which, in this period,
  nobody asked for or was promised a person, and nobody of the staff had it.
* ``begun``: cases begun. ``finished``: those of them submitted before the period's end. ``by_bot``: those of these in whose
  conversations staff neither took over nor answered from beginning to submission. ``submitted``: cases submitted in the period,
  whenever begun; what is sent again after a correction is no other submission.
* ``decided``: cases granted, denied or refused, the first time. ``right_first``: those of them granted (准予) for which no
  correction was asked until then, of the whole or of a part.
* ``read``: messages the bot had to understand: all but those to staff and those it left to them while the citizen waited.
  ``fell_back``: those it asked about or had no answer to (statuses ``clarify``, ``unanswerable_unknown``), unless it asked
  whether to change to another item.
* ``drop_off``: by item and question, cases talked about in the period and not submitted by its end, whose last turn in the
  period ended with this question (``left``), of all cases that were asked it in the period (``asked``).
* ``asked_for``: stays at the desk, or promised ones, that began; ``reasons``: by the reason each began with.
  ``gave_up``: stays that ended before anybody took them.
* ``waited``: from joining the queue to being taken, of stays taken in the period (the first time). ``first_answer``: to the
  first answer, of stays first answered in it. Both in seconds of the group's opening time, as limits are.
* ``limits``: of each limit those that came to an end in the period, met or missed (see ``desk.limits``). Targets and opening
  hours are those arranged when the report is made.
* ``calls``: calls by picture or voice that were connected and ended in the period, ``call_seconds`` all their seconds together;
  ``calls_fell_back``: those that went on by voice alone, or in writing, because of camera or network.
* ``grades``: ratings given, of one thing the last in the period; ``satisfied`` are the three upper grades.

Percentiles are nearest-rank: of n values in order, number ⌈p·n⌉. Means are of the exact sum, rounded to a tenth of a second.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from assistant.casework.ratings.model import BAD
from assistant.desk.arrangement import Arrangement
from assistant.desk.hours import open_seconds
from assistant.desk.limits import ANSWERED, CLAIMED, LEFT, QUEUED, RELEASED, limits
from assistant.desk.reporting.record import CaseFile, Grade, Record, Said, Stay

FELL_BACK = frozenset({"clarify", "unanswerable_unknown"})
SUBMITTED = "submitted"
GRANTED = frozenset({"approved", "delivered"})
DECIDED = GRANTED | {"denied", "refused"}
LIMITS = ("first_answer", "next_answer", "resolution")
_STAFF = frozenset({CLAIMED, ANSWERED})


@dataclass(frozen=True)
class Spread:
    """How values lie, in seconds; all 0 where there are none."""

    count: int = 0
    mean: float = 0.0
    median: float = 0.0
    p95: float = 0.0


@dataclass(frozen=True)
class Dropped:
    """Cases that were left at a question, of those that were asked it."""

    item: str
    field: str
    left: int
    asked: int


@dataclass(frozen=True)
class Figures:
    """See the module's docstring."""

    conversations: int = 0
    contained: int = 0
    begun: int = 0
    finished: int = 0
    by_bot: int = 0
    submitted: int = 0
    decided: int = 0
    right_first: int = 0
    read: int = 0
    fell_back: int = 0
    asked_for: int = 0
    gave_up: int = 0
    calls: int = 0
    call_seconds: int = 0
    calls_fell_back: int = 0
    waited: Spread = Spread()
    first_answer: Spread = Spread()
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    drop_off: tuple[Dropped, ...] = ()

    @property
    def rated(self) -> int:
        """Things that were rated."""
        return sum(self.grades.values())

    @property
    def satisfied(self) -> int:
        """Those of them with one of the three upper grades."""
        return sum(count for grade, count in self.grades.items() if grade not in BAD)


class People:
    """When the desk had to do with each conversation: known of all, whatever a report is narrowed to.

    Who asks about a licence and is taken over about a permit was not served by the bot alone.
    """

    def __init__(self, record: Record) -> None:
        here: defaultdict[str, list[datetime]] = defaultdict(list)
        staff: defaultdict[str, list[datetime]] = defaultdict(list)
        for stay in record.stays:
            if stay.moments:
                here[stay.conversation_id].append(stay.moments[0].at)
            times = [one.at for one in stay.moments if one.kind in _STAFF]
            here[stay.conversation_id] += times
            staff[stay.conversation_id] += times
        for turn in record.said:
            if turn.heard_by in ("queue", "staff") or turn.owner in ("queue", "staff"):
                here[turn.conversation_id].append(turn.at)
            if turn.heard_by == "staff":
                staff[turn.conversation_id].append(turn.at)
        self._here = {name: sorted(times) for name, times in here.items()}
        self._staff = {name: sorted(times) for name, times in staff.items()}

    def came(self, conversation_id: str, start: datetime, end: datetime) -> bool:
        """Whether the desk had to do with it from ``start`` to before ``end``."""
        return _within(self._here.get(conversation_id, ()), start, end)

    def helped(self, conversation_ids: Iterable[str], start: datetime, end: datetime) -> bool:
        """Whether staff took over or answered in one of them from ``start`` to before ``end``."""
        return any(_within(self._staff.get(one, ()), start, end) for one in conversation_ids)


def figures(record: Record, start: datetime, end: datetime, arranged: Arrangement, people: People) -> Figures:
    """The figures from ``start`` to before ``end``; ``record`` has everything of that time, and may have more."""
    said = [one for one in record.said if start <= one.at < end]
    calls = [one for one in record.calls if start <= one.at < end]
    spoken = {one.conversation_id for one in said}
    read = [one for one in said if _read(one)]
    begun, finished, by_bot, submitted, decided, right = _cases(record.cases, start, end, people)
    return replace(
        _desk(record.stays, start, end, arranged),
        conversations=len(spoken),
        contained=sum(1 for one in spoken if not people.came(one, start, end)),
        begun=begun, finished=finished, by_bot=by_bot, submitted=submitted, decided=decided, right_first=right,
        read=len(read),
        fell_back=sum(1 for one in read if one.status in FELL_BACK and one.asked != "switch"),
        grades=_grades(record.grades, start, end),
        calls=len(calls), call_seconds=sum(one.seconds for one in calls),
        calls_fell_back=sum(1 for one in calls if one.fell_back),
        drop_off=_drop_off(said, {one.case_no: one for one in record.cases}, end),
    )  # fmt: skip


def spread(values: Iterable[float]) -> Spread:
    """How these lie."""
    ordered = sorted(values)
    if not ordered:
        return Spread()
    mean = round(math.fsum(ordered) / len(ordered), 1)
    return Spread(len(ordered), mean, round(percentile(ordered, 50), 1), round(percentile(ordered, 95), 1))


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile of values in order.

    >>> percentile([15, 20, 35, 40, 50], 40), percentile([15, 20, 35, 40, 50], 95)
    (20, 50)
    """
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def _read(turn: Said) -> bool:
    """Whether the bot had to understand it; of somebody who waits it answers questions, the rest is for who comes."""
    return turn.heard_by != "staff" and turn.status != "queued" and (turn.status != "handed_off" or turn.heard_by == "bot")


def _within(times: Sequence[datetime], start: datetime, end: datetime) -> bool:
    place = bisect_left(times, start)
    return place < len(times) and times[place] < end


def _cases(cases: Iterable[CaseFile], start: datetime, end: datetime, people: People) -> tuple[int, int, int, int, int, int]:
    begun = finished = by_bot = submitted = decided = right = 0
    for case in cases:
        until = [one for one in case.steps if one.at < end]
        first = next((one for one in until if not one.corrected and one.status == "draft"), None)
        sent = next((one for one in until if one.status == SUBMITTED), None)
        ended = next((one for one in until if not one.corrected and one.status in DECIDED), None)
        if first is not None and first.at >= start:
            begun += 1
            finished += sent is not None
            by_bot += sent is not None and not people.helped(case.conversations, first.at, sent.at)
        submitted += sent is not None and sent.at >= start
        if ended is not None and ended.at >= start:
            decided += 1
            right += ended.status in GRANTED and not any(one.corrected and one.number < ended.number for one in until)
    return begun, finished, by_bot, submitted, decided, right


def _desk(stays: Iterable[Stay], start: datetime, end: datetime, arranged: Arrangement) -> Figures:
    asked_for = gave_up = 0
    reasons: Counter[str] = Counter()
    waited: list[float] = []
    answered: list[float] = []
    ended: dict[str, Counter[str]] = {name: Counter() for name in LIMITS}
    for stay in stays:
        happened = [one for one in stay.moments if one.at < end]
        if not happened:
            continue
        group = arranged.group(stay.group)
        if happened[0].at >= start:
            asked_for += 1
            reasons[stay.reason] += 1
        times = {kind: next((one.at for one in happened if one.kind == kind), None) for kind in (QUEUED, CLAIMED, ANSWERED)}
        over = next((one for one in happened if one.kind in (LEFT, RELEASED)), None)
        gave_up += over is not None and over.at >= start and over.kind == LEFT and times[CLAIMED] is None
        joined = times[QUEUED]
        if joined is None:
            continue
        for values, came in ((waited, times[CLAIMED]), (answered, times[ANSWERED])):
            if came is not None and came >= start:
                values.append(open_seconds(group.hours, joined, came))
        for limit in limits(happened, group.limits.targets(), group.hours, end):
            if limit.ended is not None and limit.ended >= start:
                ended[limit.name][limit.state] += 1
    return Figures(
        asked_for=asked_for, gave_up=gave_up, reasons=dict(sorted(reasons.items())),
        waited=spread(waited), first_answer=spread(answered),
        limits={name: (counts["met"], counts["missed"]) for name, counts in ended.items()},
    )  # fmt: skip


def _grades(grades: Iterable[Grade], start: datetime, end: datetime) -> dict[str, int]:
    last: dict[str, Grade] = {}
    for one in grades:
        if start <= one.at < end and (one.subject not in last or one.number > last[one.subject].number):
            last[one.subject] = one
    return dict(sorted(Counter(one.grade for one in last.values()).items()))


def _drop_off(said: Iterable[Said], cases: Mapping[str, CaseFile], end: datetime) -> tuple[Dropped, ...]:
    last: dict[str, Said] = {}
    asked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for turn in said:
        case = cases.get(turn.case_no or "")
        if case is None:
            continue
        if turn.asked:
            asked[case.item, turn.asked].add(case.case_no)
        held = last.get(case.case_no)
        if held is None or (turn.at, turn.conversation_id, turn.turn) > (held.at, held.conversation_id, held.turn):
            last[case.case_no] = turn
    left: Counter[tuple[str, str]] = Counter()
    for case_no, turn in last.items():
        case = cases[case_no]
        if turn.asked and not any(one.status == SUBMITTED and one.at < end for one in case.steps):
            left[case.item, turn.asked] += 1
    found = [Dropped(item, name, count, len(asked[item, name])) for (item, name), count in left.items()]
    return tuple(sorted(found, key=lambda one: (-one.left, one.item, one.field)))
