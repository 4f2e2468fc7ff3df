"""Whose turn it is in a call: a state machine without sockets, storage or a clock of its own.

asked (she would like one) → ringing (staff ring, her page asks her) → live (she said yes) → ended. Her camera and
microphone go on by her own yes and by nothing else; a recording runs only between her yes to it and the first stop.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from channels.video.messages import (
    Accept,
    Again,
    Answer,
    Ask,
    Asking,
    Away,
    Connected,
    Decline,
    Done,
    Failed,
    Fell,
    HangUp,
    Ice,
    Media,
    Offer,
    RecordAsk,
    RecordNo,
    RecordStop,
    RecordYes,
    Ring,
    Said,
    Take,
)

RINGS = timedelta(seconds=45)
"""So long her page rings; then nobody was there."""
GONE = timedelta(seconds=40)
"""A party whose page was not heard of for so long has gone."""
ASKED, RINGING, LIVE, ENDED = "asked", "ringing", "live", "ended"
Kind = Literal["video", "voice"]
Relayed = Away | Offer | Answer | Ice | Again | Media | Fell | Asking | Done


class Party(StrEnum):
    """The two there are, and no third."""

    CITIZEN = "citizen"
    STAFF = "staff"

    @property
    def other(self) -> Party:
        """Who hears what this one says."""
        return Party.STAFF if self is Party.CITIZEN else Party.CITIZEN


class Refused(Exception):
    """It cannot be said now; ``code`` (a message ``video.problem_…``) says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Seat:
    """The page one party talks at: the one that took the call last. ``line`` counts them; ``seen`` is its last sign of life."""

    page: str = ""
    line: int = 0
    seen: datetime | None = None

    def taken(self, page: str, now: datetime) -> Seat:
        """The seat with this page at it; the same page again stays the same line."""
        return Seat(page, self.line if page == self.page else self.line + 1, now)


@dataclass(frozen=True)
class Call:
    """One call. ``recording`` is "", asked or on; ``fell_back`` is what it fell back to: "", voice or text.

    ``outcome`` of one that ended: done, declined (by her), refused (by staff), missed, withdrawn, failed (no way between the
    two), lost (a page vanished), released (the conversation left its operator).
    """

    id: str
    conversation_id: str
    kind: Kind
    state: str
    asked_by: Party
    asked_at: datetime
    staff_id: str | None = None
    rung_at: datetime | None = None
    began_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    fell_back: str = ""
    recording: str = ""
    citizen: Seat = Seat()
    staff: Seat = Seat()
    revision: int = 0

    def seat(self, party: Party) -> Seat:
        """Where a party talks."""
        return self.citizen if party is Party.CITIZEN else self.staff

    def sits(self, party: Party, seat: Seat) -> Call:
        """With a party at another page."""
        return replace(self, citizen=seat) if party is Party.CITIZEN else replace(self, staff=seat)

    @property
    def seconds(self) -> int:
        """How long they were connected, in whole seconds; 0 where they never were."""
        if self.connected_at is None or self.ended_at is None:
            return 0
        return max(0, int((self.ended_at - self.connected_at).total_seconds()))


@dataclass(frozen=True)
class Step:
    """What became of something said: the call, what the other one hears of it, and what happened, in codes."""

    call: Call
    relay: Relayed | None = None
    happened: tuple[str, ...] = ()


def begun(conversation_id: str, party: Party, said: Ask | Ring, page: str, now: datetime, staff_id: str | None = None) -> Step:
    """A new call: she asks for one, or staff ring."""
    call = Call(str(uuid.uuid4()), conversation_id, said.kind, ASKED, party, now).sits(party, Seat().taken(page, now))
    if party is Party.CITIZEN:
        return Step(call, None, ("asked",))
    return Step(_rung(call, staff_id, now), None, ("rung",))


