"""A citizen's case (办件): what is known, where each value came from, and the states it may pass through.

Plain objects, changed only by the functions of this room and saved whole by ``repository``; nothing here touches a
database, so every rule can be tested with a value in and a value out.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, Field, PrivateAttr, field_validator

from assistant.casework.bookings.model import Handing
from assistant.casework.fields.table_draft import TableDraft
from assistant.casework.notices.wishes import NoticeWishes
from assistant.casework.prefill.state import Consent
from assistant.casework.shipping.address import Envelope, Wish


class CaseStatus(StrEnum):
    """The life of a case. The values are the API's; the words citizens read are in the message catalogue."""

    DRAFT = "draft"
    READY = "ready"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    CORRECTION_NEEDED = "correction_needed"
    REFUSED = "refused"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    DENIED = "denied"
    DELIVERED = "delivered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_S = CaseStatus
TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    _S.DRAFT: frozenset({_S.READY, _S.WITHDRAWN, _S.EXPIRED}),
    _S.READY: frozenset({_S.DRAFT, _S.SUBMITTED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.SUBMITTED: frozenset({_S.ACCEPTED, _S.CORRECTION_NEEDED, _S.REFUSED, _S.WITHDRAWN}),
    # Refused although accepted: only where the law had accepted it before the office said anything (see ``casework.clocks``).
    _S.ACCEPTED: frozenset({_S.IN_REVIEW, _S.CORRECTION_NEEDED, _S.APPROVED, _S.DENIED, _S.REFUSED, _S.WITHDRAWN}),
    _S.CORRECTION_NEEDED: frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.REFUSED, _S.WITHDRAWN, _S.EXPIRED}),
    _S.REFUSED: frozenset({_S.CLOSED}),
    _S.IN_REVIEW: frozenset({_S.APPROVED, _S.DENIED, _S.CORRECTION_NEEDED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.DELIVERED}),
    _S.DENIED: frozenset({_S.CLOSED}),
    _S.DELIVERED: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}


class IllegalTransition(ValueError):
    """Raised when a case is asked to move to a status that cannot follow its present one."""


class Source(BaseModel):
    """Where a value came from. ``turn`` is the conversation's turn; ``ref`` names a licence, register or earlier case."""

    kind: Literal["said", "tapped", "licence", "register", "previous_case", "computed", "staff"]
    turn: int | None = None
    ref: str | None = None


class Answer(BaseModel):
    """One field's value. ``value`` is normalised (ISO dates, digits, option values); ``display`` is what forms print.

    ``looked_up_on`` is the day a register, licence or earlier case was asked for it.
    """

    value: Any
    display: str
    source: Source
    confirmed_at: datetime | None = None
    skipped: bool = False
    warning: str | None = None
    looked_up_on: date | None = None


class Undone(BaseModel):
    """What a field held before a change made at ``at``, in the conversation's ``turn``; None where it held nothing."""

    field: str
    before: Answer | None
    at: datetime
    turn: int | None = None

    @property
    def moment(self) -> tuple[datetime, int | None]:
        """What one message changed has the same."""
        return self.at, self.turn


class MaterialState(BaseModel):
    """How one material of the case is met so far."""

    status: Literal["licence", "uploaded", "generated", "promised", "tolerated", "bring", "missing"]
    upload_ids: list[str] = []
    due: date | None = None
    ref: str | None = Field(default=None, description="the licence that meets it")


class PackageRef(BaseModel):
    """The package as built: its version grows with every build; ``blob_id`` is the encrypted zip, ``files`` its members."""

    version: int
    sha256: str
    blob_id: str
    built_at: datetime
    files: list[str] = []
    unsigned: list[str] = Field(default=[], description="titles of documents that still want a signature (需补签)")


class PartPackage(PackageRef):
    """One receiving department's own package of a 一件事. ``after`` are the items that have to be through first."""

    item: str
    name: str
    department: str
    after: list[str] = []


class OfficeReceipt(BaseModel):
    """The receiving office's word that it has a package (收件回执): its number, when, and which bytes it was given.

    ``part`` is the item code of a department's share of a 一件事, "" for the whole case; ``name`` and ``office`` are that share's
    and its department's, "" where they are the guide's own.
    """

    number: str
    at: datetime
    part: str = ""
    name: str = ""
    office: str = ""
    version: int
    sha256: str
    files: list[str] = []


class DrawnSignature(BaseModel):
    """What the applicant drew: an encrypted PNG. ``used`` once a package was made with it: a change then asks for a new one."""

    blob_id: str
    sha256: str
    width: int
    height: int
    signed_at: datetime
    used: bool = False


class Wanting(BaseModel):
    """One thing an office asks to be corrected: an answer (``code`` a field's key), a material (its code), or in words only."""

    kind: Literal["field", "material", "other"]
    code: str = ""
    text: str = ""


class Correction(BaseModel):
    """What one office wants corrected, told all at once (一次性告知), until ``due`` where it said so.

    ``met`` are the wanting answers and materials given anew, ``met_in`` the package's version that brings them; ``told`` once she
    was told of it in the conversation.
    """

    text: str = ""
    wanting: list[Wanting] = []
    due: date | None = None
    asked_at: datetime | None = None
    met: list[str] = []
    met_in: int | None = None
    told: bool = False


