"""What signing in says and takes, beside the fixed API: nobody has to know these to use the rest."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from assistant.casework.signing import Act, Level
from channels.api.models import In


class Acting(BaseModel):
    """The enterprise she acts for, by its electronic licence. ``items`` are names; none: every item."""

    uscc: str
    name: str
    role: Literal["legal_representative", "agent"]
    items: list[str]
    may: list[Act]
    until: date | None


class Wanted(BaseModel):
    """What is wanting before what is asked now (``submit``) can be done: a level, an ``enterprise``'s licence, and why."""

    level: Level
    enterprise: bool
    why: str


class Standing(BaseModel):
    """Who is in this conversation. ``offered``: one can sign in here, at a provider of this ``provider`` name.

    ``who`` is masked; ``until`` is when the session ends by itself; ``wanted`` is null where nothing is wanting.
    """

    offered: bool
    provider: str | None
    signed_in: bool
    level: Level | None
    who: str | None
    until: str | None
    acting: Acting | None
    wanted: Wanted | None


class SignIn(In):
    """``enterprise``: with its electronic licence. ``again``: prove it anew, though this browser is signed in already."""

    level: Level = "real_name"
    enterprise: bool = False
    again: bool = False


class Begun(BaseModel):
    """Either she is signed in already, by a session of this browser, or the browser has to go to ``address``."""

    signed_in: bool
    address: str | None


class SignOut(In):
    """``everywhere``: at every door she is signed in at, not only this."""

    everywhere: bool = False


class Left(BaseModel):
    """``next`` is where the browser may go to sign out at the provider too."""

    next: str | None


class OwnCase(BaseModel):
    """A case of hers. ``here``: in this conversation; ``open``: it can still be filled in, so it can be taken up."""

    case_no: str
    item: str
    status: str
    status_name: str
    updated_at: str
    here: bool
    open: bool


class OwnCases(BaseModel):
    """Hers, whichever door they were begun at, the most recently changed first."""

    items: list[OwnCase]


CaseNo = Annotated[str, Field(max_length=64)]
