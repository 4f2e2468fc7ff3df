"""What a turn hands over to the receiving offices, and what it takes back: noted in the turn's own transaction."""

from __future__ import annotations

from sqlalchemy import Connection

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


def sends(talk: Talk) -> bool:
    """Whether the turn has something for an office."""
    return talk.submit or bool(talk.withdraw)
