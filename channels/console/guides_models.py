"""Shapes of what the console's guide editor asks and is told."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from channels.console.models import In

LONGEST = 400_000
"""Characters of one guide file: six times the longest there is."""
GuideText = Annotated[str, Field(max_length=LONGEST)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
PlaceName = Annotated[str, Field(pattern=r"^(main|components|en|\d{6})$")]
Words = Annotated[str, Field(max_length=2000)]


class TextIn(In):
    """A text of a file, not kept."""

    code: Code
    place: PlaceName
    text: GuideText


class DraftIn(In):
    """A draft to keep. ``base`` is the digest of the file it is written for, ``saves`` the count the page has seen."""

    text: GuideText
    note: Words = ""
    effective: date | None = None
    base: Annotated[str, Field(max_length=64)]
    saves: Annotated[int, Field(ge=0)] | None = None


class CompareIn(In):
    """Two texts of a file: the revision of an id, or ``served`` for the file as it is; ``text`` stands for the newer one."""

    code: Code
    place: PlaceName
    old: Annotated[str, Field(max_length=64)] = "served"
    new: Annotated[str, Field(max_length=64)] = "served"
    text: GuideText | None = None


class AnswerIn(In):
    """What a reviewer has to say."""

    answer: Words = ""


class NewIn(In):
    """A guide that is not there yet."""

    code: Code
    name: Annotated[str, Field(min_length=2, max_length=60)]


class FoundOut(BaseModel):
    line: int
    why: str
    remedy: str
    hard: bool


class CheckOut(BaseModel):
    """``sound`` if nothing hard was found: it may be proposed."""

    findings: list[FoundOut]
    sound: bool


class RefusedOut(BaseModel):
    """A file that is not served as it stands. ``code`` and ``place`` open it in the editor, where it is a guide's file."""

    file: str
    line: int
    why: str
    remedy: str
    since: str
    code: str | None
    place: str | None


class RevisionOut(BaseModel):
    """A revision without its text. ``moved``: the file is not the one it was written for any more; ``served``: it is the file."""

    id: str
    code: str
    place: str
    label: str
    name: str
    state: str
    note: str
    answer: str
    trouble: str | None
    effective: date | None
    author: str | None
    reviewer: str | None
    mine: bool
    saves: int
    base: str
    moved: bool
    served: bool
    updated_at: str
    proposed_at: str | None
    decided_at: str | None
    published_at: str | None


class RevisionText(RevisionOut):
    """A revision with its text."""

    text: str


class FileChip(BaseModel):
    place: str
    label: str


class GuideLine(BaseModel):
    """One guide of the list; ``words`` is what a search looks through."""

    code: str
    name: str
    department: str | None
    version: str | None
    effective: date | None
    outline: bool
    component: bool
    words: str
    files: list[FileChip]
    open: list[RevisionOut]


class GuideList(BaseModel):
    items: list[GuideLine]
    refused: list[RefusedOut]
    proposed: list[RevisionOut]
    may_write: bool
    may_approve: bool


class FileDetail(BaseModel):
    """A file with everything about it. ``text`` is null where there is none; ``start`` is what to begin with then."""

    code: str
    place: str
    label: str
    name: str
    file: str
    text: str | None
    start: str
    digest: str
    places: list[FileChip]
    regions: list[FileChip]
    mine: RevisionText | None
    revisions: list[RevisionOut]
    refused: list[RefusedOut]
    may_write: bool
    may_approve: bool


class LineOut(BaseModel):
    kind: Literal["same", "gone", "come", "gap"]
    old: int | None
    new: int | None
    text: str


class CompareOut(BaseModel):
    """``words`` says what changed for people; null where one of the two texts is no sound guide."""

    lines: list[LineOut]
    words: list[str] | None
    cases: str


class TextOut(BaseModel):
    text: str
