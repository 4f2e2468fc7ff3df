"""Who may do what with guides in the console, and what the routes have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends
from sqlalchemy import Connection

from assistant.desk.accounts import Operator
from assistant.desk.guides.publishing import publish_due
from assistant.desk.guides.revisions import Revision, RevisionError
from channels.console.access import needs
from channels.parts import Parts
from channels.problems import Problem
from knowledge.editing import places
from knowledge.editing.check import Finding, check
from knowledge.editing.places import Place
from knowledge.lint import Tags

T = TypeVar("T")
_STATUS = {
    "guide_gone": 404, "guide_not_writer": 403, "guide_not_approver": 403, "guide_own": 403, "guide_not_yours": 403,
    "guide_no_note": 422, "guide_no_answer": 422,
}  # fmt: skip


Reader = Annotated[Operator, Depends(needs("guides.read"))]
Asker = Annotated[Operator, Depends(needs("guides.read", change=True))]
"""As ``Reader``, for requests that send a text to be looked at."""
Writer = Annotated[Operator, Depends(needs("guides.write", change=True))]
Approver = Annotated[Operator, Depends(needs("guides.approve", change=True))]


def changed(parts: Parts, change: Callable[[Connection], T]) -> T:
    """Do something to revisions in a transaction; what cannot be done is told as a problem."""
    try:
        with parts.db.write() as conn:
            return change(conn)
    except RevisionError as error:
        raise Problem(_STATUS.get(error.code, 409), error.code, detail=str(error)) from None


def seen(parts: Parts, look: Callable[[Connection], T]) -> T:
    """Read something about revisions; what is not there is told as a problem."""
    try:
        with parts.db.read() as conn:
            return look(conn)
    except RevisionError as error:
        raise Problem(_STATUS.get(error.code, 409), error.code, detail=str(error)) from None


@lru_cache(maxsize=4)
def _tags(folder: Path) -> Tags:
    return Tags(folder)


def found_in(parts: Parts, place: Place, text: str, before: str | None) -> list[Finding]:
    """What is wrong with a text in place of a file whose text is ``before``."""
    tags = _tags(parts.settings.templates_dir)
    return check(place, text, parts.guides.catalogue, tags, parts.clock.now().date(), before)


def sound(parts: Parts, place: Place, text: str, before: str | None) -> bool:
    """Whether a text may be published."""
    return not any(finding.hard for finding in found_in(parts, place, text, before))


def publish(parts: Parts) -> list[Revision]:
    """Publish what is due."""
    folder = parts.settings.guides_dir
    return publish_due(parts.db, folder, parts.clock.now(), lambda place, text, there: sound(parts, place, text, there))


def text_of(parts: Parts, place: Place) -> str | None:
    """The text of a file as it lies in the folder."""
    return places.read(parts.settings.guides_dir, place)
