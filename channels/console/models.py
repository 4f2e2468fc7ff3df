"""Shapes of the console's own API; it is for our page only and may change with it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from channels.api.models import CaseDetail


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(In):
    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Say(In):
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class Me(BaseModel):
    """``csrf`` goes into X-CSRF-Token with every change."""

    login: str
    name: str
    role: str
    csrf: str


class QueueItem(BaseModel):
    """One conversation waiting, or claimed by me."""

    conversation_id: str
    state: str
    reason: str
    queued_at: str
    claimed_at: str | None
    place: int | None
    item: str | None
    case_status: str | None
    filled: int
    total: int


class QueueList(BaseModel):
    items: list[QueueItem]
    waiting: int


class Packet(BaseModel):
    """What an operator sees at once: who speaks, the case so far, everything said."""

    conversation_id: str
    owner: str
    channel: str
    reason: str | None
    asking: str | None
    case: CaseDetail | None
    events: list[dict[str, Any]]
    last_event: int


class Done(BaseModel):
    ok: bool = True
