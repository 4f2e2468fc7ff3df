"""Shapes of the console's 代办 (帮办代办); for our page only."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from channels.console.models import In

Given = Literal["oral", "written", "scan"]


class Agreeing(In):
    """What the citizen is asked to agree to."""

    item: Annotated[str, Field(min_length=1, max_length=80)]
    lookup: bool = False
    sms: bool = False


class Begin(Agreeing):
    """A case begun for a citizen. ``agreed`` says that the words were read to her and that she agreed, ``given`` how."""

    channel: Literal["counter", "phone"]
    given: Given
    agreed: bool
    phone: Annotated[str, Field(pattern=r"^1\d{10}$")] | None = None


class SayFor(In):
    """What staff answer for her: exactly one of the three, ``attachments`` may carry ``text`` too."""

    client_message_id: Annotated[str, Field(min_length=1, max_length=128)]
    text: Annotated[str, Field(min_length=1, max_length=4000)] | None = None
    choice: str | list[str] | None = None
    attachments: Annotated[list[str], Field(max_length=20)] | None = None

    @model_validator(mode="after")
    def one(self) -> SayFor:
        if (self.choice is not None) == (self.text is not None or bool(self.attachments)):
            raise ValueError("exactly one of text, choice or attachments")
        return self


class HandOver(In):
    """``tail`` is the end of her identity number, told by her where none stands in the case yet."""

    tail: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{4}$")] | None = None
    sms: bool = False


class Ending(In):
    keep: bool


class WordsOut(BaseModel):
    """The words to be read out to her."""

    words: str


class Begun(BaseModel):
    conversation_id: str


class LinkOut(BaseModel):
    """Where she opens it, the ``code`` in it, and the same as the rows of a QR code, dark where there is a 1."""

    url: str
    code: str
    qr: list[str]
    until: str
    sent: bool


class Ended(BaseModel):
    """``resume_code`` where the draft is kept: with the case's number it opens it for her."""

    case_no: str | None
    resume_code: str | None


class AssistedItem(BaseModel):
    """One line of the list. ``state``: filling, handed, expired, locked, opened, ended; ``case_status`` is the case's."""

    conversation_id: str
    item: str
    channel: str
    state: str
    case_status: str | None
    begun_at: str
    until: str | None


class AssistedDetail(AssistedItem):
    """What the dialog shows: how far the interview is, what it asks, and what was said last."""

    given: str
    words: str
    sms: bool
    filled: int
    total: int
    ask: dict[str, Any] | None
    replies: list[dict[str, Any]]
