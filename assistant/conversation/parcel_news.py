"""Parcels in the conversation: what has gone out, what arrived, and what did not and what can be done then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

from assistant.casework.flow.receiving import card
from assistant.casework.shipping.courier import Step
from assistant.casework.shipping.store import Shipment
from assistant.conversation import repository
from assistant.conversation.replying import rendered
from assistant.foundation.database import Database
from assistant.foundation.messages import t, use_language
from assistant.foundation.tables import case_, conversation
from knowledge.replies import File, Text

_TOLD = frozenset({"ordered", "delivered", "failed"})


class ParcelNews:
    """Writes into conversations (see ``shipping.service.News``). Steps in between stand on the card and the page only."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.wake: Callable[[str], None] = lambda _conversation_id: None

    def step(self, conn: Connection, row: Shipment, step: Step, tracking_no: str, at: datetime) -> None:
        """Tell of a parcel that went out, arrived or did not; what failed comes with what she can do."""
        query = select(conversation.c.id, conversation.c.locale).join(case_, case_.c.conversation_id == conversation.c.id)
        home = conn.execute(query.where(case_.c.case_no == row.case_no)).first()
        if home is None or step.status not in _TOLD:
            return
        with use_language(home.locale):
            said = t(f"receiving.news_{row.kind}_{step.status}", title=row.data.contents, number=tracking_no, text=step.text)
            replies = [Text(text=said).model_dump(exclude_none=True)]
            if step.status == "failed":
                replies.append(card(row, "failed").model_dump(exclude_none=True))
            if row.kind == "envelope" and step.status == "ordered":
                replies.append(label(row).model_dump(exclude_none=True))
        shown = rendered({"replies": replies}, home.locale)["replies"]
        message = {"from": "bot", "text": shown[0]["text"], "replies": shown, "at": at.isoformat()}
        repository.append_events(conn, home.id, [("message", message)], at)

    def announce(self, case_no: str) -> None:
        """Wake the listeners of the case's conversation."""
        with self._db.read() as conn:
            found = conn.execute(select(case_.c.conversation_id).where(case_.c.case_no == case_no)).scalar()
        if found is not None:
            self.wake(found)


def label(row: Shipment) -> File:
    """The envelope's label, to be printed or shown to the courier."""
    return File(
        name=t("receiving.label_name", case_no=row.case_no), media_type="application/pdf", text=t("receiving.label_text"),
        url=f"/api/v1/cases/{row.case_no}/shipments/{row.id}/label",
    )  # fmt: skip
