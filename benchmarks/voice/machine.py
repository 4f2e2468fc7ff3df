"""A kiosk without a screen: a microphone that never stops, a loudspeaker that takes notes, and the socket between."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from assistant.speech.engines.base import RATE
from benchmarks.citizens.citizen import Citizen
from benchmarks.voice.sound import Sound, Take

PIECE = 640
"""Samples in one message: 40 ms, as the page sends."""
PATIENCE_S = 25.0
_FLOOR = 0.0005
"""Root mean square of a room nobody speaks in."""


@dataclass(frozen=True)
class Came:
    """A frame from the server and when it was there, in seconds of the loop's clock."""

    at: float
    body: dict[str, Any]
    sound: bytes = b""

    @property
    def kind(self) -> str:
        """What the frame is."""
        return str(self.body["type"])


@dataclass
class Machine:
    """One kiosk before which ``citizen`` stands.

    With ``instant`` it tells the server at once that all has been played, as if its citizen listened in no time; without, the
    sound is taken to be played as it comes. ``frames`` is all that came.
    """

    citizen: Citizen
    instant: bool = True
    full_duplex: bool = True
    frames: list[Came] = field(default_factory=list)

    async def __aenter__(self) -> Machine:
        base = str(self.citizen.http.base_url).rstrip("/").replace("http", "ws", 1)
        url = f"{base}/api/v1/conversations/{self.citizen.id}/voice?token={self.citizen.opened['token']}"
        self._socket: ClientConnection = await connect(url, max_size=2**24, proxy=None)
        await self._send(type="hello", full_duplex=self.full_duplex, loudspeaker=True)
        self._news = asyncio.Condition()
        self._dice = np.random.default_rng(1)
        self._sound: Sound = np.zeros(0, np.float32)
        self._at = 0
        self._began = asyncio.get_running_loop().time()
        self._tasks = [asyncio.create_task(self._listen())]
        await self.until(lambda came: came.kind == "ready")
        self._tasks.append(asyncio.create_task(self._microphone()))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def say(self, take: Take) -> tuple[float, float]:
        """Play ``take`` into the microphone; when her first and her last sample of speech were captured."""
        self._sound = take.sound
        start = self._at / RATE + self._began
        while self._sound.size > take.sound.size - take.last:
            await asyncio.sleep(PIECE / RATE)
        return start + take.first / RATE, start + take.last / RATE

    async def until(self, wanted: Callable[[Came], object], after: int = 0, patience_s: float = PATIENCE_S) -> Came | None:
        """The first frame from number ``after`` on that is wanted; None where it did not come in time."""
        async with self._news:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    while True:
                        found = next((came for came in self.frames[after:] if wanted(came)), None)
                        if found is not None or self._tasks[0].done():
                            return found
                        await self._news.wait()
        return None

    async def hush(self) -> None:
        """She touches the screen: silence."""
        await self._send(type="stop")

    async def _send(self, **frame: Any) -> None:
        await self._socket.send(json.dumps(frame))

    async def _microphone(self) -> None:
        """Pieces of 40 ms at the pace they are captured; one that is late is sent at once, as a sound card does."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        number = 0
        while True:
            piece = self._dice.standard_normal(PIECE).astype(np.float32) * _FLOOR
            part, self._sound = self._sound[:PIECE], self._sound[PIECE:]
            piece[: part.size] += part
            self._at += PIECE
            await asyncio.sleep(max(0.0, self._began + self._at / RATE - loop.time()))
            pcm = (np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes()
            await self._socket.send(struct.pack("<II", number, number * PIECE * 1000 // RATE) + pcm)
            number += 1

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        said: dict[str, Any] | None = None
        try:
            async for message in self._socket:
                if isinstance(message, bytes):
                    await self._came(Came(loop.time(), said or {"type": "stray"}, message[8:]))
                    if self.instant and said is not None:
                        await self._send(type="played", utterance=said["utterance"], ms=10_000_000)
                    said = None
                    continue
                body = json.loads(message)
                if body["type"] == "say":
                    said = body  # its sound is the next message
                else:
                    await self._came(Came(loop.time(), body))
        finally:
            async with self._news:
                self._news.notify_all()

    async def _came(self, came: Came) -> None:
        async with self._news:
            self.frames.append(came)
            self._news.notify_all()
