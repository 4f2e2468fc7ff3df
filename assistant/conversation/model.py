"""A conversation as a turn loads and saves it, and the message a turn begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.casework.flow.talk import Attachment, DialogueState

Owner = Literal["bot", "queue", "staff", "closed"]
Locale = Literal["zh-CN", "zh-Hant", "en"]


@dataclass
class Conversation:
    """Who speaks (``owner``), what the dialogue remembers (``state``) and which case is in hand."""

    id: str
    channel: str
    locale: str
    region: str | None
    owner: str
    created_at: datetime
    updated_at: datetime
    revision: int
    turn_count: int
    last_event: int
    state: DialogueState
    active_case: str | None
    token_hash: str = ""
    token_expires_at: datetime | None = None


@dataclass(frozen=True)
class Message:
    """What the citizen sent: exactly one of ``text``, ``choice``, or ``attachments`` (which may carry ``text`` too)."""

    client_message_id: str
    request_hash: str
    text: str | None = None
    choice: list[str] | None = None
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Event:
    """One line of the conversation's event stream; ``kind`` is turn, message, owner, case, upload or notice."""

    seq: int
    kind: str
    data: dict[str, Any]
    at: datetime
