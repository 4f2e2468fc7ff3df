"""How the stays of the queue stand: group, rank and the limit that runs out next. Kept by revision, as the summaries are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from assistant.desk import books
from assistant.desk.books import Entry
from assistant.desk.hours import after_open_seconds
from assistant.desk.limits import Limit, worst
from channels.parts import Parts

KEPT = 2_000


class Standings:
    """Limits follow from what happened in a stay, and all of that changes its conversation: so they are worked out once for each.

    The page tells green from yellow and red by its clock: ``near`` and ``due`` are moments.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], dict[str, Any] | None] = OrderedDict()

    def of(self, parts: Parts, conn: Connection, entries: Sequence[Entry]) -> dict[str, dict[str, Any]]:
        """What the page shows of these stays, by the stay's id."""
        now = parts.clock.now()
        new = [one for one in entries if _key(one) not in self._kept]
        happened = books.moments_of(conn, [one.id for one in new]) if new else {}
        for one in new:
            limit = worst(parts.desk.watch.of(one, happened.get(one.id, []), now))
            self._kept[_key(one)] = _limit(parts, one, limit) if limit else None
        while len(self._kept) > max(KEPT, len(entries)):
            self._kept.popitem(last=False)
        return {one.id: {**_told(parts, one, now), "limit": self._kept[_key(one)]} for one in entries}


def _key(one: Entry) -> tuple[Any, ...]:
    return one.id, one.state, one.group, one.last_event, one.revision


def _told(parts: Parts, one: Entry, now: datetime) -> dict[str, Any]:
    arranged = parts.desk.arrangement
    return {
        "group": one.group,
        "group_name": arranged.group(one.group).name,
        "first": one.priority < len(arranged.priorities),
        "kind": one.kind,
        "promised_at": one.promised_at.isoformat() if one.promised_at and one.promised_at > now else None,
        "for_staff": one.for_staff,
        "staff_id": one.staff_id,
        "staff_name": one.staff_name,
        "escalated": one.escalated_at is not None,
        "noted": one.noted,
    }


def _limit(parts: Parts, one: Entry, limit: Limit) -> dict[str, Any]:
    group = parts.desk.arrangement.group(one.group)
    near = after_open_seconds(group.hours, limit.began, limit.target * group.limits.warn)
    return {"name": limit.name, "near": near.isoformat(), "due": limit.due.isoformat()}
