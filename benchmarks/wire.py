"""The smallest HTTP client that keeps a connection: on two cores a comfortable one would be measured along with the server."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit


class Wire:
    """One kept-alive connection to one server; JSON in, JSON out."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self._host, self._port = address.hostname or "127.0.0.1", address.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any], token: str = "") -> Any:
        """POST and return the decoded answer.

        Raises:
            RuntimeError: the status is not 2xx.
        """
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        payload = json.dumps(body, ensure_ascii=False).encode()
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        sizes = f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n{bearer}{sizes}"
        writer.write(head.encode() + payload)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        length, chunked = 0, False
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
            chunked = chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
        data = await self._chunks(reader) if chunked else await reader.readexactly(length)
        if status // 100 != 2:
            raise RuntimeError(f"{path}: {status} {data[:200]!r}")
        return json.loads(data)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes:
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
        await reader.readline()
        return b"".join(parts)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
