"""What figures are computed from: rows without a word of anybody's, read in as few queries for a month as for a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, union

from assistant.desk.limits import GRAVER, QUEUED, TRANSFERRED, Moment
from assistant.desk.reporting.period import Period
from assistant.foundation.desk_tables import desk_entry as entries
from assistant.foundation.desk_tables import desk_moment as moments
from assistant.foundation.figure_tables import turn_fact as facts
from assistant.foundation.tables import audit_entry as audit
from assistant.foundation.tables import case_ as cases
from assistant.foundation.tables import case_event as events
from assistant.foundation.tables import conversation as conversations
from assistant.foundation.video_tables import video_call as calls


@dataclass(frozen=True)
class Said:
    """A turn of the period, in codes: see ``figure_tables.turn_fact``."""

    conversation_id: str
    turn: int
    at: datetime
    channel: str
    heard_by: str
    owner: str
    status: str
    intent: str
    item: str | None
    case_no: str | None
    asked: str | None


@dataclass(frozen=True)
class Step:
    """A status a case as a whole reached (``corrected`` False), or a correction asked for of it or a part."""

    number: int
    at: datetime
    status: str
    corrected: bool = False


@dataclass(frozen=True)
class CaseFile:
    """A case something happened to in the period, with all its steps until the period's end, in the order of their numbers.

    ``channel`` is the one it was begun in; ``conversations`` are those it was talked about in.
    """

    case_no: str
    item: str
    channel: str
    conversations: frozenset[str]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Stay:
    """A stay at the desk in which something happened in the period: everything until the period's end, in order.

    ``reason`` is why it began, whatever more urgent came to it since.
    """

    entry_id: str
    conversation_id: str
    channel: str
    item: str
    moments: tuple[Moment, ...]
    reason: str = ""

    @property
    def group(self) -> str:
        """The skill group it was in last."""
        return next((one.detail for one in reversed(self.moments) if one.kind in (QUEUED, TRANSFERRED) and one.detail), "")


@dataclass(frozen=True)
class Grade:
    """A rating that was given in the period; ``number`` is its place in the audit chain."""

    number: int
    subject: str
    at: datetime
    grade: str
    channel: str
    item: str


@dataclass(frozen=True)
class Spoken:
    """A call by picture or voice that was connected and ended in the period; ``fell_back`` is "", voice or text."""

    call_id: str
    at: datetime
    seconds: int
    fell_back: str
    channel: str
    item: str


Row = Said | CaseFile | Stay | Grade | Spoken


@dataclass(frozen=True)
class Record:
    """Everything a report is computed from. The order of rows means nothing."""

    said: Sequence[Said] = ()
    cases: Sequence[CaseFile] = ()
    stays: Sequence[Stay] = ()
    grades: Sequence[Grade] = ()
    calls: Sequence[Spoken] = ()

    def by(self, keys: Callable[[Row], Collection[str | None]]) -> dict[str, Record]:
        """The rows of each key, in one pass; a row with several is in each of theirs, one with none is nowhere."""
        found: defaultdict[str, tuple[list[Any], ...]] = defaultdict(lambda: ([], [], [], [], []))
        every: tuple[Sequence[Row], ...] = (self.said, self.cases, self.stays, self.grades, self.calls)
        for place, rows in enumerate(every):
            for one in rows:
                for name in keys(one):
                    if name:
                        found[name][place].append(one)
        return {name: Record(*rows) for name, rows in sorted(found.items())}

    def by_channel(self) -> dict[str, Record]:
        """The rows of each channel."""
        return self.by(lambda row: (row.channel,))

    def by_item(self) -> dict[str, Record]:
        """The rows of each item; a message counts for the item it was about and for that of the case in hand."""
        item_of = {one.case_no: one.item for one in self.cases}
        return self.by(lambda row: {row.item, item_of.get(row.case_no or "")} if isinstance(row, Said) else (row.item,))


def read(conn: Connection, period: Period) -> Record:
    """The rows of a period, ``Period.end`` excluded whatever has happened since."""
    start, end = period.start, period.end
    in_period = (facts.c.at >= start, facts.c.at < end)
    said = [Said(**row) for row in conn.execute(select(facts).where(*in_period)).mappings()]
    return Record(said, _cases(conn, start, end), _stays(conn, start, end), _grades(conn, start, end), _calls(conn, start, end))


def _cases(conn: Connection, start: datetime, end: datetime) -> list[CaseFile]:
    touched = union(
        select(events.c.case_no).where(events.c.at >= start, events.c.at < end),
        select(facts.c.case_no).where(facts.c.at >= start, facts.c.at < end, facts.c.case_no.is_not(None)),
    )
    steps: defaultdict[str, list[Step]] = defaultdict(list)
    query = select(events.c.id, events.c.case_no, events.c.part, events.c.kind, events.c.status, events.c.at).where(
        events.c.case_no.in_(touched), events.c.at < end, events.c.kind.in_(("status", "correction"))
    )
    for row in conn.execute(query.order_by(events.c.id)):
        corrected = row.kind == "correction" or row.status == "correction_needed"
        if corrected or not row.part:
            steps[row.case_no].append(Step(row.id, row.at, row.status, corrected))
    talked: defaultdict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
    spoken = (
        select(facts.c.case_no, facts.c.conversation_id, facts.c.channel, func.min(facts.c.at).label("first"))
        .where(facts.c.case_no.in_(touched), facts.c.at < end)
        .group_by(facts.c.case_no, facts.c.conversation_id, facts.c.channel)
    )
    for one in conn.execute(spoken):
        talked[one.case_no].append((one.first, one.conversation_id, one.channel))
    held = (
        select(cases.c.case_no, cases.c.guide_code, cases.c.conversation_id, conversations.c.channel)
        .join(conversations, conversations.c.id == cases.c.conversation_id)
        .where(cases.c.case_no.in_(touched))
    )
    return [_case(row, talked[row.case_no], steps[row.case_no]) for row in conn.execute(held)]


def _case(row: Any, talked: list[tuple[datetime, str, str]], steps: list[Step]) -> CaseFile:
    # cases from before turns were noted have none: the conversation that holds them speaks for them
    channel = min(talked)[2] if talked else row.channel
    spoken = frozenset(one[1] for one in talked) or frozenset({row.conversation_id})
    return CaseFile(row.case_no, row.guide_code, channel, spoken, tuple(steps))


def _stays(conn: Connection, start: datetime, end: datetime) -> list[Stay]:
    touched = select(moments.c.entry_id).where(moments.c.at >= start, moments.c.at < end)
    happened: defaultdict[str, list[Moment]] = defaultdict(list)
    began: dict[str, str] = {}
    # what became graver later is looked at too: the stay itself has its last reason, and the first is wanted
    query = select(moments).where(moments.c.entry_id.in_(touched), (moments.c.at < end) | (moments.c.kind == GRAVER))
    for row in conn.execute(query.order_by(moments.c.entry_id, moments.c.seq)):
        if row.kind == GRAVER:
            began.setdefault(row.entry_id, row.detail)
            continue
        happened[row.entry_id].append(Moment(row.kind, row.at, row.staff_id, row.detail))
    held = (
        select(entries.c.id, entries.c.conversation_id, entries.c.item, entries.c.reason, conversations.c.channel)
        .join(conversations, conversations.c.id == entries.c.conversation_id)
        .where(entries.c.id.in_(touched))
    )
    return [
        Stay(row.id, row.conversation_id, row.channel, row.item or "", tuple(happened[row.id]), began.get(row.id, row.reason))
        for row in conn.execute(held)
    ]


def _grades(conn: Connection, start: datetime, end: datetime) -> list[Grade]:
    """From the audit chain: a rating that was replaced later was given all the same."""
    query = (
        select(audit.c.seq, audit.c.at, audit.c.subject, audit.c.detail, cases.c.guide_code, conversations.c.channel)
        .join(cases, cases.c.case_no == audit.c.subject, isouter=True)
        .join(conversations, conversations.c.id == func.coalesce(cases.c.conversation_id, audit.c.subject), isouter=True)
        .where(audit.c.action == "rating.given", audit.c.at >= start, audit.c.at < end)
    )
    return [
        Grade(row.seq, row.subject, row.at, str(row.detail["grade"]), row.channel or "", row.guide_code or "")
        for row in conn.execute(query)
    ]


def _calls(conn: Connection, start: datetime, end: datetime) -> list[Spoken]:
    query = (
        select(calls.c.id, calls.c.connected_at, calls.c.ended_at, calls.c.fell_back, cases.c.guide_code, conversations.c.channel)
        .join(conversations, conversations.c.id == calls.c.conversation_id)
        .join(cases, cases.c.case_no == conversations.c.active_case, isouter=True)
        .where(calls.c.ended_at >= start, calls.c.ended_at < end, calls.c.connected_at.is_not(None))
    )
    return [
        Spoken(
            row.id, row.ended_at, max(0, int((row.ended_at - row.connected_at).total_seconds())), row.fell_back, row.channel,
            row.guide_code or "",
        )
        for row in conn.execute(query)
    ]  # fmt: skip
