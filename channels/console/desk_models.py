"""Shapes of the desk's part of the console's API; for our page only, they may change with it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from channels.console.models import In

Text = Annotated[str, Field(max_length=2000)]


class Presence(In):
    state: Literal["available", "away", "offline"]


class Words(In):
    """A note or a whisper."""

    text: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class Transfer(In):
    """To a group (its code) or to a colleague (``to``, her id): one of them."""

    group: Annotated[str, Field(max_length=32)] | None = None
    to: Annotated[str, Field(max_length=64)] | None = None
    note: Text = ""

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.group is None) == (self.to is None):
            raise ValueError("group or to")
        return self


class WrapUp(In):
    """``outcome`` is a code of ``Colleagues.outcomes``. ``intent`` and ``item`` say what was wanted in truth, where the bot had
    read something else; ``item`` is a code, ``?`` or ``-``. ``close`` ends the conversation; ``keep_until`` keeps it for me.
    """

    outcome: Literal["solved", "to_office", "to_window", "no_reply", "not_ours", "gave_up", "technical"]
    intent: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    item: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    note: Text = ""
    close: bool = False
    keep_until: AwareDatetime | None = None

    @model_validator(mode="after")
    def both_or_none(self) -> Self:
        if (self.intent is None) != (self.item is None):
            raise ValueError("intent and item")
        if self.keep_until is not None and not self.close:
            raise ValueError("keep_until without close")
        return self


class Pull(In):
    """``reason`` is what colleagues and auditors find why a citizen was taken from the bot unasked."""

    case_no: Annotated[str, Field(min_length=1, max_length=64)]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class Next(BaseModel):
    conversation_id: str | None


class Contact(BaseModel):
    number: str


class GroupOut(BaseModel):
    code: str
    name: str
    assign: str


class Colleague(BaseModel):
    """Somebody at the desk; ``groups`` is empty for one who serves all."""

    id: str
    name: str
    state: str
    held: int
    capacity: int
    groups: list[str]


class Colleagues(BaseModel):
    """``me`` is my id, ``state`` what I am; ``outcomes`` the reason codes of a wrap-up with their words."""

    me: str
    state: str
    groups: list[GroupOut]
    colleagues: list[Colleague]
    outcomes: dict[str, str]


class LimitOut(BaseModel):
    """A limit of service: ``name`` first_answer, next_answer or resolution; ``state`` active, met or missed. ``due`` is the last
    moment that keeps it, ``near`` that it is about to run out, ``running`` that it is still waited for.
    """

    name: str
    state: str
    due: str
    near: bool
    running: bool


class Stay(BaseModel):
    """A conversation at the desk as a supervisor sees it."""

    conversation_id: str
    state: str
    kind: str
    reason: str
    group: str
    item: str | None
    priority: int
    place: int | None
    queued_at: str
    promised_at: str | None
    staff_id: str | None
    staff_name: str | None
    for_staff: str | None
    escalated: bool
    limits: list[LimitOut]


class Board(BaseModel):
    now: str
    stays: list[Stay]
    colleagues: list[Colleague]


class Promised(BaseModel):
    """A call or an appointment (``kind``) promised for ``at``; ``number`` is masked, ``name`` what the item is called."""

    conversation_id: str
    kind: str
    at: str
    group: str
    item: str | None
    name: str | None
    number: str | None


class NoteOut(BaseModel):
    """What a member of staff noted; ``kind`` is note, whisper, transfer or wrap_up."""

    id: str
    kind: str
    name: str | None
    text: str
    at: str
