"""Shapes of the console's own API; it is for our page only and may change with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from channels.api.models import CaseDetail


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(In):
    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Say(In):
    """``message_id`` makes a repeated request harmless: what was said once is not said again."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    message_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9-]+$")] | None = None

    @field_validator("text")
    @classmethod
    def something(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("blank")
        return text


class FollowUpWords(In):
    """What was said when getting in touch, or what the citizen is answered."""

    words: Annotated[str, Field(min_length=1, max_length=2000)]

    @field_validator("words")
    @classmethod
    def something(cls, words: str) -> str:
        if not words.strip():
            raise ValueError("blank")
        return words.strip()


class StuckOut(BaseModel):
    """What did not get to its office: ``what`` is stuck, ``why`` as far as is known, ``since`` when it was first tried.

    ``again`` is False where nothing can be tried again: an office said what cannot be true, and somebody has to ask it.
    """

    case_no: str
    part: str
    item: str
    department: str
    what: str
    why: str
    attempts: int
    since: str
    again: bool = True


class RatingOut(BaseModel):
    """A bad rating to be followed up. ``due`` is the last day for getting in touch (ISO date)."""

    subject: str
    item: str
    case_no: str | None
    grade: str
    reasons: list[str]
    words: str
    at: str
    due: str | None
    overdue: bool
    state: str
    contact: str


class FiguresOut(BaseModel):
    """Ratings of one item, department or operator; ``satisfied`` is a share from 0 to 1."""

    key: str
    name: str
    count: int
    grades: dict[str, int]
    satisfied: float
    open: int


class Misread(In):
    """``event`` is the number of the event in which the citizen said it; ``item`` a code, ``?`` (not said which) or ``-``."""

    event: Annotated[int, Field(ge=1, le=2**31 - 1)]
    intent: Annotated[str, Field(min_length=1, max_length=32)]
    item: Annotated[str, Field(min_length=1, max_length=64)]


class NewPassword(In):
    current: Annotated[str, Field(min_length=1, max_length=200)]
    new: Annotated[str, Field(min_length=1, max_length=200)]


class Ways(BaseModel):
    """How one may sign in: ``provider`` is what the identity provider is called, ``passwords`` whether all may use theirs."""

    provider: str | None
    passwords: bool


class Left(BaseModel):
    """Signed out here. ``next`` is where the browser goes to sign out at the identity provider, too."""

    next: str | None


class Me(BaseModel):
    """``csrf`` goes into X-CSRF-Token with every change. ``may`` is what the roles allow.

    ``opens_at`` is null while the desk is open. ``messages`` is where the sandbox shows the notices it was sent, null where they
    go to a real gateway.
    """

    id: str
    login: str
    name: str
    roles: list[str]
    may: list[str]
    csrf: str
    hours: str
    opens_at: str | None
    messages: str | None = None


class Running(BaseModel):
    """The limit that runs out next: yellow from ``near``, red from ``due`` on.

    ``name`` is first_answer, next_answer or resolution.
    """

    name: str
    near: str
    due: str


class QueueItem(BaseModel):
    """One conversation waiting, or claimed by me, or by the colleague ``staff_name`` where I joined or read along.

    ``item`` is the item of the case, else the one last talked about; ``said`` the citizen's last words, masked and short.
    ``last_event`` grows with whatever happens, ``noted`` with what staff note. ``first``: what it is about comes before all else.
    ``kind`` is talk, callback or slot; ``for_staff`` whom it waits for; ``promised_at`` when people come, if they are not there.
    """

    conversation_id: str
    state: str
    reason: str
    queued_at: str
    claimed_at: str | None
    place: int | None
    last_event: int
    item: str | None
    said: str | None
    case_status: str | None
    filled: int
    total: int
    group: str
    group_name: str
    first: bool
    kind: str
    promised_at: str | None
    for_staff: str | None
    staff_id: str | None
    staff_name: str | None
    escalated: bool
    noted: int
    limit: Running | None


class QueueList(BaseModel):
    items: list[QueueItem]
    waiting: int


class Packet(BaseModel):
    """What an operator sees at once: who speaks, the case so far, everything said.

    ``mine``: I have it. ``joined``: I talk in it, a colleague has it. Neither: it waits, or I read along as a supervisor.
    """

    conversation_id: str
    owner: str
    state: str
    mine: bool
    joined: bool
    noted: int
    channel: str
    reason: str | None
    asking: str | None
    case: CaseDetail | None
    events: list[dict[str, Any]]
    last_event: int


class Updates(BaseModel):
    """The queue, and what is new in the open conversation; ``lost`` says in words why that is not to be read any more.

    ``seen`` goes back with the next request; ``now`` lets the page count waiting times by our clock. ``escalated`` are, for
    supervisors, the conversations at the desk with a limit that is near or missed.
    """

    seen: str
    now: str
    queue: QueueList
    escalated: list[str]
    packet: Packet | None
    lost: str | None


class IntentLabel(BaseModel):
    """An intent to choose; ``item`` says whether one belongs to it."""

    code: str
    word: str
    hint: str
    item: Literal["needed", "possible", "none"]


class ItemLabel(BaseModel):
    code: str
    name: str


class Labels(BaseModel):
    intents: list[IntentLabel]
    items: list[ItemLabel]


class Done(BaseModel):
    ok: bool = True
