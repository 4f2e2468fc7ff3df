"""A simulated operator: the page's one held request all the time; beside it claiming, reading, asking, passing on, letting go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.desk.hall import GROUPS, Hall, Visit, group_of
from benchmarks.desk.line import Line, Refused

API = "/console/api"
QUESTIONS = 2
PASSES_ON, REPEATED = 0.1, 0.2
THINKS_S = (0.3, 1.5)
NOT_HERS = (404, 409)


class Operator:
    """See the module. ``held`` is what she knows she has: conversation → the last event she read of it."""

    def __init__(self, hall: Hall, number: int, login: tuple[str, str]) -> None:
        self.name, self._login = f"z{number}", login
        self._group = group_of(number)
        self._hall, self._dice = hall, hall.dice(f"operator {number}")
        address = f"127.0.{1 + number // 250}.{1 + number % 250}"
        self._line, self._page = Line(hall.base_url, address), Line(hall.base_url, address)
        self.held: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._items: list[dict[str, Any]] = []
        self._mine: dict[str, int] = {}
        self.looks = 0
        self.gone = False

    async def live(self) -> None:
        """Work until she is cancelled."""
        await self.sign_in()
        page = asyncio.create_task(self._look())
        try:
            while True:
                await asyncio.sleep(self._dice.uniform(*THINKS_S))
                await self._do_something()
        finally:
            page.cancel()
            self.drop()

    async def sign_in(self) -> None:
        """Begin a session; both connections are of it."""
        me = await self._line.ask("POST", f"{API}/login", {"login": self._login[0], "password": self._login[1]})
        self._page.cookie = self._line.cookie
        self._line.headers["X-CSRF-Token"] = self._page.headers["X-CSRF-Token"] = me["csrf"]

    def drop(self) -> None:
        """Her network is gone: nothing is said to the server."""
        self.gone = True
        self._line.close()
        self._page.close()

    async def queue(self) -> list[dict[str, Any]]:
        """The queue as it is told when asked for."""
        found = await self._line.ask("GET", f"{API}/queue")
        return list(found["items"])

    async def _look(self) -> None:
        seen, opened = "", ""
        while True:
            # As the page does: one conversation is open, the one in which something happened last
            mine = [key for key in self.held if self._mine.get(key, 0) > self.held[key]]
            opened = mine[0] if mine else opened if opened in self.held else next(iter(self.held), "")
            about = f"&conversation={opened}&after={self.held.get(opened, 0)}" if opened else ""
            told = await self._page.ask("GET", f"{API}/updates?seen={seen}{about}")
            self.looks += 1
            seen, self._items = told["seen"], told["queue"]["items"]
            self._hall.shown(self.name, self._items)
            self._mine = {i["conversation_id"]: i["last_event"] for i in self._items if i["state"] == "claimed"}
            for key in [key for key in self.held if key not in self._mine]:
                del self.held[key]
            for key in self._mine:
                self.held.setdefault(key, 0)  # given to her, or claimed a moment ago
            if told["packet"] and told["packet"]["conversation_id"] in self.held:
                self._read(told["packet"])

    def _read(self, packet: dict[str, Any]) -> None:
        key = packet["conversation_id"]
        visit = self._hall.by_id[key]
        for event in packet["events"]:
            data = event["data"]
            if event["event"] == "message" and data.get("from") in ("citizen", "staff"):
                visit.talk.reads(event["id"], data["from"], data["text"])
            self.held[key] = max(self.held[key], event["id"])

    async def _do_something(self) -> None:
        await self._hall.open.wait()
        async with self._busy():
            for key in self._dice.sample(sorted(self.held), len(self.held)):
                if await self._serve(self._hall.by_id[key]):
                    return
            waiting = [item["conversation_id"] for item in self._items if item["state"] == "waiting"]
            waiting = [key for key in waiting if key in self._hall.by_id and self._serves(self._hall.by_id[key])]
            if waiting:
                await self._take(waiting)

    def _serves(self, visit: Visit) -> bool:
        return self._group in ("", GROUPS[visit.region])

    @asynccontextmanager
    async def _busy(self) -> AsyncIterator[None]:
        self._hall.acting += 1
        try:
            yield
        finally:
            self._hall.acting -= 1

    async def _take(self, waiting: list[str]) -> None:
        """The one that stands first, as everybody tries to, or whichever the desk says is next."""
        by_hand = self._dice.random() < 0.5
        path = f"{API}/conversations/{waiting[0]}/claim" if by_hand else f"{API}/desk/next"
        try:
            taken = await self._line.ask("POST", path)
        except Refused as refused:
            if refused.status not in NOT_HERS:
                raise
            self._hall.too_late += refused.code != "full"
            return
        key = waiting[0] if by_hand else taken["conversation_id"]
        if key is not None:
            self._hall.claims += 1
            self.held.setdefault(key, 0)
            self._mine.setdefault(key, 0)

    async def _serve(self, visit: Visit) -> bool:
        """One step with somebody who waits for her, if there is one to make."""
        key, talk = visit.conversation_id, visit.talk
        told, answered = len(talk.said["staff"]), _answers(visit)
        if answered < told:
            return False
        try:
            await self._catch_up(key)
            if told >= QUESTIONS:
                await self._line.ask("POST", f"{API}/conversations/{key}/release")
            elif self._dice.random() < PASSES_ON and self._asked.get(key):
                passed = {"group": GROUPS[visit.region], "note": "请接着办"}
                await self._line.ask("POST", f"{API}/conversations/{key}/transfer", passed)
                self._hall.transfers += 1
            else:
                await self._say(visit, f"问{visit.number}之{told + 1}（{self.name}）")
                return True
        except Refused as refused:
            if refused.status not in NOT_HERS:
                raise
        self.held.pop(key, None)
        self._asked.pop(key, None)
        return True

    async def _catch_up(self, key: str) -> None:
        packet = await self._line.ask("GET", f"{API}/conversations/{key}?after={self.held.get(key, 0)}")
        if key in self.held:
            self._read(packet)

    async def _say(self, visit: Visit, text: str) -> None:
        key, talk = visit.conversation_id, visit.talk
        message = {"text": text, "message_id": f"{self.name}-{visit.number}-{len(talk.said['staff'])}"}
        talk.open.add(text)
        await self._line.ask("POST", f"{API}/conversations/{key}/messages", message)
        talk.open.discard(text)
        talk.said["staff"].append(text)
        self._asked[key] = self._asked.get(key, 0) + 1
        if self._dice.random() < REPEATED:
            self._hall.repeats += 1
            await self._line.ask("POST", f"{API}/conversations/{key}/messages", message)


def _answers(visit: Visit) -> int:
    return sum(1 for text in visit.talk.said["citizen"] if text.startswith("答"))
