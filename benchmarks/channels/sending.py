"""Sending at a steady rate, whether or not the answers keep up: each is timed from the moment it was due."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.channels.callbacks import Callback

CONNECTIONS = 64


@dataclass
class Sent:
    """What came back: seconds of each acknowledgement, the keys acknowledged, everything else by what it was."""

    seconds: list[float] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    other: Counter[str] = field(default_factory=Counter)


class Sender:
    """Kept-alive connections to one server, taken as they are free."""

    def __init__(self, base_url: str) -> None:
        at = urlsplit(base_url)
        self._at = (at.hostname or "127.0.0.1", at.port or 80)
        self._free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)
        self.sent = Sent()

    async def all(self, callbacks: list[Callback], rate: float) -> Sent:
        """All of them, ``rate`` a second."""
        began, going = time.perf_counter() + 0.2, set[asyncio.Task[None]]()
        for number, one in enumerate(callbacks):
            due = began + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._send(one, due))
            going.add(task)
            task.add_done_callback(going.discard)
        if going:
            await asyncio.wait(going)
        while not self._free.empty():
            streams = self._free.get_nowait()
            if streams is not None:
                streams[1].close()
        return self.sent

    async def _send(self, one: Callback, due: float) -> None:
        streams = await self._free.get()
        try:
            try:
                if streams is None:
                    raise EOFError
                status, data = await self._exchange(*streams, one)
            except (EOFError, ConnectionError):  # the server closes what was idle, as servers do; a new one is opened
                streams = await asyncio.open_connection(*self._at)
                status, data = await self._exchange(*streams, one)
        except (OSError, EOFError, ValueError) as error:
            self.sent.other[type(error).__name__] += 1
            streams = None
        else:
            if (status, data) == (200, b"success"):
                self.sent.seconds.append(time.perf_counter() - due)
                self.sent.acknowledged.add(one.key)
            else:
                self.sent.other[str(status)] += 1
        self._free.put_nowait(streams)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one: Callback
    ) -> tuple[int, bytes]:
        sizes = f"Content-Type: text/xml\r\nContent-Length: {len(one.body)}"
        writer.write(f"POST {one.path} HTTP/1.1\r\nHost: {self._at[0]}\r\n{sizes}\r\n\r\n".encode() + one.body)
        await writer.drain()
        first = (await reader.readline()).split()
        if len(first) < 2:
            raise EOFError
        length = 0
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        return int(first[1]), await reader.readexactly(length)
