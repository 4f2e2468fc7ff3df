"""Every query on ``submission``: what is waiting to be sent, what has been sent and is being followed.

States: ``pending`` (to be sent) · ``sent`` (followed) · ``withdrawing`` (to be taken back) · ``withdrawn`` · ``closed`` (the
office has decided) · ``superseded`` (a later version of the case was sent) · ``stuck``, ``withdraw_stuck`` (tried long enough)
· ``rejected`` (refused by the office); in the last three a person has been told and nothing happens until ``again``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from assistant.foundation.tables import setting_kv, submission


class State(StrEnum):
    """See the module."""

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
    version: int
    submission_id: str
    state: State
    office_ref: str | None
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None
    created_at: datetime


def submission_id(case_no: str, version: int) -> str:
    """The name of one sending: the workflow's id and the Idempotency-Key."""
    return f"{case_no}-{version}"


def add(conn: Connection, case_no: str, version: int, now: datetime) -> None:
    """Note a package to be sent; noting it twice is noting it once."""
    if get(conn, case_no, version) is None:
        values = {"case_no": case_no, "package_version": version, "submission_id": submission_id(case_no, version)}
        times = {"next_attempt_at": now, "created_at": now, "updated_at": now}
        conn.execute(insert(submission).values(state=State.PENDING.value, attempts=0, **values, **times))


def get(conn: Connection, case_no: str, version: int) -> Row | None:
    """One submission."""
    return next(iter(_rows(conn, _is(case_no, version))), None)


def latest(conn: Connection, case_no: str) -> Row | None:
    """The submission of a case's latest version."""
    rows = _rows(conn, submission.c.case_no == case_no)
    return max(rows, key=lambda row: row.version, default=None)


def working(conn: Connection, limit: int) -> list[Row]:
    """Submissions with something still to do at the office, the longest due first."""
    return _rows(conn, submission.c.state.in_([state.value for state in WORKING]), limit)


def sent(conn: Connection, row: Row, office_ref: str, now: datetime) -> State | None:
    """Record that the office has it; earlier versions of the case are superseded.

    Returns:
        The state it is in now (``withdrawing`` stays so: the citizen changed her mind meanwhile), or None when this had
        been recorded before.
    """
    held = get(conn, row.case_no, row.version)
    if held is None or held.state not in WORKING or (held.state is State.WITHDRAWING and held.office_ref is not None):
        return None
    state = State.SENT if held.state is State.PENDING else held.state
    changed = conn.execute(
        update(submission)
        # As it was read: two apps may be here at once, and only one of them may tell the case.
        .where(_is(row.case_no, row.version), submission.c.state == held.state.value)
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
        .where(submission.c.case_no == row.case_no, submission.c.package_version < row.version)
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
        .where(_is(row.case_no, row.version), submission.c.state == row.state.value)
        .values(state=state.value, last_error=(error or "")[:255] or None, next_attempt_at=now, updated_at=now)
    )
    return changed.rowcount == 1


def withdraw(conn: Connection, case_no: str, now: datetime) -> bool:
    """Mark a case's submission to be taken back; False when there is nothing at the office to take back."""
    row = latest(conn, case_no)
    if row is None or row.state not in {State.PENDING, State.SENT, State.WITHDRAWING, *WAITING_FOR_PERSON}:
        return False
    # Counted anew: the patience is with this wish, not with the sending before it.
    _set(conn, row, now, state=State.WITHDRAWING.value, attempts=0, last_error=None, next_attempt_at=now, created_at=now)
    return True


def again(conn: Connection, case_no: str, now: datetime) -> bool:
    """Try a submission again that was left to a person; False when it was not."""
    row = latest(conn, case_no)
    if row is None or row.state not in WAITING_FOR_PERSON:
        return False
    state = State.WITHDRAWING if row.state is State.WITHDRAW_STUCK else State.PENDING
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


def news(conn: Connection, office_ref: str, now: datetime) -> bool:
    """Make the file with this receipt number due to be asked about; False where none such is followed."""
    due = update(submission).where(submission.c.office_ref == office_ref, submission.c.state == State.SENT.value)
    return conn.execute(due.values(next_attempt_at=now)).rowcount > 0


def anything_followed(conn: Connection) -> bool:
    """Whether any submission is at the office and undecided."""
    return (
        conn.execute(select(submission.c.submission_id).where(submission.c.state == State.SENT.value).limit(1)).first()
        is not None
    )


def close_case(conn: Connection, case_no: str, state: State, now: datetime) -> None:
    """Stop following a case: everything of it that was at the office ends in ``state``."""
    conn.execute(
        update(submission)
        .where(submission.c.case_no == case_no, submission.c.state.in_([State.SENT.value, State.WITHDRAWING.value]))
        .values(state=state.value, next_attempt_at=None, updated_at=now)
    )
    conn.execute(delete(setting_kv).where(setting_kv.c.key == _cursor(case_no)))


def counts(conn: Connection) -> dict[State, int]:
    """How many submissions are in each state."""
    rows = conn.execute(select(submission.c.state, func.count()).group_by(submission.c.state))
    return {State(state): count for state, count in rows}


def history_seen(conn: Connection, case_no: str, *, lock: bool = False) -> int:
    """How many lines of the office's history of this case have been applied; ``lock`` holds it so until the transaction ends."""
    query = select(setting_kv.c.value).where(setting_kv.c.key == _cursor(case_no))
    seen = conn.execute(query.with_for_update() if lock else query).scalar()
    return seen if isinstance(seen, int) else 0


def see_history(conn: Connection, case_no: str, index: int) -> bool:
    """Record that line ``index`` (from 0) is applied, in the caller's transaction.

    False when it is not the next one, or the case is no longer followed: somebody else has been quicker.
    """
    followed = select(submission.c.submission_id).where(submission.c.case_no == case_no, submission.c.state == State.SENT.value)
    if history_seen(conn, case_no, lock=True) != index or conn.execute(followed).first() is None:
        return False
    if index == 0:
        conn.execute(insert(setting_kv).values(key=_cursor(case_no), value=1))
    else:
        conn.execute(update(setting_kv).where(setting_kv.c.key == _cursor(case_no)).values(value=index + 1))
    return True


def _cursor(case_no: str) -> str:
    return f"office.history.{case_no}"


def _is(case_no: str, version: int) -> ColumnElement[bool]:
    return and_(submission.c.case_no == case_no, submission.c.package_version == version)


def _set(conn: Connection, row: Row, now: datetime, **values: object) -> None:
    conn.execute(update(submission).where(_is(row.case_no, row.version)).values(updated_at=now, **values))


def _rows(conn: Connection, where: ColumnElement[bool], limit: int | None = None) -> list[Row]:
    c = submission.c
    rows: Iterable[object] = conn.execute(
        select(c.case_no, c.package_version, c.submission_id, c.state, c.office_ref, c.attempts, c.next_attempt_at, c.last_error,
               c.created_at).where(where).order_by(c.next_attempt_at, c.submission_id).limit(limit)
    )  # fmt: skip
    return [_row(*row) for row in rows]  # type: ignore[misc]


def _row(
    case_no: str, version: int, name: str, state: str, office_ref: str | None, attempts: int, due: datetime | None,
    error: str | None, created_at: datetime,
) -> Row:  # fmt: skip
    return Row(case_no, version, name, State(state), office_ref, attempts, due, error, created_at)
