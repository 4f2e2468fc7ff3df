"""A conversation as a turn loads and saves it, and the message a turn begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from assistant.casework.flow.behalf import OnBehalf
from assistant.casework.flow.talk import Attachment, DialogueState
from assistant.casework.prefill.card import CardShown

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
class CardAct:
    """What is done with a card: she answers it with files or ``fields``, says yes or no, takes a change back (undo); or staff
    change an answer (edit), which makes a card.

    ``insist`` are the fields whose doubted values are meant so; ``seen`` says what she had before her when she said yes.
    """

    card_id: str
    action: Literal["answer", "yes", "no", "undo", "edit"]
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    insist: frozenset[str] = frozenset()
    seen: str = ""


@dataclass(frozen=True)
class Message:
    """What the citizen sent: exactly one of ``text``, ``choice``, or ``attachments`` (which may carry ``text`` too).

    ``by`` is who says it for her; ``card`` what is done with a card of staff's, instead of words; ``identity_card`` the card she
    laid on a kiosk's reader, for which ``text`` then stands.
    """

    client_message_id: str
    request_hash: str
    text: str | None = None
    choice: list[str] | None = None
    attachments: list[Attachment] = field(default_factory=list)
    by: OnBehalf | None = None
    card: CardAct | None = None
    spoken: Literal["zh", "en"] | None = None  # the language it was heard in; None where it was written
    identity_card: CardShown | None = None


@dataclass(frozen=True)
class Event:
    """One line of the conversation's event stream; ``kind`` is turn, message, owner, case, upload, notice, card or call."""

    seq: int
    kind: str
    data: dict[str, Any]
    at: datetime
