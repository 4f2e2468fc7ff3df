"""Every query on ``submission``: what is waiting to be sent, what has been sent and is being followed.

A row is one version of the package of one part of a case ("" where the case has only one). States: ``waiting`` (for other
parts to be granted first) · ``pending`` (to be sent) · ``sent`` (followed) · ``withdrawing`` (to be taken back) · ``withdrawn``
· ``closed`` (the office has decided) · ``superseded`` (a later version of the part was sent) · ``stuck``, ``withdraw_stuck``
(tried long enough) · ``rejected`` (refused by the office); in the last three a person has been told and nothing happens until
``again``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, update

from assistant.foundation.office_tables import office_choice, office_line
from assistant.foundation.tables import submission


class State(StrEnum):
    """See the module."""

    WAITING = "waiting"
    PENDING = "pending"
    SENT = "sent"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    STUCK = "stuck"
    WITHDRAW_STUCK = "withdraw_stuck"
    REJECTED = "rejected"


WORKING = frozenset({State.PENDING, State.WITHDRAWING})
WAITING_FOR_PERSON = frozenset({State.STUCK, State.WITHDRAW_STUCK, State.REJECTED})


@dataclass(frozen=True)
class Row:
    """One row of ``submission``."""

    case_no: str
    part: str
    version: int
    submission_id: str
    state: State
    office_ref: str | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    created_at: datetime


def submission_id(case_no: str, version: int, part: str = "") -> str:
    """The name of one sending: the workflow's id and the Idempotency-Key."""
    return "-".join(text for text in (case_no, part, str(version)) if text)


def add(conn: Connection, case_no: str, version: int, now: datetime, part: str = "", *, waiting: bool = False) -> None:
    """Note a package to be sent, at once or when ``release`` says so; noting it twice is noting it once.

    An earlier version that has not even been due takes no place any more.
    """
    if get(conn, case_no, version, part) is not None:
        return
    earlier = (submission.c.case_no == case_no, submission.c.part == part, submission.c.package_version < version)
    conn.execute(
        update(submission)
        .where(*earlier, submission.c.state == State.WAITING.value)
        .values(state=State.SUPERSEDED.value, next_attempt_at=None, updated_at=now)
    )
    name = {"case_no": case_no, "part": part, "package_version": version, "submission_id": submission_id(case_no, version, part)}
    times = {"next_attempt_at": None if waiting else now, "created_at": now, "updated_at": now}
    state = State.WAITING if waiting else State.PENDING
    conn.execute(insert(submission).values(state=state.value, attempts=0, **name, **times))


def release(conn: Connection, case_no: str, part: str, now: datetime) -> bool:
    """A part need not wait any longer; False when it did not."""
    row = latest(conn, case_no, part)
    if row is None or row.state is not State.WAITING:
        return False
    # Counted anew: the patience is with the office, not with the parts before.
    _set(conn, row, now, state=State.PENDING.value, next_attempt_at=now, created_at=now)
    return True


def get(conn: Connection, case_no: str, version: int, part: str = "") -> Row | None:
    """One submission."""
    return next(iter(_rows(conn, _is(case_no, part, version))), None)


def latest(conn: Connection, case_no: str, part: str = "") -> Row | None:
    """The submission of the latest version of a part."""
    rows = _rows(conn, and_(submission.c.case_no == case_no, submission.c.part == part))
    return max(rows, key=lambda row: row.version, default=None)


def receipt_no(conn: Connection, case_no: str, part: str) -> str | None:
    """The office's number for a part, of whichever version: it is the same for all. None until one is known."""
    known = _rows(conn, and_(submission.c.case_no == case_no, submission.c.part == part, submission.c.office_ref.is_not(None)))
    return max(known, key=lambda row: row.version).office_ref if known else None


def working(conn: Connection, limit: int) -> list[Row]:
    """Submissions with something still to do at the office, the longest due first."""
    return _rows(conn, submission.c.state.in_([state.value for state in WORKING]), limit)


def sent(conn: Connection, row: Row, office_ref: str, now: datetime) -> State | None:
    """Record that the office has it; earlier versions of the part are superseded.

    Returns:
        The state it is in now (``withdrawing`` stays so: the citizen changed her mind meanwhile), or None when this had
        been recorded before.
    """
    held = get(conn, row.case_no, row.version, row.part)
    if held is None or held.state not in WORKING or (held.state is State.WITHDRAWING and held.office_ref is not None):
        return None
    state = State.SENT if held.state is State.PENDING else held.state
    changed = conn.execute(
        update(submission)
        # As it was read: two apps may be here at once, and only one of them may tell the case.
        .where(_is(row.case_no, row.part, row.version), submission.c.state == held.state.value)
        .where(submission.c.office_ref.is_not_distinct_from(held.office_ref))
        .values(
            state=state.value,
            office_ref=office_ref,
            attempts=held.attempts + 1,
            last_error=None,
            next_attempt_at=now,
            updated_at=now,
        )
    )
    if changed.rowcount != 1:
        return None
    conn.execute(
        update(submission)
        .where(submission.c.case_no == row.case_no, submission.c.part == row.part)
        .where(submission.c.package_version < row.version)
        .where(submission.c.state.in_([State.SENT.value, *(state.value for state in WAITING_FOR_PERSON)]))
        .values(state=State.SUPERSEDED.value, next_attempt_at=None, updated_at=now)
    )
    return state


def failed(conn: Connection, row: Row, code: str, next_attempt_at: datetime, now: datetime) -> int:
    """Count a failed attempt and say when the next is; the number of attempts so far."""
    attempts = row.attempts + 1
    _set(conn, row, now, attempts=attempts, last_error=code[:255], next_attempt_at=next_attempt_at)
    return attempts


