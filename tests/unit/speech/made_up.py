"""A pipeline with made-up engines on a clock of its own, and the kiosk at the other end of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import numpy as np

from assistant.speech.engines.base import WINDOW, EngineError, Heard, Phone, Spoken
from assistant.speech.frames import Message, Sound, Wish
from assistant.speech.pipeline import Pipeline
from assistant.speech.room import Room
from assistant.speech.turns import Turns

FRAME_MS = 32


class VirtualClock:
    """Time passes when the test says so."""

    def __init__(self) -> None:
        self.ms = 50_000
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def now(self) -> int:
        return self.ms

    async def sleep(self, ms: int) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self.ms + ms, future))
        await future

    async def pass_(self, ms: int) -> None:
        self.ms += ms
        due = [future for at, future in self._waiting if at <= self.ms and not future.done()]
        self._waiting = [(at, future) for at, future in self._waiting if at > self.ms]
        for future in due:
            future.set_result(None)
        for _ in range(30):
            await asyncio.sleep(0)


class Loud:
    """Voice activity that hears samples above a half."""

    name = "loud"

    def probability(self, window: Any) -> float:
        return 0.95 if float(np.abs(window).max()) > 0.5 else 0.01

    def reset(self) -> None: ...


def turn(text: str, *, field: str = "name", status: str = "collecting") -> dict[str, Any]:
    ask = {"field": field, "label": "姓名", "kind": "text", "options": None, "value": None, "example": "张三", "why": "填表", "optional": False, "error": None}
    return {"turn": 1, "owner": "bot", "status": status, "replies": [{"kind": "text", "text": text}], "ask": ask, "case": None}


class Kiosk:
    """A kiosk's end of the socket: makes sound, keeps what comes down."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.heard: list[str] = []
        self.recognised = 0
        self.said: list[str] = []
        self.wishes: list[Wish] = []
        self.answers: list[Mapping[str, Any] | Exception] = []
        self.down: list[Message] = []
        self.fails_to_say: Callable[[str], bool] = lambda _text: False
        self.gate: asyncio.Event | None = None
        self.ears: asyncio.Event | None = None
        self.languages: list[str | None] = []
        self.language = "zh"
        self.by_language: dict[str, str] = {}
        self._number = 0
        room = Room(
            turns=Turns(), activity=Loud(), hear=self._hear, say=self._say, brain=self._brain, mean=self._mean,
            deliver=self._deliver, clock=self.clock,
        )  # fmt: skip
        self.pipeline = Pipeline(room)

    async def _hear(self, sound: Any, hints: Sequence[str], *, language: str | None, done: Callable[[], bool]) -> Heard:
        self.recognised += 1
        self.languages.append(language)
        if self.ears is not None:
            await self.ears.wait()
        if language in self.by_language:
            return Heard(self.by_language[language], language)
        words = self.heard[0] if len(self.heard) == 1 else self.heard.pop(0)
        if words == "!":
            raise EngineError("broken")
        return Heard(words, self.language)

    async def _say(self, text: str, speed: float, *, first: bool) -> Spoken:
        if self.fails_to_say(text):
            raise EngineError("broken")
        self.said.append(text)
        return Spoken(bytes(2 * 16000), 16000, (Phone("b", 0.0, 0.1), Phone("a1", 0.1, 1.0)))

    async def _brain(self, wish: Wish) -> Mapping[str, Any]:
        self.wishes.append(wish)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else turn("请问您叫什么名字？")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _mean(self, text: str, ask: Mapping[str, Any] | None) -> Wish:
        return Wish(text=text)

    async def _deliver(self, message: Message) -> None:
        self.down.append(message)

    async def sound(self, ms: int, level: float) -> None:
        for _ in range(ms // FRAME_MS):
            at = self.clock.ms
            await self.clock.pass_(FRAME_MS)
            await self.pipeline.hear(Sound(self._number, at, np.full(WINDOW, level, dtype=np.float32)))
            self._number += 1
            for _ in range(10):
                await asyncio.sleep(0)

    async def speaks(self, ms: int = 800) -> None:
        await self.sound(ms, 0.9)

    async def still(self, ms: int = 800) -> None:
        await self.sound(ms, 0.0)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [message.body for message in self.down if message.body["type"] == kind]

    def states(self) -> list[str]:
        return [str(body["state"]) for body in self.of("state")]


@asynccontextmanager
async def running() -> AsyncIterator[Kiosk]:
    kiosk = Kiosk()
    task = asyncio.create_task(kiosk.pipeline.run())
    try:
        yield kiosk
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
