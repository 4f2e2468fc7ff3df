"""What the console shows, made from what is stored: the queue's lines, the packet of a conversation, its events."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.casework import repository as cases
from assistant.casework.flow.summary import case_view, field_view
from assistant.casework.model import Case
from assistant.conversation import repository
from assistant.conversation.exchanges import ANSWERS, UNREAD
from assistant.conversation.labels import INTENTS
from assistant.conversation.model import Event
from assistant.desk.accounts import Operator
from assistant.desk.queue import CLAIMED, Entry
from assistant.foundation.masking import mask_value
from assistant.foundation.messages import t
from channels.console.models import Packet, QueueItem
from channels.console.standing import Standings
from channels.parts import Parts
from channels.problems import Problem

EVENTS_AT_ONCE = 500
SAID_LONGEST = 60
RECENT = 20
"""Events looked through for the citizen's last words."""


@dataclass(frozen=True)
class Summary:
    """What a line of the queue says of a conversation."""

    item: str | None = None
    said: str | None = None
    case_status: str | None = None
    filled: int = 0
    total: int = 0


class Summaries:
    """Kept by revision: a queue is looked at far more often than its conversations change, and each look would decrypt them."""

    KEPT = 2_000

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int | None], Summary] = OrderedDict()

    def of(self, parts: Parts, conn: Connection, entry: Entry) -> Summary:
        """The summary of an entry's conversation as it is now."""
        key = (entry.conversation_id, entry.revision, entry.case_revision)
        if key not in self._kept:
            self._kept[key] = _summary(parts, conn, entry)
            if len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]


def _summary(parts: Parts, conn: Connection, entry: Entry) -> Summary:
    conv = repository.load(conn, entry.conversation_id)
    if conv is None:
        return Summary()
    recent = repository.events_after(conn, conv.id, max(0, conv.last_event - RECENT))
    words = [str(e.data.get("text", "")) for e in recent if e.kind == "message" and e.data.get("from") == "citizen"]
    said = mask_value("text", words[-1])[:SAID_LONGEST] if words else None
    found = cases.find(conn, conv.active_case) if conv.active_case else None
    if found is None:
        guide = parts.services.catalogue.get(conv.state.context_guide or "")
        return Summary(item=guide.name if guide else None, said=said)
    view = case_view(parts.services.guide_of(found[0]), found[0])
    return Summary(found[0].guide_name, said, view["status"], view["filled"], view["total"])


def fingerprint(entries: Sequence[Entry], *more: object) -> str:
    """Changes whenever these stays would look different in the queue, or ``more`` is another."""
    told = [(e.id, e.state, e.place, e.last_event, e.revision, e.case_revision, e.noted) for e in entries]
    return hashlib.sha256(repr([*told, *more]).encode()).hexdigest()[:16]


class Lines:
    """Lines of the queue, kept for as long as nothing of an entry changes: all consoles show the same people waiting."""

    KEPT = 2_000

    def __init__(self) -> None:
        self._summaries, self._standings = Summaries(), Standings()
        self._kept: dict[Entry, QueueItem] = {}

    def of(self, parts: Parts, conn: Connection, entries: Sequence[Entry]) -> list[QueueItem]:
        """These stays as the page shows them."""
        kept = self._kept  # another thread may put an emptied one in its place meanwhile
        # what was promised for later is so only until then: such a line is made anew each time
        lines = {entry: kept[entry] for entry in entries if entry in kept and entry.promised_at is None}
        new = [entry for entry in entries if entry not in lines]
        stands = self._standings.of(parts, conn, new)
        for entry in new:
            lines[entry] = kept[entry] = _line(entry, self._summaries.of(parts, conn, entry), stands[entry.id])
        if len(kept) > max(self.KEPT, 2 * len(entries)):
            self._kept = lines
        return [lines[entry] for entry in entries]


@dataclass(frozen=True)
class Board:
    """Everybody waiting, ready to be shown.

    Args:
        mark: changes whenever a line would look different.
        lines: in the queue's order.
    """

    waiting: Sequence[Entry]
    mark: str
    lines: list[QueueItem]

    def but(self, own: Sequence[Entry]) -> list[QueueItem]:
        """The lines without whoever an operator has taken since."""
        taken = {one.conversation_id for one in own}
        return [line for line in self.lines if line.conversation_id not in taken] if taken else self.lines


