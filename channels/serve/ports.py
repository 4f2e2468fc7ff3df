"""TCP ports: which are free, and who holds one that is not (Linux ``/proc``)."""

from __future__ import annotations

import contextlib
import errno
import socket
from pathlib import Path

LISTENING = "0A"
"""State of a listening socket in ``/proc/net/tcp``."""


class UnknownAddressError(ValueError):
    """The host to listen on is not an address of this machine."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on ``host:port`` now.

    Raises:
        UnknownAddressError: ``host`` cannot be listened on at all.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As a server does it: a connection of the last run in TIME_WAIT is no hindrance, a listener is.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise UnknownAddressError(f"{host}:{port}: {error}") from error
    return True


def free_port(wanted: int, taken: set[int], host: str = "127.0.0.1") -> int:
    """``wanted``, or the next free port above it that is not in ``taken`` (a hundred are tried).

    Raises:
        OSError: none of them is free.
    """
    for port in range(wanted, min(wanted + 100, 65536)):
        if port not in taken and is_free(host, port):
            return port
    raise OSError(errno.EADDRINUSE, f"no free port from {wanted} on")


def holder(port: int) -> str | None:
    """Who listens on ``port``, as ``name (pid)``; None when nobody does or it is somebody else's secret."""
    inodes = _listening_inodes(port)
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    if str(descriptor.readlink()) in wanted:
                        name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                        return f"{name} ({process.name})"
    return None


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                    inodes.add(columns[9])
    return inodes
