"""Notices in the conversation itself: on its event stream, so that they appear live and are there when it is opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework.notices.notice import Words
from assistant.conversation import repository
from knowledge.replies import Action, Card


class ChatNotices:
    """Writes notices into conversations; see ``casework.notices.deliver.Chat``."""

    def __init__(self) -> None:
        self.announce: Callable[[str], None] = lambda _conversation_id: None

    def tell_in(self, conn: Connection, conversation_id: str, kind: str, words: Words, at: datetime) -> None:
        """One with something to tap comes as a message with a card, others as a notice."""
        data: dict[str, Any] = {"text": words.text, "at": at.isoformat(), "notice": kind}
        if words.action is None:
            events = [("notice", {"level": words.level, **data})]
        else:
            tap = Action(label=words.action.label, message=words.action.message)
            card = Card(title=words.title, text=words.text, actions=[tap]).model_dump(exclude_none=True)
            events = [("message", {"from": "bot", "replies": [card], **data})]
        repository.append_events(conn, conversation_id, events, at)
