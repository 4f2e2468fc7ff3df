"""A case that changed outside a turn shows in its conversation: on the event stream, with a notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from assistant.casework.model import Case
from assistant.conversation import repository


def tell(conn: Connection, conversation_id: str, case: Case, notice: str, now: datetime) -> None:
    """Append the events, in the caller's transaction; ``Parts.announce`` wakes the listeners after its commit."""
    at = now.isoformat()
    changed = {"case_no": case.case_no, "status": case.status.value, "at": at}
    repository.append_events(
        conn, conversation_id, [("case", changed), ("notice", {"level": "info", "text": notice, "at": at})], now
    )
