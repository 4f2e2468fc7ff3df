"""What a case remembers of the citizen's consent: what she said, whom was asked about, and what came of it.

Only what the guide has a use for is kept: an offer for a field, and whether a licence holds. The records themselves are
forgotten at the end of the turn that fetched them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel

#: How asking about a subject ended. ``failed`` is the register's doing: nobody is asked again in this case.
Outcome = Literal["found", "unknown", "failed"]
OfferKind = Literal["licence", "register", "previous_case"]


class VerifiedIdentity(BaseModel):
    """Who is talking, as an identity provider vouches for it; kept on the conversation, set by signing in and by nothing else."""

    id_number: str
    name: str
    phone: str | None = None
    verified_at: datetime


class Offer(BaseModel):
    """A value for a field as its source has it, not yet read by the field's parser.

    ``ref`` names the source, ``rank`` is the place of its path in the guide: the first there is taken first.
    """

    value: Any
    kind: OfferKind
    ref: str
    day: date
    rank: int = 0


class LicenceSeen(BaseModel):
    """The licence that meets a material, or would if it still held. ``ref`` is its number, or its code in the store where that
    number is a person's own.
    """

    ref: str
    holds: bool
    expires: date | None = None


class Difference(BaseModel):
    """What a register has of a field that the citizen answered otherwise; ``asked`` once it has been put to her."""

    value: Any
    display: str
    ref: str
    asked: bool = False


class Barred(BaseModel):
    """A person who may not hold a post now, and the register's reason; empty where it gives none."""

    number: str
    reason: str = ""


class Consent(BaseModel):
    """``given`` is the last word on it.

    ``asked_about`` has an entry for every subject a register was asked about, by ``subject.key``; ``subjects`` is whom the case
    is about, by kind; ``named`` whoever else was looked up, by the answers that name them; ``confirmed`` the numbers a register
    knows; ``licences`` are by material, ``barred`` by the field of the person's identity number; ``filled`` the fields that were
    filled in: who changes one of them knows what the register has.
    """

    given: bool
    at: datetime
    asked_about: dict[str, Outcome] = {}
    subjects: dict[str, str] = {}
    confirmed: list[str] = []
    offers: dict[str, list[Offer]] = {}
    licences: dict[str, LicenceSeen] = {}
    filled: list[str] = []
    differences: dict[str, Difference] = {}
    barred: dict[str, Barred] = {}
    named: dict[str, str] = {}

    @property
    def broken(self) -> bool:
        """Whether a register gave no usable answer; it is not asked again in this case."""
        return "failed" in self.asked_about.values()
