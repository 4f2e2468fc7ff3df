"""Ports for programs of their own, which are told one and open it some seconds later."""

from __future__ import annotations

import random
import socket

_FIRST, _LAST = 15_000, 32_000
"""Below those the system itself hands out (from 32768 on): to connections of any program on this machine, at any moment."""


def for_a_program() -> int:
    """A port nobody has, nor will be given by chance before the program opens it."""
    while True:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
