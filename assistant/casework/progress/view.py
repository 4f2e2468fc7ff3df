"""The shape of the view. Texts are finished sentences in the language being spoken; days are ISO 8601, of Shanghai."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

StageCode = Literal["receive", "accept", "review", "decide", "deliver"]


class DueView(BaseModel):
    """Until when. ``date`` is null where nobody knows, and ``text`` says so.

    ``days`` is the limit with what the office added, ``used`` and ``remaining`` what of it is gone and left, in ``unit``;
    ``remaining`` is negative once it is over. While the clock stands still (``stopped_since``) ``date`` is the earliest it can
    be. ``preliminary``: the working days of that year are not published yet. ``verified`` false: nobody has checked this limit.
    ``basis``: article or source.
    """

    kind: Literal["acceptance", "legal", "promised", "delivery", "correction"]
    label: str
    text: str
    date: str | None = None
    days: int | None = None
    unit: Literal["working_day", "calendar_day"] | None = None
    used: int | None = None
    remaining: int | None = None
    level: Literal["normal", "yellow", "red", "overdue"] = "normal"
    stopped_since: str | None = None
    preliminary: bool = False
    verified: bool = True
    basis: str | None = None


class StageView(BaseModel):
    """One of 收件 受理 审核 办结 送达. ``halt``: it stopped here, and the citizen has to know why."""

    code: StageCode
    title: str
    state: Literal["done", "now", "halt", "ahead"]
    text: str = Field(description="the state in words")
    who: str | None = None
    since: str | None = None


class ContactView(BaseModel):
    """Whom to ask or complain to; ``verified`` false: nobody has checked the number."""

    kind: Literal["consult", "complain", "window"]
    name: str
    phone: str | None = None
    address: str | None = None
    hours: str | None = None
    verified: bool = True


class VerdictView(BaseModel):
    """Why the office refused or denied and the law it relies on, in its own words, empty if none; what can be done against it,
    by law where it names nothing."""

    reason: str
    basis: str = ""
    remedy: str = ""


class LineView(BaseModel):
    """One department's share; a plain case has one. ``part`` is its item's code, empty for a plain case.

    ``now`` says who has it and what is being waited for, ``next`` what comes then, ``todo`` what the citizen has to do.
    """

    part: str
    name: str
    department: str
    status: str
    status_text: str
    office_ref: str | None = None
    who: str
    since: str | None = None
    now: str
    next: str
    todo: list[str] = []
    verdict: VerdictView | None = None
    until: list[DueView] = []
    stages: list[StageView] = []
    after: list[str] = Field(default=[], description="names of the parts it still waits for")
    contacts: list[ContactView] = []


class UrgingView(BaseModel):
    """Whether she may ask to hurry now (催办), with the reason in words where not, and when she last did."""

    possible: bool
    text: str
    last: str | None = None


class ParcelView(BaseModel):
    """Something sent by post; ``text`` is what the courier said last, ``state`` one of a shipment's."""

    kind: str
    title: str
    state: str
    text: str
    tracking_no: str | None = None
    at: str


class ReceivingView(BaseModel):
    """How the result is to come, and what is on its way; ``way`` is missing where she chose nothing."""

    way: str | None = None
    text: str = ""
    parcels: list[ParcelView] = []


class ProgressView(BaseModel):
    """The whole case. ``summary`` is one paragraph that makes sense read aloud.

    ``withdrawable`` says that something of it can still be taken back: in the conversation that holds it.
    """

    case_no: str
    title: str
    status: str
    status_text: str
    summary: str
    todo: list[str] = []
    lines: list[LineView]
    urging: UrgingView
    receiving: ReceivingView | None = None
    withdrawable: bool = False
    at: str
