"""What figures are counted from: each turn in codes, unencrypted, in the transaction that saves the turn.

No word of the citizen's and none of ours is kept here, so that counting needs to decrypt nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert

from assistant.foundation.figure_tables import turn_fact

if TYPE_CHECKING:
    from assistant.conversation.turn import Turn


def note(conn: Connection, turn: Turn) -> None:
    """Keep what the turn was. An item the sentence names counts before the case in hand, that before what was talked about."""
    talk, read = turn.talk, turn.understanding
    meant = read.guide.code if read and read.guide else None
    in_hand = talk.case.guide_code if talk.case else talk.state.context_guide
    conn.execute(
        insert(turn_fact).values(
            conversation_id=turn.conv.id, turn=talk.turn, at=turn.now, channel=turn.conv.channel, heard_by=turn.conv.owner,
            owner=talk.owner, status=talk.status or "", intent=read.intent if read else "", item=meant or in_hand,
            case_no=talk.case.case_no if talk.case else None, asked=talk.state.ask.field[:128] if talk.state.ask else None,
        )
    )  # fmt: skip