class Boards:
    """The board of the last look, made once for all consoles: after a start each would decrypt the same hundreds of talks."""

    def __init__(self) -> None:
        self.lines, self._lock, self._last = Lines(), threading.Lock(), Board([], "", [])

    def of(self, parts: Parts, conn: Connection, waiting: Sequence[Entry]) -> Board:
        """The board of a look, which is the very object of the one before where nothing has changed."""
        with self._lock:
            promised = any(one.promised_at for one in waiting)  # shown so only until then
            if waiting is not self._last.waiting or promised:
                self._last = Board(waiting, fingerprint(waiting), self.lines.of(parts, conn, waiting))
            return self._last


def _line(entry: Entry, summary: Summary, stands: dict[str, Any]) -> QueueItem:
    return QueueItem(
        conversation_id=entry.conversation_id,
        state=entry.state,
        reason=entry.reason,
        queued_at=entry.queued_at.isoformat(),
        claimed_at=entry.claimed_at.isoformat() if entry.claimed_at else None,
        place=entry.place,
        last_event=entry.last_event,
        **asdict(summary),
        **stands,
    )


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
        "conversation_id": conv.id, "owner": conv.owner, "state": entry.state,
        "mine": entry.state == CLAIMED and entry.staff_id == who.id,
        "noted": entry.noted, "joined": entry.state == CLAIMED and parts.desk.has_joined(conn, entry.id, who.id),
        "channel": conv.channel, "reason": entry.reason, "asking": conv.state.ask.label if conv.state.ask else None,
        "case": _case(parts, found[0]) if found else None,
        "events": [_event(event, entry.claimed_at) for event in events],
        "last_event": events[-1].seq if events else after,
    })  # fmt: skip


def _case(parts: Parts, case: Case) -> dict[str, Any]:
    guide = parts.services.guide_of(case)
    return {**case_view(guide, case), "fields": field_view(guide, case)}


def _event(event: Event, claimed_at: datetime | None) -> dict[str, Any]:
    """An event with what the page shows of it. Numbers told to the bot are masked; what is said to the operator is not."""
    data = event.data
    match event.kind:
        case "message" if data.get("from") == "citizen":
            heard = claimed_at is not None and event.at >= claimed_at
            text = str(data.get("text", ""))
            data = {"from": "citizen", "text": text if heard else mask_value("text", text)}
        case "message":
            data = {key: data[key] for key in ("from", "name", "text", "card") if key in data}
        case "turn":
            read = _read(data)
            data = {"status": data.get("status"), "replies": [_reply(reply) for reply in data.get("replies", [])]}
            data |= {"read": read} if read else {}
        case "upload":
            data = {key: data.get(key) for key in ("name", "pages", "checks")}
        case "card" if data.get("kind") == "package":
            # what she is told on sending it, such as the code for her progress, is hers alone
            data = {key: data[key] for key in ("kind", "state", "stage", "opened", "version") if key in data}
        case "owner" | "notice" | "case":
            data = {key: data[key] for key in ("owner", "text", "level", "status") if key in data}
    return {"id": event.seq, "event": event.kind, "at": event.at.isoformat(), "data": data}


def masked(event: Event) -> dict[str, Any]:
    """An event for somebody who only reads it later: numbers are masked, whoever said them."""
    shown = _event(event, None)
    if event.kind == "message":
        shown["data"]["text"] = mask_value("text", str(shown["data"].get("text", "")))
    return shown


def _read(turn: dict[str, Any]) -> dict[str, Any] | None:
    """What a turn took the sentence for, where it was read as talk: only that can be put right."""
    read = turn.get("understanding") or {}
    if read.get("intent") not in INTENTS or read["intent"] in ANSWERS or turn.get("status") in UNREAD:
        return None
    guide = read.get("guide")
    word = t(f"nlu.intent_{read['intent']}")
    return {
        "intent": read["intent"],
        "word": word,
        "item": guide["code"] if guide else None,
        "name": guide["name"] if guide else None,
    }


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply without its buttons' messages and files' addresses: the operator reads, the citizen presses."""
    kept = {key: reply[key] for key in ("kind", "text", "title", "level", "name") if reply.get(key)}
    if reply.get("rows"):
        kept["rows"] = [{"label": row.get("label"), "value": row.get("value")} for row in reply["rows"]]
    if reply.get("options"):
        kept["options"] = [option.get("label") for option in reply["options"]]
    return kept