def heard(call: Call, party: Party, said: Said, page: str, now: datetime, staff_id: str | None = None) -> Step:
    """What becomes of something one party says at one of her pages.

    Raises:
        Refused: ``ended``, ``not_now``, ``not_yours`` or ``elsewhere`` (another page of the same party has the call).
    """
    if call.state == ENDED:
        raise Refused("ended")
    if party is Party.STAFF and call.staff_id not in (None, staff_id):
        raise Refused("not_yours")
    match said:
        case Ask():
            raise Refused("not_now")
        case Ring():
            return _ring(call, party, said, page, now, staff_id)
        case Accept():
            _only(party is Party.CITIZEN)
            _now(call.state == RINGING)
            taken = replace(call, state=LIVE, kind=said.kind, began_at=now).sits(party, call.citizen.taken(page, now))
            return Step(replace(taken, staff=replace(taken.staff, seen=now)), None, ("began",))
        case Decline():
            _now(call.state == (RINGING if party is Party.CITIZEN else ASKED))
            return ended(call, "declined" if party is Party.CITIZEN else "refused", now)
        case Take():
            _now(call.state == LIVE)
            taken = call.sits(party, call.seat(party).taken(page, now))
            # the recorder is in the page staff left
            left = party is Party.STAFF and taken.staff.line != call.staff.line
            return _unrecorded(taken) if left else Step(taken)
        case HangUp() if call.state != LIVE:
            _only(call.state == ASKED if party is Party.CITIZEN else call.state == RINGING)
            return ended(call, "withdrawn", now)
    _now(call.state == LIVE)
    if call.seat(party).page != page:
        raise Refused("elsewhere")
    return _in_call(call, party, said, now)


def passed(call: Call, now: datetime) -> Step | None:
    """What time alone did to a call; None: nothing."""
    if call.state == RINGING and call.rung_at is not None and now >= call.rung_at + RINGS:
        return ended(call, "missed", now)
    if call.state == LIVE:
        for seat in (call.citizen, call.staff):
            if seat.seen is None or now >= seat.seen + GONE:
                return ended(call, "lost", now)
    return None


def ended(call: Call, outcome: str, now: datetime) -> Step:
    """The call at its end; a recording ends with it."""
    happened = ("recording_stopped", "ended") if call.recording == "on" else ("ended",)
    return Step(replace(call, state=ENDED, ended_at=now, outcome=outcome, recording=""), None, happened)


def _in_call(call: Call, party: Party, said: Said, now: datetime) -> Step:
    match said:
        case HangUp():
            return ended(call, "done", now)
        case Away():
            gone = call.sits(party, replace(call.seat(party), seen=now))
            return replace(_unrecorded(gone) if party is Party.STAFF else Step(gone), relay=said)
        case Connected():
            return Step(call) if call.connected_at else Step(replace(call, connected_at=now), None, ("connected",))
        case Failed():
            return ended(replace(call, fell_back="text"), "failed", now)
        case RecordAsk():
            _only(party is Party.STAFF)
            _now(call.recording == "" and call.connected_at is not None)
            return Step(replace(call, recording="asked"), None, ("recording_asked",))
        case RecordYes():
            _only(party is Party.CITIZEN)
            _now(call.recording == "asked")
            return Step(replace(call, recording="on"), None, ("recording_agreed",))
        case RecordNo():
            _only(party is Party.CITIZEN)
            _now(call.recording == "asked")
            return Step(replace(call, recording=""), None, ("recording_declined",))
        case RecordStop():
            _now(call.recording != "")
            return _unrecorded(call)
        case Fell():
            return Step(replace(call, fell_back=call.fell_back or "voice"), said, ())
        case Offer() | Answer() | Ice() | Again() | Media():
            return Step(call, said)
        case Asking():
            _only(party is Party.STAFF)
            return Step(call, said, (f"{said.what}_asked",))
        case Done():
            _only(party is Party.CITIZEN)
            return Step(call, said, (f"{said.what}_{'done' if said.done else 'declined'}",))
    raise Refused("not_now")


def _unrecorded(call: Call) -> Step:
    return Step(replace(call, recording=""), None, ("recording_stopped",) if call.recording == "on" else ())


def _ring(call: Call, party: Party, said: Ring, page: str, now: datetime, staff_id: str | None) -> Step:
    _only(party is Party.STAFF)
    _now(call.state == ASKED)
    call = call.sits(party, call.staff.taken(page, now))
    return Step(_rung(replace(call, kind=said.kind), staff_id, now), None, ("rung",))


def _rung(call: Call, staff_id: str | None, now: datetime) -> Call:
    return replace(call, state=RINGING, staff_id=staff_id, rung_at=now)


def _only(may: bool) -> None:
    if not may:
        raise Refused("not_yours")


def _now(can: bool) -> None:
    if not can:
        raise Refused("not_now")
