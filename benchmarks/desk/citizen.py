"""A simulated citizen: asks for a person, talks on while she waits, answers what she is asked, and goes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from benchmarks.desk.hall import OPENING, Hall, Visit
from benchmarks.desk.line import Line

WAITING_LINES, REPEATED = 2, 0.2
THINKS_S = (2.0, 8.0)
"""Before she says the next thing; while she waits three times as long."""


class Citizen:
    """See the module. She says one thing at a time; some she sends twice, as a client does that was not answered."""

    def __init__(self, hall: Hall, visit: Visit) -> None:
        self._hall, self._visit = hall, visit
        self._dice = hall.dice(f"citizen {visit.number}")
        self._line = Line(hall.base_url)
        self._asked: asyncio.Queue[int] = asyncio.Queue()
        self._owner = "bot"

    async def live(self, after_s: float) -> None:
        """Come after so many seconds, and stay until the desk is done with her."""
        await asyncio.sleep(after_s)
        visit = self._visit
        opened = await self._line.ask("POST", "/api/v1/conversations", {"channel": "web", "region": visit.region})
        visit.conversation_id = opened["conversation_id"]
        self._line.headers["Authorization"] = f"Bearer {opened['token']}"
        self._hall.by_id[visit.conversation_id] = visit
        hearing = asyncio.create_task(self._hear())
        try:
            visit.asked_at = time.monotonic()
            turn = await self._say(OPENING)
            visit.answered_at = time.monotonic()
            if turn["owner"] != "queue":
                self._hall.faults.append(f"not_queued: {turn['status']}")
                return
            await self._talk()
        finally:
            hearing.cancel()
            self._line.close()

    async def _talk(self) -> None:
        said, most = 0, self._dice.randint(0, WAITING_LINES)
        while not self._visit.over.is_set():
            think = self._dice.uniform(*THINKS_S)
            try:
                number = await asyncio.wait_for(self._asked.get(), think * 3)
            except TimeoutError:
                if self._owner == "queue" and said < most:
                    said += 1
                    await self._say(f"还在吗？我的号是{self._visit.number}，这是我等的时候说的第{said}句")
                continue
            if number < 0:
                return
            await asyncio.sleep(think)
            await self._say(f"答{self._visit.number}之{number}")

    async def _say(self, text: str) -> Any:
        visit = self._visit
        number = len(visit.talk.said["citizen"])
        path = f"/api/v1/conversations/{visit.conversation_id}/messages"
        message = {"client_message_id": f"c{visit.number}-{number}", "text": text}
        turn = await self._line.ask("POST", path, message)
        visit.talk.said["citizen"].append(text)
        if self._dice.random() < REPEATED:
            self._hall.repeats += 1
            if await self._line.ask("POST", path, message) != turn:
                visit.talk.faults.append("answered_differently")
        return turn

    async def _hear(self) -> None:
        line = Line(self._hall.base_url, headers=dict(self._line.headers))
        try:
            async for number, kind, data in line.follow(f"/api/v1/conversations/{self._visit.conversation_id}/events", 0):
                self._heard(number, kind, data)
        finally:
            line.close()

    def _heard(self, number: int, kind: str, data: dict[str, Any]) -> None:
        visit = self._visit
        side = data.get("from") if kind == "message" else None
        visit.talk.hears(number, side if side in ("citizen", "staff") else None, str(data.get("text", "")))
        if side == "staff":
            visit.said_by_staff += 1
            self._asked.put_nowait(visit.said_by_staff)
        elif kind == "owner":
            if self._owner == "staff" and data["owner"] == "queue":
                visit.back_in_queue.append(time.monotonic())
            if self._owner == "queue" and data["owner"] == "bot":
                self._hall.faults.append("left_the_queue_unasked")
            self._owner = data["owner"]
            if self._owner == "bot":
                visit.over.set()
                self._asked.put_nowait(-1)
