"""Rows of results: what was handed over, what was kept aside, and which parts still wait for theirs. SQL lives here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Connection, delete, insert, select, update

from assistant.foundation.tables import result, result_wait

State = Literal["valid", "replaced", "withdrawn", "aside"]

NONE = "none"
"""``code`` of a wait whose office said that it has no electronic result, as far as it knows by then."""


class Said(BaseModel):
    """What a result says of itself, kept encrypted. ``holder`` is whole here and masked wherever it is shown to others.

    ``proof`` is the proof file's text; ``fault`` why it was kept aside.
    """

    kind: str = ""
    number: str = ""
    title: str = ""
    issuer: str = ""
    holder: str = ""
    holder_shown: str = ""
    issued: date | None = None
    expires: date | None = None
    code: str = ""
    proof: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Result:
    """One result of a case's part. ``sha256`` is over the bytes kept as ``blob_id``; ``state`` as in the table."""

    id: str
    case_no: str
    part: str
    office_ref: str
    state: State
    sha256: str
    media_type: str
    size: int
    blob_id: str
    said: Said
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Wait:
    """A part whose result could not be had so far. ``told`` once the citizen and staff know."""

    attempts: int
    next_attempt_at: datetime
    code: str
    told: bool


def add(conn: Connection, made: Result, code_index: str | None) -> None:
    """Keep a result; it takes the place of one kept aside with the same bytes.

    Raises:
        sqlalchemy.exc.IntegrityError: this part has a result with these bytes already.
    """
    same = (result.c.case_no == made.case_no, result.c.part == made.part, result.c.sha256 == made.sha256)
    conn.execute(delete(result).where(*same, result.c.state == "aside"))
    columns = {name: value for name, value in vars(made).items() if name != "said"}
    conn.execute(insert(result).values(**columns, data=made.said.model_dump(mode="json"), code_index=code_index))


def set_state(conn: Connection, result_id: str, state: State, now: datetime) -> bool:
    """Change a result's state; False if it has it already or is not there."""
    where = (result.c.id == result_id, result.c.state != state)
    return conn.execute(update(result).where(*where).values(state=state, updated_at=now)).rowcount == 1


def of_part(conn: Connection, case_no: str, part: str) -> list[Result]:
    """Every result of a part, kept aside or not, oldest first."""
    return _found(conn, result.c.case_no == case_no, result.c.part == part)


def of_case(conn: Connection, case_no: str) -> list[Result]:
    """The results handed over in a case, oldest first; what was kept aside is not among them."""
    return _found(conn, result.c.case_no == case_no, result.c.state != "aside")


def by_code(conn: Connection, code_index: str) -> Result | None:
    """The result whose anti-forgery code has this blind index."""
    return next(iter(_found(conn, result.c.code_index == code_index)), None)


def waiting(conn: Connection, case_no: str, part: str) -> Wait | None:
    """How often a part's result was asked for in vain, and when next."""
    row = conn.execute(select(result_wait).where(result_wait.c.case_no == case_no, result_wait.c.part == part)).mappings().first()
    return Wait(row["attempts"], row["next_attempt_at"], row["code"], row["told"]) if row else None


def awaited(conn: Connection, case_no: str, part: str, *, none_is_known: bool) -> bool:
    """Whether a granted part's result is still to come: it is not here, and its office has not said that it has none.

    ``none_is_known``: whether an office's word that it has none is believed.
    """
    if any(row.state == "valid" for row in of_part(conn, case_no, part)):
        return False
    held = waiting(conn, case_no, part)
    return not (none_is_known and held is not None and held.code == NONE)


def wait(conn: Connection, case_no: str, part: str, made: Wait) -> None:
    """Note when to ask again."""
    stop_waiting(conn, case_no, part)
    conn.execute(insert(result_wait).values(case_no=case_no, part=part, **vars(made)))


def stop_waiting(conn: Connection, case_no: str, part: str) -> None:
    """The result is there."""
    conn.execute(delete(result_wait).where(result_wait.c.case_no == case_no, result_wait.c.part == part))


def _found(conn: Connection, *where: Any) -> list[Result]:
    rows = conn.execute(select(result).where(*where).order_by(result.c.created_at, result.c.id)).mappings()
    made = []
    for row in rows:
        columns = {name: value for name, value in row.items() if name not in ("data", "code_index")}
        made.append(Result(**columns, said=Said.model_validate(row["data"])))
    return made
