"""What a turn hands over to the receiving offices, and what it takes back: noted in the turn's own transaction.

So is what she said of how her result is to come.
"""

from __future__ import annotations

from sqlalchemy import Connection

from assistant.casework import events
from assistant.casework.bookings import store as bookings
from assistant.casework.events import CaseEvent
from assistant.casework.flow.talk import Talk
from assistant.casework.submission import parts
from assistant.conversation.needs import Outbox


def note(conn: Connection, outbox: Outbox, talk: Talk) -> None:
    """Note what this turn confirmed for sending or wants back."""
    if talk.submit and talk.case is not None and talk.case.package is not None:
        for part, waiting in parts.to_send(talk.case):
            outbox.enqueue_in(conn, talk.case.case_no, talk.case.package.version, part, waiting=waiting)
    for case_no, part in talk.withdraw:
        outbox.withdraw_in(conn, case_no, part)
    for case_no in talk.posted:
        events.add_in(conn, CaseEvent(case_no, "receiving", talk.now))
    for slot in talk.slots:
        if slot.kept:
            bookings.keep(conn, slot.office, slot.case_no, slot.part, slot.booking, talk.now)
        else:
            bookings.leave(conn, slot.office, slot.booking.booking_no, talk.now, told=slot.told)


def sends(talk: Talk) -> bool:
    """Whether the turn has something for an office."""
    return talk.submit or bool(talk.withdraw)