class Verdict(BaseModel):
    """Why an office refused or denied, on what legal basis, and what can be done against it, in the office's words."""

    reason: str = ""
    basis: str = ""
    remedy: str = ""


class OfficeStop(BaseModel):
    """A stretch the office says it does not count, and why in its words; ``until`` is None while it goes on."""

    start: datetime
    until: datetime | None = None
    why: str = ""


class OfficeExtension(BaseModel):
    """More days for the decision: what the office said, with its reason, and when."""

    days: int
    reason: str = ""
    at: datetime


class CasePart(BaseModel):
    """What one department gets of a case and how it stands there. A plain case has one part, whose ``item`` is "".

    ``status`` is a case's; ``ready`` means that it waits for the parts named in ``after``. ``package`` is the one this
    department was or will be sent; ``handing`` how its papers get there, where they are brought or posted.
    """

    item: str = ""
    name: str = ""
    department: str = ""
    after: list[str] = []
    status: CaseStatus = CaseStatus.READY
    office_ref: str | None = None
    received_at: datetime | None = None
    package: PackageRef | None = None
    correction: Correction | None = None
    corrections: int = Field(default=0, description="how many times the office asked for corrections")
    verdict: Verdict | None = None
    handing: Handing | None = None
    stops: list[OfficeStop] = []
    extension: OfficeExtension | None = None
    withdrawing: bool = Field(default=False, description="the citizen took it back and the office has not confirmed it yet")
    stuck: bool = Field(default=False, description="a person has to look before anything more is tried")


class TimelineEntry(BaseModel):
    """One line of the citizen's timeline. ``who`` is the citizen, the office or a department, ``part`` the item's code there."""

    at: datetime
    status: CaseStatus
    who: str
    text: str
    due: date | None = None
    part: str = ""


class Urging(BaseModel):
    """The citizen asked to hurry (催办), for the whole case or one department's ``part`` of it."""

    at: datetime
    part: str = ""


class Case(BaseModel):
    """One case. ``asked`` is the order in which fields were answered, for going back a step.

    ``deferred`` are questions put off (等下再说), in the order they come back in. ``fallen`` answers and ``fallen_materials`` no
    longer applied once something else was changed; they are kept for the moment they apply again. ``changes`` are the latest
    changes, for undoing. ``deemed`` are the parts ("" for the whole) that count as accepted because nobody answered in time, each
    with the day it counts from.
    """

    case_no: str
    guide_code: str
    guide_name: str
    guide_version: str
    status: CaseStatus = CaseStatus.DRAFT
    region: str | None = None
    answers: dict[str, Answer] = {}
    asked: list[str] = []
    drafts: dict[str, TableDraft] = {}
    deferred: list[str] = []
    fallen: dict[str, Answer] = {}
    fallen_materials: dict[str, MaterialState] = {}
    changes: list[Undone] = []
    materials: dict[str, MaterialState] = {}
    consent: Consent | None = None
    package: PackageRef | None = None
    packages: list[PartPackage] = []
    package_version: int = 0
    signature: DrawnSignature | None = None
    notices: NoticeWishes | None = None
    receipts: list[OfficeReceipt] = []
    timeline: list[TimelineEntry] = []
    deemed: dict[str, date] = {}
    urgings: list[Urging] = []
    parts: list[CasePart] = []
    correction: Correction | None = None
    receiving: Wish | None = Field(default=None, description="how the result is to come; None: nothing was chosen")
    envelope: Envelope | None = None
    office_ref: str | None = None
    resume_code_hash: str | None = None
    left_at: str | None = Field(default=None, description="the answered question that was being asked again at the pause")
    created_at: datetime
    updated_at: datetime
    revision: int = Field(default=0, description="optimistic lock: grows by one with every save")

    #: Statuses reached since it was loaded: part ("" for the whole), status, and when where that is not the saving.
    # Copied for each case; a factory would be asked for its signature at every case that is read.
    _moved: list[tuple[str, CaseStatus, datetime | None]] = PrivateAttr(default=[])

    @field_validator("correction", mode="before")
    @classmethod
    def _words_only(cls, given: object) -> object:
        """Cases saved before corrections had a shape hold the office's words alone."""
        return {"text": given} if isinstance(given, str) else given

    def values(self) -> dict[str, Any]:
        """Answered values by field key, the form conditions are evaluated on."""
        return {key: answer.value for key, answer in self.answers.items() if not answer.skipped}

    def move(self, status: CaseStatus, at: datetime | None = None) -> None:
        """Change status; ``at`` where it happened at another moment than it is saved.

        Raises:
            IllegalTransition: when ``status`` cannot follow the present one.
        """
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransition(f"{self.case_no}: {self.status} cannot become {status}")
        self.status = status
        self.record("", status, at)

    def record(self, part: str, status: CaseStatus, at: datetime | None) -> None:
        """Keep for the log of events that a part of the case, or the whole (""), reached a status."""
        self._moved.append((part, status, at))

    def take_moved(self) -> list[tuple[str, CaseStatus, datetime | None]]:
        """The statuses reached since it was loaded or last saved, each told once."""
        moved, self._moved = self._moved, []
        return moved
