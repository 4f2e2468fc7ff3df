"""Revisions of guides and what may become of them.

draft → proposed → approved → published → replaced; a reviewer may return what was proposed, its author may take it back.
Nobody approves what she proposed: that is checked here, and once more by the table itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from assistant.desk.accounts import Operator
from assistant.foundation import audit
from assistant.foundation.desk_tables import staff
from assistant.foundation.messages import t
from assistant.foundation.tables import guide_revision
from knowledge.editing.places import Place, digest

DRAFT, PROPOSED, APPROVED = "draft", "proposed", "approved"
PUBLISHED, REPLACED, RETURNED, FOUND = "published", "replaced", "returned", "found"
OPEN = (DRAFT, PROPOSED, APPROVED, RETURNED)
MINE = (DRAFT, RETURNED)
"""What its author goes on writing."""
_author, _reviewer = staff.alias("author_staff"), staff.alias("reviewer_staff")


class RevisionError(ValueError):
    """A revision cannot become that; ``code`` says why, the text is for people."""

    def __init__(self, code: str, **named: Any) -> None:
        super().__init__(t(f"desk.guide_{code}", **named))
        self.code = f"guide_{code}"


@dataclass(frozen=True)
class Revision:
    """A row of ``guide_revision``, with the names of who wrote and who reviewed it."""

    id: str
    place: Place
    state: str
    text: str
    digest: str
    base_digest: str
    note: str
    effective: date | None
    author: str | None
    author_name: str | None
    reviewer: str | None
    reviewer_name: str | None
    answer: str
    trouble: str | None
    saves: int
    created_at: datetime
    updated_at: datetime
    proposed_at: datetime | None
    decided_at: datetime | None
    published_at: datetime | None


def load(conn: Connection, revision_id: str) -> Revision:
    """One revision.

    Raises:
        RevisionError: guide_gone.
    """
    found = _all(conn, _select().where(guide_revision.c.id == revision_id))
    if not found:
        raise RevisionError("gone")
    return found[0]


def _locked(conn: Connection, revision_id: str) -> Revision:
    """As ``load``; whoever else wants to change it waits until this transaction is over."""
    conn.execute(select(guide_revision.c.id).where(guide_revision.c.id == revision_id).with_for_update())
    return load(conn, revision_id)


def of_place(conn: Connection, place: Place) -> list[Revision]:
    """Every revision of a file, the newest first."""
    wanted = guide_revision.c.code == place.code, guide_revision.c.place == place.place
    return _all(conn, _select().where(*wanted).order_by(guide_revision.c.updated_at.desc(), guide_revision.c.id))


def unfinished(conn: Connection) -> list[Revision]:
    """Everything that is being written or waits, oldest first."""
    return _all(conn, _select().where(guide_revision.c.state.in_(OPEN)).order_by(guide_revision.c.updated_at))


def save(
    conn: Connection, place: Place, who: Operator, text: str, at: datetime, *,
    note: str, effective: date | None, base: str | None, saves: int | None,
) -> Revision:
    """Keep a text as my draft of a file: the one I have, or a new one.

    Args:
        base: the text of the file it is written for, or None for a new file; kept, so that it can be compared and gone back to.
        saves: how often it had been saved when the page read it; None for a draft that is not there yet.

    Raises:
        RevisionError: guide_not_writer; guide_saved_elsewhere or guide_has_draft, if it has been saved since in another window.
    """
    _writer(who)
    mine = next((held for held in of_place(conn, place) if held.author == who.id and held.state in MINE), None)
    if (mine.saves if mine else None) != saves:
        raise RevisionError("saved_elsewhere" if saves is not None else "has_draft")
    remember(conn, place, base, at)
    values = {
        "text": text, "digest": digest(text), "base_digest": digest(base), "note": note, "state": DRAFT, "trouble": None,
        "effective": effective.isoformat() if effective else None, "updated_at": at, "reviewer": None,
    }  # fmt: skip
    if mine is not None:
        _set(conn, mine.id, **values, saves=mine.saves + 1)
        return load(conn, mine.id)
    revision_id = str(uuid.uuid4())
    conn.execute(
        insert(guide_revision).values(
            id=revision_id, code=place.code, place=place.place, author=who.id, answer="", saves=1, created_at=at, **values
        )
    )
    made = load(conn, revision_id)
    _note(conn, made, "drafted", who.id, at)
    return made


def propose(conn: Connection, revision_id: str, who: Operator, at: datetime, served: str | None) -> Revision:
    """Ask for a draft of mine to be published. ``served`` is the text of the file now.

    Raises:
        RevisionError: guide_not_writer, guide_not_yours, guide_wrong_state, guide_no_note, guide_unchanged; guide_moved, if the
            file is not the one the draft was written for.
    """
    _writer(who)
    held = _locked(conn, revision_id)
    _mine(held, who)
    _in_state(held, DRAFT)
    if not held.note.strip():
        raise RevisionError("no_note")
    _on_its_base(held, served)
    _set(conn, held.id, state=PROPOSED, proposed_at=at, updated_at=at, answer="", reviewer=None, decided_at=None, trouble=None)
    return _done(conn, held, "proposed", who.id, at)


def withdraw(conn: Connection, revision_id: str, who: Operator, at: datetime) -> Revision:
    """Take back what I proposed, to go on writing; also when it was approved for a later day.

    Raises:
        RevisionError: guide_not_writer, guide_not_yours, guide_wrong_state; guide_has_draft, if I have begun another one.
    """
    _writer(who)
    held = _locked(conn, revision_id)
    _mine(held, who)
    _in_state(held, PROPOSED, APPROVED)
    _only_one(conn, held)
    _set(conn, held.id, state=DRAFT, updated_at=at, reviewer=None, decided_at=None, saves=held.saves + 1)
    return _done(conn, held, "withdrawn", who.id, at)


def approve(conn: Connection, revision_id: str, who: Operator, at: datetime, served: str | None, answer: str) -> Revision:
    """Let what somebody else proposed be published.

    Raises:
        RevisionError: guide_not_approver, guide_own, guide_wrong_state, guide_moved.
    """
    held = _locked(conn, revision_id)
    _approver(who, held)
    _in_state(held, PROPOSED)
    _on_its_base(held, served)
    _set(conn, held.id, state=APPROVED, reviewer=who.id, decided_at=at, updated_at=at, answer=answer, trouble=None)
    return _done(conn, held, "approved", who.id, at)


def send_back(conn: Connection, revision_id: str, who: Operator, at: datetime, answer: str) -> Revision:
    """Give a proposal back to its author, or call off one that waits for its day.

    Raises:
        RevisionError: guide_not_approver, guide_own, guide_wrong_state, guide_no_answer.
    """
    held = _locked(conn, revision_id)
    _approver(who, held)
    _in_state(held, PROPOSED, APPROVED)
    if not answer.strip():
        raise RevisionError("no_answer")
    _set(conn, held.id, state=RETURNED, reviewer=who.id, decided_at=at, updated_at=at, answer=answer, saves=held.saves + 1)
    return _done(conn, held, "returned", who.id, at)


def discard(conn: Connection, revision_id: str, who: Operator, at: datetime) -> None:
    """Throw a draft of mine away.

    Raises:
        RevisionError: guide_not_writer, guide_not_yours, guide_wrong_state.
    """
    _writer(who)
    held = _locked(conn, revision_id)
    _mine(held, who)
    _in_state(held, *MINE)
    conn.execute(delete(guide_revision).where(guide_revision.c.id == held.id))
    _note(conn, held, "discarded", who.id, at)


def remember(conn: Connection, place: Place, text: str | None, at: datetime) -> None:
    """Keep the text of a file nobody wrote in the console, so that one can compare with it and go back to it."""
    if text is None:
        return
    kept = select(guide_revision.c.id).where(
        guide_revision.c.code == place.code, guide_revision.c.place == place.place, guide_revision.c.digest == digest(text),
        guide_revision.c.state.in_((PUBLISHED, REPLACED, FOUND)),
    )  # fmt: skip
    if conn.execute(kept).first() is None:
        conn.execute(
            insert(guide_revision).values(
                id=str(uuid.uuid4()), code=place.code, place=place.place, state=FOUND, text=text, digest=digest(text),
                base_digest="", note="", answer="", saves=0, created_at=at, updated_at=at,
            )
        )  # fmt: skip


def text_of(conn: Connection, place: Place, wanted: str) -> str | None:
    """The text of a file that has this digest, if it was ever kept."""
    same = guide_revision.c.code == place.code, guide_revision.c.place == place.place, guide_revision.c.digest == wanted
    return conn.execute(select(guide_revision.c.text).where(*same).limit(1)).scalar()


def _writer(who: Operator) -> None:
    if not who.may("guides.write"):
        raise RevisionError("not_writer")


def _approver(who: Operator, held: Revision) -> None:
    if not who.may("guides.approve"):
        raise RevisionError("not_approver")
    if held.author is None or held.author == who.id:
        raise RevisionError("own")


def _mine(held: Revision, who: Operator) -> None:
    if held.author != who.id:
        raise RevisionError("not_yours", name=held.author_name or "")


def _in_state(held: Revision, *states: str) -> None:
    if held.state not in states:
        raise RevisionError("wrong_state")


def _on_its_base(held: Revision, served: str | None) -> None:
    if digest(served) == held.digest:
        raise RevisionError("unchanged")
    if digest(served) != held.base_digest:
        raise RevisionError("moved", file=held.place.file)


def _only_one(conn: Connection, held: Revision) -> None:
    if any(other.author == held.author and other.state in MINE for other in of_place(conn, held.place)):
        raise RevisionError("has_draft")


def _set(conn: Connection, revision_id: str, **values: Any) -> None:
    conn.execute(update(guide_revision).where(guide_revision.c.id == revision_id).values(**values))


def _done(conn: Connection, held: Revision, what: str, who: str, at: datetime) -> Revision:
    _note(conn, held, what, who, at)
    return load(conn, held.id)


def _note(conn: Connection, held: Revision, what: str, who: str | None, at: datetime) -> None:
    detail = {"place": held.place.place, "revision": held.id, "digest": held.digest}
    actor = f"staff:{who}" if who else "system"
    audit.append(conn, at=at, actor=actor, action=f"guide.{what}", subject=held.place.code, detail=detail)


def _select() -> Select[Any]:
    return (
        select(guide_revision, _author.c.display_name.label("author_name"), _reviewer.c.display_name.label("reviewer_name"))
        .join(_author, _author.c.id == guide_revision.c.author, isouter=True)
        .join(_reviewer, _reviewer.c.id == guide_revision.c.reviewer, isouter=True)
    )


def _all(conn: Connection, wanted: Select[Any]) -> list[Revision]:
    rows: Sequence[Row[Any]] = conn.execute(wanted).all()
    return [_revision(dict(row._mapping)) for row in rows]


def _revision(row: dict[str, Any]) -> Revision:
    day = row.pop("effective")
    return Revision(place=Place(row.pop("code"), row.pop("place")), effective=date.fromisoformat(day) if day else None, **row)
