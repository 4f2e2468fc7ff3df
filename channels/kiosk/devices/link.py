"""The wire to a device: a serial line, a printer's device file, or TCP, all as bytes with a deadline."""

from __future__ import annotations

import os
import re
import select
import socket
import termios
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from channels.kiosk.devices.interfaces import DeviceFault

_TCP = re.compile(r"tcp://([A-Za-z0-9.-]+|\[[0-9a-f:]+\]):(\d{1,5})")
CONNECT_SECONDS = 2.0
SPEED = termios.B115200


class Link(Protocol):
    """Bytes to and from a device."""

    def write(self, data: bytes) -> None:
        """All of it.

        Raises:
            DeviceFault: ``offline``.
        """

    def read(self, most: int, seconds: float) -> bytes:
        """What is there, at most so many bytes; empty where nothing came in so many seconds.

        Raises:
            DeviceFault: ``offline``: the other end is gone.
        """

    def close(self) -> None:
        """Let go of it."""


def known(address: str) -> bool:
    """Whether this is an address a link can be opened to: ``tcp://host:port`` or a path under /dev."""
    return _TCP.fullmatch(address) is not None or address.startswith("/dev/")


def opened(address: str) -> Link:
    """A link to ``tcp://host:port`` or to a device file.

    Raises:
        DeviceFault: ``offline``.
        ValueError: no such kind of address.
    """
    match = _TCP.fullmatch(address)
    try:
        if match is not None:
            return SocketLink(socket.create_connection((match[1].strip("[]"), int(match[2])), CONNECT_SECONDS))
        if address.startswith("/dev/"):
            return FileLink(Path(address))
    except (OSError, termios.error) as error:
        raise DeviceFault("offline") from error
    raise ValueError(address)


class SocketLink:
    """TCP: printers and readers on the hall's own network, and the sandbox."""

    def __init__(self, held: socket.socket) -> None:
        self._held = held

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        self._held.settimeout(CONNECT_SECONDS * 3)
        try:
            self._held.sendall(data)
        except OSError as error:
            raise DeviceFault("offline") from error

    def read(self, most: int, seconds: float) -> bytes:
        """See ``Link``."""
        self._held.settimeout(max(seconds, 0.001))
        try:
            data = self._held.recv(most)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceFault("offline") from error
        if not data:
            raise DeviceFault("offline")
        return data

    def close(self) -> None:
        """See ``Link``."""
        self._held.close()


class FileLink:
    """A serial line (115,200 baud, 8N1, raw), or a printer's own file, which is no terminal."""

    def __init__(self, path: Path) -> None:
        self._held = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        if os.isatty(self._held):
            tty.setraw(self._held)
            modes = termios.tcgetattr(self._held)
            modes[4] = modes[5] = SPEED
            termios.tcsetattr(self._held, termios.TCSANOW, modes)
            termios.tcflush(self._held, termios.TCIFLUSH)

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        rest = memoryview(data)
        try:
            while rest:
                if not select.select([], [self._held], [], CONNECT_SECONDS * 3)[1]:
                    raise DeviceFault("offline")
                rest = rest[os.write(self._held, rest[:1024]) :]
        except OSError as error:
            raise DeviceFault("offline") from error

    def read(self, most: int, seconds: float) -> bytes:
        """See ``Link``."""
        try:
            if not select.select([self._held], [], [], seconds)[0]:
                return b""
            return os.read(self._held, most)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceFault("offline") from error

    def close(self) -> None:
        """See ``Link``."""
        with suppress(OSError):
            os.close(self._held)
