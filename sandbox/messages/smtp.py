"""A mail server that keeps what it is given (RFC 5321, with STARTTLS and AUTH PLAIN).

Written out rather than taken from a package: it is a dozen commands, it needs no dependency, and the faults to try against
(taken in and then silence, taken in twice) have to break the protocol in the middle, where a package would keep it whole.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import email
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default

from sandbox.config import SandboxConfig
from sandbox.messages.faults import MessageFault, MessageFaults
from sandbox.messages.store import MessageStore

_LARGEST = 2 * 1024 * 1024
_IDLE_S = 60.0
_MOST_RECIPIENTS = 50


class SmtpSink:
    """Listens until stopped. With a certificate it offers STARTTLS."""

    def __init__(self, config: SandboxConfig, store: MessageStore, faults: MessageFaults) -> None:
        self._config, self._store, self._faults = config, store, faults
        self._context: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Begin to listen; port 0 takes a free one, ``self.port`` says which.

        Raises:
            OSError: the port is taken, or the certificate cannot be read.
        """
        if self._config.smtp_certificate is not None:
            self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._context.load_cert_chain(self._config.smtp_certificate)
        self._server = await asyncio.start_server(self._serve, host, port, limit=64 * 1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and break off whoever is still connected: some sessions are silent for minutes on purpose."""
        if self._server is None:
            return
        self._server.close()
        for session in self._sessions:
            session.cancel()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=2)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 2)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = asyncio.current_task()
        assert session is not None
        self._sessions.add(session)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError, ssl.SSLError, ValueError):
                await _Session(self._config, self._store, self._faults, self._context, reader, writer).run()
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            # Not passed on: Python 3.11 would log the end of a cancelled session as an error of its own.
            writer.transport.abort()
        finally:
            self._sessions.discard(session)


class _Session:
    """One connection."""

    def __init__(
        self,
        config: SandboxConfig,
        store: MessageStore,
        faults: MessageFaults,
        context: ssl.SSLContext | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._config, self._store, self._faults, self._context = config, store, faults, context
        self._reader, self._writer = reader, writer
        self._secure = False
        self._from: str | None = None
        self._to: list[str] = []

    async def run(self) -> None:
        """Greet, and answer until it is over."""
        await self._say("220 sandbox ESMTP")
        while line := await asyncio.wait_for(self._reader.readline(), _IDLE_S):
            text = line.decode("utf-8", errors="replace").rstrip("\r\n")
            verb, _, rest = text.partition(" ")
            if not await self._command(verb.upper(), rest.strip()):
                return

    async def _command(self, verb: str, rest: str) -> bool:
        """Answer one command; whether to go on."""
        match verb:
            case "EHLO":
                offers = ["sandbox", f"SIZE {_LARGEST}", "8BITMIME", "SMTPUTF8", "AUTH PLAIN"]
                offers += ["STARTTLS"] if self._context is not None and not self._secure else []
                await self._say(*(f"250{'-' if i < len(offers) - 1 else ' '}{offer}" for i, offer in enumerate(offers)))
            case "HELO" | "NOOP" | "RSET":
                self._from, self._to = (self._from, self._to) if verb == "NOOP" else (None, [])
                await self._say("250 ok")
            case "STARTTLS" if self._context is not None and not self._secure:
                await self._say("220 go ahead")
                await self._writer.start_tls(self._context)
                self._secure, self._from, self._to = True, None, []
            case "AUTH":
                await self._say("235 welcome" if self._signs_in(rest) else "535 wrong credentials")
            case "MAIL":
                self._from, self._to = _path(rest), []
                await self._say("250 ok")
            case "RCPT" if self._from is not None and len(self._to) < _MOST_RECIPIENTS:
                self._to.append(_path(rest))
                await self._say("250 ok")
            case "DATA" if self._to:
                return await self._data()
            case "QUIT":
                await self._say("221 bye")
                return False
            case "RCPT" | "DATA":
                await self._say("503 out of order")
            case _:
                await self._say("502 not implemented")
        return True

    async def _data(self) -> bool:
        await self._say("354 end with a dot")
        lines, size = [], 0
        while (line := await asyncio.wait_for(self._reader.readline(), _IDLE_S)) not in (b".\r\n", b".\n", b""):
            size += len(line)
            if size <= _LARGEST:
                lines.append(line[1:] if line.startswith(b".") else line)
        to, self._from, self._to = self._to, None, []
        if size > _LARGEST:
            await self._say("552 too large")
            return True
        fault = self._faults.take("email")
        refused = {"down": "421 under maintenance", "error500": "451 internal error", "reject": "550 recipient refused"}
        if fault.mode in refused:
            await self._say(refused[fault.mode])
            return fault.mode != "down"
        return await self._keep(b"".join(lines), to, fault)

    async def _keep(self, data: bytes, to: list[str], fault: MessageFault) -> bool:
        if fault.mode == "slow":
            await asyncio.sleep(fault.seconds)
        message = email.message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain", "html"))
        text = body.get_content().strip() if body is not None else ""
        for _ in range(2 if fault.mode == "twice" else 1):
            for recipient in to:
                key, title = str(message.get("Message-ID", "")), str(message.get("Subject", ""))
                await asyncio.to_thread(self._store.add, "email", key, recipient, title, text, self._config.now())
        if fault.mode == "accept_then_timeout":
            await asyncio.sleep(fault.seconds)
            return False
        await self._say("250 kept")
        return True

    def _signs_in(self, rest: str) -> bool:
        kind, _, given = rest.partition(" ")
        try:
            _, user, password = base64.b64decode(given, validate=True).decode().split("\0")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return kind.upper() == "PLAIN" and (user, password) == (self._config.messages_client_id, self._config.messages_secret)

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def _path(argument: str) -> str:
    """The address of ``FROM:<a@b> SIZE=…``."""
    return argument.partition("<")[2].partition(">")[0]
