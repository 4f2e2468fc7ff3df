"""Every query on the lines of offices' histories that are settled: which were believed, which were not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, update

from assistant.casework.submission import history
from assistant.casework.submission.history import Judged, Known
from assistant.casework.submission.office import HistoryLine
from assistant.casework.submission.outbox import State
from assistant.foundation.office_tables import office_line
from assistant.foundation.tables import office_history, submission

MOST_DOUBTED = 20
"""So many of one part are noted; an office that makes up a new one at every question must not fill the books."""


def known(conn: Connection, case_no: str, part: str = "") -> Known:
    """What is settled of a part's history."""
    c = office_line.c
    rows = conn.execute(select(c.line, c.status, c.believed).where(c.case_no == case_no, c.part == part))
    return Known((row.line, row.status, row.believed) for row in rows)


def unnamed(conn: Connection, case_no: str, part: str = "") -> int:
    """How many lines were believed before they were kept by name; 0 for a history that was read from its beginning."""
    named = conn.execute(select(office_line.c.line).where(_of_line(case_no, part)).limit(1)).first()
    return _seen(conn, case_no, part) if named is None else 0


def name(conn: Connection, case_no: str, part: str, lines: Sequence[HistoryLine], at: datetime) -> None:
    """Keep by name what was believed before; once, whoever is quicker."""
    if lines and _seen(conn, case_no, part, lock=True) and unnamed(conn, case_no, part):
        for line in lines:
            _insert(conn, case_no, part, history.key(line), line.status, at, believed=True)


def believe(conn: Connection, case_no: str, part: str, line: HistoryLine, at: datetime) -> bool:
    """Record, in the caller's transaction, that a line is applied.

    False when it is settled already, a later one is, or the part is no longer followed: somebody else has been quicker.
    """
    followed = select(submission.c.submission_id).where(
        submission.c.case_no == case_no, submission.c.part == part, submission.c.state == State.SENT.value
    )
    seen = _seen(conn, case_no, part, lock=True)
    if conn.execute(followed).first() is None:
        return False
    settled = known(conn, case_no, part)
    if settled.judge(line, at) is not Judged.NEW and not settled.again(line):
        return False
    conn.execute(delete(office_line).where(_of_line(case_no, part), office_line.c.line == history.key(line)))
    if seen == 0:
        conn.execute(insert(office_history).values(case_no=case_no, part=part, seen=1))
    else:
        conn.execute(update(office_history).where(_of(case_no, part)).values(seen=seen + 1))
    _insert(conn, case_no, part, history.key(line), line.status, at, believed=True)
    return True


def doubt(conn: Connection, case_no: str, part: str, line: str, status: str, at: datetime) -> bool:
    """Record, in the caller's transaction, that a line (by name) is not believed; False when it was before, or for too many."""
    doubted = select(func.count()).where(_of_line(case_no, part), office_line.c.believed.is_(False))
    held = conn.execute(doubted).scalar_one()
    there = conn.execute(select(office_line.c.line).where(_of_line(case_no, part), office_line.c.line == line)).first()
    if there is not None or held >= MOST_DOUBTED:
        return False
    _insert(conn, case_no, part, line, status, at, believed=False)
    return True


def _insert(conn: Connection, case_no: str, part: str, line: str, status: str, at: datetime, *, believed: bool) -> None:
    values = {"case_no": case_no, "part": part, "line": line, "status": status[:32], "believed": believed, "at": at}
    conn.execute(insert(office_line).values(**values))


def _seen(conn: Connection, case_no: str, part: str, *, lock: bool = False) -> int:
    """How many lines were believed; ``lock`` holds it so until the transaction ends."""
    query = select(office_history.c.seen).where(_of(case_no, part))
    return int(conn.execute(query.with_for_update() if lock else query).scalar() or 0)


def _of(case_no: str, part: str) -> ColumnElement[bool]:
    return and_(office_history.c.case_no == case_no, office_history.c.part == part)


def _of_line(case_no: str, part: str) -> ColumnElement[bool]:
    return and_(office_line.c.case_no == case_no, office_line.c.part == part)
