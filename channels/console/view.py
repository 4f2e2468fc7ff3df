"""What the console shows, made from what is stored: the queue's lines, the packet of a conversation, its events."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.summary import case_view, field_view, source_words
from assistant.casework.model import Case
from assistant.conversation import repository
from assistant.conversation.model import Event
from assistant.desk.accounts import Operator
from assistant.desk.queue import CLAIMED, Entry
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from channels.console.models import Packet, QueueItem, QueueList
from channels.parts import Parts
from channels.problems import Problem

EVENTS_AT_ONCE = 500
_Progress = tuple[str, str, int, int]


class ProgressCache:
    """Item, status and progress of cases by number and revision: a queue is looked at far more often than a case changes."""

    KEPT = 2_000

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], _Progress] = OrderedDict()

    def of(self, parts: Parts, conn: Connection, entry: Entry) -> _Progress | None:
        """Name, status, filled and total of the case in hand, or None if there is none."""
        if entry.case_no is None or entry.case_revision is None:
            return None
        key = (entry.case_no, entry.case_revision)
        if key not in self._kept:
            found = cases.find(conn, entry.case_no)
            if found is None:
                return None
            view = case_view(parts.services.guide_of(found[0]), found[0])
            self._kept[key] = (found[0].guide_name, view["status"], view["filled"], view["total"])
            if len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def fingerprint(entries: list[Entry]) -> str:
    """Changes whenever the queue would look different."""
    told = [(e.id, e.state, e.place, e.last_event, e.case_no, e.case_revision) for e in entries]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def queue_list(parts: Parts, conn: Connection, entries: list[Entry], progress: ProgressCache) -> QueueList:
    """The queue as the page shows it: who waits, oldest first, then what this operator has."""
    items = []
    for entry in entries:
        name, status, filled, total = progress.of(parts, conn, entry) or (None, None, 0, 0)
        items.append(
            QueueItem(
                conversation_id=entry.conversation_id,
                state=entry.state,
                reason=entry.reason,
                queued_at=entry.queued_at.isoformat(),
                claimed_at=entry.claimed_at.isoformat() if entry.claimed_at else None,
                place=entry.place,
                last_event=entry.last_event,
                item=name,
                case_status=status,
                filled=filled,
                total=total,
            )
        )
    return QueueList(items=items, waiting=sum(1 for entry in entries if entry.place))


def packet(parts: Parts, conn: Connection, who: Operator, entry: Entry, after: int) -> Packet:
    """A conversation with what happened above event ``after``.

    Raises:
        Problem: 404, the conversation is not kept any more.
    """
    conv = repository.load(conn, entry.conversation_id)
    if conv is None:
        raise Problem(404, "gone", detail=t("desk.gone"))
    found = cases.find(conn, conv.active_case) if conv.active_case else None
    events = repository.events_after(conn, conv.id, after, EVENTS_AT_ONCE)
    return Packet.model_validate({
        "conversation_id": conv.id, "owner": conv.owner, "mine": entry.state == CLAIMED and entry.staff_id == who.id,
        "channel": conv.channel, "reason": entry.reason, "asking": conv.state.ask.label if conv.state.ask else None,
        "case": _case(parts, found[0]) if found else None,
        "events": [_event(event, entry.claimed_at) for event in events],
        "last_event": events[-1].seq if events else after,
    })  # fmt: skip


def _case(parts: Parts, case: Case) -> dict[str, Any]:
    guide = parts.services.guide_of(case)
    fields = [{**field, "source_label": source_words(case.answers[field["field"]])} for field in field_view(guide, case)]
    return {**case_view(guide, case), "fields": fields}


def _event(event: Event, claimed_at: datetime | None) -> dict[str, Any]:
    """An event with what the page shows of it. Numbers told to the bot are masked; what is said to the operator is not."""
    data = event.data
    match event.kind:
        case "message" if data.get("from") == "citizen":
            heard = claimed_at is not None and event.at >= claimed_at
            text = str(data.get("text", ""))
            data = {"from": "citizen", "text": text if heard else mask_value("text", text)}
        case "message":
            data = {key: data[key] for key in ("from", "name", "text") if key in data}
        case "turn":
            data = {"status": data.get("status"), "replies": [_reply(reply) for reply in data.get("replies", [])]}
        case "upload":
            data = {key: data.get(key) for key in ("name", "pages", "checks")}
        case "owner" | "notice" | "case":
            data = {key: data[key] for key in ("owner", "text", "level", "status") if key in data}
    return {"id": event.seq, "event": event.kind, "at": event.at.isoformat(), "data": data}


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply without its buttons' messages and files' addresses: the operator reads, the citizen presses."""
    kept = {key: reply[key] for key in ("kind", "text", "title", "level", "name") if reply.get(key)}
    if reply.get("rows"):
        kept["rows"] = [{"label": row.get("label"), "value": row.get("value")} for row in reply["rows"]]
    if reply.get("options"):
        kept["options"] = [option.get("label") for option in reply["options"]]
    return kept
