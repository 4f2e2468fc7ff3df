"""Who may do what with guides in the console, and what the routes have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends
from sqlalchemy import Connection

from assistant.desk.accounts import READING_ROLES, WRITING_ROLES, Operator
from assistant.desk.guides.publishing import publish_due
from assistant.desk.guides.revisions import Revision, RevisionError
from assistant.foundation.messages import t
from channels.console.access import changing, operator
from channels.parts import Parts
from channels.problems import Problem
from knowledge.editing import places
from knowledge.editing.check import Finding, check
from knowledge.editing.places import Place
from knowledge.lint import Tags

T = TypeVar("T")
_STATUS = {
    "guide_gone": 404, "guide_not_writer": 403, "guide_not_publisher": 403, "guide_own": 403, "guide_not_yours": 403,
    "guide_no_note": 422, "guide_no_answer": 422,
}  # fmt: skip


async def reader(who: Annotated[Operator, Depends(operator)]) -> Operator:
    """Who may see guides being written; 403 for others."""
    return _in(who, READING_ROLES)


async def writer(who: Annotated[Operator, Depends(changing)]) -> Operator:
    """Who may write guides, for requests that change something."""
    return _in(who, WRITING_ROLES)


async def asker(who: Annotated[Operator, Depends(changing)]) -> Operator:
    """As ``reader``, for requests that send a text to be looked at."""
    return _in(who, READING_ROLES)


def _in(who: Operator, roles: frozenset[str]) -> Operator:
    if who.role not in roles:
        raise Problem(403, "guide_role", detail=t("desk.guide_role"))
    return who


Reader = Annotated[Operator, Depends(reader)]
Writer = Annotated[Operator, Depends(writer)]
Asker = Annotated[Operator, Depends(asker)]


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