def move(conn: Connection, row: Row, state: State, now: datetime, *, error: str | None = None) -> bool:
    """Move from the row's state to ``state``; False when it is no longer in the row's state."""
    changed = conn.execute(
        update(submission)
        .where(_is(row.case_no, row.part, row.version), submission.c.state == row.state.value)
        .values(state=state.value, last_error=(error or "")[:255] or None, next_attempt_at=now, updated_at=now)
    )
    return changed.rowcount == 1


def withdraw(conn: Connection, case_no: str, now: datetime, part: str = "") -> bool:
    """Mark a part's submission to be taken back; False when there is nothing at the office to take back."""
    row = latest(conn, case_no, part)
    if row is not None and row.state is State.WAITING:
        _set(conn, row, now, state=State.WITHDRAWN.value)
        return True
    if row is None or row.state not in {State.PENDING, State.SENT, State.WITHDRAWING, *WAITING_FOR_PERSON}:
        return False
    # Counted anew: the patience is with this wish, not with the sending before it.
    _set(conn, row, now, state=State.WITHDRAWING.value, attempts=0, last_error=None, next_attempt_at=now, created_at=now)
    return True


def again(conn: Connection, case_no: str, now: datetime, part: str = "") -> bool:
    """Try a submission again that was left to a person; False when it was not."""
    row = latest(conn, case_no, part)
    if row is None or row.state not in WAITING_FOR_PERSON:
        return False
    state = State.WITHDRAWING if row.state is State.WITHDRAW_STUCK else State.PENDING
    # Whoever asks for it has found out that the office does not have it: see ``offices.routing``.
    conn.execute(
        update(office_choice).where(office_choice.c.case_no == case_no, office_choice.c.part == part).values(tried=None)
    )
    _set(conn, row, now, state=state.value, attempts=0, last_error=None, next_attempt_at=now, created_at=now)
    return True


def claim_followed(conn: Connection, now: datetime, every: timedelta, limit: int) -> list[Row]:
    """Sent submissions due to be asked about, the longest due first; they are not due again before ``every`` has passed.

    Claimed by one statement and a lock, so that several apps share the asking.
    """
    chosen = conn.execute(
        select(submission.c.submission_id)
        .where(submission.c.state == State.SENT.value)
        .where(or_(submission.c.next_attempt_at.is_(None), submission.c.next_attempt_at <= now))
        .order_by(submission.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).scalars().all()  # fmt: skip
    if not chosen:
        return []
    conn.execute(update(submission).where(submission.c.submission_id.in_(chosen)).values(next_attempt_at=now + every))
    return _rows(conn, submission.c.submission_id.in_(chosen))


def news(conn: Connection, office_ref: str, now: datetime, seq: int | None = None) -> bool:
    """Make the file with this receipt number due to be asked about; False where none such is followed.

    ``seq`` is the office's number of the line the news is of; False also where that line is known already.
    """
    due = update(submission).where(submission.c.office_ref == office_ref, submission.c.state == State.SENT.value)
    if seq is not None:
        same = and_(office_line.c.case_no == submission.c.case_no, office_line.c.part == submission.c.part)
        due = due.where(~exists().where(same, office_line.c.believed, office_line.c.line.startswith(f"{seq}:")))
    return conn.execute(due.values(next_attempt_at=now)).rowcount > 0


def anything_followed(conn: Connection) -> bool:
    """Whether any submission is at the office and undecided."""
    return (
        conn.execute(select(submission.c.submission_id).where(submission.c.state == State.SENT.value).limit(1)).first()
        is not None
    )


def close(conn: Connection, case_no: str, part: str, state: State, now: datetime) -> bool:
    """Stop following a part: everything of it that was at the office ends in ``state``; False when nothing was."""
    closed = conn.execute(
        update(submission)
        .where(submission.c.case_no == case_no, submission.c.part == part)
        .where(submission.c.state.in_([State.SENT.value, State.WITHDRAWING.value]))
        .values(state=state.value, next_attempt_at=None, updated_at=now)
    )
    return closed.rowcount > 0


def left_to_people(conn: Connection, limit: int) -> list[Row]:
    """Submissions a person has to look at, the longest waiting first."""
    return _rows(conn, submission.c.state.in_([state.value for state in WAITING_FOR_PERSON]), limit)


def counts(conn: Connection) -> dict[State, int]:
    """How many submissions are in each state."""
    rows = conn.execute(select(submission.c.state, func.count()).group_by(submission.c.state))
    return {State(state): count for state, count in rows}


def _is(case_no: str, part: str, version: int) -> ColumnElement[bool]:
    return and_(submission.c.case_no == case_no, submission.c.part == part, submission.c.package_version == version)


def _set(conn: Connection, row: Row, now: datetime, **values: object) -> None:
    conn.execute(update(submission).where(_is(row.case_no, row.part, row.version)).values(updated_at=now, **values))


def _rows(conn: Connection, where: ColumnElement[bool], limit: int | None = None) -> list[Row]:
    c = submission.c
    rows: Iterable[Sequence[Any]] = conn.execute(
        select(c.case_no, c.part, c.package_version, c.submission_id, c.state, c.office_ref, c.attempts, c.next_attempt_at,
               c.last_error, c.created_at).where(where).order_by(c.next_attempt_at, c.submission_id).limit(limit)
    )  # fmt: skip
    return [_row(*row) for row in rows]


def _row(
    case_no: str, part: str, version: int, name: str, state: str, office_ref: str | None, attempts: int, due: datetime | None,
    error: str | None, created_at: datetime,
) -> Row:  # fmt: skip
    return Row(case_no, part, version, name, State(state), office_ref, attempts, due, error, created_at)
