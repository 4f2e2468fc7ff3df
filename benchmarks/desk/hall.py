"""What citizens, operators and whoever hurts them know in common."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from benchmarks.desk.ledger import Talk

OPENING = "转人工"
GROUPS = {"310115": "pushed", "310101": "general"}
"""District → skill group. Conversations of the one are given out, those of the other are taken."""


def group_of(operator: int) -> str:
    """The one group an operator serves, or "" where she serves both: what is given out would leave nobody for the other."""
    return "general" if operator % 3 == 1 else ""


@dataclass
class Visit:
    """A citizen's conversation: what was said in it, and when it came to the desk."""

    number: int
    region: str
    talk: Talk = field(default_factory=Talk)
    conversation_id: str = ""
    asked_at: float = 0.0
    answered_at: float = 0.0
    seen_at: dict[str, float] = field(default_factory=dict)
    back_in_queue: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    said_by_staff: int = 0


@dataclass
class Hall:
    """One run.

    Args:
        open: cleared while operators pause: nobody is claimed or let go, so that places can be compared.
        acting: operators who are doing something just now.
        down: when the app was killed and when it answered again.
    """

    base_url: str
    seed: int
    visits: list[Visit]
    open: asyncio.Event = field(default_factory=asyncio.Event)
    acting: int = 0
    down: list[tuple[float, float]] = field(default_factory=list)
    by_id: dict[str, Visit] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    queued_at: dict[str, str] = field(default_factory=dict)
    raised: dict[str, str] = field(default_factory=dict)
    claims: int = 0
    too_late: int = 0
    repeats: int = 0
    transfers: int = 0

    def dice(self, who: str) -> random.Random:
        """Chance of one's own, so that a seed gives everybody the same plans again."""
        return random.Random(f"{self.seed} {who}")

    def shown(self, who: str, items: list[dict[str, object]]) -> None:
        """A queue was shown to an operator: when she saw whom first, and whether everybody stands where she came."""
        now = time.monotonic()
        stood: dict[tuple[str, bool], str] = {}
        for item in items:
            visit = self.by_id.get(str(item["conversation_id"]))
            if visit is None:
                continue
            visit.seen_at.setdefault(who, now)
            since = str(item["queued_at"])
            if self.queued_at.setdefault(visit.conversation_id, since) != since:
                self.faults.append("came_at_another_time")
            if item["place"] is not None:
                rank = (visit.region, bool(item["first"]))  # some words bring one to the front: among those, who came first
                if since < stood.get(rank, ""):
                    self.faults.append("shown_out_of_order")
                stood[rank] = since
                if item["first"]:
                    self.raised[visit.conversation_id] = str(item["reason"])

    def waits(self) -> tuple[list[float], list[float]]:
        """Seconds from the answer 排队 until the first operator saw it, and until each who was shown it did.

        Those between whose answer and sight the app was down are not counted.
        """
        first, each = [], []
        for visit in self.visits:
            if not visit.answered_at or not visit.seen_at:
                continue
            since = visit.answered_at
            seen = [max(0.0, at - since) for at in visit.seen_at.values() if not self._while_down(since, at)]
            each += seen
            first += [min(seen)] if seen else []
        return first, each

    def _while_down(self, since: float, until: float) -> bool:
        return any(since < ended and until > began for began, ended in self.down)
