"""A connection that comes back: requests are repeated until they are answered, event streams go on where they were cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

AGAIN_S = 0.5
"""So long after a connection is lost it is tried again."""


class Refused(RuntimeError):
    """The server said no; ``status`` and ``code`` say how."""

    def __init__(self, path: str, status: int, body: Any) -> None:
        code = body.get("code", "") if isinstance(body, dict) else ""
        super().__init__(f"{path}: {status} {code or str(body)[:200]}")
        self.status, self.code = status, str(code)


@dataclass
class Line:
    """One kept-alive connection to one server, from an address of its own; JSON in, JSON out.

    Args:
        address: where it comes from: sign-ins are limited by address, and people sit at desks of their own.
    """

    base_url: str
    address: str = "127.0.0.1"
    headers: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    cut: int = 0
    """How often a connection was lost."""

    def __post_init__(self) -> None:
        at = urlsplit(self.base_url)
        self._at = (at.hostname or "127.0.0.1", at.port or 80)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The decoded answer; asked again for as long as nobody answers.

        Raises:
            Refused: the status is not 2xx (but for 503, which only says later).
        """
        while True:
            try:
                status, found = await self._once(method, path, body)
            except (OSError, EOFError, ValueError):
                self.close()
                self.cut += 1
                await asyncio.sleep(AGAIN_S)
                continue
            if status == 503:
                await asyncio.sleep(AGAIN_S)
                continue
            if status // 100 != 2:
                raise Refused(path, status, found)
            return found

    async def _once(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        reader, writer = await self._open()
        payload = orjson.dumps(body) if body is not None else b""
        writer.write(self._head(method, path, len(payload)) + payload)
        await writer.drain()
        status, headers = await self._answer(reader)
        data = await reader.readexactly(int(headers.get("content-length", 0)))
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].partition(";")[0]
        return status, orjson.loads(data) if data else None

    async def follow(self, path: str, after: int) -> AsyncIterator[tuple[int, str, Any]]:
        """Events ``(id, kind, data)`` above ``after``, for ever: who is cut off comes back with the last number she has."""
        while True:
            try:
                reader, writer = await self._open()
                writer.write(self._head("GET", path, 0, {"Last-Event-ID": str(after)}))
                await writer.drain()
                status, _ = await self._answer(reader)
                if status != 200:
                    raise EOFError
                async for event in _events(reader):
                    after = event[0]
                    yield event
            except (OSError, EOFError, ValueError):
                self.cut += 1
            self.close()
            await asyncio.sleep(AGAIN_S)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._at, local_addr=(self.address, 0), limit=2**22)
        return self._streams

    def _head(self, method: str, path: str, size: int, more: dict[str, str] | None = None) -> bytes:
        given = {"Host": self._at[0], **self.headers, **(more or {})}
        if self.cookie:
            given["Cookie"] = self.cookie
        if size:
            given |= {"Content-Type": "application/json", "Content-Length": str(size)}
        return (f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in given.items()) + "\r\n").encode()

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        first = (await reader.readline()).split()
        if len(first) < 2:
            raise EOFError
        headers = {}
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return int(first[1]), headers

    def close(self) -> None:
        """Drop the connection, as a cable that is pulled out does."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, str, Any]]:
    number, kind, data = 0, "", b""
    # Each event is a chunk of its own: the sizes between them are lines as well, ending otherwise than an event's.
    while (line := await reader.readline()) and line != b"0\r\n":
        match line.partition(b": "):
            case (b"id", _, value):
                number = int(value)
            case (b"event", _, value):
                kind = value.decode().strip()
            case (b"data", _, value):
                data = value
            case _ if line == b"\n" and data:
                yield number, kind, orjson.loads(data)
                data = b""
