"""A turn's rating, kept in the transaction that saves the turn."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from assistant.casework.flow import rating
from assistant.casework.ratings import store
from assistant.foundation import metrics

if TYPE_CHECKING:
    from assistant.casework.flow.talk import Talk


def note(conn: Connection, talk: Talk, now: datetime) -> None:
    """Keep what the turn rated, if it rated anything."""
    said = talk.rating
    if said is None:
        return
    case = rating.rated_case(talk)
    if case is None or case.case_no != said.subject:
        store.keep(conn, said, store.About(talk.conversation_id), now)
        return
    guide = talk.guide_for(case.guide_code)
    department = (guide.department if guide else None) or ""
    store.keep(conn, said, store.About(talk.conversation_id, case.case_no, case.guide_code, department), now)


def count(talk: Talk) -> None:
    """Count the grade given in a turn, once it is kept."""
    for entry in talk.audit:
        if entry.action == "rating.given":
            metrics.ratings_total.labels(score=str(entry.detail["grade"])).inc()
