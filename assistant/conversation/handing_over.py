"""A result on its way to the citizen: a message with the file in it, or the truth about why there is none yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from assistant.casework.fields import dates
from assistant.casework.results.codes import grouped
from assistant.casework.results.links import files
from assistant.casework.results.store import Result
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.foundation.messages import t, use_language
from assistant.foundation.tables import conversation
from knowledge.replies import Card, Row, Text


class ResultNews:
    """Writes into conversations what became of results (see ``results.collecting.Handover``)."""

    def __init__(self, verify_url: str) -> None:
        self._verify_url = verify_url
        self.announce: Callable[[str], None] = lambda _conversation_id: None

    def handed(self, conn: Connection, conversation_id: str, made: Result, at: datetime) -> None:
        """The message with the file card."""
        locale = conn.execute(select(conversation.c.locale).where(conversation.c.id == conversation_id)).scalar_one()
        with use_language(locale):
            replies = [
                Text(text=t("results.handed", title=made.said.title, issuer=made.said.issuer)).model_dump(exclude_none=True),
                card(made, self._verify_url).model_dump(exclude_none=True),
                *(file.model_dump(exclude_none=True) for file in files(made)),
            ]
        said = rendered({"replies": replies}, locale)["replies"]
        message = {"from": "bot", "text": said[0]["text"], "replies": said, "at": at.isoformat()}
        repository.append_events(conn, conversation_id, [("message", message)], at)

    def held_back(self, conn: Connection, conversation_id: str, text: str, at: datetime) -> None:
        """The notice that a file came which is not handed on."""
        data: dict[str, Any] = {"level": "warning", "text": text, "at": at.isoformat()}
        repository.append_events(conn, conversation_id, [("notice", data)], at)


def card(made: Result, verify_url: str) -> Card:
    """What the result is, in rows, with its anti-forgery code."""
    said = made.said
    rows = [(t("results.number"), said.number), (t("results.issuer"), said.issuer)]
    rows += [(t("results.issued"), dates.said(said.issued) if said.issued else "")]
    rows += [(t("results.expires"), dates.said(said.expires) if said.expires else "")]
    rows += [(t("results.code"), grouped(said.code))]
    return Card(
        title=said.title, text=t("results.verify_hint", address=verify_url),
        rows=[Row(label=label, value=value) for label, value in rows if value], actions=[],
    )  # fmt: skip
